import io
import stat
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.home import Home
from bots.setup import newcomer
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.errors import OwnerMustFix
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.migrations import migrate

NOW = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


async def lived_in(path: Path, name: str) -> Home:
    home = Home(path)
    await newcomer.settle_in(home, name, "UTC")
    connection = connect(home.path / "twin.db")
    migrate(connection)
    connection.execute("CREATE TABLE mark (name TEXT)")
    connection.execute("INSERT INTO mark VALUES (?)", (name,))
    connection.close()
    return home


def mark(home: Home) -> str:
    connection = connect(home.path / "twin.db")
    try:
        return str(connection.execute("SELECT name FROM mark").fetchone()[0])
    finally:
        connection.close()


def files(home: Home) -> Mapping[str, bytes]:
    return {
        str(one.relative_to(home.path)): one.read_bytes() for one in home.path.rglob("*") if one.is_file()
    }


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    write_backup(await lived_in(tmp_path / "old", "Alex"), tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


async def test_a_backup_fills_a_new_home_with_all_that_was(tmp_path: Path, archive: Path) -> None:
    old, new = Home(tmp_path / "old"), Home(tmp_path / "new")
    new.create()
    assert (await restore(new, archive, NOW)).set_aside is None
    assert mark(new) == "Alex"
    kept = ("twin.toml", "profile.json", "personas/identity.toml", "personas/work.toml")
    assert all(files(new)[name] == files(old)[name] for name in kept)
    assert all(stat.S_IMODE(one.stat().st_mode) & 0o077 == 0 for one in new.path.rglob("*") if one.is_file())


async def test_what_was_there_is_set_aside_whole(tmp_path: Path, archive: Path) -> None:
    home = await lived_in(tmp_path / "mine", "Robin")
    before = files(home)
    aside = (await restore(home, archive, NOW)).set_aside
    assert mark(home) == "Alex"
    assert aside is not None
    after = files(Home(aside))
    assert {name: before[name] for name in after} == after
    assert {"twin.toml", "twin.db", "profile.json", "personas/work.toml"} <= after.keys()


def tar(path: Path, members: Mapping[str, bytes | tarfile.TarInfo]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            if isinstance(content, bytes):
                about = tarfile.TarInfo(name)
                about.size = len(content)
                archive.addfile(about, io.BytesIO(content))
            else:
                content.name = name
                archive.addfile(content)
    return path


def link(to: str) -> tarfile.TarInfo:
    about = tarfile.TarInfo()
    about.type, about.linkname = tarfile.SYMTYPE, to
    return about


@pytest.mark.parametrize(
    "members",
    [
        {"../twin.toml": b"x"},
        {"/etc/twin.toml": b"x"},
        {"personas/../twin.toml": b"x"},
        {"personas/deep/x.toml": b"x"},
        {"personas/x.py": b"x"},
        {"lock": b"x"},
        {"twin.toml": link("/etc/passwd")},
        {"personas": link("/etc")},
        {"twin.toml": b'[owner]\nname = "A"\n'},
        {"twin.toml": b"broken", "twin.db": b""},
        {"twin.toml": b'[owner]\nname = "A"\n', "twin.db": b"no database" * 500},
        {},
    ],
)
async def test_what_is_no_backup_of_ours_changes_nothing(
    tmp_path: Path, members: Mapping[str, bytes | tarfile.TarInfo]
) -> None:
    home = await lived_in(tmp_path / "mine", "Robin")
    before = files(home)
    with pytest.raises(OwnerMustFix):
        await restore(home, tar(tmp_path / "bad.tar", members), NOW)
    assert files(home) == before


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
async def test_a_backup_that_was_cut_short_changes_nothing(
    tmp_path: Path, archive: Path, share: float
) -> None:
    whole = archive.read_bytes().rstrip(b"\0")
    archive.write_bytes(whole[: int(len(whole) * share)])
    home = await lived_in(tmp_path / "mine", "Robin")
    before = files(home)
    with pytest.raises(OwnerMustFix):
        await restore(home, archive, NOW)
    assert files(home) == before
