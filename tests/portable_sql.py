"""Whether a statement means the same to SQLite and to PostgreSQL, and whether its values have the types that
PostgreSQL asks for. Every statement that memory runs in any test comes by here."""

import re
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from memory.storage.port import Condition
from memory.storage.sqlite.connection import SqliteConnection
from memory.storage.sqlite.migrations import migrate

FLAGS = {
    "addressed",
    "deleted",
    "is_bot",
    "joiners_read_history",
    "let_in",
    "live",
    "pinned",
    "settled",
    "told",
    "apart",
    "typed",
}
"""Columns that SQLite holds as 0 and 1, and PostgreSQL as booleans."""
FUNCTIONS = {"CASE", "CAST", "COALESCE", "COUNT", "EXISTS", "IF", "MAX", "MIN", "SUBSTRING", "SUM"}
"""What both engines have under one name, as the parser calls it."""
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
PYTHON_TYPES = {"INTEGER": int, "TEXT": str, "BLOB": bytes, "FLAG": bool}

SQLITE_ALONE = {
    "numbered marks": re.compile(r"\?\d"),
    "double quotes": re.compile('"'),
    "ifnull or iif": re.compile(r"\b(ifnull|iif)\s*\(", re.IGNORECASE),
    "==": re.compile("=="),
    "LIMIT with a comma": re.compile(r"\bLIMIT\s+\S+\s*,", re.IGNORECASE),
}
"""What the parser lets pass."""

_MARK = re.compile(r"\?(?!\d)|:(?P<name>[a-z_]+)|'[^']*'")
_OWN = re.compile(r"/\*own\*/.*?/\*end\*/")

Types = dict[str, str]
"""For each mark the type of the column that it is compared with or written to."""


@lru_cache(4096)
def examine(statement: str) -> tuple[tuple[str, ...], Types]:
    """What is not portable in it, in words; and what its values have to be."""
    for construct, pattern in SQLITE_ALONE.items():
        if pattern.search(statement):
            return (construct,), {}
    text = _named_marks(_OWN.sub("'own' = ?", statement))
    try:
        here = sqlglot.parse_one(text, read="sqlite")
        there = sqlglot.parse_one(text, read="postgres")
    except SqlglotError as error:
        return (f"does not parse: {error}",), {}
    found = list(dict.fromkeys(_faults(here)))
    if not found and _plain(here) != _plain(there):
        found.append("is read differently")
    return tuple(found), _types(here)


def wrong_values(types: Mapping[str, str], values: Sequence[Any] | Mapping[str, Any]) -> list[str]:
    """Which of the values are not of their column's type."""
    named = values if isinstance(values, Mapping) else {str(n): value for n, value in enumerate(values)}
    return [
        f"{mark} is {type(named[mark]).__name__} for {wanted}"
        for mark, wanted in types.items()
        if named[mark] is not None and not _fits(named[mark], wanted)
    ]


def _fits(value: Any, wanted: str) -> bool:
    return isinstance(value, PYTHON_TYPES[wanted]) and (wanted != "INTEGER" or not isinstance(value, bool))


def _named_marks(statement: str) -> str:
    """With a column's name in place of each mark: `mark_0`, `mark_title`."""
    number = -1

    def name(match: re.Match[str]) -> str:
        nonlocal number
        if match.group().startswith("'"):
            return match.group()
        number += 1
        return f"mark_{match['name'] or number}"

    return _MARK.sub(name, statement)


def _plain(root: exp.Expr) -> str:
    """Without what the parser has two forms of, and without where NULLs go: nothing that is ordered by may be
    one."""

    def plain(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Is) and node.args.get("negate"):
            return exp.Not(this=exp.Is(this=node.this, expression=node.expression))
        if isinstance(node, exp.Ordered):
            node.set("nulls_first", None)
        return node

    return root.transform(plain).sql("postgres").replace(" CROSS JOIN ", ", ")


def _mark(node: Any) -> str | None:
    named = isinstance(node, exp.Column) and node.name.startswith("mark_")
    return node.name.removeprefix("mark_") if named else None


def _faults(root: exp.Expr) -> Iterator[str]:
    if not isinstance(root, exp.Select | exp.Insert | exp.Update | exp.Delete):
        yield f"{root.key} is no statement of both"
    for node in root.walk():
        yield from _in_node(node)


def _in_node(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Insert):
        yield from _in_insert(node)
    elif isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null | exp.Boolean):
        yield "IS between values"
    elif isinstance(node, exp.Is) and _mark(node.this) is not None:
        yield "a NULL without a type"
    elif isinstance(node, exp.In) and not (node.expressions or node.args.get("query")):
        yield "IN nothing"
    elif isinstance(node, exp.Join) and node.kind == "CROSS" and node.args.get("on"):
        yield "CROSS JOIN with ON"
    elif isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
        yield "IS between values"  # IS DISTINCT FROM: SQLite has it from 3.39 on, and older ones are about
    elif isinstance(node, exp.Like | exp.ILike | exp.Glob | exp.Match | exp.RegexpLike):
        yield f"{node.key} finds other things there"
    elif isinstance(node, COMPARED) and _flag(node.this) and _number(node.expression):
        yield f"a number for the flag {node.this.name}"
    elif isinstance(node, exp.Subquery) and isinstance(node.parent, exp.From | exp.Join) and not node.alias:
        yield "a subquery without a name"
    elif isinstance(node, exp.Select):
        yield from _in_select(node)
    elif isinstance(node, exp.Column) and node.name.lower() in ("rowid", "oid", "_rowid_"):
        yield "rowid"
    elif isinstance(node, exp.Func) and not isinstance(node, exp.Connector | exp.Not):
        name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_names()[0]
        if name not in FUNCTIONS:
            yield f"the function {name.lower()}"


def _in_insert(node: exp.Insert) -> Iterator[str]:
    if node.args.get("alternative"):
        yield "INSERT OR"
    for column, value in _inserted(node):
        if column in FLAGS and _number(value):
            yield f"a number for the flag {column}"
    conflict = node.args.get("conflict")
    if conflict is None or not conflict.expressions:
        return
    if not conflict.args.get("conflict_keys"):
        yield "ON CONFLICT DO UPDATE without its columns"
    taken = [one.expression for one in conflict.expressions]
    for column in (
        found for part in (*taken, conflict.args.get("where")) if part for found in part.find_all(exp.Column)
    ):
        if not column.table and _mark(column) is None:
            yield f"{column.name} may be the old row's or the new one's"


def _in_select(node: exp.Select) -> Iterator[str]:
    bare = [one for one in node.expressions if not one.find(exp.AggFunc, exp.Subquery)]
    columns = {found.sql() for one in bare for found in one.find_all(exp.Column, exp.Star)}
    group = node.args.get("group")
    if group is not None and not columns <= {one.sql() for one in group.expressions}:
        yield "a column beside a group"
    if (
        group is None
        and columns
        and any(one.find(exp.AggFunc) and not one.find(exp.Subquery) for one in node.expressions)
    ):
        yield "a column beside a group"


def _flag(node: Any) -> bool:
    return isinstance(node, exp.Column) and node.name in FLAGS


def _number(node: Any) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


# The types of the values


def _types(root: exp.Expr) -> Types:
    found: Types = {}
    for node in root.find_all(*COMPARED):
        for column, mark in ((node.this, node.expression), (node.expression, node.this)):
            _note(found, _mark(mark), _column_type(column))
    for inside in root.find_all(exp.In):
        for value in inside.expressions:
            _note(found, _mark(value), _column_type(inside.this))
    for insert in root.find_all(exp.Insert):
        for name, value in _inserted(insert):
            _note(found, _mark(value), _table(insert).get(name))
    return found


def _note(types: Types, mark: str | None, wanted: str | None) -> None:
    if mark is not None and wanted is not None:
        types[mark] = wanted


def _table(insert: exp.Insert) -> Mapping[str, str]:
    table = insert.find(exp.Table)
    return tables().get(table.name, {}) if table else {}


def _inserted(node: exp.Insert) -> list[tuple[str, exp.Expr]]:
    """Each value, by the column that it is written to."""
    into = (
        [one.name for one in node.this.expressions] if isinstance(node.this, exp.Schema) else [*_table(node)]
    )
    source = node.expression
    if isinstance(source, exp.Values):
        return [pair for row in source.expressions for pair in zip(into, row.expressions, strict=False)]
    return list(zip(into, source.expressions, strict=False)) if isinstance(source, exp.Select) else []


def _column_type(node: Any) -> str | None:
    """None where its table cannot be told."""
    if not isinstance(node, exp.Column) or _mark(node) is not None:
        return None
    scope = node.find_ancestor(exp.Select, exp.Update, exp.Delete)
    while scope is not None:
        here = [
            one
            for one in scope.find_all(exp.Table)
            if one.find_ancestor(exp.Select, exp.Update, exp.Delete) is scope
        ]
        for table in here:
            columns = tables().get(table.name, {})
            if node.name in columns and node.table in ("", table.alias_or_name):
                return columns[node.name]
        scope = scope.find_ancestor(exp.Select, exp.Update, exp.Delete)
    return None


@cache
def tables() -> dict[str, dict[str, str]]:
    """The types of the columns of every table, in their order."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    described = {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
    connection.close()
    return {
        name: {row[1]: "FLAG" if row[1] in FLAGS else row[2] for row in rows if row[2]}
        for name, rows in described.items()
    }


# Listening


class Recorder:
    """Listens to every connection of this process for what memory itself says, whoever else has one."""

    def __init__(self) -> None:
        self.statements: set[str] = set()
        self._faults: list[str] = []

    def take(self) -> list[str]:
        """What was not portable since this was last asked."""
        found, self._faults = self._faults, []
        return found

    def hear(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> None:
        """Examine a statement and its values."""
        self.statements.add(statement)
        faults, types = examine(statement)
        self._faults += [f"{fault}: {statement}" for fault in (*faults, *wrong_values(types, values))]

    def listen(self) -> None:
        """From now on, until the process ends."""
        execute, executemany = SqliteConnection.execute, SqliteConnection.executemany
        plain_rows, match = SqliteConnection.plain_rows, SqliteConnection.match

        def heard_execute(connection: Any, statement: str, values: Any = (), /) -> sqlite3.Cursor:
            if _asked_by_memory():
                self.hear(statement, values)
            return execute(connection, statement, values)

        def heard_executemany(connection: Any, statement: str, values: Iterable[Any], /) -> sqlite3.Cursor:
            rows = list(values)
            if _asked_by_memory():
                for row in rows:
                    self.hear(statement, row)
            return executemany(connection, statement, rows)

        def heard_rows(connection: Any, columns: str, rest: str, values: Sequence[Any]) -> list[list[Any]]:
            if _asked_by_memory():
                self.hear(f"SELECT {columns} {rest}", values)
            return plain_rows(connection, columns, rest, values)

        def heard_match(
            connection: Any, words: Sequence[str], where: Condition, limit: int, *, ranked: bool
        ) -> list[tuple[int, float]]:
            self.hear(f"SELECT number FROM records WHERE {where[0]}", where[1])
            return match(connection, words, where, limit, ranked=ranked)

        for name, heard in (
            ("execute", heard_execute),
            ("executemany", heard_executemany),
            ("plain_rows", heard_rows),
            ("match", heard_match),
            ("among", _marked(SqliteConnection.among)),
            ("holds", _marked(SqliteConnection.holds)),
        ):
            setattr(SqliteConnection, name, heard)


def _marked(helper: Callable[..., Condition]) -> Callable[..., Condition]:
    """The helper, with its answer marked as the storage's own words."""

    def marked(connection: Any, column: str, value: Collection[Any]) -> Condition:
        condition, values = helper(connection, column, value)
        return f"/*own*/{condition}/*end*/", values

    return marked


def _asked_by_memory() -> bool:
    module = sys._getframe(2).f_globals.get("__name__", "")
    return module.startswith("memory.") and not module.startswith("memory.storage")


RECORDER = Recorder()
