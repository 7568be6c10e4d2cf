"""The owner and their twin in the DMs of all three platforms: words to nobody, and slow answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bots.api.twin import Twin
from bots.assembly import running
from bots.platforms.registry import adapters
from bots.settings import GatewaySettings
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel
from tests.journeys.conftest import World
from tests.waiting import SlowChat
from tests.wire import discord_world, slack_server, telegram_server
from tests.wire.fronts import TOKENS, Front, Fronts

LATE = "say it again"


@asynccontextmanager
async def at_home(world: World, fronts: Fronts, model: ChatModel | None = None) -> AsyncIterator[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    async with running(
        world.home,
        settings,
        resident=True,
        model=model or ScriptedChat("nothing yet"),
        embedder=HashedEmbedder(),
        platforms=adapters(settings.platforms, TOKENS, world.clock),
        clock=world.clock,
    ) as twin:
        for one in fronts.all:
            await one.online()
        yield twin


async def write_while_off(world: World, fronts: Fronts, text: str) -> None:
    """The owner writes to the twin on each platform, and nobody is there."""
    told = fronts.telegram.server.message(text, sender=telegram_server.OWNER)
    told["date"] = int(world.clock.now().timestamp())
    await fronts.telegram.server.push({"message": told})
    slack, line = fronts.slack.server, slack_server.DMS[slack_server.OWNER]
    slack.history[line].append(slack.message(text, user=slack_server.OWNER, channel=line))
    discord, dm = fronts.discord.server, fronts.discord.server.dms[discord_world.OWNER]
    discord.messages[dm].append(discord_world.message(dm, discord_world.OWNER, text, id=fronts.discord.key()))


def reads(front: Front, *words: str) -> bool:
    return all(one in front.read().lower() for one in words)


async def test_what_was_written_while_off_is_read_back_and_not_done_late(
    world: World, fronts: Fronts
) -> None:
    async with at_home(world, fronts) as twin:
        for one in fronts.all:
            await one.pair((await twin.pair(one.name)).code)
    world.clock.pass_by(hours=1)
    await write_while_off(world, fronts, "away")
    world.clock.pass_by(hours=1)
    await write_while_off(world, fronts, "pause")
    world.clock.pass_by(minutes=30)
    async with at_home(world, fronts) as twin:
        for one in fronts.all:
            await one.until(partial(reads, one, LATE, "paused"))
        status = await twin.status()
        assert (status.away, status.paused) == (False, True)
    await write_while_off(world, fronts, "resume")  # just now
    async with at_home(world, fronts) as twin:
        for one in fronts.all:
            await one.until(partial(reads, one, "sending again"))
            assert one.read().count(LATE) == 1  # nothing was read back twice
        assert not (await twin.status()).paused


async def test_slack_is_told_of_a_question_long_before_a_slow_model_has_answered_it(
    world: World, fronts: Fronts
) -> None:
    model, slack = SlowChat(), fronts.slack
    async with at_home(world, fronts, model) as twin:
        await slack.pair((await twin.pair("slack")).code)
        line = slack_server.DMS[slack_server.OWNER]
        await slack.server.say("what did I promise?", user=slack_server.OWNER, channel=line)  # acknowledged
        answer = await model.next()
        await slack.server.acked(await slack.server.command("what did I promise Sam?"))
        assert "a cake" not in slack.read()
        answer.set_result("a cake")
        await slack.until(lambda: "a cake" in slack.read())
        other = await model.next()
        other.set_result("a rope")
        await slack.until(lambda: "a rope" in str(slack.server.ephemerals))
