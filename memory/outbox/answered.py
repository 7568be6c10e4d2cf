"""What a draft answers, and where: all that its owner is shown beside its text, in one reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.ids import thread_root
from core.types import Conversation, Draft, DraftStatus, Message, MessageId
from core.unanswered import LONGEST_BURST, is_ours, unanswered
from memory.archive.conversations import find_conversation
from memory.archive.messages import recent
from memory.archive.references import EVERYTHING, quoted, with_opening
from memory.storage.port import Connection


@dataclass(frozen=True, slots=True)
class Answered:
    """`conversation` is None where it was never heard of, as a digest's may be; `heard` oldest first.

    In a thread: `root` is the message that it hangs on, `since` what our side last said after that and before
    what was heard. `quoted`: what these reply to, by id.
    """

    conversation: Conversation | None
    heard: tuple[Message, ...] = ()
    root: Message | None = None
    since: Message | None = None
    quoted: Mapping[MessageId, Message] = field(default_factory=dict)


def answered(connection: Connection, draft: Draft) -> Answered:
    """Everything said since our side's last word, or since what the owner said is to get no answer."""
    said = recent(connection, draft.conversation, LONGEST_BURST, draft.answers)
    conversation = find_conversation(connection, draft.conversation)
    if conversation is None:
        return Answered(None, tuple(unanswered(said, _turned_down(connection, draft))))
    whole = with_opening(connection, conversation, said, EVERYTHING)
    heard = unanswered(whole, _turned_down(connection, draft))
    return Answered(
        conversation,
        tuple(heard),
        *_before(conversation, whole[: len(whole) - len(heard)]),
        quoted(connection, conversation, heard, EVERYTHING),
    )


def _before(conversation: Conversation, before: Sequence[Message]) -> tuple[Message | None, Message | None]:
    name = thread_root(conversation)
    if name is None:
        return None, None
    root = next((message for message in before if message.id == name), None)
    since = (message for message in reversed(before) if is_ours(message) and message is not root)
    return root, next(since, None)


def _turned_down(connection: Connection, before: Draft) -> frozenset[MessageId]:
    """What the drafts answered that the owner rejected there before this one was made: of each the newest
    message."""
    rows = connection.execute(
        "SELECT answers FROM drafts WHERE status = ? AND id < ? AND conversation = ?",
        (DraftStatus.REJECTED, int(before.id), before.conversation),
    )
    return frozenset(MessageId(row["answers"]) for row in rows)
