"""What the owner decides of a draft: functions of a connection. Each raises Refused as the outbox says."""

from datetime import datetime

from core.errors import AlreadyHandled, Refused
from core.types import ByOwner, Draft, DraftId, DraftStatus
from memory.archive.audiences import Audiences
from memory.outbox import coverage, drafts, rechecks, sources
from memory.storage.port import Connection, Row
from memory.storage.timestamps import to_text

BECAME_STALE = {
    drafts.SOMEBODY_JOINED: "somebody joined since it was written",
    sources.RECORD_GONE: "something that it rests on was taken back or forgotten",
    sources.RECORD_CHANGED: "something that it rests on was changed",
    sources.RECORD_WITHHELD: "something that it rests on may not be heard there any more",
}
"""What is said to who decides on a draft that went stale, by rule."""


def approve(
    connection: Connection,
    audiences: Audiences,
    draft: DraftId,
    revision: int,
    via: str,
    text: str | None,
    now: datetime,
) -> Draft:
    """Authorize this revision; with another `text`, edit first and authorize that. What the owner wrote for
    a draft that went stale meanwhile is kept, and waits with the rule that says why. One that may have been
    sent already, as it comes from a backup, waits once more with a rule that says so."""
    row = drafts.for_decision(connection, draft, revision)
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        raise AlreadyHandled("it has expired")
    rule = rechecks.stale(connection, audiences, row)
    if text is not None and text != row["text"]:
        row = _rewrite(connection, row, text, now)
        if rule is not None:
            return _keep_waiting(connection, audiences, row, rule)
    elif rule is not None:
        raise AlreadyHandled(BECAME_STALE[rule])
    _not_empty(row["text"])
    if row["rule"] == drafts.RESTORED:
        drafts.rewrite(connection, row, row["text"], row["original"], now, typed=bool(row["typed"]))
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=drafts.RESTORED_CONFIRM)
        return drafts.read(connection, draft)
    drafts.authorize(connection, row, ByOwner(via), now)
    return drafts.read(connection, draft)


def edit(
    connection: Connection, audiences: Audiences, draft: DraftId, revision: int, text: str, now: datetime
) -> Draft:
    """The owner's words instead, as a new revision that waits; of a draft that went stale meanwhile, with the
    rule that says why."""
    row = drafts.for_change(connection, draft, revision)
    rule = rechecks.stale(connection, audiences, row)
    row = _rewrite(connection, row, text, now)
    return drafts.from_row(row) if rule is None else _keep_waiting(connection, audiences, row, rule)


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
    if row["typed"]:
        return drafts.rewrite(connection, row, text, row["original"], now, typed=text != row["original"])
    return drafts.rewrite(connection, row, text, row["text"], now, typed=text != row["text"])


def _keep_waiting(connection: Connection, audiences: Audiences, row: Row, rule: str) -> Draft:
    """The owner's own words stay, and they are told why they want another look."""
    sources.tell(connection, audiences, row)
    shown = coverage.OTHERS_LISTEN if rule == drafts.SOMEBODY_JOINED else rule
    drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=shown)
    return drafts.read(connection, row["id"])


def _not_empty(text: str) -> None:
    if not text.strip():
        raise Refused("there is nothing to send: the text is empty")
