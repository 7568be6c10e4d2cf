"""The rule itself. That memory keeps it, every other test shows: see `tests/conftest.py`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bots
import memory
from core.types import DraftStatus
from memory.storage.sqlite.database import SqliteDatabase
from tests.portable_sql import RECORDER, SQLITE_ALONE, examine, wrong_values
from tests.unit.memory_cases import NOON, create

PORTABLE = [
    "SELECT * FROM messages WHERE author = ? AND NOT deleted ORDER BY position DESC, number DESC LIMIT ?",
    "SELECT 1 FROM messages WHERE (position, number) <= (SELECT position, number FROM messages WHERE id = ?)",
    "SELECT NOT EXISTS (SELECT 1 FROM messages m WHERE m.author IN (?, ?)) FROM messages a, messages b",
    "SELECT name, count(*) AS n FROM digest_runs GROUP BY name ORDER BY name",
    "SELECT a.id FROM (SELECT id FROM messages LIMIT ?) AS a JOIN records r ON r.id = 'message:' || a.id",
    "UPDATE drafts SET (members, joined) = (SELECT members, newest_join FROM conversations c) WHERE id = ?",
    (
        "INSERT INTO cards (draft, live) SELECT id, TRUE FROM drafts WHERE id = ?"
        " ON CONFLICT (draft, platform) DO UPDATE SET live = excluded.live WHERE cards.live"
    ),
    "INSERT INTO drafts (conversation, text) VALUES (:conversation, :text) RETURNING *",
    "SELECT at FROM records WHERE channel IS NOT NULL AND coalesce(author, ?) = 'it''s ?' AND NOT pinned",
    "DELETE FROM parts WHERE draft = ? AND status <> 'sent'",
]
NOT_PORTABLE = {
    "INSERT OR IGNORE INTO switches VALUES (?, ?)": "INSERT OR",
    "INSERT OR REPLACE INTO switches VALUES (?, ?)": "INSERT OR",
    "REPLACE INTO switches VALUES (?, ?)": "does not parse",
    "SELECT * FROM messages WHERE deleted = 0": "number for the flag",
    "UPDATE messages SET deleted = 1": "number for the flag",
    "INSERT INTO records (id, pinned) VALUES (?, 0)": "number for the flag",
    "INSERT INTO cards (draft, live) SELECT id, 1 FROM drafts": "number for the flag",
    "SELECT * FROM records WHERE channel IS ?": "IS between values",
    "SELECT * FROM records WHERE channel IS NOT ?": "IS between values",
    "SELECT * FROM records WHERE channel IS NOT DISTINCT FROM ?": "IS between values",
    "SELECT * FROM receipts WHERE ? IS NULL OR conversation = ?": "NULL without a type",
    "SELECT * FROM receipts WHERE conversation = ?1": "numbered marks",
    "SELECT * FROM receipts WHERE leave LIKE 'delegation %'": "like finds",
    "SELECT name, max(due), state FROM digest_runs GROUP BY name": "beside a group",
    "SELECT name, max(due) FROM digest_runs": "beside a group",
    "SELECT author FROM (SELECT author FROM messages)": "subquery without a name",
    "SELECT json_group_array(number) FROM records": "the function",
    "SELECT * FROM drafts WHERE EXISTS (SELECT 1 FROM json_each(records) WHERE value = ?)": "the function",
    "UPDATE messages SET turn = replace(turn, 'pending', 'done')": "the function replace",
    "SELECT max(position, sent_at) FROM messages": "the function greatest",
    "SELECT ifnull(author, '') FROM records": "ifnull",
    "SELECT strftime('%s', at) FROM records": "the function",
    "SELECT rowid FROM messages": "rowid",
    "SELECT * FROM messages WHERE id IN ()": "IN nothing",
    "SELECT 1 FROM conversations c CROSS JOIN messages m ON m.conversation = c.id": "CROSS JOIN with ON",
    "SELECT 1 FROM records_text WHERE records_text MATCH ?": "does not parse",
    "SELECT * FROM messages LIMIT 1, 2": "LIMIT with a comma",
    "SELECT * FROM messages WHERE id == ?": "==",
    'SELECT "id" FROM messages': "double quotes",
    "PRAGMA user_version": "no statement of both",
    "INSERT INTO early_changes (message) VALUES (?) ON CONFLICT (message) DO UPDATE SET text = 'x'"
    " WHERE text IS NOT NULL": "the old row's or the new one's",
    "INSERT INTO vectors VALUES (?, ?) ON CONFLICT DO UPDATE SET vector = excluded.vector": "without",
}


@pytest.mark.parametrize("statement", PORTABLE)
def test_what_both_engines_say_passes(statement: str) -> None:
    assert examine(statement)[0] == ()


@pytest.mark.parametrize("statement", NOT_PORTABLE)
def test_what_one_engine_alone_says_is_found(statement: str) -> None:
    assert NOT_PORTABLE[statement] in "; ".join(examine(statement)[0])


@pytest.mark.parametrize(
    ("statement", "good", "bad"),
    [
        ("SELECT * FROM drafts WHERE id = ?", (3,), ("3",)),
        ("SELECT * FROM messages WHERE id = ?", ("x:1/2",), (12,)),
        ("SELECT d.text FROM drafts d JOIN cards c ON c.draft = d.id WHERE c.live = ?", (True,), (1,)),
        ("UPDATE drafts SET not_before = ? WHERE id = ?", (None, 3), (NOON, 3)),
        ("UPDATE drafts SET status = ? WHERE id = ?", (DraftStatus.SENT, 3), ("sent", True)),
        ("SELECT 1 FROM drafts o WHERE o.revision IN (?, ?)", (1, 2), (1, "2")),
        ("INSERT INTO records (pinned, text) VALUES (?, ?)", (False, "x"), (0, "x")),
        ("INSERT INTO vectors VALUES (?, ?)", (1, b"x"), (1, "x")),
        ("SELECT 1 FROM drafts WHERE id = :id", {"id": 1}, {"id": "1"}),
    ],
)
def test_values_are_of_their_columns_types(statement: str, good: Any, bad: Any) -> None:
    faults, types = examine(statement)
    assert faults == ()
    assert wrong_values(types, good) == []
    assert len(wrong_values(types, bad)) == 1


SPOKEN_BY_MEMORY = """
def ask(connection, statement, values):
    connection.execute(statement, values)
"""


async def test_every_statement_of_memory_is_heard_and_of_nobody_else(tmp_path: Path) -> None:
    db = SqliteDatabase(create(tmp_path / "twin.db"))
    ours: dict[str, Any] = {"__name__": "memory.outbox.anything"}
    storages: dict[str, Any] = {"__name__": "memory.storage.anything"}
    for module in (ours, storages):
        exec(SPOKEN_BY_MEMORY, module)
    await db.read(lambda c: storages["ask"](c, "SELECT * FROM messages WHERE deleted = 0", ()))
    await db.read(lambda c: c.execute("SELECT * FROM messages WHERE deleted = 0"))
    assert RECORDER.take() == []
    await db.read(lambda c: ours["ask"](c, "SELECT * FROM messages WHERE deleted = 0", ()))
    await db.read(lambda c: ours["ask"](c, "SELECT * FROM drafts WHERE id = ?", ("1",)))
    await db.close()
    heard = RECORDER.take()
    assert len(heard) == 2
    assert "a number for the flag deleted" in heard[0]
    assert "0 is str for INTEGER" in heard[1]


# What no test has run is read


CONSTRUCTS = [
    *SQLITE_ALONE.values(),
    re.compile(
        r"\bINSERT OR\b|\bREPLACE INTO\b|json_|\bMATCH\b|\bPRAGMA\b|\bVACUUM\b|\browid\b|\bLIKE\b|\bGLOB\b"
    ),
    re.compile(r"\bIS (NOT )?(\?|:[a-z])|\? IS (NOT )?NULL|\bIS (NOT )?DISTINCT FROM\b"),
    re.compile(r"\b(deleted|pinned|settled|told|live|addressed|is_bot|joiners_read_history) *= *[01]\b"),
]
STATEMENT = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE)\b.*\b(FROM|INTO|SET)\b|^ ?(AND|OR|WHERE|ON) |\?", re.DOTALL
)


def sources(package: Any) -> Iterator[tuple[Path, ast.AST]]:
    root = Path(package.__path__[0])
    for path in sorted(root.rglob("*.py")):
        if "storage" not in path.relative_to(root).parts:
            yield path, ast.parse(path.read_text())


def test_no_line_of_memory_is_in_one_engines_words() -> None:
    found = [
        f"{path.name}:{node.lineno}: {node.value}"
        for path, tree in sources(memory)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if STATEMENT.search(node.value) and "\n" not in node.value
        if any(construct.search(node.value) for construct in CONSTRUCTS)
    ]
    assert found == []


def test_whole_statements_are_examined_even_where_no_test_runs_them() -> None:
    written = [
        call.args[0].value
        for _, tree in sources(memory)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("execute", "executemany")
        if isinstance(call.args[0], ast.Constant)
    ]
    assert len(written) > 60
    assert [(faults, one) for one in written if (faults := examine(one)[0])] == []


def test_nothing_but_memory_speaks_to_the_database() -> None:
    speaking = {
        path.name
        for path, tree in sources(bots)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany", "plain_rows")
    }
    assert speaking == set()
