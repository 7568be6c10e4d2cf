"""From what the twin knows to what the model reads. Pure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a chat-style prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given: chat `turns`, or a transcript `text` to continue. Exactly one is filled."""

    turns: tuple[Turn, ...] = ()
    text: str = ""
    stop: tuple[str, ...] = ()
