"""What there is, in numbers: functions of a connection."""

from datetime import datetime

from core.types import ConversationId
from memory.storage.port import Connection
from memory.storage.timestamps import from_text

COUNTS = {
    "messages": "SELECT count(*) FROM messages",
    "records": "SELECT count(*) FROM records",
    "receipts": "SELECT count(*) FROM receipts",
    "pending": "SELECT count(*) FROM messages WHERE turn = 'pending'",
    "listed": "SELECT count(*) FROM skipped_turns WHERE rule = 'missed-while-off'",
}


def counts(connection: Connection) -> dict[str, int]:
    """How many of each, and of drafts by their status."""
    counted = {name: int(connection.execute(query).fetchone()[0]) for name, query in COUNTS.items()}
    rows = connection.execute("SELECT status, count(*) AS n FROM drafts GROUP BY status ORDER BY status")
    return counted | {row["status"]: row["n"] for row in rows}


def last_spoken(connection: Connection) -> dict[ConversationId, datetime]:
    """When something was last said in each conversation where anything was."""
    return _last(connection, "sent_at")


def last_heard(connection: Connection) -> dict[ConversationId, datetime]:
    """How far each conversation was heard, by its platform's clock: what the twin says does not count, for
    something may have been said just before it and never have come."""
    return _last(connection, "position")


def _last(connection: Connection, column: str) -> dict[ConversationId, datetime]:
    rows = connection.execute(
        f"SELECT id, (SELECT {column} FROM messages WHERE conversation = conversations.id"  # noqa: S608
        " ORDER BY position DESC, number DESC LIMIT 1) AS at FROM conversations"
    )
    return {ConversationId(row["id"]): from_text(row["at"]) for row in rows if row["at"] is not None}


def soonest(connection: Connection) -> datetime | None:
    """When time alone next changes a draft: one that is put aside wakes, or one expires."""
    row = connection.execute(
        "SELECT min(at) AS at FROM (SELECT min(snoozed_until) AS at FROM drafts WHERE status = 'snoozed'"
        " UNION ALL SELECT min(expires_at) FROM drafts WHERE status IN ('waiting', 'snoozed', 'approved'))"
        " AS soonest"
    ).fetchone()
    return None if row["at"] is None else from_text(row["at"])


def group_titles(connection: Connection) -> dict[str, str]:
    """What groups are called, by their ids."""
    rows = connection.execute("SELECT id, title FROM conversations WHERE kind = 'group'")
    return {row["id"]: row["title"] for row in rows}
