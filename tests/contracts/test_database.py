"""What every storage promises: the next one is another file of `tests/contracts/storages`."""

import asyncio
import pkgutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from core.errors import OwnerMustFix
from core.types import MemoryRecord, RecordId
from memory.archive.records import add_all, forget
from memory.storage import engine_of, engines, open_database
from memory.storage.port import Condition, Connection, Database, StatementFault, Version, Work
from tests.contracts import storages
from tests.storage_folder import put_among_the_storages
from tests.unit.memory_cases import record

Open = Callable[[], Database]
"""One more handle on the same database, closed at the end of the test."""
STORAGES = [module.name for module in pkgutil.iter_modules(storages.__path__)]
EVERY: Condition = ("TRUE", ())


@pytest.fixture
def marks() -> list[str]:
    """What the checkpoints said."""
    return []


@pytest.fixture(autouse=True)
def among_the_storages() -> Iterator[None]:
    """Those that there are, and the one that the tests add."""
    with put_among_the_storages():
        yield


@pytest.fixture(params=STORAGES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a home that this engine serves, and nobody else."""
    import_module(f"{storages.__name__}.{request.param}").prepare(tmp_path)
    assert engine_of(tmp_path).name == request.param
    return tmp_path


@pytest.fixture
async def handle(home: Path, marks: list[str]) -> AsyncIterator[Open]:
    opened: list[Database] = []

    def another() -> Database:
        opened.append(open_database(home, checkpoint=marks.append))
        return opened[-1]

    yield another
    for database in opened:
        await database.close()


@pytest.fixture
async def db(handle: Open) -> Database:
    database = handle()
    await database.write("table", lambda c: c.execute("CREATE TABLE kept (value TEXT UNIQUE)") and None)
    return database


def insert(value: str) -> Work[object]:
    return lambda connection: connection.execute("INSERT INTO kept VALUES (?)", (value,))


def read_values(connection: Connection) -> list[str]:
    return [row["value"] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


async def values(database: Database) -> list[str]:
    return await database.read(read_values)


# Writes


async def test_a_write_is_kept_whole_or_not_at_all(db: Database) -> None:
    def half_done(connection: Connection) -> None:
        insert("half")(connection)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        await db.write("bad", half_done)
    await db.write("good", lambda c: [insert(one)(c) for one in ("a", "b")])
    assert await values(db) == ["a", "b"]


async def test_a_failing_write_takes_no_other_along(db: Database) -> None:
    gate = threading.Event()

    def half_done(connection: Connection) -> None:
        insert("half")(connection)
        raise LookupError("changed my mind")

    asked = [
        db.write("wait", lambda _: gate.wait(10)),
        db.write("a", insert("a")),
        db.write("bad", half_done),
        db.write("twice", insert("a")),
        db.write("nonsense", lambda c: c.execute("SELECT nothing FROM nowhere")),
        db.write("b", insert("b")),
    ]
    waiting = [asyncio.ensure_future(one) for one in asked]
    await asyncio.sleep(0)  # so that all of them are asked for
    gate.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    kinds = [type(answer) if isinstance(answer, Exception) else None for answer in answers]
    assert kinds == [None, None, LookupError, StatementFault, StatementFault, None]
    assert await values(db) == ["a", "b"]


async def test_what_a_write_wrote_it_reads_and_so_does_every_read_after_it(
    db: Database, handle: Open
) -> None:
    def work(connection: Connection) -> list[str]:
        insert("a")(connection)
        return read_values(connection)

    assert await db.write("a", work) == ["a"]
    assert await values(db) == ["a"]
    assert await values(handle()) == ["a"]


async def test_checkpoints_stand_around_the_commit_of_every_write(
    db: Database, handle: Open, marks: list[str]
) -> None:
    gate = threading.Event()
    marks.clear()
    names = [f"w{number}" for number in range(20)]
    waiting = [asyncio.ensure_future(db.write("wait", lambda _: gate.wait(10)))]
    waiting += [asyncio.ensure_future(db.write(name, lambda _: True)) for name in names]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*waiting)
    for name in ("wait", *names):
        assert [mark for mark in marks if mark.endswith(f" {name}")] == [f"before {name}", f"after {name}"]


async def test_a_checkpoint_before_a_commit_comes_before_anybody_sees_it(
    db: Database, marks: list[str]
) -> None:
    marks.clear()

    def work(connection: Connection) -> None:
        insert("a")(connection)
        marks.append("work")

    await db.write("a", work)
    assert marks == ["work", "before a", "after a"]


# Reads


async def test_a_read_sees_one_moment(db: Database) -> None:
    begun, written = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> tuple[list[str], Version, list[str], Version]:
        first = read_values(connection), connection.version()
        begun.set()
        assert written.wait(10)
        return *first, read_values(connection), connection.version()

    reading = asyncio.ensure_future(db.read(slowly))
    assert await asyncio.to_thread(begun.wait, 10)
    await db.write("a", insert("a"))
    written.set()
    before, version, after, same = await reading
    assert before == after == []
    assert version == same
    assert await values(db) == ["a"]


async def test_a_read_cannot_write_and_takes_no_other_along(db: Database) -> None:
    asked = asyncio.ensure_future(values(db))
    with pytest.raises(StatementFault):
        await db.read(insert("no"))
    assert await asked == []
    assert await values(db) == []


# The version of a snapshot


async def versions(database: Database) -> dict[str, int]:
    """By their sources: several connections may read, each with numbers of its own."""
    found = await asyncio.gather(*(database.read(lambda c: c.version()) for _ in range(8)))
    return dict(found)


async def test_while_nothing_is_written_the_version_stays(db: Database) -> None:
    seen = [await versions(db) for _ in range(9)]
    different = {version for found in seen for version in found.items()}
    assert len(different) == len(dict(different)) < len(seen)


@pytest.mark.parametrize("other", [False, True], ids=["same handle", "another handle"])
async def test_every_commit_is_seen_in_the_version_by_whomever(
    db: Database, handle: Open, other: bool
) -> None:
    writer = handle() if other else db
    seen: dict[str, int] = await versions(db)
    for value in ("a", "b", "c"):
        await writer.write(value, insert(value))
        now = await versions(db)
        assert all(number > seen.get(source, -1) for source, number in now.items())
        seen |= now


async def test_the_version_is_that_of_the_snapshot_not_of_the_moment(db: Database, handle: Open) -> None:
    begun, written = threading.Event(), threading.Event()
    other = handle()

    def versioned(connection: Connection) -> tuple[Version, list[str]]:
        version = connection.version()
        begun.set()
        assert written.wait(10)
        return version, read_values(connection)

    reading = asyncio.ensure_future(db.read(versioned))
    assert await asyncio.to_thread(begun.wait, 10)
    await other.write("a", insert("a"))
    written.set()
    old, empty = await reading
    assert empty == []
    assert dict([old]).items().isdisjoint((await versions(db)).items())


# What each engine says in its own words


async def add(database: Database, *records: MemoryRecord) -> None:
    await database.write("add", lambda c: add_all(c, records))


async def test_a_column_is_among_many_values_or_few_or_none(db: Database) -> None:
    for value in ("a", "b", "it's"):
        await db.write(value, insert(value))

    def among(*wanted: str) -> Work[list[str]]:
        def work(connection: Connection) -> list[str]:
            condition, marked = connection.among("value", set(wanted))
            rows = connection.execute(f"SELECT value FROM kept WHERE {condition} ORDER BY value", marked)
            return [row["value"] for row in rows]

        return work

    many = [str(number) for number in range(40_000)]
    assert await db.read(among("it's", "b", *many)) == ["b", "it's"]
    assert await db.read(among()) == []


async def test_a_json_list_holds_a_text(db: Database) -> None:
    for value in ('["a", "b"]', '["ab"]', "[]"):
        await db.write(value, insert(value))

    def holding(connection: Connection) -> list[str]:
        condition, marked = connection.holds("kept.value", "a")
        return [
            row["value"] for row in connection.execute(f"SELECT value FROM kept WHERE {condition}", marked)
        ]

    assert await db.read(holding) == ['["a", "b"]']


async def test_plain_rows_are_lists(db: Database) -> None:
    await db.write("a", insert("a"))
    found = await db.read(lambda c: c.plain_rows("value, 2.5, 7", "FROM kept WHERE value = ?", ("a",)))
    assert found == [["a", 2.5, 7]]


async def test_records_are_found_by_their_words(db: Database) -> None:
    await add(
        db,
        record("note:1", "The boats sail on Friday, boats and boats"),
        record("note:2", "a boat"),
        record("note:3", "nothing of it"),
    )

    def found(words: list[str], *, where: Condition = EVERY, ranked: bool = True) -> Work[list[int]]:
        return lambda c: [number for number, _ in c.match(words, where, 10, ranked=ranked)]

    numbers = {
        row["id"]: row["number"]
        for row in await db.read(lambda c: c.execute("SELECT id, number FROM records").fetchall())
    }
    boats, boat = numbers["note:1"], numbers["note:2"]
    assert set(await db.read(found(["boat", "sail"]))) == {boats, boat}
    assert await db.read(found(["boat", "sail"])) == [boats, boat]
    assert await db.read(found(["boat"], ranked=False)) == [boat, boats]
    assert await db.read(found(["boat"], where=("records.id = ?", ("note:2",)))) == [boat]
    assert await db.read(lambda c: (c.count_matches("boat", 10), c.count_matches("boat", 1))) == (2, 1)

    await db.write("forget", lambda c: forget(c, RecordId("note:2")))
    assert await db.read(found(["boat"])) == [boats]


# The end


async def test_what_was_asked_before_closing_is_done_and_nothing_after(db: Database, handle: Open) -> None:
    written = asyncio.ensure_future(db.write("a", insert("a")))
    read = asyncio.ensure_future(values(db))
    await asyncio.sleep(0)
    await db.close()
    await written
    assert await read in ([], ["a"])
    await db.close()
    for asked in (db.write("b", insert("b")), values(db), db.scrub()):
        with pytest.raises(OwnerMustFix, match="closed"):
            await asked
    assert await values(handle()) == ["a"]


async def test_scrubbing_loses_nothing_that_is_kept(db: Database) -> None:
    await add(db, record("note:1", "a boat"))
    done = await asyncio.gather(*(db.write(f"{n}", insert(f"{n}")) for n in range(9)), db.scrub())
    assert done[-1] is True
    assert len(await values(db)) == 9


# The engine: a database beside, or without, the twin that works with it


def test_every_engine_is_held_to_this() -> None:
    assert sorted(engine.name for engine in engines()) == sorted(STORAGES)


def test_what_an_engine_keeps_in_a_home_no_other_does(home: Path) -> None:
    engine = engine_of(home)
    assert engine.version()
    assert set(engine.copied) <= set(engine.files)
    others = {name for other in engines() if other is not engine for name in other.files}
    assert not others & set(engine.files)


async def test_it_is_looked_at_as_it_is(home: Path, handle: Open) -> None:
    engine = engine_of(home)
    before = list(home.iterdir())
    assert engine.examine(home) == 0
    with pytest.raises(OwnerMustFix):
        engine.look(home, read_values)
    assert list(home.iterdir()) == before
    database = handle()
    await database.write("table", lambda c: c.execute("CREATE TABLE kept (value TEXT UNIQUE)") and None)
    await database.write("a", insert("a"))
    assert engine.look(home, read_values) == ["a"]
    assert engine.examine(home) > 0


async def test_a_copy_in_its_files_place_is_the_database_as_it_was(
    home: Path, db: Database, handle: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine, folder, aside = engine_of(home), *(tmp_path_factory.mktemp(name) for name in ("copy", "aside"))
    await db.write("a", insert("a"))
    engine.copy(home, folder)
    assert {path.name for path in folder.iterdir()} == set(engine.copied)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert engine_of(folder) is engine
    assert engine.examine(folder) > 0
    await db.write("b", insert("b"))
    await db.close()
    for name in engine.files:
        if (home / name).exists():
            (home / name).replace(aside / name)
    for name in engine.copied:
        (folder / name).replace(home / name)
    assert await values(handle()) == ["a"]


async def test_a_copy_that_is_damaged_is_told(
    home: Path, db: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine, folder = engine_of(home), tmp_path_factory.mktemp("copy")
    await add(db, *(record(f"note:{number}", "a boat") for number in range(500)))
    engine.copy(home, folder)
    whole = (folder / engine.copied[0]).read_bytes()
    (folder / engine.copied[0]).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OwnerMustFix):
        engine.examine(folder)
