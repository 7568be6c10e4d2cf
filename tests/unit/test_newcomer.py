import stat
from pathlib import Path

import pytest

from bots.home import Home
from bots.setup import newcomer
from bots.twin_toml import load
from core.errors import OwnerMustFix
from core.types import Conversation, ConversationId, PersonId
from memory.profile.profile import Profile
from personas.library import PersonaLibrary


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


async def test_the_shipped_personas_become_the_newcomers(home: Home) -> None:
    written = await newcomer.settle_in(home, "Robin Doe", "Europe/Vienna")
    assert load(home.twin_toml, {}).owner.name == "Robin Doe"
    library = PersonaLibrary(home.personas, Profile(home.profile_json).bindings)
    assert (library.problems(), library.names()) == ([], ["friends", "reflective", "work"])
    for path in written:
        assert "alex" not in path.read_text().lower(), path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Robin Doe" in library.get("work").identity
    assert all(library.get(name).examples == () for name in library.names())


async def test_a_digest_comes_every_morning(home: Home) -> None:
    await newcomer.settle_in(home, "Robin", "Europe/Vienna")
    (daily,) = load(home.twin_toml, {}).digest
    assert (daily.name, daily.cron, daily.to) == ("morning", "0 8 * * *", "dm")


async def test_a_persona_speaks_by_default(home: Home) -> None:
    await newcomer.settle_in(home, "Robin", "UTC")
    library = PersonaLibrary(home.personas, Profile(home.profile_json).bindings)
    sams = Conversation(ConversationId("console:sam"), "console", "Sam", members=frozenset({PersonId("sam")}))
    assert (await library.select_persona(sams)).name == newcomer.DEFAULT_PERSONA


@pytest.mark.parametrize(("name", "zone"), [("", "UTC"), ("a\nb", "UTC"), ("Robin", "Mars")])
async def test_a_name_or_zone_that_cannot_be_writes_nothing(home: Home, name: str, zone: str) -> None:
    with pytest.raises(OwnerMustFix, match=r"owner\.(name|timezone)"):
        await newcomer.settle_in(home, name, zone)
    assert not home.path.exists()


async def test_a_persona_that_is_there_is_kept(home: Home) -> None:
    home.create()
    (home.personas / "work.toml").write_text("mine")
    await newcomer.settle_in(home, "Robin", "UTC")
    assert (home.personas / "work.toml").read_text() == "mine"


def test_the_machines_time_zone_is_found_where_it_says_one(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    assert newcomer.local_timezone({}, link) == "UTC"
    link.symlink_to("/usr/share/zoneinfo/Europe/Vienna")
    assert newcomer.local_timezone({}, link) == "Europe/Vienna"
    assert newcomer.local_timezone({"TZ": ":Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert newcomer.local_timezone({"TZ": "CET-1CEST"}, link) == "UTC"
