"""What the owner wants to be reminded of, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import Refused
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class Reminder:
    """One of them; the text is the owner's own."""

    id: int
    text: str
    at: datetime


class Reminders:
    """Those that were not told yet. One is taken before it is told, so that it is told at most once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, text: str, at: datetime) -> Reminder:
        """Remind of it then."""

        def work(connection: Connection) -> Reminder:
            values = (text, to_text(at))
            row = connection.execute(
                "INSERT INTO reminders (text, at) VALUES (?, ?) RETURNING *", values
            ).fetchone()
            return _reminder(row)

        return await self._database.write("add reminder", work)

    async def open(self) -> Sequence[Reminder]:
        """All of them, the first due first."""
        rows = await self._database.read(
            lambda c: c.execute("SELECT * FROM reminders WHERE NOT told ORDER BY at, id").fetchall()
        )
        return [_reminder(row) for row in rows]

    async def take(self, reminder: int, *, told: bool = True) -> None:
        """It is being told; or, with False, it was not after all. Raises Refused where there is none."""

        def work(connection: Connection) -> None:
            values = (told, reminder, not told)
            done = connection.execute("UPDATE reminders SET told = ? WHERE id = ? AND told = ?", values)
            if not done.rowcount:
                raise Refused(f"there is no reminder {reminder}")

        await self._database.write("take reminder", work)


def _reminder(row: Row) -> Reminder:
    return Reminder(row["id"], row["text"], from_text(row["at"]))
