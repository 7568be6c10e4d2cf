"""How SQLite serves a home, and what is done to its file beside, or without, the twin that works with it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from core.errors import OwnerMustFix
from memory.storage.port import Checkpoint, Connection, Database, Engine, Work
from memory.storage.sqlite.connection import SqliteConnection, connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import migrate

T = TypeVar("T")

FILE = "twin.db"


def _open(home: Path, checkpoint: Checkpoint) -> Database:
    path = home / FILE
    with closing(connect(path)) as connection:
        migrate(connection)
    path.chmod(0o600)
    return SqliteDatabase(path, checkpoint=checkpoint)


def _version() -> str:
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError as error:
        mend = "use a Python from python.org or your system"
        raise OwnerMustFix(f"this Python's SQLite has no FTS5: {mend}") from error
    return f"SQLite {sqlite3.sqlite_version} with FTS5"


def _examine(home: Path) -> int:
    if not (home / FILE).exists():
        return 0
    if (said := _look(home, _quick_check)) != "ok":
        raise OwnerMustFix(f"{FILE}: {said}")
    return (home / FILE).stat().st_size


def _look(home: Path, work: Work[T]) -> T:
    try:
        address = f"{(home / FILE).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, factory=SqliteConnection)) as connection:
            return work(connection)
    except sqlite3.Error as error:
        raise OwnerMustFix(f"{FILE}: {error}") from error


def _copy(home: Path, folder: Path) -> None:
    try:
        with closing(sqlite3.connect(home / FILE)) as ours, closing(sqlite3.connect(folder / FILE)) as theirs:
            (folder / FILE).chmod(0o600)
            ours.backup(theirs)
            theirs.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise OwnerMustFix(f"{FILE}: {error}") from error


def _quick_check(connection: Connection) -> str:
    return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])


ENGINE = Engine(
    name="sqlite",
    rank=1000,
    serves=lambda _: True,
    files=(FILE, f"{FILE}-wal", f"{FILE}-shm"),
    copied=(FILE,),
    version=_version,
    open=_open,
    examine=_examine,
    look=_look,
    copy=_copy,
)
