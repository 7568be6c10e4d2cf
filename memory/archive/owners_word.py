"""The owner's own last word in a conversation, and all that was said from it on: what a reply that nobody
reads could be taken to answer.

Their own is what they wrote there, or approved. A delegation's reply is nobody's answer to anything: it
closes nothing, and is no word of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ids import message_id
from core.types import OWNER, Conversation, ConversationId, Message, MessageId
from memory.archive.rows import read_messages
from memory.archive.unanswered import OURS
from memory.storage.port import Connection
from memory.storage.timestamps import from_text, to_text

MOST_SAID = 200
"""The last messages of a conversation that are looked at."""
_WHOLE_SECONDS = timedelta(seconds=2)
"""What a platform's clock may be behind ours, where it knows no parts of a second."""
Place = tuple[str, int]
"""Of a message in its conversation: position and number."""
START: Place = ("", 0)


@dataclass(frozen=True, slots=True)
class SinceOwner:
    """What was said from the owner's own last word on, that included, oldest first: also what was deleted.

    `spoke`: whether there is such a word. `whole`: False where more was said than is looked at. `automatic`:
    those that a delegation sent. `changed`: what was said before, and edited since.
    """

    said: Sequence[Message]
    spoke: bool
    whole: bool
    automatic: frozenset[MessageId]
    changed: Sequence[Message]


def since_owner(
    connection: Connection, conversation: Conversation, until: MessageId, after: Place = START
) -> SinceOwner:
    """What was said there up to a message, and `after` that place."""
    words = (_written(connection, conversation.id, until), _approved(connection, conversation.id, until))
    word = max((one for one in words if one is not None), default=None)
    begins = after if word is None else max(word[0], after)
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND (position, number) > (?, ?)"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)"
        " ORDER BY position DESC, number DESC LIMIT ?",
        (conversation.id, *begins, until, MOST_SAID + 1),
    ).fetchall()
    said = read_messages(rows)[::-1]
    return SinceOwner(
        said[-MOST_SAID:],
        word is not None,
        len(said) <= MOST_SAID,
        automatic(connection, conversation.id),
        [] if word is None else _changed(connection, conversation.id, begins, word[1]),
    )


def _written(
    connection: Connection, conversation: ConversationId, until: MessageId
) -> tuple[Place, datetime] | None:
    """The place before the last words that the owner wrote, all that stand together; when the last was."""
    last = connection.execute(
        "SELECT position, number, sent_at FROM messages WHERE conversation = ? AND author = ? AND NOT deleted"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)"
        " ORDER BY position DESC, number DESC LIMIT 1",
        (conversation, OWNER, until),
    ).fetchone()
    if last is None:
        return None
    before = connection.execute(
        f"SELECT position, number FROM messages WHERE conversation = ? AND NOT {OURS} AND NOT deleted"  # noqa: S608
        " AND (position, number) < (?, ?) ORDER BY position DESC, number DESC LIMIT 1",
        (conversation, last["position"], last["number"]),
    ).fetchone()
    place = START if before is None else (before["position"], before["number"])
    return place, from_text(last["sent_at"])


def _approved(
    connection: Connection, conversation: ConversationId, until: MessageId
) -> tuple[Place, datetime] | None:
    """The place of what the last reply that they approved answers: they have read no more than that; and when
    it was drafted."""
    row = connection.execute(
        "SELECT m.position, m.number, d.created_at FROM receipts r JOIN drafts d ON d.id = r.draft"
        " JOIN messages m ON m.id = d.answers WHERE r.conversation = ? AND m.conversation = r.conversation"
        " AND r.owner_via IS NOT NULL AND (m.position, m.number) <="
        " (SELECT position, number FROM messages WHERE id = ?)"
        " ORDER BY m.position DESC, m.number DESC, r.id DESC LIMIT 1",
        (conversation, until),
    ).fetchone()
    if row is None:
        return None
    return (row["position"], row["number"]), from_text(row["created_at"]) - _WHOLE_SECONDS


def automatic(connection: Connection, conversation: ConversationId) -> frozenset[MessageId]:
    """What a delegation sent there, of the newest."""
    rows = connection.execute(
        "SELECT coalesce(p.platform_id, p.nonce) AS key FROM receipts r JOIN parts p ON p.draft = r.draft"
        " AND p.revision = r.revision WHERE r.conversation = ? AND r.delegation IS NOT NULL"
        " AND p.status = 'sent' ORDER BY r.id DESC LIMIT ?",
        (conversation, MOST_SAID),
    )
    return frozenset(message_id(conversation, row["key"]) for row in rows)


def _changed(
    connection: Connection, conversation: ConversationId, before: Place, since: datetime
) -> list[Message]:
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND edited_at >= ? AND (position, number) <= (?, ?)",
        (conversation, to_text(since), *before),
    )
    return read_messages(rows)
