"""What a model is given to read."""

from dataclasses import dataclass
from typing import Literal

from core.prompt.quoting import tokens

Style = Literal["chat", "transcript"]
TURN_TOKENS = 8
"""What a chat template puts around a turn, at most, in the families we know."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat-style prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given: chat `turns`, or a transcript `text` to continue. Exactly one is filled.

    `lead`: the reply's first words, where the text already ends with them.
    """

    turns: tuple[ChatMessage, ...] = ()
    text: str = ""
    stop: tuple[str, ...] = ()
    lead: str = ""


def size(prompt: Prompt) -> int:
    """The estimated tokens of a prompt."""
    return tokens(prompt.text) + sum(tokens(turn.content) + TURN_TOKENS for turn in prompt.turns)
