"""One thing known: kept, shared with more people, forgotten."""

from collections.abc import Iterable

from core.errors import Refused
from core.ids import in_profile, message_of
from core.types import Audience, MemoryRecord, RecordId
from memory.archive.audiences import intern_audience, intern_channel
from memory.archive.messages import erase
from memory.archive.rows import RECORDS, read_record
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text


class Records:
    """The archive: every record, whoever may hear it. Recall is the way to ask on someone's behalf."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, record: MemoryRecord) -> None:
        """Keep a record; one of the same id is replaced."""
        await self.add_many([record])

    async def add_many(self, records: Iterable[MemoryRecord]) -> None:
        """Keep many, in one commit."""
        kept = list(records)
        await self._db.write("add records", lambda connection: add_all(connection, kept))

    async def get(self, record: RecordId) -> MemoryRecord | None:
        """One record."""
        return await self._db.read(lambda connection: get(connection, record))

    async def share(self, record: RecordId, principals: Audience) -> MemoryRecord:
        """Let more people hear it. Raises Refused for one that is unknown or lives in profile.json."""
        return await self._db.write("share", lambda connection: share(connection, record, principals))


def add_all(connection: Connection, records: Iterable[MemoryRecord]) -> None:
    """Keep records; one of the same id is replaced."""
    connection.executemany(
        "INSERT INTO records(id, audience, channel, at, author, pinned, text) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET audience = excluded.audience, channel = excluded.channel,"
        " at = excluded.at, author = excluded.author, pinned = excluded.pinned, text = excluded.text",
        (
            (
                record.id,
                intern_audience(connection, record.audience),
                None if record.channel is None else intern_channel(connection, record.channel),
                to_text(record.at),
                record.author,
                record.pinned,
                record.text.encode("utf-8", "replace").decode("utf-8"),
            )
            for record in records
        ),
    )


def get(connection: Connection, record: RecordId) -> MemoryRecord | None:
    """One record."""
    row = connection.execute(f"{RECORDS} WHERE records.id = ?", (record,)).fetchone()
    return read_record(row) if row else None


def share(connection: Connection, record: RecordId, principals: Audience) -> MemoryRecord:
    """Add principals to a record's audience."""
    held = _held(connection, record)
    connection.execute(
        "UPDATE records SET audience = ? WHERE id = ?",
        (intern_audience(connection, held.audience | principals), record),
    )
    return _held(connection, record)


def forget(connection: Connection, record: RecordId) -> None:
    """Remove a record with its index entry and vector; a message loses its text too. Raises Refused for one
    that is unknown or lives in profile.json."""
    _held(connection, record)
    message = message_of(record)
    if message is not None:
        erase(connection, message)
    connection.execute("DELETE FROM records WHERE id = ?", (record,))
    connection.purge_index()


def _held(connection: Connection, record: RecordId) -> MemoryRecord:
    if in_profile(record):
        raise Refused(f"{record} is kept in profile.json: change it there")
    held = get(connection, record)
    if held is None:
        raise Refused(f"{record}: no such record")
    return held
