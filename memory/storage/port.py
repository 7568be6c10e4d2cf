"""What the rest of memory knows of its database. Every storage implements it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol


class Row(Protocol):
    """One row of an answer; its columns by name, or by number from 0."""

    def __getitem__(self, key: str | int, /) -> Any:
        """A column. Raises IndexError where there is none of that name."""
        ...


class Cursor(Protocol):
    """The answer to a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""
        ...


class Connection(Protocol):
    """A transaction's own view of the database: what its functions take, so that several make one act."""

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), /) -> Cursor:
        """Run one statement, its `?` or `:name` marks filled with these."""
        ...

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> Cursor:
        """Run it once for each."""
        ...
