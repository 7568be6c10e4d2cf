"""How a drawer serves a home that has its label."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from core.errors import OwnerMustFix
from memory.storage.port import Checkpoint, Database, Engine, Work
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import migrate

T = TypeVar("T")

LABEL = "drawer.toml"
FILE = "drawer.db"


def _open(home: Path, checkpoint: Checkpoint) -> Database:
    with closing(connect(home / FILE)) as connection:
        migrate(connection)
    return SqliteDatabase(home / FILE, checkpoint=checkpoint)


def _examine(home: Path) -> int:
    if not (home / FILE).exists():
        return 0
    if (said := _look(home, lambda c: c.execute("PRAGMA quick_check(1)").fetchone()[0])) != "ok":
        raise OwnerMustFix(f"{FILE}: {said}")
    return (home / FILE).stat().st_size


def _look(home: Path, work: Work[T]) -> T:
    if not (home / FILE).exists():
        raise OwnerMustFix(f"{FILE}: not written yet")
    try:
        with closing(connect(home / FILE, readonly=True)) as connection:
            return work(connection)
    except sqlite3.Error as error:
        raise OwnerMustFix(f"{FILE}: {error}") from error


def _copy(home: Path, folder: Path) -> None:
    with closing(connect(home / FILE)) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / FILE),))
    shutil.copy(home / LABEL, folder)
    for name in (FILE, LABEL):
        (folder / name).chmod(0o600)


ENGINE = Engine(
    name="drawer",
    rank=10,
    serves=lambda home: (home / LABEL).exists(),
    files=(LABEL, FILE, f"{FILE}-wal", f"{FILE}-shm"),
    copied=(FILE, LABEL),
    version=lambda: "a drawer of oak",
    open=_open,
    examine=_examine,
    look=_look,
    copy=_copy,
)
