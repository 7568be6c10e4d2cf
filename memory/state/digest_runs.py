"""Which digests were sent: at most once each, also through a death while one is being told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text

_INSERT = "INSERT INTO digest_runs (name, due, state) VALUES (?, ?, ?)"


class RunState(StrEnum):
    """How far a run has come."""

    BEGUN = "begun"
    """No run: the digest is known from then on."""
    CLAIMED = "claimed"
    """Being told; found so later, nobody knows whether it was."""
    TOLD = "told"
    REFUSED = "refused"
    """The platform would not take it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One time of one digest that was dealt with."""

    name: str
    due: datetime
    state: RunState


class DigestRuns:
    """The runs, by the digest's name and the time at which it was due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, name: str) -> Run | None:
        """The newest run of a digest, None for one never heard of."""
        row = await self._database.read(
            lambda c: c.execute(
                "SELECT * FROM digest_runs WHERE name = ? ORDER BY due DESC LIMIT 1", (name,)
            ).fetchone()
        )
        return None if row is None else _run(row)

    async def covered(self, name: str, before: datetime) -> datetime | None:
        """Until when the owner was told for certain, before a time: there the next one begins."""
        row = await self._database.read(
            lambda c: c.execute(
                "SELECT max(due) AS due FROM digest_runs WHERE name = ? AND due < ? AND state IN (?, ?)",
                (name, to_text(before), RunState.BEGUN, RunState.TOLD),
            ).fetchone()
        )
        return None if row["due"] is None else from_text(row["due"])

    async def begin(self, name: str, now: datetime) -> None:
        """Know a digest from now on: what was due before is not."""
        await self._put("begin digest", name, now, RunState.BEGUN)

    async def claim(self, name: str, due: datetime) -> bool:
        """Take a run before it is told; False where somebody has."""

        def work(connection: Connection) -> bool:
            values = (name, to_text(due), RunState.CLAIMED)
            added = connection.execute(f"{_INSERT} ON CONFLICT (name, due) DO NOTHING", values)
            return added.rowcount > 0

        return await self._database.write("claim digest", work)

    async def settle(self, name: str, due: datetime, state: RunState) -> None:
        """What became of it."""
        await self._put("settle digest", name, due, state)

    async def release(self, name: str, due: datetime) -> None:
        """Nothing of it was told, for certain: it may be claimed again."""
        await self._database.write(
            "release digest",
            lambda c: (
                c.execute("DELETE FROM digest_runs WHERE name = ? AND due = ?", (name, to_text(due))) and None
            ),
        )

    async def uncertain(self) -> Sequence[Run]:
        """Those that are claimed and were followed by no later run of the same digest."""
        rows = await self._database.read(
            lambda c: c.execute(
                "SELECT * FROM digest_runs r WHERE due ="
                " (SELECT max(due) FROM digest_runs WHERE name = r.name) ORDER BY name"
            ).fetchall()
        )
        return [run for row in rows if (run := _run(row)).state is RunState.CLAIMED]

    async def _put(self, act: str, name: str, due: datetime, state: RunState) -> None:
        values = (name, to_text(due), state)
        await self._database.write(
            act,
            lambda c: (
                c.execute(f"{_INSERT} ON CONFLICT (name, due) DO UPDATE SET state = excluded.state", values)
                and None
            ),
        )


def _run(row: Row) -> Run:
    return Run(row["name"], from_text(row["due"]), RunState(row["state"]))
