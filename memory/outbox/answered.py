"""What a draft answers, and where: all that its owner is shown beside its text, in one reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.ids import thread_root
from core.types import Conversation, Draft, Message, MessageId
from memory.archive.bursts import burst
from memory.archive.conversations import find_conversation
from memory.archive.references import EVERYTHING, quoted, root
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
    """All that was unanswered when the draft was made, by the rule of `core/unanswered.py`."""
    conversation = find_conversation(connection, draft.conversation)
    if conversation is None:
        return Answered(None, ())
    waiting = burst(connection, conversation, draft.answers, draft.id)
    beginning, before = thread_root(conversation), waiting.before
    since = before if beginning is not None and before is not None and before.id != beginning else None
    return Answered(
        conversation,
        waiting.messages,
        root(connection, conversation, EVERYTHING),
        since,
        quoted(connection, conversation, waiting.messages, EVERYTHING),
    )
