import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import OwnerMustFix
from memory.storage.port import Connection, Database, DatabaseBusy
from memory.storage.sqlite.connection import PRAGMAS, SqliteConnection, connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import MIGRATIONS, migrate

TABLE = "CREATE TABLE kept (value TEXT UNIQUE)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = connect(tmp_path / "twin.db")
    connection.execute(TABLE)
    connection.close()
    return tmp_path / "twin.db"


def pragmas(connection: Connection) -> dict[str, object]:
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}


def insert(value: str):  # type: ignore[no-untyped-def]
    return lambda connection: connection.execute("INSERT INTO kept VALUES (?)", (value,))


async def values(db: Database) -> list[str]:
    return await db.read(
        lambda connection: [row["value"] for row in connection.execute("SELECT * FROM kept")]
    )


async def test_every_connection_holds_the_durability_pragmas(path: Path) -> None:
    db = SqliteDatabase(path, readers=2)
    begun, other_done = threading.Event(), threading.Event()

    def while_the_other_reads(connection: Connection) -> dict[str, object]:
        begun.set()
        assert other_done.wait(10)
        return pragmas(connection)

    assert await db.write("look", pragmas) == PRAGMAS
    first = asyncio.create_task(db.read(while_the_other_reads))
    assert await asyncio.to_thread(begun.wait, 10)
    assert await db.read(pragmas) == PRAGMAS
    other_done.set()
    assert await first == PRAGMAS
    assert PRAGMAS["synchronous"] == 2
    assert PRAGMAS["journal_mode"] == "wal"
    await db.close()


def test_a_pragma_that_is_not_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRAGMAS, "synchronous", 9)
    with pytest.raises(OwnerMustFix, match="synchronous"):
        connect(tmp_path / "twin.db")


def test_a_file_that_is_no_database_is_the_owners_to_fix(tmp_path: Path) -> None:
    (tmp_path / "twin.db").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(OwnerMustFix, match=r"twin\.db.*backup"):
        connect(tmp_path / "twin.db")


@pytest.mark.parametrize(
    ("fault", "advice", "told_as"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, "not full", DatabaseBusy),
        (sqlite3.SQLITE_FULL, "make room", DatabaseBusy),
        (sqlite3.SQLITE_BUSY, "another program", DatabaseBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "another program", DatabaseBusy),
        (sqlite3.SQLITE_READONLY, "read-only", OwnerMustFix),
    ],
)
def test_a_disk_that_fails_is_not_taken_for_a_damaged_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, advice: str, told_as: type[Exception]
) -> None:
    def failing(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = fault
        raise error

    monkeypatch.setattr(SqliteConnection, "execute", failing)
    with pytest.raises(told_as, match=advice) as told:
        connect(path)
    assert "backup" not in str(told.value)


def test_a_folder_in_its_place_is_the_owners_to_fix(tmp_path: Path) -> None:
    (tmp_path / "twin.db").mkdir()
    with pytest.raises(OwnerMustFix, match="cannot be opened"):
        connect(tmp_path / "twin.db")


async def test_damage_in_the_middle_is_the_owners_to_fix(path: Path) -> None:
    db = SqliteDatabase(path)
    for number in range(50):
        await db.write("fill", insert(f"{number}" + "x" * 2000))
    await db.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    db = SqliteDatabase(path)
    with pytest.raises(OwnerMustFix, match="damaged; restore it from a backup"):
        await values(db)
    with pytest.raises(OwnerMustFix, match="damaged; restore it from a backup"):
        await db.write("more", insert("more"))
    await db.close()


async def test_writes_that_wait_together_share_one_commit(path: Path) -> None:
    marks: list[str] = []
    db = SqliteDatabase(path, checkpoint=marks.append)
    gate = threading.Event()
    first = asyncio.ensure_future(db.write("first", lambda _: gate.wait(10)))
    others = [asyncio.ensure_future(db.write(f"w{i}", insert(str(i)))) for i in range(20)]
    await asyncio.sleep(0)  # so that all of them are asked for
    gate.set()
    await asyncio.gather(first, *others)
    named = [mark for mark in marks if not mark.endswith("first")]
    assert named == [f"before w{i}" for i in range(20)] + [f"after w{i}" for i in range(20)]
    await db.close()


async def test_a_full_disk_is_told_and_corrupts_nothing(path: Path) -> None:
    db = SqliteDatabase(path)
    await db.write("before", insert("kept before"))

    def shrink(connection: Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 1}")

    await db.write("shrink", shrink)
    gate = threading.Event()
    first = asyncio.ensure_future(db.write("first", lambda _: gate.wait(10)))
    small = asyncio.ensure_future(db.write("small", insert("fits")))
    large = asyncio.ensure_future(db.write("large", insert("x" * 100_000)))
    await asyncio.sleep(0)
    gate.set()
    answers = await asyncio.gather(first, small, large, return_exceptions=True)
    assert not isinstance(answers[1], BaseException)
    assert isinstance(answers[2], DatabaseBusy)
    assert "disk is full" in str(answers[2])
    assert "xxx" not in str(answers[2])
    await db.write("room again", lambda connection: connection.execute("PRAGMA max_page_count=100000"))
    await db.write("later", insert("kept later"))
    assert await values(db) == ["kept before", "fits", "kept later"]
    await db.close()
    assert connect(path).execute("PRAGMA integrity_check").fetchone()[0] == "ok"


async def test_a_file_that_another_program_holds_is_tried_again_and_takes_what_follows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 1)
    db = SqliteDatabase(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="another program holds it"):
            await db.write("held", insert("not kept"))
        other.execute("ROLLBACK")
    await db.write("later", insert("kept later"))
    assert await values(db) == ["kept later"]
    await db.close()


async def test_reads_asked_for_together_see_the_same_moment(path: Path) -> None:
    db = SqliteDatabase(path, readers=1)
    begun, written = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> int:
        counted: int = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
        begun.set()
        assert written.wait(10)
        return counted

    both = asyncio.gather(db.read(slowly), values(db))
    assert await asyncio.to_thread(begun.wait, 10)
    await db.write("a", insert("a"))
    written.set()
    assert tuple(await both) == (0, [])
    assert await values(db) == ["a"]
    await db.close()


def test_migrating_twice_changes_nothing_and_a_newer_file_is_refused(tmp_path: Path) -> None:
    connection = connect(tmp_path / "twin.db")
    migrate(connection)
    migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    with pytest.raises(OwnerMustFix, match="newer"):
        migrate(connection)


def test_an_account_that_was_marked_as_a_bot_is_of_that_kind(tmp_path: Path) -> None:
    connection = connect(tmp_path / "twin.db")
    for name, script in MIGRATIONS:
        if name == "author-kinds":
            connection.execute(
                "INSERT INTO account_names VALUES ('slack:B9', 'Robot', 1), ('slack:U1', 'Sam', 0)"
            )
        connection.executescript(script)
    rows = connection.execute("SELECT account, name, kind FROM account_names ORDER BY account").fetchall()
    assert [tuple(row) for row in rows] == [("slack:B9", "Robot", "bot"), ("slack:U1", "Sam", "person")]
