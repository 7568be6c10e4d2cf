"""What contacts said that may belong in the profile: it waits here for the owner's word."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import AlreadyHandled, Refused
from core.ports import Clock
from core.types import Audience, MemoryRecord, MessageId, Principal
from memory.archive.rows import row_number
from memory.profile.profile import Profile
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to know, the message it comes from, and who would hear it."""

    id: str
    text: str
    source: MessageId
    audience: Audience
    at: datetime


class Suggestions:
    """The open suggestions. Nothing but `accept` writes to the profile."""

    def __init__(self, database: Database, profile: Profile, clock: Clock) -> None:
        self._database = database
        self._profile = profile
        self._clock = clock

    async def add(self, text: str, source: MessageId, audience: Audience) -> None:
        """Suggest it, once for each source and text."""
        values = (text, source, json.dumps(sorted(audience)), to_text(self._clock.now()))
        await self._database.write(
            "suggest",
            lambda c: (
                c.execute(
                    "INSERT INTO suggestions (text, source, audience, at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (source, text) DO NOTHING",
                    values,
                )
                and None
            ),
        )

    async def open(self) -> Sequence[Suggestion]:
        """What waits, oldest first."""
        rows = await self._database.read(
            lambda c: c.execute("SELECT * FROM suggestions WHERE status = 'open' ORDER BY id").fetchall()
        )
        return [_suggestion(row) for row in rows]

    async def accept(self, suggestion: str) -> MemoryRecord:
        """Write it into the profile, for its own audience, and close it.

        Killed in between, it is still open and accepting it again writes the same entry.
        """
        found = await self._database.read(lambda c: _open(c, suggestion))
        record = await self._profile.add_entry(
            f"suggestion-{found.id}", found.text, found.audience, at=self._clock.now()
        )
        await self._close(suggestion, "accepted")
        return record

    async def dismiss(self, suggestion: str) -> None:
        """Close it; the profile stays as it is."""
        await self._close(suggestion, "dismissed")

    async def _close(self, suggestion: str, status: str) -> None:
        def work(connection: Connection) -> None:
            found = _open(connection, suggestion)
            connection.execute(
                "UPDATE suggestions SET status = ? WHERE id = ?", (status, row_number(found.id))
            )

        await self._database.write("close suggestion", work)


def _open(connection: Connection, suggestion: str) -> Suggestion:
    row = connection.execute("SELECT * FROM suggestions WHERE id = ?", (row_number(suggestion),)).fetchone()
    if row is None:
        raise Refused(f"there is no suggestion {suggestion[:40]!r}")
    if row["status"] != "open":
        raise AlreadyHandled(f"suggestion {suggestion} is {row['status']}")
    return _suggestion(row)


def _suggestion(row: Row) -> Suggestion:
    return Suggestion(
        id=str(row["id"]),
        text=row["text"],
        source=MessageId(row["source"]),
        audience=frozenset(map(Principal, json.loads(row["audience"]))),
        at=from_text(row["at"]),
    )
