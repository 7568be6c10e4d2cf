"""Recall among the profile's entries: few, kept in memory, scored like the records in the store."""

import threading
from collections.abc import Mapping, Sequence

import numpy as np

from core.ports import Embedder, Vectors
from core.types import MemoryRecord, RecordId
from memory.archive.audiences import Directory
from memory.storage.word_index import WordIndex


class EntryIndex:
    """Words and vectors of what the owner wrote down. Safe to use from several threads."""

    def __init__(self, directory: Directory, embedder: Embedder) -> None:
        self._directory = directory
        self._embedder = embedder
        self._lock = threading.Lock()
        self._version: int | None = None
        self._words = WordIndex()
        self._vectors: dict[str, Vectors] = {}
        """By text."""

    async def embed(self) -> None:
        """Get the vectors that are missing, let go of those no longer wanted. Raises as Embedder does."""
        wanted = list(dict.fromkeys(entry.text for entry in self._directory.entries()))
        missing = [text for text in wanted if text not in self._vectors]
        rows = await self._embedder.passages(missing) if missing else ()
        new = dict(zip(missing, rows, strict=True))
        kept = self._vectors
        self._vectors = {text: kept[text] if text in kept else new[text] for text in wanted}

    def by_words(self, weights: Mapping[str, float]) -> dict[RecordId, float]:
        """The entries that have any of these words, with the sum of their weights."""
        with self._lock:
            self._reload()
            scores: dict[RecordId, float] = {}
            for word, weight in weights.items():
                for entry in map(RecordId, self._words.matches(word)):
                    scores[entry] = scores.get(entry, 0.0) + weight
            return scores

    def cosines(self, query: Vectors, entries: Sequence[MemoryRecord]) -> list[float | None]:
        """How near each entry is; None for one that has no vector yet."""
        rows = [self._vectors.get(entry.text) for entry in entries]
        return [None if row is None else float(np.dot(row, query[0])) for row in rows]

    def _reload(self) -> None:
        version = self._directory.version
        if self._version == version:
            return
        self._words.fill((entry.id, entry.text) for entry in self._directory.entries())
        self._version = version
