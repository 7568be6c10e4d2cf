"""What the owner says is meant for them, though nobody addressed them."""

import re
from dataclasses import dataclass

from core.types import Conversation


@dataclass(frozen=True, slots=True)
class ListenRule:
    """What the owner says is meant for them. `conversation` is an id, of a channel for all of its threads,
    or empty for everywhere."""

    conversation: str = ""
    keywords: tuple[str, ...] = ()
    everything: bool = False

    def wants(self, conversation: Conversation, text: str) -> bool:
        """Whether something was. Pure."""
        if self.conversation not in ("", conversation.id, conversation.channel):
            return False
        return (self.everything and self.conversation != "") or any(
            re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in self.keywords
        )
