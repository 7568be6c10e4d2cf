"""What the rest of memory knows of its database. Every storage implements it.

Statements are written in the SQL that SQLite and PostgreSQL share, with `?` or `:name` for values; what each
engine has to say in its own words is a method here. Booleans are booleans, ids are of their column's type,
and no value is NULL where its type would have to be guessed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from core.errors import TryAgain

T = TypeVar("T")
Condition = tuple[str, tuple[Any, ...]]
"""A part of a statement that is true or false, and the values of its marks."""
Checkpoint = Callable[[str], None]
"""Called with `before NAME` and `after NAME` around the commit of each write; tests kill there."""


class StatementFault(Exception):
    """The database would not run a statement, as where a row would be there twice or a read writes.

    A fault of ours, which nothing catches but the supervision of a task.
    """


class DatabaseBusy(TryAgain):
    """It can be neither read nor written for a while: somebody holds it, or its disk is full. Nothing of the
    statement was done.

    Caught where platforms hand over what they heard, which waits for it; elsewhere as TryAgain is.
    """


class Version(NamedTuple):
    """What a snapshot holds: of two that are equal, nothing was committed in between.

    Numbers of one source grow; those of different sources cannot be compared.
    """

    source: str
    number: int


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

    def version(self) -> Version:
        """What a read sees from its first statement to its end. A cache that was filled at the same version
        is true of it; one filled at any other may not be."""
        ...

    def among(self, column: str, values: Collection[int] | Collection[str]) -> Condition:
        """The column is one of these, however many; false for none, NULL where the column is."""
        ...

    def holds(self, column: str, value: str) -> Condition:
        """The JSON list in the column, which is named with its table's name, has this text."""
        ...

    def plain_rows(self, columns: str, rest: str, values: Sequence[Any]) -> list[list[Any]]:
        """`SELECT columns rest`, of numbers and texts alone, as lists: the quickest way to many rows."""
        ...

    def count_matches(self, word: str, limit: int) -> int:
        """How many records have this word, counted as far as the limit."""
        ...

    def match(
        self, words: Sequence[str], where: Condition, limit: int, *, ranked: bool
    ) -> list[tuple[int, float]]:
        """The numbers of records that have any of these words (letters and digits alone) and meet `where`,
        with their scores: the best by BM25 if `ranked`, else the newest, whose scores say nothing."""
        ...

    def purge_index(self) -> None:
        """Leave no byte of deleted records in the full-text index."""
        ...


Work = Callable[[Connection], T]
"""What is done in one transaction."""


class Database(Protocol):
    """Reads and writes off the event loop, from any number of tasks; opened by `open_database`."""

    async def write(self, name: str, work: Work[T]) -> T:
        """Run `work` in a transaction and return once it is committed. Those that wait together may share a
        commit; one that fails takes no other along. `work` may be run again where a commit fails.

        `name` names the act for checkpoints. Raises what `work` raises, with nothing of it kept;
        OwnerMustFix when the disk is full or the database cannot be written; StatementFault.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which must not write, in one consistent snapshot that has all that was committed
        before this was called.

        Raises what `work` raises; OwnerMustFix when the database is damaged or cannot be read;
        StatementFault.
        """
        ...

    async def scrub(self) -> bool:
        """Rewrite it, so that nothing of what was deleted is left. False where a part could not be emptied
        now. Takes a second for each 150 MB, during which writes wait.

        Raises OwnerMustFix when there is no room for a copy.
        """
        ...

    async def close(self) -> None:
        """Finish what was asked, and close. Safe to call twice; what is asked afterwards is OwnerMustFix."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a storage serves homes: `ENGINE` in the `engine.py` of its folder. A home is given as its folder.

    `name` is its folder's. Of those that `serves` a home the one of lowest `rank` has it. `files` is what it
    may keep in a home, `copied` what `copy` writes into a folder: put into a home, it is the database there.
    `version` tells engine and version; `open` creates the database where there is none and brings it up to
    date. `examine` looks at all of it and tells its bytes, 0 where nothing is written yet; `look` reads from
    it as it is. Neither changes anything, and like `copy` they are safe beside a running twin.

    All but `serves` may block, and raise OwnerMustFix with what is wrong; `version` says after a colon what
    mends it.
    """

    name: str
    rank: int
    serves: Callable[[Path], bool]
    files: tuple[str, ...]
    copied: tuple[str, ...]
    version: Callable[[], str]
    open: Callable[[Path, Checkpoint], Database]
    examine: Callable[[Path], int]
    look: Callable[[Path, Work[Any]], Any]
    copy: Callable[[Path, Path], None]
