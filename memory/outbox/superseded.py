"""Whether what a draft answers still stands: the owner has not answered, nobody edited or deleted it."""

from datetime import datetime

from core.types import OWNER, ConversationId, MessageId
from memory.storage.port import Connection
from memory.storage.timestamps import optional_text

OWNER_ANSWERED = "owner-answered"
MESSAGE_EDITED = "message-edited"
MESSAGE_DELETED = "message-deleted"
NEWER_MESSAGE = "newer-message"
LATE_MESSAGE = "late-message"
"""One that stands before what it answers came after it was written."""
ANOTHER_ASKED_FOR = "another-asked-for"


def reason_superseded(
    connection: Connection,
    conversation: ConversationId,
    answers: MessageId,
    edited_at: datetime | None,
    asked_at: datetime | None = None,
) -> str | None:
    """The rule by which a draft for `answers`, as it was at `edited_at`, is superseded; None while it holds.

    Whoever asked for it at `asked_at` knew what they had said by then: that was no answer. A message that
    is not in L0 (a digest answers none) can't be superseded.
    """
    message = connection.execute("SELECT * FROM messages WHERE id = ?", (answers,)).fetchone()
    if message is None:
        return None
    if message["deleted"]:
        return MESSAGE_DELETED
    if message["edited_at"] != optional_text(edited_at):
        return MESSAGE_EDITED
    if message["author"] == OWNER:
        return None  # the owner talks to the twin: their next word is no answer to their own
    answered = connection.execute(
        "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND (position, number) > (?, ?)"
        " AND sent_at > ? LIMIT 1",
        (conversation, OWNER, message["position"], message["number"], optional_text(asked_at) or ""),
    ).fetchone()
    return OWNER_ANSWERED if answered else None


def newer(connection: Connection, one: MessageId, other: MessageId) -> bool:
    """Whether `one` was said after `other`; False where either is unknown."""
    found = connection.execute(
        "SELECT (a.position, a.number) > (b.position, b.number) FROM messages a, messages b"
        " WHERE a.id = ? AND b.id = ?",
        (one, other),
    ).fetchone()
    return bool(found and found[0])
