"""A clock that was ahead is set back: what was said meanwhile stands in the way of nothing."""

import asyncio
from datetime import timedelta

import pytest

from core.models.scripted import ScriptedChat
from core.types import ConversationId
from tests.journeys.conftest import World
from tests.waiting import PATIENCE_S

SAMS = ConversationId("console:sam")


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=40)])
async def test_what_the_owner_said_tomorrow_silences_nobody_today(world: World, ahead: timedelta) -> None:
    async with world.twin(ScriptedChat("let me see")) as twin:
        right = world.clock.time
        world.clock.time = right + ahead
        await twin.hear("owner", SAMS, "see you at the wall")
        assert (await twin.hear("sam", SAMS, "what did you make of that?")).decision == "silent"
    world.clock.time = right
    async with world.twin(ScriptedChat("let me see")) as twin:
        said = await world.stores.messages.recent(SAMS, 9)
        async with asyncio.timeout(PATIENCE_S):
            while any(one.sent_at > right for one in said):
                said = await world.stores.messages.recent(SAMS, 9)
        assert [one.text for one in said] == ["see you at the wall", "what did you make of that?"]
        world.clock.pass_by(minutes=30)
        answer = await twin.hear("sam", SAMS, "and of this?")
        assert (answer.decision, answer.draft is not None) == ("ask", True)
