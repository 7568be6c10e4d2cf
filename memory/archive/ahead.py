"""What was said at a time still to come: by a clock that was wrong, of the owner's or a platform's."""

from datetime import datetime

from core.ports import CLOCKS_APART
from memory.storage.port import Connection
from memory.storage.timestamps import to_text


def is_ahead(connection: Connection, now: datetime) -> bool:
    """Whether something was said later than any clock that is right can say."""
    found = connection.execute(
        "SELECT 1 FROM conversations c"
        " WHERE (SELECT max(position) FROM messages WHERE conversation = c.id) > ? LIMIT 1",
        (to_text(now + CLOCKS_APART),),
    ).fetchone()
    return found is not None


def date_again(connection: Connection, now: datetime) -> bool:
    """Whether something of it counts as said now from here on."""
    ahead = to_text(now + CLOCKS_APART)
    changed = connection.execute("UPDATE messages SET sent_at = ? WHERE sent_at > ?", (to_text(now), ahead))
    moved = connection.execute("UPDATE messages SET position = ? WHERE position > ?", (to_text(now), ahead))
    return changed.rowcount + moved.rowcount > 0
