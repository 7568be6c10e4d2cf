"""A reaction to a message: the text that it is kept as, and how it is known. Pure.

By its id, which adapters make and nobody can type: whoever writes `[reacted 👍]` has said it.
"""

import re

from core.ids import message_id
from core.types import ConversationId, Message, MessageId

_KEY = "reacted+"
"""No platform's own key of a message begins so."""


def in_words(emoji: str) -> str:
    """As adapters hand it over: `[reacted 👍]`."""
    shown = " ".join(re.sub(r"[\[\]]", " ", emoji).split())
    return f"[reacted {shown or 'with an emoji'}]"


def reaction_id(conversation: ConversationId, key: str) -> MessageId:
    """The id of a reaction; `key`: whose, to what, and with what or when."""
    return message_id(conversation, f"{_KEY}{key}")


def is_reaction(message: Message) -> bool:
    """Whether that is what it is."""
    return message.id.startswith(message_id(message.conversation, _KEY))
