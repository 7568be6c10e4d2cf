"""A reply in several parts, on the wire: where each lands, also what is sent after a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bots.api.twin import Twin
from bots.api.views import DraftView
from bots.settings import GatewaySettings
from tests.journeys.asking import REPLY
from tests.journeys.conftest import World
from tests.journeys.three_platforms import connected, paired
from tests.wire import slack_server
from tests.wire.fronts import Front, Fronts

LONG = "\n\n".join("so it goes " * 330 + word for word in ("first", "second", "third"))


@asynccontextmanager
async def at_home(world: World, fronts: Fronts) -> AsyncIterator[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    async with connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep) as twin:
        yield twin


async def asked(twin: Twin, fronts: Fronts, front: Front) -> DraftView:
    await paired(twin, fronts)
    await front.ask("how was the trip?")
    await front.until(front.cards)
    (draft,) = await twin.inbox()
    return draft


@pytest.mark.parametrize(("name", "threaded"), [("slack", True), ("discord", False), ("telegram", False)])
async def test_every_part_belongs_to_what_is_answered_and_the_first_alone_quotes_it(
    world: World, fronts: Fronts, name: str, threaded: bool
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        draft = await asked(twin, fronts, front)
        await twin.approve(draft.id, text=LONG)
        await front.until(lambda: "third" in "".join(part.text for part in front.replies()))
        parts = front.replies()
    assert len(parts) > 2
    assert {part.where for part in parts} == {front.reply("").where}
    first, *more = (part.answers for part in parts)
    assert first == front.reply("").answers
    assert set(more) == {first if threaded else ""}


async def test_the_parts_after_a_restart_go_to_the_same_thread_and_are_read_there(
    world: World, fronts: Fronts
) -> None:
    front, server = fronts.slack, fronts.slack.server
    async with at_home(world, fronts) as twin:
        draft = await asked(twin, fronts, front)
        server.fail("chat.postMessage", slack_server.Fault(how="slow"))
        before = server.asked.count("chat.postMessage")
        approving = asyncio.create_task(twin.approve(draft.id, text=LONG))
        await front.until(lambda: server.asked.count("chat.postMessage") > before)
        await twin.pause()
        server.hurry.set()
        await approving
        await front.until(front.replies)
    assert len(front.replies()) == 1
    async with at_home(world, fronts) as twin:
        await twin.resume()
        await front.until(lambda: "third" in "".join(part.text for part in front.replies()))
        assert {part.answers for part in front.replies()} == {front.asked}
        world.clock.pass_by(minutes=1)
        await server.say("wow", thread_ts=front.asked, parent_user_id=slack_server.SAM)
        await front.until(lambda: len(front.cards()) > 1)
        (next_draft,) = await twin.inbox()
    assert next_draft.since is not None
    assert "third" in next_draft.since.text
