"""Forgetting: a record, what rests on it and was not sent, and every byte of it in the files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.ids import in_profile, message_of
from core.types import Draft, DraftStatus, RecordId
from memory.archive import records
from memory.archive.messages import get
from memory.outbox import drafts
from memory.outbox.drafts import AWAITING, IN_FLIGHT
from memory.profile.profile import Profile
from memory.storage.port import Connection, Database


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What came of it. `withdrawn` waited and rested on the record: those in the owner's own words wait on.
    `sent` replies that did are kept with their receipts; `everywhere`: no byte of it is left in the
    database's files, unless the owner wrote it."""

    withdrawn: Sequence[Draft]
    sent: int
    everywhere: bool


async def forget(
    db: Database, profile: Profile, record: RecordId, start_over: Callable[[], None] = lambda: None
) -> Forgotten:
    """Forget a record. `start_over` is called once it is gone: who works with it must let go of that.

    Raises Refused for one that is unknown, OwnerMustFix where profile.json cannot be written.
    """
    kept_here = not in_profile(record)
    if not kept_here:
        await profile.forget(record)

    def work(connection: Connection) -> list[Draft]:
        if kept_here:
            place = _said_in(connection, record)
            records.forget(connection, record)
            return _let_go(connection, record, place)
        return _let_go(connection, record, None)

    withdrawn = await db.write("forget", work)
    start_over()
    # What was drafted with it was filed before that, if at all.
    withdrawn += await db.write("forget drafts", lambda c: _let_go(c, record, _said_in(c, record)))
    sent = await db.read(lambda c: _sent(c, record))
    return Forgotten(withdrawn, sent, await db.scrub())


def _let_go(connection: Connection, record: RecordId, place: str | None) -> list[Draft]:
    """Withdraw what waits, and blank what was never sent, of the drafts that rest on it: what a model wrote.
    A message is in the prompt of whatever is drafted where it was said."""
    listed, records_held = connection.holds("d.records", record)
    rests_on = f"({listed} OR EXISTS (SELECT 1 FROM sources WHERE draft = d.id AND record = ?))"  # noqa: S608
    records_held = (*records_held, record)
    affected = rests_on if place is None else f"({rests_on} OR d.conversation = ?)"
    waiting = connection.execute(
        f"SELECT * FROM drafts d WHERE status IN ({_marks(AWAITING)}) AND {affected}"  # noqa: S608
        " AND NOT (typed AND original = '')",
        (*AWAITING, *records_held, *(() if place is None else (place,))),
    ).fetchall()
    for row in waiting:
        drafts.withdraw_authorization(connection, row)
        drafts.supersede(connection, row, drafts.RECORD_FORGOTTEN)
    kept = (*IN_FLIGHT, DraftStatus.SENT)
    connection.execute(
        "DELETE FROM sources WHERE record = ? AND draft IN"  # noqa: S608 (only marks)
        f" (SELECT id FROM drafts WHERE typed AND status IN ({_marks(AWAITING)}))",
        (record, *AWAITING),
    )
    typed = [row["id"] for row in waiting if row["typed"]]
    for draft in typed:
        connection.execute("UPDATE drafts SET original = '' WHERE id = ?", (draft,))
    unsent = [row["id"] for row in waiting if not row["typed"]] + [
        row["id"]
        for row in connection.execute(
            f"SELECT id FROM drafts d WHERE status NOT IN ({_marks((*kept, *AWAITING))})"  # noqa: S608
            f" AND {rests_on}"
            " AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.draft = d.id)",
            (*kept, *AWAITING, *records_held),
        )
    ]
    for draft in unsent:
        connection.execute("UPDATE drafts SET text = '', original = '', why = '' WHERE id = ?", (draft,))
    for draft in (*typed, *unsent):
        connection.execute("UPDATE parts SET text = '' WHERE draft = ? AND status <> 'sent'", (draft,))
    connection.execute("DELETE FROM shared_once WHERE record = ?", (record,))
    message = message_of(record)
    if message is not None:
        connection.execute("DELETE FROM suggestions WHERE source = ?", (message,))
        connection.execute("DELETE FROM early_changes WHERE message = ?", (message,))
    return [drafts.read(connection, row["id"]) for row in waiting]


def _said_in(connection: Connection, record: RecordId) -> str | None:
    """The conversation of a record that is a message."""
    message = message_of(record)
    said = None if message is None else get(connection, message)
    return None if said is None else said.conversation


def _sent(connection: Connection, record: RecordId) -> int:
    rests_on, values = connection.holds("receipts.records", record)
    found = connection.execute(f"SELECT count(*) FROM receipts WHERE {rests_on}", values).fetchone()  # noqa: S608
    return int(found[0])


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)
