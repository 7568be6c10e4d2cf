"""What a draft answers, and where: all that its owner is shown beside its text, in one reading."""

from dataclasses import dataclass

from core.types import Conversation, Draft, Message
from memory.archive.conversations import find_conversation
from memory.archive.unanswered import burst
from memory.storage.port import Connection


@dataclass(frozen=True, slots=True)
class Answered:
    """`conversation` is None where it was never heard of, as a digest's may be; `heard` oldest first."""

    conversation: Conversation | None
    heard: tuple[Message, ...] = ()


def answered(connection: Connection, draft: Draft) -> Answered:
    """All that was unanswered when the draft was made, by the rule of `core/unanswered.py`."""
    return Answered(
        find_conversation(connection, draft.conversation),
        burst(connection, draft.conversation, draft.answers, draft.id).messages,
    )
