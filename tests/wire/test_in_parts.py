"""What the owner is told in several messages, on each platform: never a second time what has arrived."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bots.platforms.port import Health, OwnerDm
from bots.platforms.registry import adapters
from bots.settings import OwnerSettings, Settings
from core.errors import TryAgain, UnderstudyError
from core.types import PersonId
from tests.fakes import FixedClock
from tests.waiting import PATIENCE_S
from tests.wire import discord_server, slack_server, telegram_server
from tests.wire.fake_inbound import FakeInbound
from tests.wire.fronts import TOKENS, Front, Fronts, three_fronts

PLATFORMS = ("telegram", "slack", "discord")
ACCOUNTS = {"telegram": "telegram:1", "slack": "slack:T0TEAM/U0ALEX", "discord": "discord:201"}
LONG, PICTURE = "word " * 1500, b"\x89PNG"
DISCORD = "POST /channels/*/messages"
LATER_S = 600
NOT_YET = telegram_server.Fault(429, "Too Many Requests", retry_after=LATER_S)
TOO_FAST = slack_server.Fault("ratelimited", 429, retry_after=LATER_S)


@pytest.fixture
async def fronts() -> AsyncIterator[Fronts]:
    async with three_fronts(FixedClock()) as running:
        yield running


@asynccontextmanager
async def line(fronts: Fronts, name: str) -> AsyncIterator[OwnerDm]:
    """One platform, connected."""
    found = adapters(
        fronts.settings(Settings(owner=OwnerSettings(name="Alex"))).platforms, TOKENS, FixedClock()
    )
    platform = next(one for one in found if one.name == name)
    assert isinstance(platform, OwnerDm)
    runs = asyncio.create_task(platform.run(FakeInbound(*ACCOUNTS.values())))
    front: Any = getattr(fronts, name)
    try:
        await front.online()
        async with asyncio.timeout(PATIENCE_S):
            while platform.health[0] is not Health.CONNECTED:
                await asyncio.sleep(0)
        yield platform
    finally:
        runs.cancel()
        await asyncio.wait([runs])


def sends(fronts: Fronts) -> list[str]:
    """What was asked for that would show something to the owner."""
    shown = ("sendPhoto", "sendMessage", "chat.postMessage", DISCORD)
    asked = (
        *fronts.telegram.server.asked,
        *fronts.slack.server.asked,
        *fronts.discord.server.requests,
    )
    return [one for one in asked if one in shown]


def the_second_is_refused_for_now(fronts: Fronts) -> None:
    """Nothing of it is done, for certain."""
    fronts.telegram.server.fail(
        "sendMessage", telegram_server.Fault(429, "Too Many Requests", retry_after=LATER_S)
    )
    fronts.slack.server.hurry.set()
    well, too_fast = (
        slack_server.Fault(how="slow"),
        slack_server.Fault("ratelimited", 429, retry_after=LATER_S),
    )
    fronts.slack.server.fail("chat.postMessage", well, too_fast)
    fronts.discord.server.faults[DISCORD] += [None, discord_server.Fault(429, LATER_S)]


def the_first_is_refused_for_now(fronts: Fronts) -> None:
    fronts.telegram.server.fail(
        "sendPhoto", telegram_server.Fault(429, "Too Many Requests", retry_after=LATER_S)
    )
    fronts.slack.server.fail("chat.postMessage", TOO_FAST)
    fronts.discord.server.faults[DISCORD].append(discord_server.Fault(429, LATER_S))


def the_first_goes_unanswered(fronts: Fronts) -> None:
    """It may have been done."""
    fronts.telegram.server.fail("sendPhoto", telegram_server.Fault(how="cut"))
    fronts.slack.server.fail("chat.postMessage", slack_server.Fault(how="done then cut"))
    fronts.discord.server.faults[DISCORD].append(discord_server.Fault(how="done and cut"))


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize(
    ("goes", "again", "times"),
    [
        (the_first_is_refused_for_now, True, 1),
        (the_first_goes_unanswered, False, 1),
        (the_second_is_refused_for_now, False, 2),
    ],
)
async def test_only_what_has_not_arrived_for_certain_may_be_told_again(
    fronts: Fronts, name: str, goes: Callable[[Fronts], None], again: bool, times: int
) -> None:
    async with line(fronts, name) as platform:
        goes(fronts)
        telling = platform.tell(PersonId(ACCOUNTS[name]), LONG, PICTURE)
        [failure] = await asyncio.gather(telling, return_exceptions=True)
        assert isinstance(failure, Exception)
        assert isinstance(failure, TryAgain) is again
        assert isinstance(failure, UnderstudyError) is again
        assert len(sends(fronts)) == times


def the_second_is_refused_for_a_moment(fronts: Fronts) -> None:
    moment = telegram_server.Fault(429, "Too Many Requests", retry_after=0)
    fronts.telegram.server.fail("sendMessage", moment)
    fronts.slack.server.hurry.set()
    brief = slack_server.Fault("ratelimited", 429, retry_after=0)
    fronts.slack.server.fail("chat.postMessage", slack_server.Fault(how="slow"), brief)
    fronts.discord.server.faults[DISCORD] += [None, discord_server.Fault(429, 0.01)]


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_short_pause_between_two_parts_is_waited_out(fronts: Fronts, name: str) -> None:
    front: Front = getattr(fronts, name)
    async with line(fronts, name) as platform:
        the_second_is_refused_for_a_moment(fronts)
        await platform.tell(PersonId(ACCOUNTS[name]), LONG, PICTURE)
    assert front.read().count("word ") + front.read().count("word\n") >= 1490
    assert front.pictures() == [PICTURE]


async def test_what_discord_says_it_could_not_do_is_sent_again_but_not_shown_twice(fronts: Fronts) -> None:
    server = fronts.discord.server
    async with line(fronts, "discord") as platform:
        server.faults[DISCORD].append(discord_server.Fault(502, how="done and answer"))
        await platform.tell(PersonId(ACCOUNTS["discord"]), "good morning", PICTURE)
        assert sends(fronts) == [DISCORD] * 2
        (shown,) = server.messages[501]
        assert shown["content"] == "good morning"
