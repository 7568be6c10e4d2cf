"""What a backup may not revive, state by state."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.runtime.approval.rules import rule_words
from core.errors import AlreadyHandled
from core.types import ConversationId, DraftId, DraftStatus, Mode, PersonId
from memory.outbox.outbox import NewText
from memory.reports.restoring import Restored, settle_restored
from memory.state.accounts import Accounts
from memory.state.cards import PlacedCard, PlacedCards
from memory.state.digest_runs import DigestRuns, RunState
from memory.state.expiries import Expiries
from memory.state.platform_facts import PlatformFacts
from memory.state.recurrence import Recurrence, Unit
from memory.state.reminders import Reminders
from tests.desk import SAM, SAMS, Desk, in_words, open_desk

ACCOUNT = PersonId("telegram:1")
WAITS = DraftStatus.WAITING
BECAME = {
    "waiting": WAITS,
    "snoozed": DraftStatus.SNOOZED,
    "approved": WAITS,
    "delegated": WAITS,
    "sending": DraftStatus.UNCERTAIN,
    "between parts": DraftStatus.UNCERTAIN,
    "not begun again": WAITS,
    "uncertain": DraftStatus.UNCERTAIN,
    "sent": DraftStatus.SENT,
    "rejected": DraftStatus.REJECTED,
    "failed": DraftStatus.FAILED,
    "expired": DraftStatus.EXPIRED,
    "past its time": WAITS,
    "approved, past its time": WAITS,
}
"""What each state of a draft in a backup is after it is restored."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def restored(desk: Desk) -> Restored:
    return await desk.database.write("restore", lambda c: settle_restored(c, desk.clock.now()))


async def brought_to(desk: Desk, state: str, number: int = 0) -> DraftId:
    """A draft in this state, in a conversation of its own; its id."""
    where = replace(SAMS, id=ConversationId(f"console:sam{number}"))
    if state == "delegated":
        return (await desk.delegated(await desk.delegation(where), where)).id
    lasts = timedelta(minutes=30) if "past" in state or state == "expired" else None
    draft = await desk.drafted("three words now", where, lasts)
    if (
        state in ("approved", "sending", "between parts", "not begun again", "uncertain", "sent", "failed")
        or state == "approved, past its time"
    ):
        await desk.outbox.approve(draft.id, 1, "cli")
    elif state == "snoozed":
        await desk.outbox.snooze(draft.id, 1, desk.clock.now() + timedelta(days=3))
    elif state == "rejected":
        await desk.outbox.reject(draft.id, 1, "", "cli")
    elif state == "expired":
        await desk.outbox.expire(desk.clock.now() + timedelta(hours=1))
    if state in ("sending", "between parts", "not begun again", "uncertain", "sent", "failed"):
        claim = (await desk.outbox.claim(desk.clock.now(), split=in_words)).claim
        while claim is not None and claim.draft != draft.id:
            claim = (await desk.outbox.claim(desk.clock.now(), split=in_words)).claim
        assert claim is not None
        match state:
            case "between parts":
                await desk.outbox.delivered(claim, f"{draft.id}-1", desk.clock.now())
            case "not begun again":
                await desk.outbox.released(claim)
            case "uncertain":
                await desk.outbox.uncertain(claim, "the line broke")
            case "failed":
                await desk.outbox.failed(claim, "no such chat")
            case "sent":
                for part in range(1, 4):
                    await desk.outbox.delivered(claim, f"{draft.id}-{part}", desk.clock.now())
                    following = (await desk.outbox.claim(desk.clock.now(), split=in_words)).claim
                    claim = following or claim
    return draft.id


@pytest.mark.parametrize("state", BECAME)
async def test_each_state_of_a_draft_is_where_nothing_goes_by_itself(desk: Desk, state: str) -> None:
    draft = await brought_to(desk, state)
    desk.clock.pass_by(hours=1)
    changed = await restored(desk)
    held = await desk.outbox.get(draft)
    assert held.status is BECAME[state]
    if state in ("approved", "delegated", "not begun again"):
        assert (changed.approved, held.rule) == ((draft,), "restored")
    if state in ("waiting", "snoozed", "past its time"):
        assert (changed.waiting, held.rule) == ((draft,), "restored")
    if state in ("sending", "between parts"):
        assert changed.sending == (draft,)
    if "past its time" in state:
        assert [one.id for one in await desk.outbox.expire(desk.clock.now())] == [draft]
        assert await Expiries(desk.database).untold(desk.clock.now() - timedelta(days=9)) == []
    await desk.control.resume()
    assert await desk.claim() is None


@pytest.mark.parametrize("how", ["as it is", "with another text", "edited", "redrafted"])
@pytest.mark.parametrize("state", ["waiting", "snoozed", "approved", "delegated", "not begun again"])
async def test_what_may_have_been_sent_since_is_approved_once_that_was_said(
    desk: Desk, state: str, how: str
) -> None:
    draft = await brought_to(desk, state)
    await restored(desk)
    await desk.control.resume()
    held = await desk.outbox.get(draft)
    if how == "edited":
        held = await desk.outbox.edit(draft, held.revision, "other words")
    elif how == "redrafted":
        other = NewText(text="other words", records=(), rule="redraft", model="tiny", model_digest="0")
        held = await desk.outbox.revise(draft, held.revision, other)
    text = "other words" if how == "with another text" else None
    first = await desk.outbox.approve(draft, held.revision, "cli", text)
    assert (first.status, first.rule) == (WAITS, "restored-confirm")
    assert first.text == (held.text if how == "as it is" else "other words")
    assert "may have been sent since" in rule_words(first.rule)
    assert await desk.claim() is None
    with pytest.raises(AlreadyHandled):
        await desk.outbox.approve(draft, held.revision, "telegram")
    assert (await desk.outbox.approve(draft, first.revision, "cli")).status is DraftStatus.APPROVED


@pytest.mark.parametrize("state", ["sending", "between parts"])
@pytest.mark.parametrize("arrived", [True, False])
async def test_the_owner_can_say_what_became_of_one_that_was_being_sent(
    desk: Desk, state: str, arrived: bool
) -> None:
    draft = await brought_to(desk, state)
    await restored(desk)
    assert [one.claim.draft for one in await desk.outbox.uncertain_sends()] == [draft]
    settled = await desk.outbox.settle(draft, arrived)
    assert settled.status is (DraftStatus.SENDING if arrived else WAITS)


@given(st.lists(st.sampled_from(sorted(set(BECAME) - {"sent", "failed"})), max_size=5), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_a_backup_holds_nothing_is_sent_and_again_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, states: list[str], paused: bool
) -> None:
    async with open_desk(tmp_path_factory.mktemp("desk")) as desk:
        for number, state in enumerate(states):
            await brought_to(desk, state, number)
        if paused:
            await desk.control.pause()
        await restored(desk)
        assert await desk.control.paused()
        assert await restored(desk) == Restored(
            approved=(),
            waiting=(),
            sending=(),
            delegations=(),
            modes=(),
            accounts=(),
            reminders=(),
            away=False,
        )
        await desk.control.resume()
        assert (await desk.outbox.claim(desk.clock.now())).claim is None
        assert await desk.delegations.all(running=True) == []


async def test_what_was_revoked_since_is_not_revived(desk: Desk) -> None:
    accounts, facts = Accounts(desk.database, desk.clock), PlatformFacts(desk.database)
    code, _ = await accounts.new_code("telegram")
    await accounts.pair(ACCOUNT, code)
    await accounts.new_code("slack")
    delegation = await desk.delegation()
    await desk.control.set_mode(SAMS.id, Mode.AUTO)
    await desk.control.set_mode(ConversationId("console:mia"), Mode.OBSERVE)
    await desk.control.away()
    draft = await desk.drafted()
    card = PlacedCard("telegram-9", "drawn", live=True)
    await PlacedCards(desk.database).place(draft.id, "telegram", card, None)
    await facts.remember("telegram", "deferred", "[1]")
    await facts.remember("telegram", "offset", "7")
    changed = await restored(desk)
    assert (changed.delegations, changed.modes) == ((delegation.id,), (SAMS.id,))
    assert (changed.accounts, changed.away) == ((ACCOUNT,), True)
    await accounts.load()
    assert not accounts.is_owner(ACCOUNT)
    assert await accounts.pair(ACCOUNT, code) is not True
    modes = await desk.control.modes()
    assert modes == {SAMS.id: Mode.DRAFT, ConversationId("console:mia"): Mode.OBSERVE}
    assert not await desk.control.is_away()
    assert [due.placed for due in await PlacedCards(desk.database).due("telegram")] == [None]
    assert await facts.recalled("telegram", "deferred") is None
    assert await facts.recalled("telegram", "offset") == "7"
    message = await desk.hear("hi", author=SAM)
    assert (await desk.put(message)) is not None


async def test_what_was_due_meanwhile_is_not_told_again_and_what_lies_ahead_is(desk: Desk) -> None:
    reminders, runs = Reminders(desk.database), DigestRuns(desk.database)
    await reminders.add("call Sam", desk.clock.now() + timedelta(hours=1))
    ahead = await reminders.add("send the invoice", desk.clock.now() + timedelta(hours=9))
    await runs.begin("morning", desk.clock.now())
    desk.clock.pass_by(hours=2)
    daily = Recurrence(1, Unit.DAY, datetime(2026, 3, 12, 13))  # noqa: DTZ001 (a time on the wall)
    again = await reminders.add("take the pills", desk.clock.now() - timedelta(days=9), daily)
    assert (await restored(desk)).reminders == ("call Sam",)
    assert {one.id for one in await reminders.open()} == {again.id, ahead.id}
    (kept,) = (one for one in await reminders.open() if one.recurs)
    assert (kept.at, kept.recurs) == (desk.clock.now(), daily)
    last = await runs.last("morning")
    assert last is not None
    assert (last.due, last.state) == (desk.clock.now(), RunState.BEGUN)
