"""Killed between card and click, on all three platforms."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.asking import (
    approved_as_edited,
    approved_in_the_business_chat,
    asked,
    asked_in_a_business_chat,
    edited,
    rejected,
)
from tests.journeys.conftest import World
from tests.journeys.processes import installed, paired, process
from tests.wire.fronts import Fronts


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    async with installed(world) as fronts:
        yield fronts


async def test_edit_then_approve_sends_exactly_that_on_each(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        cards = [(one, await asked(one)) for one in fronts.all]
    async with process(world, fronts):
        for one, card in cards:
            await edited(one, card)
    async with process(world, fronts):
        for one, card in cards:
            await approved_as_edited(one, card)


async def test_reject_sends_nothing_on_each(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        cards = [(one, await asked(one)) for one in fronts.all]
    async with process(world, fronts):
        for one, card in cards:
            await rejected(one, card)


async def test_a_business_message_is_answered_with_its_connection(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        card = await asked_in_a_business_chat(fronts.telegram)
    async with process(world, fronts):
        await approved_in_the_business_chat(fronts.telegram, card)
