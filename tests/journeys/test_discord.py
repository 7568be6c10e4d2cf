"""From a friend's message on Discord to the reply there: the whole application, discord.py, real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.assembly import running
from bots.platforms.discord.adapter import DiscordPlatform
from bots.platforms.discord.parse import snowflake
from bots.platforms.port import CardAction
from bots.settings import GatewaySettings
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from tests.journeys.conftest import World, becomes
from tests.wire import discord_world
from tests.wire.discord_server import DiscordServer, discord_server
from tests.wire.discord_world import GENERAL, OWNER, SAM, TWIN

REPLY = "after climbing, half seven?"
NUMBERS = count(1)
DM = 501


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as running_server:
        yield running_server


@asynccontextmanager
async def at_home(world: World, server: DiscordServer) -> AsyncIterator[Twin]:
    platform = DiscordPlatform(discord_world.TOKEN, api_base=server.base, gateway_url=server.gateway)
    settings = world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)})
    async with running(
        world.home,
        settings,
        resident=True,
        model=ScriptedChat(REPLY),
        embedder=HashedEmbedder(),
        platforms=(platform,),
        clock=world.clock,
        sleep=asyncio.sleep,
    ) as twin:
        await server.until(lambda: server.socket)
        yield twin


def now(world: World) -> str:
    return str(snowflake(world.clock.now()) + next(NUMBERS))


async def paired(world: World, server: DiscordServer, twin: Twin) -> None:
    code = (await twin.pair("discord")).code
    await server.say(discord_world.message(DM, OWNER, code, id=now(world)))
    await server.until(lambda: "yours" in said_to_owner(server))


def said_to_owner(server: DiscordServer) -> str:
    return "\n".join(one["content"] for one in server.messages[DM] if one["author"]["id"] == str(TWIN))


def cards(server: DiscordServer) -> list[dict[str, Any]]:
    return [one for one in server.messages[DM] if one.get("components")]


def button(card: dict[str, Any], action: str) -> str:
    ids = (one["custom_id"] for row in card["components"] for one in row["components"])
    return next(str(one) for one in ids if one.startswith(f"us:{action}:"))


def click(card: dict[str, Any], action: str) -> dict[str, Any]:
    data = {"component_type": 2, "custom_id": button(card, action), "id": 2}
    return discord_world.interaction(3, OWNER, DM, data, message=card)


def filled(modal: dict[str, Any], text: str) -> dict[str, Any]:
    field = {"type": 4, "id": 3, "custom_id": "us:text", "value": text}
    data = {"custom_id": modal["custom_id"], "components": [{"type": 1, "components": [field]}]}
    return discord_world.interaction(5, OWNER, DM, data, message=discord_world.message(DM, TWIN, "a card"))


async def asked(world: World, server: DiscordServer) -> dict[str, Any]:
    """A friend asks the owner something in a channel; the card that comes of it."""
    mention = {"mentions": [discord_world.user(OWNER)]}
    question = discord_world.said(GENERAL, SAM, "<@201> free for dinner on friday?", id=now(world), **mention)
    await server.say(question)
    await server.until(lambda: cards(server))
    return question


async def test_edit_then_approve_sends_exactly_the_edited_text_in_reply(
    world: World, server: DiscordServer
) -> None:
    async with at_home(world, server) as twin:
        await paired(world, server, twin)
        question = await asked(world, server)
        (card,) = cards(server)
        assert "free for dinner" in card["content"]
        assert REPLY in card["content"]
        opened = await server.act(click(card, CardAction.EDIT))
        await server.until(lambda: opened.callback)
        assert opened.callback is not None
        await server.act(filled(opened.callback["data"], "Yes! At eight?"))
        await server.until(lambda: "Yes! At eight?" in card["content"])
    # The process is another one, the card the same.
    async with at_home(world, server) as twin:
        approved = await server.act(click(card, CardAction.APPROVE))
        await server.until(lambda: len(server.messages[GENERAL]) == 2)
        sent = server.messages[GENERAL][-1]
        assert sent["content"] == "Yes! At eight?"
        assert str(sent["message_reference"]["message_id"]) == question["id"]
        await server.until(lambda: not card["components"])
        assert approved.callback == {"type": 6}
        await becomes(twin, "1", "sent")
        (receipt,) = await twin.receipts(10)
        assert receipt.authorized_by == "owner via discord"


async def test_reject_sends_nothing(world: World, server: DiscordServer) -> None:
    async with at_home(world, server) as twin:
        await paired(world, server, twin)
        await asked(world, server)
        (card,) = cards(server)
        await server.act(click(card, CardAction.REJECT))
        await server.until(lambda: not card["components"])
        assert await twin.inbox() == ()
    assert len(server.messages[GENERAL]) == 1


async def test_draft_my_reply_drafts_for_what_nobody_addressed(world: World, server: DiscordServer) -> None:
    async with at_home(world, server) as twin:
        await paired(world, server, twin)
        asked = discord_world.said(GENERAL, SAM, "who brings the rope on friday?", id=now(world))
        await server.say(asked)
        data = {"id": "2", "name": "Draft my reply", "type": 3, "target_id": asked["id"]}
        data["resolved"] = {"messages": {asked["id"]: {**asked, "guild_id": None}}}
        member = {**discord_world.member(OWNER), "user": discord_world.user(OWNER), "permissions": "0"}
        place = {"guild_id": str(discord_world.GUILD), "member": member, "context": 0}
        answer = await server.act(discord_world.interaction(2, OWNER, GENERAL, data, **place))
        await server.until(lambda: answer.words and cards(server))
        assert "draft" in answer.words[0].lower()
        (waits,) = await twin.inbox()
        assert waits.conversation == f"discord:{GENERAL}"
