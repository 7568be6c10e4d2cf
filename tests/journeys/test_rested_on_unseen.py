"""What a draft rests on, beside what it answers, and was edited or taken back while the twin was off: what
was recalled of other conversations, and the earlier talk that stood in the prompt. The draft does not go."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.api.views import DraftView
from bots.settings import GatewaySettings
from tests.journeys.conftest import World, becomes, waiting
from tests.journeys.three_platforms import connected, paired
from tests.waiting import until
from tests.wire import discord_world, slack_server
from tests.wire.fronts import Front, Fronts

CODE = "the gate code of the cabin is 4711"
QUESTION = "what was the gate code of the cabin again?"
REPLY = "the gate code is 4711"
NOW_SAYS = "never mind"
ELSEWHERE = [("channel", "direct"), ("channel", "thread")]
EARLIER = [("channel", "channel"), ("thread", "thread")]


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep)


async def say(fronts: Fronts, name: str, where: str, text: str, *, owner: bool = False) -> None:
    if name == "slack":
        channel = slack_server.DMS[slack_server.SAM] if where == "direct" else slack_server.GENERAL
        thread = {"thread_ts": "1773316700.000001"} if where == "thread" else {}
        user = slack_server.OWNER if owner else slack_server.SAM
        await fronts.slack.server.say(text, channel=channel, user=user, **thread)
        return
    front = fronts.discord
    who = discord_world.OWNER if owner else discord_world.SAM
    channels = {
        "direct": front.server.dms[discord_world.SAM],
        "thread": discord_world.THREAD,
        "channel": discord_world.GENERAL,
    }
    twin = discord_world.user(discord_world.TWIN)
    mentions = {"mentions": [twin] if str(discord_world.TWIN) in text else []}
    said = discord_world.said(channels[where], who, text, id=front.key(), **mentions)
    if where == "direct":
        said = {key: said[key] for key in said if key not in ("guild_id", "member")}
    await front.server.say(said)


async def ask(fronts: Fronts, name: str, where: str) -> None:
    twin = slack_server.BOT if name == "slack" else discord_world.TWIN
    await say(fronts, name, where, f"<@{twin}> {QUESTION}")


async def rested_on(world: World, fronts: Fronts, twin: Twin, name: str, said: tuple[str, str]) -> DraftView:
    """A draft that waits, and knows the code from what Sam said earlier there or elsewhere."""
    before, now = said
    await say(fronts, name, before, CODE)
    if before == "channel":
        await becomes_known(twin, name)  # channels and threads are heard side by side
    world.clock.pass_by(minutes=30)
    if said in EARLIER:
        await say(fronts, name, now, "ok, noted", owner=True)
    world.clock.pass_by(minutes=30)
    await ask(fronts, name, now)
    (draft,) = await waiting(twin, twin.changes())
    assert CODE not in [one.text for one in draft.heard]
    return draft


async def becomes_known(twin: Twin, name: str) -> None:
    slack = f"slack:{slack_server.TEAM}/{slack_server.GENERAL}"
    channel = slack if name == "slack" else f"discord:{discord_world.GENERAL}"

    async def known() -> bool:
        there = channel in {one.id for one in await twin.conversations()}
        return there and CODE in str(await twin.recall(CODE, channel))

    await until(twin.changes(), known)


def change(fronts: Fronts, name: str, how: str, world: World) -> None:
    """On the platform, while nobody listens."""
    server: Any = fronts.slack.server if name == "slack" else fronts.discord.server
    kept = server.history if name == "slack" else server.messages
    text = "text" if name == "slack" else "content"
    ((messages, number),) = (
        (messages, number)
        for messages in kept.values()
        for number, one in enumerate(messages)
        if one.get(text) == CODE
    )
    now = world.clock.now()
    if how == "deleted":
        messages.pop(number)
    elif name == "slack":
        edited = {"user": slack_server.SAM, "ts": f"{now.timestamp():f}"}
        messages[number] = {**messages[number], "text": NOW_SAYS, "edited": edited}
    else:
        messages[number] = {**messages[number], "content": NOW_SAYS, "edited_timestamp": now.isoformat()}


def readings(fronts: Fronts, name: str) -> int:
    """How often messages were asked for."""
    if name == "slack":
        asked = fronts.slack.server.asked
        return sum(asked.count(f"conversations.{one}") for one in ("history", "replies"))
    asked = fronts.discord.server.requests
    return sum(asked.count(f"GET /channels/*/messages{one}") for one in ("", "/*"))


@pytest.mark.parametrize("said", [*ELSEWHERE, *EARLIER], ids="-".join)
@pytest.mark.parametrize("how", ["deleted", "edited"])
@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_what_was_approved_with_other_words_in_mind_is_not_sent(
    world: World, fronts: Fronts, name: str, how: str, said: tuple[str, str]
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        draft = await rested_on(world, fronts, twin, name, said)
        await twin.pause()
        await twin.approve(draft.id, draft.revision)
    world.clock.pass_by(minutes=5)
    change(fronts, name, how, world)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        withdrawn = await becomes(twin, draft.id, "superseded")
        assert withdrawn.why == f"superseded: record-{'gone' if how == 'deleted' else 'changed'}"
        (again,) = await waiting(twin, twin.changes())
        assert CODE not in [one.text for one in again.records]
    assert front.replies() == []


@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_what_still_waits_is_written_anew_before_it_is_approved(
    world: World, fronts: Fronts, name: str
) -> None:
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        draft = await rested_on(world, fronts, twin, name, ("channel", "thread"))
    change(fronts, name, "deleted", world)
    async with at_home(world, fronts) as twin:
        await becomes(twin, draft.id, "superseded")


@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_what_is_asked_after_the_start_is_not_answered_with_what_was_gone_before_it(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await say(fronts, name, "channel", CODE)
        await becomes_known(twin, name)
    change(fronts, name, "deleted", world)
    world.clock.pass_by(hours=1)
    async with at_home(world, fronts) as twin:
        await ask(fronts, name, "thread")
        (draft,) = await waiting(twin, twin.changes())
        await twin.approve(draft.id, draft.revision)
        await becomes(twin, draft.id, "superseded")
    assert front.replies() == []


async def test_what_was_said_on_another_platform_is_read_there(world: World, fronts: Fronts) -> None:
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await twin.link(f"slack:{slack_server.TEAM}/{slack_server.SAM}", "sam", "Sam")
        await twin.link(f"discord:{discord_world.SAM}", "sam")
        await say(fronts, "slack", "channel", CODE)
        world.clock.pass_by(hours=1)
        await ask(fronts, "discord", "direct")
        (draft,) = await waiting(twin, twin.changes())
        assert CODE in [one.text for one in draft.records]
        await twin.pause()
        await twin.approve(draft.id, draft.revision)
    change(fronts, "slack", "deleted", world)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        await becomes(twin, draft.id, "superseded")
    assert fronts.discord.replies() == []


@pytest.mark.parametrize("said", [*ELSEWHERE, *EARLIER], ids="-".join)
@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_what_nothing_became_of_is_sent_after_few_readings(
    world: World, fronts: Fronts, name: str, said: tuple[str, str]
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        for number in range(3):
            await say(fronts, name, "channel", f"the cabin has {number} beds")
            world.clock.pass_by(minutes=1)
        draft = await rested_on(world, fronts, twin, name, said)
        await twin.pause()
        await twin.approve(draft.id, draft.revision)
    world.clock.pass_by(minutes=5)
    before = readings(fronts, name)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        await becomes(twin, draft.id, "sent")
        read = readings(fronts, name) - before
    assert [one.text for one in front.replies()] == [REPLY]
    assert read <= 14  # with a look at where it is, and at where nothing was ever said
