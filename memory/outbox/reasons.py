"""Why a draft says what it says: how well each record was recalled, and what was let in for once."""

import json
from collections.abc import Mapping

from core.types import DraftId, RecordId
from memory.archive.rows import row_number
from memory.storage.port import Connection, Database


class Reasons:
    """Beside the drafts, for the owner's eyes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def scores(self, draft: DraftId) -> dict[RecordId, float]:
        """The score of each record that was recalled for the draft's current text."""

        def work(connection: Connection) -> dict[RecordId, float]:
            row = connection.execute(
                "SELECT scores FROM drafts WHERE id = ?", (row_number(draft),)
            ).fetchone()
            return {} if row is None else {RecordId(key): value for key, value in json.loads(row[0]).items()}

        return await self._database.read(work)

    async def share_once(self, draft: DraftId, record: RecordId) -> None:
        """Let a record into the next redraft of a draft, and into nothing else."""
        await self._database.write(
            "share once",
            lambda c: (
                c.execute(
                    "INSERT INTO shared_once VALUES (?, ?) ON CONFLICT (draft, record) DO NOTHING",
                    (int(draft), record),
                )
                and None
            ),
        )

    async def shared_once(self, draft: DraftId) -> list[RecordId]:
        """What the next redraft of a draft may use beyond what may be heard there."""
        rows = await self._database.read(
            lambda c: c.execute(
                "SELECT record FROM shared_once WHERE draft = ?", (row_number(draft),)
            ).fetchall()
        )
        return [RecordId(row["record"]) for row in rows]


def keep_scores(connection: Connection, draft: int, scores: Mapping[RecordId, float]) -> None:
    """Write the scores of a draft's current text, in the caller's transaction."""
    connection.execute("UPDATE drafts SET scores = ? WHERE id = ?", (json.dumps(dict(scores)), draft))


def let_in(connection: Connection, draft: int) -> frozenset[RecordId]:
    """What the owner has let into the next redraft of a draft."""
    rows = connection.execute("SELECT record FROM shared_once WHERE draft = ?", (draft,))
    return frozenset(RecordId(row["record"]) for row in rows)


def end_sharing_once(connection: Connection, draft: int) -> None:
    """The redraft was made: the next one starts without."""
    connection.execute("DELETE FROM shared_once WHERE draft = ?", (draft,))
