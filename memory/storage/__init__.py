"""The database: the one place that knows its driver."""

from pathlib import Path

from memory.storage.migrations import migrate
from memory.storage.port import Checkpoint, Database
from memory.storage.sqlite import SqliteDatabase
from memory.storage.sqlite_connection import connect


def open_database(path: Path, *, checkpoint: Checkpoint = lambda _: None) -> Database:
    """The database of a home, created where there is none, and brought up to date. Blocks for a moment.

    Raises OwnerMustFix where the file is no database, is a newer twin's or cannot be written.
    """
    prepare_database(path)
    return SqliteDatabase(path, checkpoint=checkpoint)


def prepare_database(path: Path) -> None:
    """Create it where there is none, readable by its owner alone, and bring it up to date."""
    connection = connect(path)
    try:
        migrate(connection)
    finally:
        connection.close()
    path.chmod(0o600)
