"""Which expired drafts the owner was told of."""

from collections.abc import Sequence
from datetime import datetime

from core.types import Draft, DraftId, DraftStatus
from memory.outbox import drafts
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text


class Expiries:
    """One is noted before it is told, so that it is told at most once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self, since: datetime) -> Sequence[Draft]:
        """Those that expired since and were not told of, the first expired first."""

        def work(connection: Connection) -> list[Draft]:
            rows = connection.execute(
                "SELECT * FROM drafts WHERE status = ? AND expires_at > ? AND NOT EXISTS"
                " (SELECT 1 FROM told_expiries WHERE draft = drafts.id)"
                " ORDER BY expires_at, id",
                (DraftStatus.EXPIRED, to_text(since)),
            )
            return [drafts.from_row(row) for row in rows]

        return await self._database.read(work)

    async def note(self, draft: DraftId, *, told: bool = True) -> None:
        """It is being told of; or nobody was told after all."""
        statement = (
            "INSERT INTO told_expiries VALUES (?) ON CONFLICT DO NOTHING"
            if told
            else "DELETE FROM told_expiries WHERE draft = ?"
        )
        await self._database.write("note expiry", lambda c: c.execute(statement, (int(draft),)) and None)
