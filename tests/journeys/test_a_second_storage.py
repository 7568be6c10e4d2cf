"""A storage that is a folder and nothing else: it serves the homes that ask for it, all the way."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots import twin_toml
from bots.home import Home
from bots.setup import doctor
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.errors import OwnerMustFix
from memory.state.accounts import owner_accounts
from memory.storage import engine_of, engines
from tests.fakes import NOON
from tests.journeys.conftest import World
from tests.storage_folder import put_among_the_storages


@pytest.fixture(autouse=True)
def among_the_storages() -> Iterator[None]:
    with put_among_the_storages():
        yield


@pytest.fixture
def home(world: World, tmp_path: Path) -> Home:
    """Like the world's own, with a label."""
    twin_toml.write_private(world.home.twin_toml, twin_toml.annotated(world.settings))
    shutil.copytree(world.home.path, tmp_path / "labelled", copy_function=shutil.copy)
    (tmp_path / "labelled" / "drawer.toml").touch()
    return Home(tmp_path / "labelled")


async def drafted(home: Home) -> str:
    """What Sam is to be answered, by a twin that begins and ends here."""
    async with World(home).twin() as twin:
        answer = await twin.hear("sam", "console:sam", "Are you coming on friday?")
    assert answer.draft is not None
    return answer.draft.text


async def waiting(home: Home) -> list[str]:
    async with World(home).twin() as twin:
        return [draft.text for draft in await twin.inbox()]


def of_storages(home: Home) -> set[str]:
    return {path.name for path in home.path.glob("*.db")}


async def test_only_a_home_that_asks_for_it_is_served_by_it(home: Home, world: World) -> None:
    assert {"drawer", "sqlite"} <= {engine.name for engine in engines()}
    for place, files in ((home, {"drawer.db"}), (world.home, {"twin.db"})):
        text = await drafted(place)
        assert await waiting(place) == [text]
        assert of_storages(place) == files


async def test_the_doctor_examines_it(home: Home) -> None:
    fresh = {check.name: check.detail for check in await doctor.examine(home)}
    assert (fresh["full text"], fresh["database"]) == ("a drawer of oak", "not written yet")
    with pytest.raises(OwnerMustFix):
        engine_of(home.path).look(home.path, owner_accounts)
    await drafted(home)
    checks = {check.name: check.detail for check in await doctor.examine(home)}
    assert checks["database"].startswith("sound, ")
    assert engine_of(home.path).look(home.path, owner_accounts) == []


async def test_a_backup_brings_its_home_back_whatever_served_there_since(home: Home, world: World) -> None:
    text = await drafted(home)
    in_a_drawer, plain = home.path / "drawer.tar", home.path / "plain.tar"
    write_backup(home, in_a_drawer)
    await drafted(world.home)
    write_backup(world.home, plain)
    for day, (archive, files) in enumerate([(plain, {"twin.db"}), (in_a_drawer, {"drawer.db"})]):
        await restore(home, archive, NOON + timedelta(day))
        assert of_storages(home) == files
        assert await waiting(home) == [text]
