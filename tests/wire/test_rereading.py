"""What became of messages is asked for in few calls, and nothing counts as gone that only was not shown."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.discord.adapter import DiscordPlatform
from bots.platforms.rereading import reread_in_pages
from bots.platforms.slack.adapter import SlackPlatform
from core.errors import OwnerMustFix, Refused
from core.types import ConversationId, MessageId, PersonId
from tests.wire import discord_world as world
from tests.wire import slack_server
from tests.wire.discord_server import DiscordServer, discord_server
from tests.wire.fake_inbound import FakeInbound
from tests.wire.slack_server import SlackServer

MANY = 30
ALEX = PersonId("slack:T0TEAM/U0ALEX")


class Stand(Protocol):
    """One platform that holds `MANY` messages of Sam's in a channel or a thread, their keys in order."""

    keys: list[str]
    inbound: FakeInbound

    async def reread(self, keys: Collection[str]) -> int: ...
    def delete(self, key: str) -> None: ...
    def edit(self, key: str) -> None: ...
    def fail(self) -> None: ...


class Slack:
    def __init__(
        self, server: SlackServer, platform: SlackPlatform, inbound: FakeInbound, thread: str
    ) -> None:
        self.server, self.platform, self.inbound = server, platform, inbound
        self.where = f"slack:{slack_server.TEAM}/{slack_server.GENERAL}{thread and '/' + thread}"
        self.kept = server.history[slack_server.GENERAL]
        root = [server.message("root", ts=thread)] if thread else []
        more = {"thread_ts": thread} if thread else {}
        self.kept += [*root, *(server.message(f"word {number}", **more) for number in range(MANY))]
        self.keys = [one["ts"] for one in self.kept[len(root) :]]

    async def reread(self, keys: Collection[str]) -> int:
        before = len(self.server.asked)
        await self.platform.reread(
            ConversationId(self.where), [MessageId(f"{self.where}/{one}") for one in keys]
        )
        return len(self.server.asked) - before

    def delete(self, key: str) -> None:
        self.kept[:] = [one for one in self.kept if one["ts"] != key]

    def edit(self, key: str) -> None:
        one = next(one for one in self.kept if one["ts"] == key)
        one |= {"text": "other", "edited": {"user": slack_server.SAM, "ts": key}}

    def fail(self) -> None:
        self.server.scopes -= {"channels:history"}


class Discord:
    def __init__(self, server: DiscordServer, platform: DiscordPlatform, inbound: FakeInbound) -> None:
        self.server, self.platform, self.inbound = server, platform, inbound
        self.where = f"discord:{world.GENERAL}"
        said = [world.message(world.GENERAL, world.SAM, f"word {number}") for number in range(MANY)]
        server.messages[world.GENERAL] += said
        self.keys = [one["id"] for one in said]

    async def reread(self, keys: Collection[str]) -> int:
        before = self.asked()
        await self.platform.reread(
            ConversationId(self.where), [MessageId(f"{self.where}/{one}") for one in keys]
        )
        return self.asked() - before

    def asked(self) -> int:
        return sum(one.startswith("GET /channels/*/messages") for one in self.server.requests)

    def delete(self, key: str) -> None:
        kept = self.server.messages[world.GENERAL]
        kept[:] = [one for one in kept if one["id"] != key]

    def edit(self, key: str) -> None:
        one = next(one for one in self.server.messages[world.GENERAL] if one["id"] == key)
        one |= {"content": "other", "edited_timestamp": "2026-03-12T12:00:00+00:00"}

    def fail(self) -> None:
        self.server.forbidden.add(world.GENERAL)


@pytest.fixture(params=["slack", "slack thread", "discord"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    inbound = FakeInbound(ALEX)
    if request.param == "discord":
        async with discord_server() as discord:
            there = DiscordPlatform(world.TOKEN, api_base=discord.base, gateway_url=discord.gateway)
            run = asyncio.create_task(there.run(inbound))
            await discord.until(lambda: discord.socket)
            mark = await discord.say(world.said(world.GENERAL, world.EVE, "mark"))
            await inbound.until(lambda: any(one.id.endswith(mark["id"]) for one in inbound.messages))
            yield Discord(discord, there, inbound)
            await _ended(run)
        return
    async with SlackServer().serving() as slack:
        platform = SlackPlatform(slack_server.BOT_TOKEN, slack_server.APP_TOKEN, None, api_base=slack.base)
        run = asyncio.create_task(platform.run(inbound))
        await slack.online()
        yield Slack(slack, platform, inbound, "1773316700.000001" if "thread" in request.param else "")
        await _ended(run)


async def _ended(run: "asyncio.Task[Any]") -> None:
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


async def test_many_that_are_as_they_were_take_one_call(stand: Stand) -> None:
    assert await stand.reread(stand.keys) == 1
    assert (stand.inbound.edits, stand.inbound.deletions) == ([], [])


async def test_one_takes_one_call(stand: Stand) -> None:
    assert await stand.reread(stand.keys[7:8]) == 1


@pytest.mark.parametrize("number", [0, 7, MANY - 1])
async def test_one_that_is_gone_takes_one_more(stand: Stand, number: int) -> None:
    stand.delete(stand.keys[number])
    stand.edit(stand.keys[3])
    assert await stand.reread(stand.keys) <= 3
    assert [one.rpartition("/")[2] for one in stand.inbound.deletions] == [stand.keys[number]]
    assert [(one.message.rpartition("/")[2], one.text) for one in stand.inbound.edits] == [
        (stand.keys[3], "other")
    ]


async def test_where_it_cannot_be_read_nothing_is_taken_for_gone(stand: Stand) -> None:
    stand.fail()
    with pytest.raises((Refused, OwnerMustFix)):
        await stand.reread(stand.keys)
    assert stand.inbound.deletions == []


@pytest.mark.parametrize("stand", ["slack"], indirect=True)
async def test_what_slack_hides_for_its_age_is_not_taken_for_gone(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(stand, Slack)
    stand.delete(stand.keys[0])
    page = stand.server._page
    monkeypatch.setattr(stand.server, "_page", lambda *asked: {**page(*asked), "is_limited": True})
    with pytest.raises(Refused, match="as old"):
        await stand.reread(stand.keys)
    assert stand.inbound.deletions == []


async def test_where_the_bot_is_not_the_owners_token_reads() -> None:
    inbound = FakeInbound(ALEX)
    async with SlackServer().serving() as server:
        tokens = (slack_server.BOT_TOKEN, slack_server.APP_TOKEN, slack_server.USER_TOKEN)
        platform = SlackPlatform(*tokens, api_base=server.base)
        run = asyncio.create_task(platform.run(inbound))
        await server.online()
        stand = Slack(server, platform, inbound, "")
        stand.delete(stand.keys[3])
        server.fail("conversations.history", slack_server.Fault("channel_not_found"))
        assert await stand.reread(stand.keys) == 3
        assert [one.rpartition("/")[2] for one in inbound.deletions] == [stand.keys[3]]
        await _ended(run)


@given(
    st.lists(st.integers(0, 300), unique=True),
    st.sets(st.integers(0, 300)),
    st.integers(1, 20),
    st.booleans(),
)
async def test_every_one_is_shown_once_or_asked_for_alone(
    keys: list[int], gone: set[int], size: int, newest_first: bool
) -> None:
    there = sorted(set(range(301)) - gone, reverse=newest_first)
    keys.sort(reverse=newest_first)
    shown: list[int] = []
    calls = 0

    async def page(wanted: Sequence[int]) -> Collection[int]:
        nonlocal calls
        calls += 1
        rest = [one for one in there if (one <= wanted[0] if newest_first else one >= wanted[0])]
        found = [one for one in rest[:size] if one in wanted]
        shown.extend(found)
        return found

    async def one(key: int) -> None:
        nonlocal calls
        calls += 1
        shown.append(key)

    await reread_in_pages(keys, page, one)
    assert sorted(shown) == sorted(keys)
    assert calls <= 2 * len(keys)
