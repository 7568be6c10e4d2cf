"""What waits, looked at again: whether it may stay as it is, and what becomes of it where it may not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.types import Draft, MessageId, PersonId, RecordId
from memory.archive.audiences import Audiences
from memory.archive.conversations import channel_of
from memory.archive.messages import get
from memory.outbox import coverage, delegation_rows, drafts, outcomes, sources
from memory.storage.port import Connection, Row


def waiting(connection: Connection) -> list[Row]:
    """What awaits its owner or the sender, oldest first."""
    return connection.execute(f"{_WAITING} ORDER BY drafts.id").fetchall()


def waiting_in(connection: Connection, channel: str) -> list[Row]:
    """As `waiting`, in a channel and its threads and topics; `channel` may be the id of any of them."""
    return connection.execute(
        f"{_WAITING} AND conversation IN (SELECT id FROM conversations WHERE channel = ?)"  # noqa: S608
        " ORDER BY drafts.id",
        (channel_of(connection, channel),),
    ).fetchall()


def waiting_on(connection: Connection, record: RecordId) -> list[Row]:
    """As `waiting`, what rests on a record."""
    return connection.execute(
        f"{_WAITING} AND id IN (SELECT draft FROM sources WHERE record = ?) ORDER BY drafts.id",  # noqa: S608
        (record,),
    ).fetchall()


def recheck(connection: Connection, audiences: Audiences, rows: Sequence[Row], now: datetime) -> list[Draft]:
    """Move on those of the rows that are stale; those moved."""
    found = [(row, stale(connection, audiences, row)) for row in rows]
    return [move(connection, audiences, row, rule, now) for row, rule in found if rule is not None]


def is_due(
    connection: Connection, audiences: Audiences, removed: Collection[PersonId], now: datetime
) -> bool:
    """Whether `recheck_all` would change anything."""
    return bool(delegation_rows.running_for(connection, removed, now)) or any(
        stale(connection, audiences, row) for row in waiting(connection)
    )


def recheck_all(
    connection: Connection, audiences: Audiences, removed: Collection[PersonId], now: datetime
) -> list[Draft]:
    """As `recheck`, all that waits; and what was delegated for people who were `removed` ends."""
    delegation_rows.end(connection, delegation_rows.running_for(connection, removed, now), now)
    return recheck(connection, audiences, waiting(connection), now)


_WAITING = "SELECT * FROM drafts WHERE status IN ('waiting', 'snoozed', 'approved')"


def recover(connection: Connection, audiences: Audiences, now: datetime) -> list[Draft]:
    """Take stock after a death; every draft that changed.

    What was at a platform is uncertain (between two parts nothing was); what was superseded or went stale
    before the draft could be withdrawn is withdrawn now.
    """
    at_platform = connection.execute(
        "SELECT d.* FROM drafts d WHERE EXISTS (SELECT 1 FROM parts p WHERE p.draft = d.id"
        " AND p.revision = d.revision AND p.status = 'sending') ORDER BY d.id"
    ).fetchall()
    why = "the twin stopped while it was being sent"
    changed = [outcomes.mark_uncertain(connection, row, why) for row in at_platform]
    for row in waiting(connection):
        superseded = drafts.superseded_by(connection, row)
        if superseded is not None:
            changed.append(drafts.supersede(connection, row, superseded))
        elif (rule := stale(connection, audiences, row)) is not None:
            changed.append(move(connection, audiences, row, rule, now))
    return changed


def stale(connection: Connection, audiences: Audiences, row: Row) -> str | None:
    """The rule by which a waiting draft may not stay as it is: something that it rests on is not as it was,
    or somebody came for whom it was not written. None while it may."""
    if rule := sources.fault(connection, audiences, row):
        return rule
    return drafts.SOMEBODY_JOINED if drafts.audience_grew(connection, row) else None


def supersede(connection: Connection, audiences: Audiences, row: Row, rule: str) -> Draft:
    """As `drafts.supersede`; who keeps their own words is told of all that is wrong with them at once."""
    if row["typed"]:
        sources.tell(connection, audiences, row)
    return drafts.supersede(connection, row, rule)


def move(connection: Connection, audiences: Audiences, row: Row, rule: str, now: datetime) -> Draft:
    """Withdraw a draft that is stale, to be written anew. The owner's own words and the rest of what has
    begun to arrive wait as a new revision whose rule says so; so does what answers no message, if all that
    it rests on may still be said."""
    joined = rule == drafts.SOMEBODY_JOINED
    theirs = row["typed"] or row["rule"] == outcomes.NOT_DELIVERED
    if theirs or (joined and get(connection, MessageId(row["answers"])) is None):
        sources.tell(connection, audiences, row)
        shown = coverage.OTHERS_LISTEN if joined else rule
        return outcomes.return_to_owner(connection, row, shown, now)
    return drafts.supersede(connection, row, rule, redraft=True)
