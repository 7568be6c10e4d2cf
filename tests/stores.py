"""An empty store of the newest schema: migrated once, and copied for each test."""

import functools
import sqlite3
import tempfile
from pathlib import Path

from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.migrations import migrate


def create(path: Path) -> Path:
    """The file, closed."""
    path.write_bytes(_migrated())
    return path


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="understudy-store-") as folder:
        path = Path(folder) / "twin.db"
        connection = connect(path)
        migrate(connection)
        connection.close()
        return path.read_bytes()


@functools.cache
def in_memory() -> sqlite3.Connection:
    """To be copied with `backup`."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    return connection
