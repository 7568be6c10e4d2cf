"""A connection to a SQLite file, and what SQLite says in its own words: JSON, full text, PRAGMAs."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from core.errors import OwnerMustFix
from memory.storage.port import Condition, DatabaseBusy, Version

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "secure_delete": 1,
    "cache_size": -16_000,
}
"""`synchronous` 2 is FULL: a commit that returned is on the disk. `secure_delete`: what is forgotten is
overwritten. `cache_size` in -KB."""
MAPPED_BYTES = 256 * 2**20
"""Readers map the file: each commit empties their page cache, and a mapped page costs no copy."""

_numbers = count(1)


class SqliteConnection(sqlite3.Connection):
    """Implements `memory.storage.port.Connection`; sqlite3 itself does the most of it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.row_factory = sqlite3.Row
        self._name = f"sqlite connection {next(_numbers)}"

    def version(self) -> Version:
        """What was committed by others, as this connection sees it, and what it has changed itself."""
        row = self.execute("PRAGMA data_version").fetchone()
        return Version(self._name, row[0] + self.total_changes)

    # Python takes its lock anew for each value bound and for each row that SQLite yields; many go faster as
    # one value or one row, of JSON.

    def among(self, column: str, values: Collection[int] | Collection[str]) -> Condition:
        """As in the port: the values as one, of JSON."""
        return f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(sorted(values)),)  # noqa: S608

    def holds(self, column: str, value: str) -> Condition:
        """As in the port."""
        return f"EXISTS (SELECT 1 FROM json_each({column}) AS item WHERE item.value = ?)", (value,)  # noqa: S608

    def plain_rows(self, columns: str, rest: str, values: Sequence[Any]) -> list[list[Any]]:
        """As in the port: the rows as one, of JSON."""
        statement = f"SELECT json_group_array(json_array({columns})) {rest}"
        found: list[list[Any]] = json.loads(self.execute(statement, values).fetchone()[0])
        return found

    def count_matches(self, word: str, limit: int) -> int:
        """As in the port."""
        row = self.execute(
            "SELECT count(*) FROM (SELECT 1 FROM records_text WHERE records_text MATCH ? LIMIT ?)",
            (any_of([word]), limit),
        ).fetchone()
        return int(row[0])

    def match(
        self, words: Sequence[str], where: Condition, limit: int, *, ranked: bool
    ) -> list[tuple[int, float]]:
        """As in the port."""
        score, order = ("-bm25(records_text)", "score DESC") if ranked else ("1e-6", "record DESC")
        condition, values = where
        found = self.plain_rows(
            "record, score",
            f"FROM (SELECT records_text.rowid AS record, {score} AS score"  # noqa: S608
            " FROM records_text CROSS JOIN records ON records.number = records_text.rowid"
            f" WHERE records_text MATCH ? AND {condition} ORDER BY {order} LIMIT ?)",
            (any_of(words), *values, limit),
        )
        return [(record, value) for record, value in found]

    def purge_index(self) -> None:
        """As in the port: deleted words linger in the index's older segments until they are merged."""
        self.execute("INSERT INTO records_text(records_text) VALUES ('optimize')")


def any_of(words: Iterable[str]) -> str:
    """An FTS5 expression that matches any of these words; they hold letters and digits alone."""
    return " OR ".join(f'"{word}"' for word in words)


def connect(path: Path, *, readonly: bool = False) -> SqliteConnection:
    """A connection with our durability pragmas asserted. Raises OwnerMustFix when the file is no database."""
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, factory=SqliteConnection
        )
    except sqlite3.Error as error:
        raise explained(path, error) from error
    try:
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
            held = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if held != value:
                raise OwnerMustFix(f"{path}: SQLite did not take {name}={value}, it says {held}")
        if readonly:
            connection.execute("PRAGMA query_only=1")
            connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise explained(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


_PASSES = {
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_LOCKED: "another program holds it",
    sqlite3.SQLITE_PROTOCOL: "another program holds it",
    sqlite3.SQLITE_FULL: "the disk is full; make room, nothing that was acknowledged is lost",
    sqlite3.SQLITE_IOERR: "the disk does not take it; see that it is not full, nothing acknowledged is lost",
    sqlite3.SQLITE_NOMEM: "there is no memory left for it",
}
"""What may be over the next time, and what the owner can do for it."""
_MENDED_BY = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that you may write there, that the disk is not full"
    " and the path shorter than 500 bytes",
    sqlite3.SQLITE_READONLY: "may not be written; see its mode, and that the disk is not read-only",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "is no database; restore it from a backup",
}
_FAULTS = {0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE}
"""What only a statement of ours can bring about; 0 is what Python's module says by itself."""


def is_fault(error: sqlite3.Error, *, reading: bool) -> bool:
    """Whether it is a fault of ours; to write while `reading` is one."""
    code = _code(error)
    return code in _FAULTS or (reading and code == sqlite3.SQLITE_READONLY)


def explained(path: Path, error: sqlite3.Error) -> DatabaseBusy | OwnerMustFix:
    """What the owner is told of an error of this file's."""
    code = _code(error)
    if code in _PASSES:
        return DatabaseBusy(f"{path}: {_PASSES[code]}")
    return OwnerMustFix(f"{path}: {_MENDED_BY.get(code, error)}")


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
