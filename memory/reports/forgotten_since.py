"""What was forgotten, taken back or said in other words since a backup was made is not revived by it: the
backup's records are held against those of the home that it replaces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.audience import OWNER_ONLY, derived
from core.ids import message_of
from core.types import OWNER, MemoryRecord, MessageId, RecordId
from memory.archive.audiences import intern_audience, intern_channel
from memory.archive.messages import edit, erase
from memory.archive.records import add_all, get
from memory.archive.rows import RECORDS, read_message, read_record
from memory.storage.port import Connection
from memory.storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """What a home holds, and of which messages it knows at all."""

    records: Mapping[RecordId, MemoryRecord]
    newest: Mapping[MessageId, datetime]
    """Of each message that it heard, or that entered as history, since when its words are what they are."""
    deleted: frozenset[MessageId]
    """Those of which it was told, or that its owner forgot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRevived:
    """What of the backup's records is not as it is there; ids alone."""

    forgotten: tuple[RecordId, ...] = ()
    """Messages of others that were deleted or forgotten since: they stay so."""
    reworded: tuple[RecordId, ...] = ()
    """Messages that have other words since: they keep those."""
    returned: tuple[RecordId, ...] = ()
    """The owner's own that were not there any more: they come back for the owner alone."""
    narrowed: tuple[RecordId, ...] = ()
    """What fewer may hear now."""
    in_force: tuple[str, ...] = ()
    """Notes that others may hear as in the backup, as there is no home to ask."""
    unknown_messages: int = 0
    """So many are as in the backup: no home knows what became of them."""


def known_records(connection: Connection) -> KnownRecords:
    """What a database holds."""
    said = [read_message(row) for row in connection.execute("SELECT * FROM messages")]
    newest = {one.id: one.edited_at or one.sent_at for one in said}
    records = {one.id: one for one in map(read_record, connection.execute(RECORDS))}
    archived = connection.execute("SELECT id, sent_at FROM archived_messages")
    newest |= {MessageId(row["id"]): from_text(row["sent_at"]) for row in archived}
    return KnownRecords(records, newest, frozenset(one.id for one in said if one.deleted))


def keep_forgotten(connection: Connection, known: KnownRecords | None, now: datetime) -> NotRevived:
    """Bring a database that was just restored to where nothing in it is known, or heard by anyone, that the
    replaced home had let go of; `known` is None where there was none, or none that could be read."""
    found = _Unrevived()
    for record in [read_record(row) for row in connection.execute(f"{RECORDS} ORDER BY records.number")]:
        message = message_of(record.id)
        if message is not None and (known is None or message not in known.newest):
            found.unknown_messages += 1
        elif known is None:
            if record.audience != OWNER_ONLY:
                found.in_force.append(f"{record.id} for {', '.join(sorted(record.audience - OWNER_ONLY))}")
        elif message is not None and record.id not in known.records:
            _forget(connection, record, message, found)
        elif record.id not in known.records:
            _give_back(connection, record, found)
        else:
            _narrow(connection, record, known.records[record.id], known, found)
    if known is not None:
        _keep_from_coming_back(connection, known, now)
    if found.forgotten or found.reworded:
        connection.purge_index()
    return NotRevived(
        forgotten=tuple(found.forgotten),
        reworded=tuple(found.reworded),
        returned=tuple(found.returned),
        narrowed=tuple(found.narrowed),
        in_force=tuple(found.in_force),
        unknown_messages=found.unknown_messages,
    )


def let_in_no_more(connection: Connection, records: Iterable[str]) -> None:
    """That the owner let these into a draft, or kept one in spite of them, was before."""
    connection.executemany(
        "UPDATE sources SET let_in = ?, told_of = '' WHERE record = ?", [(False, one) for one in records]
    )


@dataclass(slots=True)
class _Unrevived:
    """As in NotRevived, while it is put together."""

    forgotten: list[RecordId] = field(default_factory=list)
    reworded: list[RecordId] = field(default_factory=list)
    returned: list[RecordId] = field(default_factory=list)
    narrowed: list[RecordId] = field(default_factory=list)
    in_force: list[str] = field(default_factory=list)
    unknown_messages: int = 0


def _forget(connection: Connection, record: MemoryRecord, message: MessageId, found: _Unrevived) -> None:
    """The message is blank again where it was said. The owner's own words are known to the owner."""
    erase(connection, message)
    connection.execute("DELETE FROM suggestions WHERE source = ?", (message,))
    if record.author == OWNER:
        _give_back(connection, record, found)
    else:
        found.forgotten.append(record.id)


def _give_back(connection: Connection, record: MemoryRecord, found: _Unrevived) -> None:
    add_all(connection, [replace(record, audience=OWNER_ONLY, channel=None)])
    let_in_no_more(connection, [record.id])
    found.returned.append(record.id)


def _narrow(
    connection: Connection,
    record: MemoryRecord,
    here: MemoryRecord,
    known: KnownRecords,
    found: _Unrevived,
) -> None:
    message = message_of(record.id)
    # Where a home of an older state was replaced, the backup's words are the newer ones: no edit then.
    if message is not None and edit(connection, message, here.text, known.newest[message]):
        found.reworded.append(record.id)
    heard = derived((record.audience, here.audience))
    channel = record.channel if here.channel == record.channel else None
    now = get(connection, record.id)
    if now is None or (heard, channel) == (now.audience, now.channel):
        return
    number = None if channel is None else intern_channel(connection, channel)
    connection.execute(
        "UPDATE records SET audience = ?, channel = ? WHERE id = ?",
        (intern_audience(connection, heard), number, record.id),
    )
    if heard != record.audience:
        let_in_no_more(connection, [record.id])
        found.narrowed.append(record.id)


def _keep_from_coming_back(connection: Connection, known: KnownRecords, now: datetime) -> None:
    """What was heard since and deleted is not heard again from the platforms' history."""
    heard = {row["id"] for row in connection.execute("SELECT id FROM messages")}
    connection.executemany(
        "INSERT INTO early_changes (message, text, at) VALUES (?, ?, ?)"
        " ON CONFLICT (message) DO UPDATE SET text = excluded.text, at = excluded.at",
        [(message, None, to_text(now)) for message in sorted(known.deleted - heard)],
    )
