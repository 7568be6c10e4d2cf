"""The whole application on Telegram, Slack and Discord at once: real client libraries, real sockets."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from bots.api.twin import Twin
from bots.settings import GatewaySettings
from tests.journeys.asking import (
    PLATFORMS,
    QUESTION,
    REPLY,
    approved_as_edited,
    approved_in_the_business_chat,
    asked,
    asked_in_a_business_chat,
    edited,
    rejected,
)
from tests.journeys.conftest import World, becomes
from tests.journeys.three_platforms import connected, paired
from tests.wire.fronts import Front, Fronts


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep)


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_friends_message_is_a_card_and_edit_then_approve_sends_exactly_that_there(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        card = await asked(front)
        await edited(front, card)
        await approved_as_edited(front, card)
        for other in fronts.all:
            if other is not front:
                assert other.replies() == []
                assert QUESTION not in other.read()
                assert other.cards() == []
        await becomes(twin, "1", "sent")
        (receipt,) = await twin.receipts(10)
        assert receipt.authorized_by == f"owner via {name}"


@pytest.mark.parametrize("name", PLATFORMS)
async def test_the_click_works_in_a_process_that_never_drew_the_card(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        card = await asked(front)
    async with at_home(world, fronts):
        await edited(front, card)
    async with at_home(world, fronts):
        assert len(front.cards()) == 1
        await approved_as_edited(front, card)


async def test_reject_sends_nothing_anywhere(world: World, fronts: Fronts) -> None:
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        for front in fronts.all:
            await rejected(front, await asked(front))
        assert await twin.inbox() == ()
        assert [one.replies() for one in fronts.all] == [[], [], []]


async def test_a_business_message_is_answered_with_its_connection_also_after_a_restart(
    world: World, fronts: Fronts
) -> None:
    front = fronts.telegram
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        card = await asked_in_a_business_chat(front)
    async with at_home(world, fronts):
        await approved_in_the_business_chat(front, card)
