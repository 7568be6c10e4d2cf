"""A few texts in memory, found by their words as the records in the store are."""

import sqlite3
from collections.abc import Iterable

from memory.storage.sqlite.connection import any_of


class WordIndex:
    """For one thread at a time. FTS5, whatever the store is: its stemming is the records'."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute(
            "CREATE VIRTUAL TABLE entries USING fts5(id UNINDEXED, text, tokenize='porter unicode61')"
        )

    def fill(self, texts: Iterable[tuple[str, str]]) -> None:
        """Hold these, each under its id, and nothing else."""
        self._connection.execute("DELETE FROM entries")
        self._connection.executemany(
            "INSERT INTO entries(id, text) VALUES (?, ?)",
            [(one, text.encode("utf-8", "replace").decode()) for one, text in texts],
        )

    def matches(self, word: str) -> list[str]:
        """The ids of the texts that have this word."""
        rows = self._connection.execute(
            "SELECT id FROM entries WHERE entries MATCH ?", (f"text: {any_of([word])}",)
        )
        return [one for (one,) in rows]
