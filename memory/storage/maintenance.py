"""What is done to a home's database file beside, or without, the twin that works with it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from core.errors import OwnerMustFix
from memory.storage.port import Connection, Work
from memory.storage.sqlite_connection import SqliteConnection

T = TypeVar("T")


def engine() -> str | None:
    """The engine by name and version; None where it lacks the full-text search that memory needs."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        return None
    return f"SQLite {sqlite3.sqlite_version} with FTS5"


def copy(source: Path, target: Path) -> None:
    """One consistent state of it, for its owner's eyes, in one file. Blocks; safe beside a running twin.

    Raises OwnerMustFix, with what is wrong, where either cannot be read or written.
    """
    try:
        with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as theirs:
            target.chmod(0o600)
            ours.backup(theirs)
            theirs.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise OwnerMustFix(str(error)) from error


def damage(path: Path) -> str:
    """What is wrong with it, in the engine's words; empty where it is sound. Blocks; changes nothing."""
    try:
        return look(path, lambda c: "" if (said := _quick_check(c)) == "ok" else said)
    except OwnerMustFix as error:
        return str(error)


def look(path: Path, work: Work[T]) -> T:
    """Read from it, as it is: nothing is created or brought up to date. Blocks.

    Raises OwnerMustFix, with what is wrong, where that cannot be read.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, factory=SqliteConnection)) as connection:
            return work(connection)
    except sqlite3.Error as error:
        raise OwnerMustFix(str(error)) from error


def _quick_check(connection: Connection) -> str:
    return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
