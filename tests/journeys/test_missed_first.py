"""What was said while the twin was off is heard before anything that was authorized goes out there."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from bots.api.twin import Twin
from bots.settings import GatewaySettings
from core.types import SmallTalk
from tests.journeys.conftest import World, waiting
from tests.journeys.three_platforms import connected, paired
from tests.waiting import until
from tests.wire import discord_world, slack_server
from tests.wire.fronts import Front, Fronts
from tests.wire.slack_server import Fault

MISSED = "i keep your 500 euros, say something nice if that is ok"
REPLIES = {SmallTalk.GREETING: ("hey hey",), SmallTalk.THANKS: ("any time",)}


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply="let me see", sleep=asyncio.sleep)


async def say(world: World, fronts: Fronts, name: str, text: str, *, live: bool) -> None:
    """Sam's, in the direct chat; or there, while nobody listens."""
    if name == "slack":
        slack, dm = fronts.slack.server, slack_server.DMS[slack_server.SAM]
        ts = f"{world.clock.now().timestamp():.6f}"
        if live:
            await slack.say(text, channel=dm, ts=ts)
        else:
            slack.history[dm].append(slack.message(text, channel=dm, ts=ts))
        return
    discord, channel = fronts.discord.server, fronts.discord.server.dms[discord_world.SAM]
    said = discord_world.said(channel, discord_world.SAM, text, id=fronts.discord.key())
    said = {key: said[key] for key in said if key not in ("guild_id", "member")}
    if live:
        await discord.say(said)
    else:
        discord.messages[channel].append(said)


async def known(world: World, fronts: Fronts, name: str, twin: Twin) -> None:
    """Sam is linked and delegated to, and was greeted once; a while ago."""
    await paired(twin, fronts)
    account = f"{slack_server.TEAM}/{slack_server.SAM}" if name == "slack" else str(discord_world.SAM)
    await twin.link(f"{name}:{account}", "sam")
    await twin.delegate("sam", REPLIES, until="72h")
    front: Front = getattr(fronts, name)
    await say(world, fronts, name, "hello", live=True)
    await front.until(lambda: len(front.replies()) == 1)
    world.clock.pass_by(minutes=30)


@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_small_talk_right_after_a_start_is_judged_with_what_was_missed(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await known(world, fronts, name, twin)
    await say(world, fronts, name, MISSED, live=False)
    world.clock.pass_by(minutes=5)
    if name == "slack":
        fronts.slack.server.fail("conversations.history", *[Fault(how="slow")] * 3)
    async with at_home(world, fronts) as twin:
        changes = twin.changes()
        await say(world, fronts, name, "thanks!!", live=True)
        if name == "slack":
            (draft,) = await waiting(twin, changes, 1)
            assert draft.rule == "delegated"
            fronts.slack.server.hurry.set()

        async def asks() -> bool:
            drafts = await twin.inbox()
            heard = [one.text for draft in drafts for one in draft.heard]
            return heard == [MISSED, "thanks!!"] and drafts[0].rule != "delegated"

        await until(changes, asks)
    assert len(front.replies()) == 1
