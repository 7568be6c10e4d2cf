"""A delegation's reply beside a draft that waits: what becomes of both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.types import Draft, DraftStatus
from tests.desk import SEND, Desk, open_desk

HEY = "hey you"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def both(desk: Desk) -> tuple[Draft, Draft]:
    """What waits for the owner, and the reply that goes out beside it."""
    waiting = await desk.drafted("Let me think.")
    return waiting, await apart(desk)


async def apart(desk: Desk) -> Draft:
    desk.clock.pass_by(hours=7)
    delegation = await desk.delegation()
    draft = await desk.put(await desk.hear("good morning"), HEY, SEND, delegation, apart=True)
    assert draft is not None
    assert draft.status is DraftStatus.APPROVED
    return draft


async def statuses(desk: Desk, *drafts: Draft) -> list[DraftStatus]:
    return [(await desk.outbox.get(one.id)).status for one in drafts]


async def test_it_is_sent_and_the_other_waits_on(desk: Desk) -> None:
    waiting, greeting = await both(desk)
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "7", desk.clock.now())
    assert await statuses(desk, waiting, greeting) == [DraftStatus.WAITING, DraftStatus.SENT]


async def test_what_did_not_arrive_is_tried_again(desk: Desk) -> None:
    waiting, greeting = await both(desk)
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.released(claim, None)
    assert await statuses(desk, waiting, greeting) == [DraftStatus.WAITING, DraftStatus.APPROVED]
    assert await desk.claim() is not None


async def test_what_may_not_go_any_more_is_withdrawn_for_the_one_that_waits(desk: Desk) -> None:
    waiting, greeting = await both(desk)
    desk.clock.pass_by(hours=9)  # the delegation is over
    assert await desk.claim() is None
    assert await statuses(desk, waiting, greeting) == [DraftStatus.WAITING, DraftStatus.SUPERSEDED]


async def test_it_comes_to_the_owner_where_nothing_waits_any_more(desk: Desk) -> None:
    waiting, greeting = await both(desk)
    await desk.outbox.reject(waiting.id, waiting.revision, "", "cli")
    desk.clock.pass_by(hours=9)
    assert await desk.claim() is None
    assert await statuses(desk, waiting, greeting) == [DraftStatus.REJECTED, DraftStatus.WAITING]
    later = await desk.drafted("And this?")  # one card a conversation, as ever
    assert await statuses(desk, greeting, later) == [DraftStatus.SUPERSEDED, DraftStatus.WAITING]


async def test_a_second_greeting_takes_the_place_of_the_first_alone(desk: Desk) -> None:
    waiting, first = await both(desk)
    second = await apart(desk)
    open_ones = [DraftStatus.WAITING, DraftStatus.SUPERSEDED, DraftStatus.APPROVED]
    assert await statuses(desk, waiting, first, second) == open_ones


async def test_without_a_delegation_that_runs_there_is_no_second_card(desk: Desk) -> None:
    waiting = await desk.drafted("Let me think.")
    delegation = await desk.delegation(hours=1)
    desk.clock.pass_by(hours=7)
    greeting = await desk.hear("good morning")
    assert await desk.put(greeting, HEY, SEND, delegation, apart=True) is None
    assert await statuses(desk, waiting) == [DraftStatus.WAITING]


async def test_the_rest_of_what_waits_goes_its_ways(desk: Desk) -> None:
    """Neither the greeting nor its reply ends, renews or outlives it."""
    waiting = await desk.drafted("Let me think.", lasts=timedelta(hours=30))
    await apart(desk)
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "7", desk.clock.now())
    desk.clock.pass_by(hours=24)
    await desk.outbox.expire(desk.clock.now())
    assert await statuses(desk, waiting) == [DraftStatus.EXPIRED]
