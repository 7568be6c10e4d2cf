"""A shape: what a model wrote, and the reply in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's raw output, and the reply in it; None where there is none. `cut_off`: ended by its limit."""

    raw: str
    reply: str | None
    cut_off: bool = False


YES = "yes, after seven"
