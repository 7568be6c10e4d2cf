"""Keeps the vectors in step with the records: read at start, brought up to date in the background."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.ports import Embedder, Vectors
from memory.archive.audiences import NOWHERE, Allowed
from memory.recall.ranking import Unrelated
from memory.recall.vectors import BLOCK, Cosines, Keys, Mask, Numbers, VectorIndex
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text

BATCH = 64
"""Records that are embedded and committed in one go."""
STRANGERS = (
    "The train to Porto leaves at nine.",
    "my cat sleeps on the radiator all day",
    "Interest rates rose again in March.",
    "add two eggs and a little flour",
    "is the printer out of toner again?",
    "She plays the cello in a quartet.",
    "Our roof leaks whenever it rains.",
    "who won the match last night",
    "The vote of the committee was put off.",
    "how do I turn the heating down?",
)
"""Texts that have nothing to do with each other: what an embedder says of them is its noise."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry of the queue: the record as it is now, or gone; and whether a vector of it is stored."""

    record: int
    audience: int | None
    channel: int
    at: str
    text: str
    embedded: bool


class Indexer:
    """The vector index of a database, for one embedder."""

    def __init__(self, db: Database, embedder: Embedder) -> None:
        self._db = db
        self._embedder = embedder
        self._index: VectorIndex | None = None
        self._working = asyncio.Lock()
        self.unrelated: Unrelated | None = None
        """The embedder's noise; None until it has been measured."""

    async def load(self) -> None:
        """Read the stored vectors, off the event loop. Those of another embedder are dropped for good."""
        async with self._working:
            await self._load()

    async def catch_up(self) -> int:
        """Embed what is new or changed, let go of what is gone. Raises as Embedder does; nothing is lost."""
        async with self._working:
            index = await self._load()
            if self.unrelated is None:
                self.unrelated = await self._noise()
            embedded = 0
            while waiting := await self._db.read(_waiting):
                embedded += await self._index_batch(index, waiting)
            return embedded

    async def near(
        self, query: Vectors, allowed: Allowed, limit: int, *, withheld: bool
    ) -> tuple[Numbers, Cosines]:
        """The nearest records that may be heard, or of those withheld; none before the index is loaded."""
        if self._index is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return await asyncio.to_thread(self._index.search, query, _mask(allowed, withheld), limit)

    def cosines(self, query: Vectors, records: Sequence[int]) -> list[float | None]:
        """How near these records are; None for what is not indexed."""
        return [None] * len(records) if self._index is None else self._index.cosines(query, records)

    async def _load(self) -> VectorIndex:
        if self._index is None:
            name = self._embedder.name
            await self._db.write("embedder", lambda connection: _adopt(connection, name))
            index = VectorIndex(self._embedder.dimensions)
            after = 0
            while rows := await self._db.read(partial(_stored, after=after)):
                await asyncio.to_thread(_put, index, rows)
                after = rows[-1]["record"]
            self._index = index
        return self._index

    async def _index_batch(self, index: VectorIndex, waiting: list[_Waiting]) -> int:
        new = [one for one in waiting if one.audience is not None and not one.embedded]
        vectors = await self._embedder.passages([one.text for one in new])
        blobs = [row.tobytes() for row in vectors.astype(np.float16)]
        await self._db.write("index", lambda connection: _keep(connection, waiting, new, blobs))
        for one in waiting:
            if one.audience is None:
                index.remove(one.record)
        index.regroup(_keys([one for one in waiting if one.embedded]))
        index.put(_keys(new), vectors)
        return len(new)

    async def _noise(self) -> Unrelated:
        passages = await self._embedder.passages(STRANGERS)
        queries = np.concatenate([await self._embedder.query(text) for text in STRANGERS])
        cosines = (queries @ passages.T)[~np.eye(len(STRANGERS), dtype=bool)]
        return Unrelated(float(cosines.mean()), float(cosines.std()))


def _mask(allowed: Allowed, withheld: bool) -> Mask:
    if allowed.everything:
        return Mask(None, inverted=withheld)
    return Mask(
        np.array(sorted(allowed.audiences), np.int64),
        allowed.channel,
        _microseconds(allowed.since) if allowed.since else 0,
        inverted=withheld,
    )


def _microseconds(at: str) -> int:
    return round(from_text(at).timestamp() * 1_000_000)


def _adopt(connection: Connection, name: str) -> None:
    row = connection.execute("SELECT name FROM embedder").fetchone()
    if row is None:
        connection.execute("INSERT INTO embedder VALUES (?)", (name,))
    elif row["name"] != name:
        connection.execute("DELETE FROM vectors")
        # WHERE: without one, SQLite would take the ON for a join's.
        connection.execute(
            "INSERT INTO unindexed SELECT number FROM records WHERE TRUE ON CONFLICT DO NOTHING"
        )
        connection.execute("UPDATE embedder SET name = ?", (name,))


def _stored(connection: Connection, after: int) -> list[Row]:
    return connection.execute(
        "SELECT record, vector, audience, channel, at FROM vectors JOIN records ON number = record"
        " WHERE record > ? ORDER BY record LIMIT ?",
        (after, BLOCK),
    ).fetchall()


def _put(index: VectorIndex, rows: list[Row]) -> None:
    keys = Keys(
        np.array([row["record"] for row in rows], np.int64),
        np.array([row["audience"] for row in rows], np.int64),
        np.array([NOWHERE if row["channel"] is None else row["channel"] for row in rows], np.int64),
        np.array([_microseconds(row["at"]) for row in rows], np.int64),
    )
    flat = np.frombuffer(b"".join(row["vector"] for row in rows), np.float16)
    index.put(keys, flat.reshape(len(rows), -1).astype(np.float32))


def _keys(records: list[_Waiting]) -> Keys:
    return Keys(
        np.array([record.record for record in records], np.int64),
        np.array([record.audience for record in records], np.int64),
        np.array([record.channel for record in records], np.int64),
        np.array([_microseconds(record.at) for record in records], np.int64),
    )


def _waiting(connection: Connection) -> list[_Waiting]:
    rows = connection.execute(
        "SELECT unindexed.record, audience, coalesce(channel, ?) AS channel, coalesce(at, '') AS at,"
        " coalesce(text, '') AS text, vectors.record IS NOT NULL AS embedded FROM unindexed"
        " LEFT JOIN records ON number = unindexed.record LEFT JOIN vectors ON vectors.record = number"
        " ORDER BY unindexed.record LIMIT ?",
        (NOWHERE, BATCH),
    )
    return [
        _Waiting(
            row["record"], row["audience"], row["channel"], row["at"], row["text"], bool(row["embedded"])
        )
        for row in rows
    ]


def _keep(connection: Connection, waiting: list[_Waiting], new: list[_Waiting], blobs: list[bytes]) -> None:
    """Store the vectors of what has not changed since it was read; the rest stays in the queue."""
    vectors = {one.record: blob for one, blob in zip(new, blobs, strict=True)}
    for one in waiting:
        row = connection.execute(
            "SELECT audience, coalesce(channel, ?) AS channel, at, text FROM records WHERE number = ?",
            (NOWHERE, one.record),
        ).fetchone()
        held = ("audience", "channel", "at", "text")
        now = (None, NOWHERE, "", "") if row is None else tuple(row[name] for name in held)
        if now != (one.audience, one.channel, one.at, one.text):
            continue
        if one.record in vectors:
            connection.execute(
                "INSERT INTO vectors (record, vector) VALUES (?, ?)"
                " ON CONFLICT (record) DO UPDATE SET vector = excluded.vector",
                (one.record, vectors[one.record]),
            )
        connection.execute("DELETE FROM unindexed WHERE record = ?", (one.record,))
