"""What the owner decides of a draft: functions of a connection. Each raises Refused as the outbox says."""

from datetime import datetime

from core.errors import AlreadyHandled, Refused
from core.types import ByOwner, Draft, DraftId, DraftStatus
from memory.outbox import drafts
from memory.storage.port import Connection, Row
from memory.storage.timestamps import to_text


def approve(
    connection: Connection, draft: DraftId, revision: int, via: str, text: str | None, now: datetime
) -> Draft:
    """Authorize this revision; with another `text`, edit first and authorize that."""
    row = drafts.for_decision(connection, draft, revision)
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        raise AlreadyHandled("it has expired")
    _recheck_audience(connection, row)
    if text is not None and text != row["text"]:
        row = _rewrite(connection, row, text, now)
    _not_empty(row["text"])
    drafts.authorize(connection, row, ByOwner(via), now)
    return drafts.read(connection, draft)


def edit(connection: Connection, draft: DraftId, revision: int, text: str, now: datetime) -> Draft:
    """The owner's words instead, as a new revision that waits."""
    row = drafts.for_change(connection, draft, revision)
    _recheck_audience(connection, row)
    return drafts.from_row(_rewrite(connection, row, text, now))


def reject(connection: Connection, draft: DraftId, revision: int, why: str, via: str, now: datetime) -> Draft:
    """Close it unsent."""
    row = drafts.for_decision(connection, draft, revision)
    connection.execute(
        "UPDATE drafts SET why = ?, rejected_at = ? WHERE id = ?", (why, to_text(now), row["id"])
    )
    drafts.set_status(connection, row["id"], DraftStatus.REJECTED, decided_by=ByOwner(via))
    return drafts.read(connection, draft)


def snooze(connection: Connection, draft: DraftId, revision: int, until: datetime, now: datetime) -> Draft:
    """Put it out of sight until a time that lies ahead."""
    row = drafts.for_decision(connection, draft, revision)
    if until <= now:
        raise Refused("that time has passed already")
    drafts.withdraw_authorization(connection, row)
    drafts.set_status(connection, row["id"], DraftStatus.SNOOZED, snoozed_until=until)
    return drafts.read(connection, draft)


def _rewrite(connection: Connection, row: Row, text: str, now: datetime) -> Row:
    _not_empty(text)
    return drafts.rewrite(connection, row, text, row["original"] or row["text"], now)


def _recheck_audience(connection: Connection, row: Row) -> None:
    if drafts.audience_grew(connection, row):
        raise AlreadyHandled("somebody joined since it was written")


def _not_empty(text: str) -> None:
    if not text.strip():
        raise Refused("there is nothing to send: the text is empty")
