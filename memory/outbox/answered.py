"""What a draft answers, and where: all that its owner is shown beside its text, in one reading."""

from dataclasses import dataclass

from core.types import Conversation, Draft, DraftStatus, Message, MessageId
from core.unanswered import LONGEST_BURST, unanswered
from memory.archive.conversations import find_conversation
from memory.archive.messages import recent
from memory.storage.port import Connection


@dataclass(frozen=True, slots=True)
class Answered:
    """`conversation` is None where it was never heard of, as a digest's may be; `heard` oldest first."""

    conversation: Conversation | None
    heard: tuple[Message, ...] = ()


def answered(connection: Connection, draft: Draft) -> Answered:
    """Everything said since our side's last word, or since what the owner said is to get no answer."""
    said = recent(connection, draft.conversation, LONGEST_BURST, draft.answers)
    return Answered(
        find_conversation(connection, draft.conversation),
        tuple(unanswered(said, _turned_down(connection, draft))),
    )


def _turned_down(connection: Connection, before: Draft) -> frozenset[MessageId]:
    """What the drafts answered that the owner rejected there before this one was made: of each the newest
    message."""
    rows = connection.execute(
        "SELECT answers FROM drafts WHERE status = ? AND id < ? AND conversation = ?",
        (DraftStatus.REJECTED, int(before.id), before.conversation),
    )
    return frozenset(MessageId(row["answers"]) for row in rows)
