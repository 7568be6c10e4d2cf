"""The schema as a numbered list of steps. A step that has shipped is never edited; add one."""

import sqlite3

from core.errors import OwnerMustFix

MEMORY = """
"""

OUTBOX = """
"""

MIGRATIONS = [MEMORY, OUTBOX]


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to date, each step in its own transaction. Raises OwnerMustFix on a newer file."""
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise OwnerMustFix(f"twin.db was written by a newer Understudy (schema {done}); upgrade this one")
    for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")
