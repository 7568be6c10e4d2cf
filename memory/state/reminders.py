"""What the owner wants to be reminded of, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import Refused
from memory.state.recurrence import Recurrence, recurrence
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text

CLOCK_JUMP = timedelta(minutes=1)
"""Told further ahead than this, it was told by a clock that was ahead."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One of them; the text is the owner's own."""

    id: int
    text: str
    at: datetime
    """When it is due; of one that recurs, when it was told last, or written."""
    recurs: Recurrence | None = None

    def due(self, zone: ZoneInfo) -> datetime:
        """When it is to be told, on the owner's wall as it is now; however often one that recurs was missed,
        this is once."""
        return self.at if self.recurs is None else self.recurs.next(self.at, zone)


class Reminders:
    """Those that were not told yet, and those that recur. One is taken before it is told, so that it is told
    at most once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, text: str, at: datetime, recurs: Recurrence | None = None) -> Reminder:
        """Remind of it then, or, of one that recurs, from then on."""

        def work(connection: Connection) -> Reminder:
            rule, starts = (recurs.rule(), recurs.starts.isoformat()) if recurs else (None, None)
            row = connection.execute(
                "INSERT INTO reminders (text, at, rule, starts) VALUES (?, ?, ?, ?) RETURNING *",
                (text, to_text(at), rule, starts),
            ).fetchone()
            return _reminder(row)

        return await self._database.write("add reminder", work)

    async def open(self) -> Sequence[Reminder]:
        """All of them."""
        rows = await self._database.read(
            lambda c: c.execute("SELECT * FROM reminders WHERE NOT told ORDER BY at, id").fetchall()
        )
        return [_reminder(row) for row in rows]

    async def take(self, one: Reminder, now: datetime, *, told: bool = True) -> None:
        """It is being told now; or, with False, it was not after all. Raises Refused where there is none."""
        if one.recurs is None:
            await self._set(one.id, "told = ?", (told,), "told = ?", (not told,))
            return
        before, after = to_text(one.at), to_text(now)
        if not told:
            before, after = after, before
        await self._set(one.id, "at = ?", (after,), "NOT told AND at = ?", (before,))

    async def set_back(self, now: datetime) -> None:
        """What a clock that was ahead has told goes on from now."""

        def work(connection: Connection) -> None:
            connection.execute(
                "UPDATE reminders SET at = ? WHERE NOT told AND rule IS NOT NULL AND at > ?",
                (to_text(now), to_text(now + CLOCK_JUMP)),
            )

        await self._database.write("set reminders back", work)

    async def end(self, reminder: int) -> None:
        """Never again. Raises Refused where there is none."""
        await self._set(reminder, "told = TRUE", (), "NOT told", ())

    async def _set(
        self,
        reminder: int,
        change: str,
        changed: tuple[str | bool, ...],
        where: str,
        is_so: tuple[str | bool, ...],
    ) -> None:
        def work(connection: Connection) -> None:
            done = connection.execute(
                f"UPDATE reminders SET {change} WHERE id = ? AND {where}",  # noqa: S608 (our own words)
                (*changed, reminder, *is_so),
            )
            if not done.rowcount:
                raise Refused(f"there is no reminder {reminder}")

        await self._database.write("take reminder", work)


def _reminder(row: Row) -> Reminder:
    recurs = recurrence(row["rule"], row["starts"]) if row["rule"] else None
    return Reminder(row["id"], row["text"], from_text(row["at"]), recurs)
