"""A platform that is a folder and nothing else: every part of the twin knows it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots import platforms, twin_toml
from bots.assembly import running
from bots.console.rendering import render
from bots.home import Home
from bots.platforms.registry import adapters, listed, platform_names
from bots.settings import Settings
from core.errors import OwnerMustFix
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from tests.command_line import understudy
from tests.journeys.conftest import World
from tests.platform_folder import put_among_the_platforms
from tests.scripted_platform import ScriptedPlatform

RING = {"PIGEON_RING": "AT-17"}


@pytest.fixture(autouse=True)
def among_the_platforms() -> Iterator[None]:
    with put_among_the_platforms():
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "robins")
    monkeypatch.setenv("UNDERSTUDY_HOME", str(home.path))
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    return home


def settings(toml: str) -> Settings:
    return twin_toml.parse('[owner]\nname = "Robin"\n' + toml, Path("twin.toml"), {})


def test_init_writes_its_table_and_names_its_guide(home: Home) -> None:
    made = understudy("init", "--name", "Robin")
    assert made.status == 0
    assert f"understudy doctor {listed(platform_names())}" in made.out
    written = home.twin_toml.read_text()
    assert "# Your pigeon; its ring is in PIGEON_RING or the keyring.\n[pigeon]\n" in written
    assert '# Where it comes home to.\nloft = "roof"\n' in written
    assert written.index("[slack]") < written.index("[pigeon]") < written.index("[quiet]")


def test_its_table_is_checked_like_any_other() -> None:
    assert settings("[pigeon]\nenabled = false").platforms["pigeon"].enabled is False
    chosen = settings('[approvals]\nsurfaces = ["pigeon"]\n[[digest]]\nto = "pigeon"')
    assert (chosen.approvals.surfaces, chosen.digest[0].to) == (("pigeon",), "pigeon")
    with pytest.raises(OwnerMustFix, match=r"pigeon\.nest: unknown key; known here: enabled, loft"):
        settings("[pigeon]\nnest = 1")


def test_doctor_leads_there_and_asks_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    understudy("init", "--name", "Robin")
    led = understudy("doctor", "pigeon")
    assert led.out.startswith("Pigeon Post\n  1. Read what is engraved")
    assert "not connected: there is no token" in led.out
    monkeypatch.setenv("PIGEON_RING", RING["PIGEON_RING"])
    (check,) = [one for one in understudy("doctor", "pigeon", "--json").answer if one["name"] == "pigeon"]
    assert (check["ok"], check["detail"]) == (True, "ring AT-17 on the roof")
    monkeypatch.setenv("PIGEON_RING", "a ring")
    refused = understudy("doctor", "pigeon")
    assert refused.status == 2
    assert "ask the breeder for another ring" in refused.out


def test_pair_and_its_neighbours_know_it(home: Home) -> None:
    understudy("init", "--name", "Robin")
    assert "bot on Pigeon Post" in understudy("pair", "pigeon").out
    assert f"say {listed(platform_names())}" in understudy("pair", "a drum").err


def test_the_console_calls_it_by_its_title() -> None:
    digest = {"name": "morning", "to": "pigeon", "next": None, "last": None}
    assert "on Pigeon Post" in render("_ahead.html", times=[digest], reminders=[], land=False)


async def test_a_twin_hears_and_shows_cards_there(world: World) -> None:
    (pigeon,) = adapters(world.settings.platforms, RING, world.clock)
    assert isinstance(pigeon, ScriptedPlatform)
    async with running(
        world.home,
        world.settings,
        resident=True,
        model=ScriptedChat("after climbing, half seven?"),
        embedder=HashedEmbedder(),
        platforms=(pigeon,),
        clock=world.clock,
        sleep=asyncio.sleep,
    ) as twin:
        await pigeon.connected()
        assert "yours" in await pigeon.say((await twin.pair("pigeon")).code)
        await pigeon.hear("Are you coming on friday?")
        card = (await pigeon.card()).card
        assert card.where == "direct message on Pigeon Post"
        assert [one.name for one in (await twin.status()).platforms] == ["console", "pigeon"]
        with pytest.raises(OwnerMustFix, match=r"slack:TEAM/USER\b.*\bpigeon:RING"):
            await twin.link("17", "sam")


def test_a_folder_that_cannot_be_used_is_named_and_the_others_serve(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, spec in (("torn", "import nothing_of_that_name"), ("pigeon copy", "SPEC = 1")):
        (tmp_path / "more" / name).mkdir(parents=True)
        (tmp_path / "more" / name / "spec.py").write_text(spec)
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path / "more")])
    assert understudy("init", "--name", "Robin").status == 0
    assert platform_names() == ("telegram", "discord", "slack", "pigeon")
    named = [one for one in json.loads(understudy("doctor", "--json").out) if one["name"] == "platforms"]
    assert [one["ok"] for one in named] == [False]
    assert "torn/spec.py: cannot be loaded (ModuleNotFoundError" in named[0]["detail"]
