"""Servers that say our token back in all that they answer: it is in no log, no health and no problem."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import httpx
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from telegram.error import BadRequest, Forbidden

from bots.home import Home
from bots.known_tokens import KnownTokens
from bots.logs import logging_to
from bots.platforms.answers import code, fields
from bots.platforms.discord.adapter import DiscordPlatform
from bots.platforms.discord.rest import delivering
from bots.platforms.discord.spec import DiscordSettings
from bots.platforms.port import Platform
from bots.platforms.registry import token_names
from bots.platforms.slack.adapter import SlackPlatform
from bots.platforms.slack.failures import BOT, explained
from bots.platforms.slack.spec import SlackSettings
from bots.platforms.telegram.adapter import TelegramPlatform
from bots.platforms.telegram.client import Attempt, meant
from bots.platforms.telegram.spec import TelegramSettings
from bots.settings import OwnerSettings, Settings
from bots.setup.platform_checks import platform_checks
from core.errors import UnderstudyError
from tests.fakes import FixedClock
from tests.waiting import PATIENCE_S
from tests.wire.fake_inbound import FakeInbound

TOKEN = "1234567890:AAHk_hostile-Server-SAYS-it-BACK_x9"
ALL_TOKENS = dict.fromkeys(token_names(), TOKEN)
SECRET = "never-to-be-read"
LIBRARIES = ("slack_sdk.web", "discord.http", "telegram.ext", "httpx", "aiohttp.client", "asyncio")
STATUSES = (200, 400, 401, 403, 404, 409, 429, 500)


@dataclass
class Hostile:
    """Answers everything alike."""

    status: int = 200
    raw: bool = False
    ok: bool = False
    base: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        said = {
            "ok": self.ok,
            "error_code": self.status,
            "description": TOKEN,
            "error": TOKEN,
            "parameters": {"retry_after": TOKEN},
            "needed": TOKEN,
            "provided": TOKEN,
            "message": TOKEN,
            "code": TOKEN,
            "errors": {TOKEN: {"_errors": [{"message": TOKEN, "code": TOKEN}]}},
            "team_id": TOKEN,
            "user_id": TOKEN,
            "team": TOKEN,
            "user": TOKEN,
            "bot_id": TOKEN,
            "url": f"{self.base}/{TOKEN}",
            "name": TOKEN,
            "id": TOKEN,
            "flags": TOKEN,
            TOKEN: TOKEN,
            "result": {"id": 1, "is_bot": True, "first_name": TOKEN, "username": TOKEN, "url": TOKEN},
        }
        headers = {"Retry-After": TOKEN, "x-oauth-scopes": f"{TOKEN},chat:write", "X-Token": TOKEN}
        if self.raw:
            return web.Response(status=self.status, text=TOKEN, headers=headers, reason=TOKEN)
        return web.json_response(said, status=self.status, headers=headers, reason=TOKEN)


@pytest.fixture
async def hostile() -> AsyncIterator[Hostile]:
    server = Hostile()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


class Enough(Exception):
    """It has been tried again often enough."""


class Rests:
    """In place of asleep; so often, then `Enough`."""

    def __init__(self) -> None:
        self.left = 3

    async def __call__(self, seconds: float) -> None:
        self.left -= 1
        if self.left < 0:
            raise Enough


def platforms(base: str) -> dict[str, Platform]:
    return {
        "telegram": TelegramPlatform(TOKEN, FixedClock(), base, Rests()),
        "slack": SlackPlatform(TOKEN, TOKEN, TOKEN, api_base=base, sleep=Rests()),
        "discord": DiscordPlatform(TOKEN, api_base=base, gateway_url=base, sleep=Rests()),
    }


def safe(text: str) -> bool:
    return not KnownTokens([TOKEN]).appear_in(text)


@pytest.mark.parametrize("name", ["telegram", "slack", "discord"])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("shape", ["ok", "error", "raw"])
async def test_a_hostile_server_gets_no_token_said(
    hostile: Hostile, tmp_path: Path, name: str, status: int, shape: str
) -> None:
    if name == "discord" and status in (429, 500):
        pytest.skip("discord.py sleeps for long before it gives up; only its errors' types are said then")
    hostile.status, hostile.raw, hostile.ok = status, shape == "raw", shape == "ok"
    home = Home(tmp_path)
    platform, said = platforms(hostile.base)[name], []
    with logging_to(home):  # which knows no tokens: nothing is said that it would have to leave out
        try:
            async with asyncio.timeout(PATIENCE_S):
                await platform.run(FakeInbound())
        except UnderstudyError as error:
            said.append(str(error))
        except Exception as error:  # of which the supervisor says the type
            said.append(type(error).__name__)
        said.append(platform.health[1])
        logging.getLogger("bots.test").info("the end")
    assert safe("\n".join((*said, home.log_file.read_text())))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("shape", ["ok", "error", "raw"])
async def test_doctor_says_no_token_back(hostile: Hostile, tmp_path: Path, status: int, shape: str) -> None:
    hostile.status, hostile.raw, hostile.ok = status, shape == "raw", shape == "ok"
    home = Home(tmp_path / "home")
    home.create()
    settings = Settings(
        owner=OwnerSettings(name="Alex"),
        platforms={
            "telegram": TelegramSettings(api_base=hostile.base),
            "discord": DiscordSettings(api_base=hostile.base),
            "slack": SlackSettings(api_base=hostile.base),
        },
    )
    checks = await platform_checks(home, settings, ALL_TOKENS)
    assert len(checks) == 3
    assert safe(repr(checks))


def errors_with_our_token() -> list[str]:
    """What we make of the libraries' errors."""
    said: list[str] = []
    data: dict[str, Any] = {"ok": False, "error": TOKEN, "needed": TOKEN}
    bad, void = data, data | {"error": "missing_scope"}
    for given, status in (*((bad, status) for status in STATUSES), (void, 200)):
        answer = SimpleNamespace(data=given, status_code=status, headers={"Retry-After": TOKEN})
        said.append(str(explained(SlackApiError(TOKEN, answer), BOT)))  # type: ignore[no-untyped-call]
    words = f"Bad Request: {TOKEN} {TOKEN.upper()}"
    said += [str(meant(kind(words), Attempt(True, 400))) for kind in (BadRequest, Forbidden)]
    for status in STATUSES[1:6]:
        response: Any = SimpleNamespace(status=status, reason=TOKEN, headers={"Retry-After": TOKEN})
        try:
            with delivering():
                raise discord.HTTPException(response, {"code": TOKEN, "message": TOKEN})
        except UnderstudyError as error:
            said.append(str(error))
    return said


def test_no_error_of_a_library_is_told_in_its_own_words() -> None:
    said = errors_with_our_token()
    assert len(said) == len(STATUSES) + 3 + 5
    assert safe("\n".join(said))


def test_what_libraries_log_is_left_out_and_no_line_holds_a_token(tmp_path: Path) -> None:
    home, tokens = Home(tmp_path), KnownTokens()
    with logging_to(home, tokens):
        tokens.learn([TOKEN])
        for library in LIBRARIES:
            log = logging.getLogger(library)
            log.setLevel(logging.WARNING)
            log.warning("POST https://x.example/bot%s/getMe", SECRET)
            log.error(f"the server said: {SECRET}")
            log.error("Unclosed client session", extra={"why": SECRET})
            try:
                raise httpx.ConnectError(SECRET)
            except httpx.ConnectError:
                log.exception("it failed with %s", SECRET, stack_info=True)
        logging.getLogger("bots.x").warning("told of %s", TOKEN[4:20])
        logging.getLogger("bots.x").warning("told of nothing")
    logged = home.log_file.read_text()
    assert SECRET not in logged
    assert safe(logged)
    for line in (
        "Unclosed client session",
        "it failed with %s",
        "ConnectError",
        "told of nothing",
        "left out",
    ):
        assert line in logged


def test_only_what_can_be_a_name_is_taken_for_one() -> None:
    assert fields({TOKEN: 1, "type": 2, 5: 3, "event_id": 4}) == ["event_id", "type"]
    assert fields(TOKEN) == []
    assert code("not_authed") == "not_authed"
    for value in (TOKEN, "Bad!", "", None, 5, "a" * 99):
        assert code(value) == ""
