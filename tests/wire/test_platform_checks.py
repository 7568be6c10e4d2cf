"""What `understudy doctor` asks the platforms, over real sockets, and what it tells a newcomer to press."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from bots.api.check import Check
from bots.home import Home
from bots.platforms.discord.checks import MEMBERS, MESSAGE_CONTENT
from bots.platforms.discord.spec import DiscordSettings
from bots.platforms.registry import specs, token_names
from bots.platforms.slack.checks import SCOPES
from bots.platforms.slack.spec import SlackSettings
from bots.platforms.spec import PlatformSettings
from bots.platforms.telegram.spec import TelegramSettings
from bots.settings import OwnerSettings, Settings
from bots.setup.platform_checks import platform_checks
from core.types import PersonId
from memory.state.accounts import Accounts
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import migrate
from tests.fakes import FixedClock

ROOT = Path(__file__).parents[2]
TOKENS = {
    "TELEGRAM_TOKEN": "123:secret-t",
    "DISCORD_TOKEN": "secret-d",
    "SLACK_BOT_TOKEN": "xoxb-secret-b",
    "SLACK_APP_TOKEN": "xapp-secret-a",
}
USER = {"SLACK_USER_TOKEN": "xoxp-secret-u"}


@dataclass
class Servers:
    """All three in one, each as well as it can be until a test says otherwise."""

    me: dict[str, Any] = field(
        default_factory=lambda: {
            "username": "alex_twin_bot",
            "can_read_all_group_messages": True,
            "can_connect_to_business": True,
        }
    )
    flags: object = MESSAGE_CONTENT | MEMBERS
    scopes: frozenset[str] = SCOPES
    user_scopes: str = "chat:write"
    app: dict[str, Any] = field(default_factory=lambda: {"ok": True, "url": "wss://x"})
    raw: str | None = None
    base: str = ""

    async def telegram(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKENS["TELEGRAM_TOKEN"]:
            return web.json_response(
                {"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401
            )
        return self._said({"ok": True, "result": self.me})

    async def discord(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKENS['DISCORD_TOKEN']}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        return self._said({"id": "1", "name": "Alex's twin", "flags": self.flags})

    async def slack_auth(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token == USER["SLACK_USER_TOKEN"]:
            return web.json_response({"ok": True}, headers={"x-oauth-scopes": self.user_scopes})
        if token != TOKENS["SLACK_BOT_TOKEN"]:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        said = {"ok": True, "team": "Foundry", "user": "understudy"}
        return web.json_response(said, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    async def slack_open(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKENS['SLACK_APP_TOKEN']}":
            return web.json_response({"ok": False, "error": "not_allowed_token_type"})
        return web.json_response(self.app)

    def _said(self, said: dict[str, Any]) -> web.Response:
        return web.json_response(said) if self.raw is None else web.Response(text=self.raw)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    servers = Servers()
    app = web.Application()
    app.router.add_get("/bot{token}/getMe", servers.telegram)
    app.router.add_get("/applications/@me", servers.discord)
    app.router.add_post("/api/auth.test", servers.slack_auth)
    app.router.add_post("/api/apps.connections.open", servers.slack_open)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    servers.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield servers
    await runner.cleanup()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    connection = connect(home.path / "twin.db")
    migrate(connection)
    connection.close()
    return home


async def checked(home: Home, base: str, tokens: dict[str, str]) -> dict[str, Check]:
    asked: dict[str, PlatformSettings] = {
        "telegram": TelegramSettings(api_base=base),
        "discord": DiscordSettings(api_base=base),
        "slack": SlackSettings(api_base=base),
    }
    settings = Settings(owner=OwnerSettings(name="Alex"), platforms=asked)
    checks = await platform_checks(home, settings, tokens)
    assert all(bool(one.mend) is not one.ok for one in checks), checks
    assert "secret" not in repr(checks)
    return {one.name: one for one in checks if one.name in asked}


async def test_platforms_that_are_well_ask_only_to_be_paired(home: Home, servers: Servers) -> None:
    checks = await checked(home, servers.base, {**TOKENS, **USER})
    assert [(one.ok, one.detail) for one in checks.values()] == [
        (True, "@alex_twin_bot"),
        (True, "Alex's twin"),
        (True, "understudy in Foundry"),
    ]
    assert {one.hint for one in checks.values()} == {
        f"it does not know you yet: understudy pair {name}" for name in checks
    }


async def test_a_paired_platform_asks_for_nothing(home: Home, servers: Servers) -> None:
    database = SqliteDatabase(home.path / "twin.db")
    accounts = Accounts(database, FixedClock())
    code, _ = await accounts.new_code()
    assert await accounts.pair(PersonId("telegram:7"), code)
    await database.close()
    checks = await checked(home, servers.base, TOKENS)
    assert checks["telegram"].hint == ""
    assert checks["discord"].hint != ""


async def test_without_tokens_each_says_how_to_get_there(home: Home, servers: Servers) -> None:
    for name, check in (await checked(home, servers.base, {})).items():
        assert (check.ok, check.hint) == (True, f"`understudy doctor {name}` leads you there")


async def test_a_platform_that_is_turned_off_is_not_asked(home: Home) -> None:
    settings = Settings(
        owner=OwnerSettings(name="Alex"),
        platforms={spec.name: spec.settings(enabled=False) for spec in specs()},
    )
    assert await platform_checks(home, settings, TOKENS) == []


@pytest.mark.parametrize("name", ["TELEGRAM_TOKEN", "DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
@pytest.mark.parametrize("token", ["wrong-secret", "a secret\n", "secret/../x"])
async def test_a_refused_token_says_which_and_where_to_get_another(
    home: Home, servers: Servers, name: str, token: str
) -> None:
    checks = await checked(home, servers.base, {**TOKENS, name: token})
    (sick,) = (one for one in checks.values() if not one.ok)
    assert name in sick.detail
    assert sick.mend == next(one.again for spec in specs() for one in spec.tokens if one.name == name)


async def test_telegrams_privacy_mode_and_business_mode_are_told(home: Home, servers: Servers) -> None:
    servers.me |= {"can_read_all_group_messages": False, "can_connect_to_business": False}
    check = (await checked(home, servers.base, TOKENS))["telegram"]
    assert check.ok
    assert "/setprivacy" in check.hint
    assert "Business Mode" in check.hint


@pytest.mark.parametrize(("flags", "ok"), [(1 << 18, True), (1 << 19, True), (MEMBERS, False), (None, False)])
async def test_discords_message_content_intent_is_needed(
    home: Home, servers: Servers, flags: object, ok: bool
) -> None:
    servers.flags = flags
    check = (await checked(home, servers.base, TOKENS))["discord"]
    assert check.ok is ok
    assert ok or "turn on Message Content Intent" in check.mend
    assert not ok or "Server Members Intent" in check.hint


async def test_slacks_missing_scopes_are_named(home: Home, servers: Servers) -> None:
    servers.scopes = SCOPES - {"im:history", "commands"}
    check = (await checked(home, servers.base, TOKENS))["slack"]
    assert check.detail == "the app lacks commands, im:history"
    assert "Reinstall to Workspace" in check.mend


async def test_slacks_app_token_needs_connections_write(home: Home, servers: Servers) -> None:
    servers.app = {"ok": False, "error": "missing_scope", "needed": "connections:write"}
    check = (await checked(home, servers.base, TOKENS))["slack"]
    assert "SLACK_APP_TOKEN is refused (missing_scope)" in check.detail
    assert "connections:write" in check.mend


async def test_slacks_user_token_needs_chat_write(home: Home, servers: Servers) -> None:
    servers.user_scopes = "users:read"
    check = (await checked(home, servers.base, {**TOKENS, **USER}))["slack"]
    assert not check.ok
    assert "chat:write" in check.detail


@pytest.mark.parametrize("raw", ["", "<html>", "[]", '{"ok": true}', '{"ok": true, "result": []}', "null"])
async def test_an_answer_that_makes_no_sense_is_no_crash(home: Home, servers: Servers, raw: str) -> None:
    servers.raw = raw
    assert not (await checked(home, servers.base, TOKENS))["telegram"].ok


async def test_a_server_that_is_not_there_is_told(home: Home) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    gone = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()
    for check in (await checked(home, gone, TOKENS)).values():
        assert (check.ok, check.detail) == (False, "no usable answer (ConnectError)")


def test_the_scopes_are_those_that_the_manifest_asks_for() -> None:
    manifest = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_the_guides_name_every_token_and_the_usual_mistakes() -> None:
    guides = {spec.name: spec.guide for spec in specs()}
    named = set(re.findall(r"\b[A-Z]+_(?:[A-Z]+_)?TOKEN\b", " ".join(guides.values())))
    assert named == {name for name in token_names() if name.endswith("_TOKEN")}
    for platform, mistakes in {
        "telegram": ("/setprivacy", "press Start", "Business Mode"),
        "discord": ("Message Content Intent", "Server Members Intent", "User Install"),
        "slack": ("connections:write", "slack-manifest.yaml", "Reinstall"),
    }.items():
        assert all(one in guides[platform] for one in (*mistakes, f"understudy pair {platform}"))
