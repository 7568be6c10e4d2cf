"""What a stranger types as a command is refused and not heard, on every platform; what they say is heard."""

import asyncio
from contextlib import closing
from typing import Any

import pytest

from memory.storage.sqlite.connection import connect
from tests.journeys.conftest import World
from tests.journeys.three_platforms import connected, paired
from tests.waiting import PATIENCE_S
from tests.wire import discord_world, slack_server, telegram_server
from tests.wire.fronts import Fronts, three_fronts

SECRET = "the door code is 4711"
WORDS = ("remember", "draft", "understudy", "whatever")
HELLO = "hello there"


async def commanded(fronts: Fronts, name: str, word: str) -> None:
    """A stranger types it natively, and in their DM as a text."""
    slack, discord = fronts.slack.server, fronts.discord.server
    match name:
        case "telegram":
            if word != "whatever":  # in a group that is for another bot
                await said(fronts, name, f"/{word} {SECRET}", chat=telegram_server.GROUP)
            await said(fronts, name, f"/{word}@twin_bot {SECRET}", chat=telegram_server.GROUP)
            await said(fronts, name, f"/{word}@twin_bot {SECRET}")
        case "slack":
            before = len(slack.ephemerals)
            await slack.acked(await slack.command(f"{word} {SECRET}", user=slack_server.SAM))
            await slack.until(lambda: len(slack.ephemerals) > before)
            assert "owner" in slack.ephemerals[-1]["text"]
        case "discord" if word == "remember":
            options = [{"name": "what", "type": 3, "value": SECRET}]
            data = {"id": "1", "name": word, "type": 1, "options": options}
            dm = discord.dms[discord_world.SAM]
            refused = await discord.act(discord_world.interaction(2, discord_world.SAM, dm, data))
            await discord.until(lambda: refused.words)
            assert "owner" in refused.words[0]
    await said(fronts, name, f"/{word} {SECRET}")


async def said(fronts: Fronts, name: str, text: str, **more: Any) -> None:
    """A stranger says something, in their DM where nothing else is said."""
    telegram, slack, discord = fronts.telegram.server, fronts.slack.server, fronts.discord.server
    match name:
        case "telegram":
            made = telegram.message(text, **more)
            made["date"] = int(fronts.telegram.clock.now().timestamp())
            await telegram.push({"message": made})
        case "slack":
            dm = slack_server.DMS[slack_server.SAM]
            await slack.acked(await slack.event(slack.message(text, channel=dm)))
        case _:
            dm_id = discord.dms[discord_world.SAM]
            await discord.say(discord_world.message(dm_id, discord_world.SAM, text))


@pytest.mark.parametrize("name", ["telegram", "slack", "discord"])
async def test_a_strangers_command_is_not_heard_and_their_words_are(world: World, name: str) -> None:
    async with three_fronts(world.clock) as fronts:
        settings = fronts.settings(world.settings)
        async with connected(world, fronts, settings, reply="hi?", sleep=world.sleeper) as twin:
            await paired(twin, fronts)
            for word in WORDS:
                await commanded(fronts, name, word)
            await said(fronts, name, HELLO)
            async with asyncio.timeout(PATIENCE_S):
                while HELLO not in kept(world):
                    await asyncio.to_thread(int)  # a turn for the loop, and for the database's threads
    assert SECRET not in kept(world)


def kept(world: World) -> str:
    """All that is in the database."""
    with closing(connect(world.home.path / "twin.db")) as connection:
        return "\n".join(connection.iterdump())
