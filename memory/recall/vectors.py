"""Exact search over the vectors of what a conversation may hear, and of nothing else.

Rows live in blocks, ordered within each full block by audience and channel. A mask picks the rows that may
be heard before any of them is compared; as those of one audience lie together, they are multiplied as
slices of the block, without a copy.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ports import Vectors

BLOCK = 8192
"""Rows; 12 MB at 384 dimensions."""
SHORT = 48
"""Rows that lie together in smaller numbers are gathered first: one product costs less than many."""

Numbers = NDArray[np.int64]
Cosines = NDArray[np.float32]
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Keys:
    """What a row is filtered by, a column each: record, audience and channel numbers, and the time it was
    said, in microseconds since 1970."""

    records: Numbers
    audiences: Numbers
    channels: Numbers
    times: Numbers

    @classmethod
    def empty(cls, rows: int) -> "Keys":
        """Room for this many, nobody's so far."""
        return cls(*(np.full(rows, _NOBODY, np.int64) for _ in range(4)))

    def columns(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """The columns, in the order of the constructor."""
        return self.records, self.audiences, self.channels, self.times

    def take(self, rows: slice | Numbers) -> "Keys":
        """Some of the rows: a view for a slice, else a copy."""
        return Keys(*(column[rows] for column in self.columns()))


@dataclass(frozen=True, slots=True)
class Mask:
    """Which rows to compare: those of these audiences, or of this channel from `since` on; or all others.

    None for `audiences` is everything.
    """

    audiences: Numbers | None
    channel: int = _NOBODY
    since: int = 0
    inverted: bool = False

    def table(self) -> NDArray[np.bool_]:
        """By audience number whether it is heard; the last stands for all higher ones."""
        heard = np.zeros(2 if self.audiences is None else int(self.audiences.max(initial=0)) + 2, np.bool_)
        heard[[] if self.audiences is None else self.audiences] = True
        return heard

    def rows(self, keys: Keys, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """True for each row that is to be compared; `table` is this mask's."""
        there: NDArray[np.bool_] = keys.records != _NOBODY
        if self.audiences is None:
            return np.zeros_like(there) if self.inverted else there
        heard: NDArray[np.bool_] = table.take(keys.audiences, mode="clip")
        heard |= (keys.channels == self.channel) & (keys.times >= self.since)
        return there & (heard ^ self.inverted)


class VectorIndex:
    """Vectors by record number. Safe to use from several threads."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._blocks: list[_Block] = []
        self._row_of = np.full(1024, _NOBODY, np.int64)
        """For each record number its row, counted through the blocks."""

    def __len__(self) -> int:
        with self._lock:
            return int(np.count_nonzero(self._row_of != _NOBODY))

    def put(self, keys: Keys, vectors: Vectors) -> None:
        """Add records, each once, or replace those that are there."""
        with self._lock:
            self._make_room(int(keys.records.max(initial=0)))
            for number in keys.records[self._row_of[keys.records] != _NOBODY]:
                self._drop(int(number))
            start = 0
            while start < len(vectors):
                start += self._append(keys.take(slice(start, None)), vectors[start:])

    def regroup(self, keys: Keys) -> None:
        """Give records, as far as they are here, another audience, channel or time."""
        with self._lock:
            for record, *group in zip(*(column.tolist() for column in keys.columns()), strict=True):
                found = self._find(record)
                if found is not None:
                    block, row = found
                    for column, value in zip(block.keys.columns()[1:], group, strict=True):
                        column[row] = value

    def remove(self, record: int) -> None:
        """Let go of a record, if it is here."""
        with self._lock:
            self._drop(record)

    def search(self, query: Vectors, mask: Mask, limit: int) -> tuple[Numbers, Cosines]:
        """The nearest records that the mask lets through, best first, with their cosines."""
        table = mask.table()
        with self._lock:
            found = [one for block in self._blocks for one in block.compare(query[0], mask, table)]
        records = np.concatenate([np.empty(0, np.int64), *(one[0] for one in found)])
        cosines = np.concatenate([np.empty(0, np.float32), *(one[1] for one in found)])
        if len(cosines) > limit:
            best = np.argpartition(-cosines, limit)[:limit]
            records, cosines = records[best], cosines[best]
        order = np.argsort(-cosines, kind="stable")
        return records[order], cosines[order]

    def cosines(self, query: Vectors, records: Sequence[int]) -> list[float | None]:
        """How near each of these records is; None for one that is not here."""
        with self._lock:
            channels = [self._find(record) for record in records]
            rows = [block.vectors[row] for block, row in filter(None, channels)]
            near = iter(np.vecdot(np.stack(rows), query[0]).tolist() if rows else ())
            return [None if found is None else next(near) for found in channels]

    def _append(self, keys: Keys, vectors: Vectors) -> int:
        if not self._blocks or self._blocks[-1].used == BLOCK:
            self._blocks.append(_Block(self._dimensions))
        block = self._blocks[-1]
        taken = block.append(keys, vectors)
        if block.used == BLOCK:
            block.sort()
        first = (len(self._blocks) - 1) * BLOCK
        here = np.flatnonzero(block.keys.records != _NOBODY)
        self._row_of[block.keys.records[here]] = first + here
        return taken

    def _make_room(self, record: int) -> None:
        if record >= len(self._row_of):
            more = np.full(max(record + 1, 2 * len(self._row_of)) - len(self._row_of), _NOBODY, np.int64)
            self._row_of = np.concatenate([self._row_of, more])

    def _find(self, record: int) -> "tuple[_Block, int] | None":
        row = int(self._row_of[record]) if 0 <= record < len(self._row_of) else _NOBODY
        return None if row == _NOBODY else (self._blocks[row // BLOCK], row % BLOCK)

    def _drop(self, record: int) -> None:
        found = self._find(record)
        if found is not None:
            block, row = found
            block.keys.records[row] = _NOBODY
            block.vectors[row] = 0
            self._row_of[record] = _NOBODY


class _Block:
    def __init__(self, dimensions: int) -> None:
        self.vectors: Vectors = np.zeros((BLOCK, dimensions), np.float32)
        self.keys = Keys.empty(BLOCK)
        self.used = 0

    def append(self, keys: Keys, vectors: Vectors) -> int:
        taken = min(len(vectors), BLOCK - self.used)
        end = self.used + taken
        self.vectors[self.used : end] = vectors[:taken]
        for mine, new in zip(self.keys.columns(), keys.columns(), strict=True):
            mine[self.used : end] = new[:taken]
        self.used = end
        return taken

    def sort(self) -> None:
        order = np.lexsort((self.keys.channels, self.keys.audiences))
        self.vectors = self.vectors[order]
        self.keys = self.keys.take(order)

    def compare(
        self, query: Cosines, mask: Mask, table: NDArray[np.bool_]
    ) -> Iterator[tuple[Numbers, Cosines]]:
        """Records and how near they are, in parts. `records` are copied: the rows may change later."""
        wanted = mask.rows(self.keys.take(slice(0, self.used)), table)
        edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False))
        for start, end in edges.reshape(-1, 2):
            if end - start >= SHORT:
                # Not `@`: its threads cost more than they bring, and each search would wait for every core.
                rows = slice(start, end)
                yield self.keys.records[rows].copy(), np.vecdot(self.vectors[rows], query)
                wanted[rows] = False
        scattered = np.flatnonzero(wanted)
        if len(scattered):
            yield self.keys.records[scattered], np.vecdot(self.vectors[scattered], query)
