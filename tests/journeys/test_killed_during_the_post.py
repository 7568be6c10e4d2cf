"""`understudy run` killed with SIGKILL while a platform has its reply and has not said so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bots import control
from tests.journeys.asking import QUESTION, REPLY, asked
from tests.journeys.conftest import World
from tests.journeys.processes import installed, paired, process
from tests.wire.fronts import Fronts
from tests.wire.slack_server import Fault


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    async with installed(world) as fronts:
        yield fronts


async def told(world: World, name: str) -> Any:
    return await asyncio.to_thread(control.call, world.home, name, {})


async def test_slack_shows_that_the_reply_arrived_and_the_owner_is_not_asked(
    world: World, fronts: Fronts
) -> None:
    slack = fronts.slack
    async with process(world, fronts):
        await paired(world, fronts)
        card = await asked(slack)
        slack.server.fail("chat.postMessage", Fault(how="done then held"))
        await slack.press(card, "approve")
        await slack.until(lambda: slack.replies())
    first = slack.reply(REPLY)
    async with process(world, fronts):
        # What is approved behind it goes once it is known what became of it.
        await slack.ask(QUESTION)
        await slack.until(lambda: len(slack.cards()) == 2)
        await slack.press(slack.cards()[1], "approve")
        await slack.until(lambda: len(slack.replies()) == 2)
        assert not any(one["id"] == "1" for one in await told(world, "inbox"))
        receipts = await told(world, "receipts")
    assert slack.replies() == [first, slack.reply(REPLY)]
    posted = [one.ts for one in slack.server.of("chat.postMessage") if one.given["text"] == REPLY]
    (receipt,) = [one for one in receipts if one["draft"] == "1"]
    assert (receipt["text"], receipt["platform_ids"]) == (REPLY, posted[:1])


async def test_what_slack_does_not_show_is_the_owners_to_settle_and_not_sent_again(
    world: World, fronts: Fronts
) -> None:
    slack = fronts.slack
    async with process(world, fronts):
        await paired(world, fronts)
        card = await asked(slack)
        posts = slack.server.asked.count("chat.postMessage")
        slack.server.fail("chat.postMessage", Fault(how="slow"))
        await slack.press(card, "approve")
        await slack.until(lambda: slack.server.asked.count("chat.postMessage") > posts)
    async with process(world, fronts):
        await slack.until(lambda: "may not have arrived" in slack.shown(card))
        await slack.until(lambda: "conversations.replies" in slack.server.asked)
        (draft,) = await told(world, "inbox")
        assert draft["status"] == "uncertain"
        assert await told(world, "receipts") == []
    assert slack.replies() == []
