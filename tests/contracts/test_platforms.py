"""What every platform keeps to: those that there are, and the one that the tests add."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bots.api.commands import OFFERED
from bots.platforms.port import (
    CardSurface,
    CatchesUp,
    FindsSent,
    Health,
    LimitsReplies,
    OwnerDm,
    Platform,
    ReadsMembers,
    ReadsOwnerDm,
    ShowsTyping,
)
from bots.platforms.registry import adapters, listed, platform_names, specs, titled
from bots.platforms.spec import PlatformSettings, PlatformSpec
from core.errors import OwnerMustFix
from core.ports import SpeaksAs
from tests.fakes import FixedClock
from tests.platform_folder.pigeon.spec import SPEC as PIGEON
from tests.wire.fake_inbound import FakeInbound

SPECS = (*specs(), PIGEON)
ABILITIES = (
    *(CardSurface, OwnerDm, ShowsTyping, LimitsReplies, SpeaksAs),
    *(FindsSent, ReadsMembers, CatchesUp, ReadsOwnerDm),
)

each = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)


def dummies(spec: PlatformSpec[Any]) -> dict[str, str]:
    return {token.name: f"1234:{token.name.lower()}" for token in spec.tokens}


@pytest.fixture
def built(spec: PlatformSpec[Any], socket_disabled: None) -> Platform:
    return spec.build(spec.settings(), dummies(spec), FixedClock())


def parameters(method: Any) -> list[tuple[str, Any, bool]]:
    given = inspect.signature(method).parameters.values()
    return [
        (one.name, one.kind, one.default is inspect.Parameter.empty) for one in given if one.name != "self"
    ]


def test_they_are_listed_in_one_order_everywhere() -> None:
    first = platform_names()[:3]
    assert first == ("telegram", "discord", "slack")
    assert [titled(name) for name in (*first, "console")] == [
        "Telegram",
        "Discord",
        "Slack",
        "Console",
    ]
    assert listed(first) == "telegram, discord or slack"
    assert listed(("telegram",)) == "telegram"


def test_no_two_have_anything_in_common_that_tells_them_apart() -> None:
    for told in ("name", "title", "account", "settings", "guide"):
        assert len({getattr(spec, told) for spec in SPECS}) == len(SPECS), told
    tokens = [token.name for spec in SPECS for token in spec.tokens]
    assert len(set(tokens)) == len(tokens)


@each
def test_it_is_called_as_its_folder(spec: PlatformSpec[Any]) -> None:
    assert spec.settings.__module__.split(".")[-2:] == [spec.name, "spec"]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.name)
    assert spec.account.startswith(f"{spec.name}:")


@each
def test_its_table_of_the_settings_is_explained_and_needs_nothing(spec: PlatformSpec[Any]) -> None:
    assert issubclass(spec.settings, PlatformSettings)
    assert spec.settings().enabled is True
    assert spec.settings.__doc__ != PlatformSettings.__doc__
    assert all(field.description for field in spec.settings.model_fields.values())


@each
def test_its_tokens_say_where_another_is_had(spec: PlatformSpec[Any]) -> None:
    for token in spec.tokens:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", token.name)
        assert token.again


@each
def test_its_guide_leads_all_the_way(spec: PlatformSpec[Any]) -> None:
    assert spec.guide.startswith(f"{spec.title}\n  1. ")
    for needed in (*(token.name for token in spec.tokens), f"understudy pair {spec.name}"):
        assert needed in spec.guide


@each
def test_it_offers_every_command_of_the_owner(spec: PlatformSpec[Any]) -> None:
    for one in OFFERED:
        assert one.word in spec.menu or any(one.form in line for line in spec.menu.values())
    if len(spec.menu) > 1:
        assert set(spec.menu) == {one.word for one in OFFERED}


@each
def test_what_it_builds_is_a_platform_that_is_not_connected_yet(
    spec: PlatformSpec[Any], built: Platform
) -> None:
    assert built.name == spec.name
    assert built.text_limit > 100
    assert built.health[0] is Health.STARTING
    for method in ("run", "send"):
        assert parameters(getattr(built, method)) == parameters(getattr(Platform, method))


@each
def test_it_can_do_what_it_says_and_says_what_it_can_do(spec: PlatformSpec[Any], built: Platform) -> None:
    kind = type(built)
    said = f"{inspect.getdoc(inspect.getmodule(kind))} {kind.__doc__}"
    assert [one.__name__ for one in ABILITIES if one.__name__ in said] == [
        one.__name__ for one in ABILITIES if isinstance(built, one)
    ]


@each
def test_each_says_in_whose_name_it_speaks(spec: PlatformSpec[Any], built: Platform) -> None:
    assert isinstance(built, SpeaksAs)


@each
def test_what_it_can_do_is_called_as_the_port_says(spec: PlatformSpec[Any], built: Any) -> None:
    for ability in ABILITIES:
        for method in [name for name in tuple(vars(ability)) if not name.startswith("_")]:
            if isinstance(built, ability):
                assert parameters(getattr(built, method)) == parameters(getattr(ability, method)), method


@each
async def test_without_one_of_its_tokens_it_says_which(spec: PlatformSpec[Any]) -> None:
    needed = [token.name for token in spec.tokens if token.required]
    assert spec.missing({}) == tuple(needed)
    assert spec.missing(dummies(spec)) == ()
    assert spec.wanted(dummies(spec))
    assert spec.wanted({}) is not bool(needed)


async def test_a_platform_that_lacks_a_token_is_there_and_tells_of_it() -> None:
    settings = {spec.name: spec.settings() for spec in specs()}
    (slack,) = adapters(settings, {"SLACK_BOT_TOKEN": "x"}, FixedClock())
    with pytest.raises(OwnerMustFix, match="Slack also needs SLACK_APP_TOKEN"):
        await slack.run(FakeInbound())
    assert slack.health[0] is Health.STOPPED
    assert adapters(settings, {"SLACK_USER_TOKEN": "x"}, FixedClock()) == ()
    off = {**settings, "slack": settings["slack"].model_copy(update={"enabled": False})}
    assert adapters(off, {"SLACK_BOT_TOKEN": "x", "SLACK_APP_TOKEN": "x"}, FixedClock()) == ()


@each
def test_its_folder_imports_no_other_platform(spec: PlatformSpec[Any]) -> None:
    others = {f"bots.platforms.{one.name}" for one in SPECS if one is not spec} | {"bots.platforms.registry"}
    folder = Path(inspect.getfile(spec.settings)).parent
    for path in folder.glob("*.py"):
        imported = {one for node in ast.walk(ast.parse(path.read_text("utf-8"))) for one in _imported(node)}
        assert not {one for one in imported if one.startswith(tuple(others))}, path


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{one.name}" for one in node.names]
    return [one.name for one in node.names] if isinstance(node, ast.Import) else []


def test_to_know_the_platforms_loads_no_library_of_theirs() -> None:
    code = "import sys; from bots.platforms.registry import specs; specs(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "bots.platforms.slack.spec" in loaded
    assert not loaded & {"telegram", "discord", "slack_bolt", "slack_sdk", "aiohttp", "httpx"}
