"""The whole application on Telegram, Slack and Discord at once: real client libraries, real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bots.adapters import adapters
from bots.assembly import running
from bots.settings import Gateway
from bots.twin import Twin
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from tests.journeys.conftest import World, becomes
from tests.wire.fronts import TOKENS, Front, Fronts, three_fronts
from tests.wire.telegram_server import NOW, OWNER, SAM

QUESTION = "free for dinner on friday?"
REPLY = "after climbing, half seven?"
EDITED = "No, Saturday & 1 < 2: at 8, ok?"
ON_SLACK = EDITED.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
PLATFORMS = ("telegram", "slack", "discord")
LINK = {
    "id": "c1",
    "user": OWNER,
    "user_chat_id": 1,
    "date": NOW,
    "is_enabled": True,
    "rights": {"can_reply": True},
}


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    async with three_fronts(world.clock) as running_fronts:
        yield running_fronts


@asynccontextmanager
async def at_home(world: World, fronts: Fronts) -> AsyncIterator[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": Gateway(burst_s=0)}))
    platforms = adapters(settings, TOKENS, world.clock)
    assert {one.name for one in platforms} == set(PLATFORMS)
    async with running(
        world.home,
        settings,
        resident=True,
        model=ScriptedChat(REPLY),
        embedder=HashedEmbedder(),
        platforms=platforms,
        clock=world.clock,
        sleep=asyncio.sleep,
    ) as twin:
        for one in fronts.all:
            await one.online()
        yield twin


async def paired(twin: Twin, fronts: Fronts) -> None:
    for one in fronts.all:
        await one.pair((await twin.pair(one.name)).code)


async def asked(front: Front) -> Any:
    """A friend asks; the card that comes of it."""
    await front.ask(QUESTION)
    await front.until(lambda: front.cards())
    (card,) = front.cards()
    assert QUESTION in front.shown(card)
    assert REPLY in front.shown(card)
    return card


async def approved_as_edited(front: Front, card: Any) -> None:
    await front.press(card, "approve")
    await front.until(lambda: front.replies())
    assert front.replies() == [front.reply(exactly(front, EDITED))]
    await front.until(lambda: not front.is_open(card))


def exactly(front: Front, text: str) -> str:
    """The text as the platform shows or, where it is sent in its own dialect, writes it."""
    return ON_SLACK if front.name == "slack" else text


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_friends_message_is_a_card_and_edit_then_approve_sends_exactly_that_there(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        card = await asked(front)
        await front.edit(card, EDITED)
        await front.until(lambda: "Saturday" in front.shown(card))
        assert front.replies() == []
        await approved_as_edited(front, card)
        for other in fronts.all:
            if other is not front:
                assert other.replies() == []
                assert QUESTION not in other.read()
                assert other.cards() == []
        await becomes(twin, "1", "sent")
        (receipt,) = await twin.receipts(10)
        assert receipt.leave == f"owner via {name}"


@pytest.mark.parametrize("name", PLATFORMS)
async def test_the_click_works_in_a_process_that_never_drew_the_card(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        card = await asked(front)
    async with at_home(world, fronts):
        await front.edit(card, EDITED)
        await front.until(lambda: "Saturday" in front.shown(card))
    async with at_home(world, fronts):
        assert len(front.cards()) == 1
        await approved_as_edited(front, card)


async def test_reject_sends_nothing_anywhere(world: World, fronts: Fronts) -> None:
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        for front in fronts.all:
            card = await asked(front)
            await front.press(card, "reject")
            await front.until(lambda front=front, card=card: not front.is_open(card))  # type: ignore[misc]
        assert await twin.inbox() == ()
        assert [one.replies() for one in fronts.all] == [[], [], []]


async def test_a_business_message_is_answered_with_its_connection_also_after_a_restart(
    world: World, fronts: Fronts
) -> None:
    front, server = fronts.telegram, fronts.telegram.server
    server.connections["c1"] = LINK
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await server.push({"business_connection": LINK})
        said = server.message(QUESTION, sender=SAM, business_connection_id="c1")
        await server.push({"business_message": said})
        await front.until(lambda: front.cards())
    async with at_home(world, fronts):
        (card,) = front.cards()
        await front.press(card, "approve")
        await front.until(lambda: front.replies())
        (sent,) = front.replies()
        assert (sent.where, sent.sender, sent.text) == ("2/None", "c1", REPLY)
