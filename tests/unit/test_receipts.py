from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.types import ByDelegation, ByOwner, Draft
from tests.desk import FRIENDS, MIAS, SAMS, Desk, open_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def send(desk: Desk, draft: Draft, platform_id: str) -> None:
    claim = await desk.claim()
    assert claim is not None
    assert claim.draft == draft.id
    await desk.outbox.delivered(claim, platform_id, desk.clock.now())


async def test_a_receipt_says_what_was_sent_where_by_whom_and_by_which_model(desk: Desk) -> None:
    draft = await desk.drafted()
    approved = await desk.outbox.approve(draft.id, 1, "console", text="Saturday works.")
    await send(desk, approved, "p1")
    (receipt,) = await desk.receipts.latest()
    assert receipt.draft == draft.id
    assert receipt.conversation == SAMS.id
    assert receipt.text == "Saturday works."
    assert receipt.persona == FRIENDS
    assert receipt.records == draft.records
    assert receipt.rule == "mode-draft"
    assert receipt.authorized_by == ByOwner("console")
    assert (receipt.model, receipt.model_digest) == ("tiny", "sha256:0")
    assert receipt.sent_at == desk.clock.now()
    assert receipt.platform_ids == ("p1",)


async def test_a_delegated_send_names_its_delegation(desk: Desk) -> None:
    delegation = await desk.delegation()
    await send(desk, await desk.delegated(delegation), "p1")
    assert [one.authorized_by for one in await desk.receipts.latest()] == [ByDelegation(delegation.id)]


async def test_nothing_is_filed_before_it_was_delivered(desk: Desk) -> None:
    await desk.approved()
    await desk.claim()
    assert await desk.receipts.latest() == []


async def test_the_newest_come_first_and_can_be_narrowed(desk: Desk) -> None:
    first = await desk.approved("One.")
    await send(desk, first, "p1")
    between = desk.clock.now()
    desk.clock.pass_by(seconds=1)
    second = await desk.approved("Two.", MIAS)
    await send(desk, second, "p2")
    assert [one.draft for one in await desk.receipts.latest()] == [second.id, first.id]
    assert [one.draft for one in await desk.receipts.latest(1)] == [second.id]
    assert [one.draft for one in await desk.receipts.latest(conversation=SAMS.id)] == [first.id]
    later = await desk.receipts.latest(since=between.replace(microsecond=1))
    assert [one.draft for one in later] == [second.id]
