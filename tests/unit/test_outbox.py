import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Refused
from core.types import TWIN, DraftId, DraftStatus, Message, MessageId, Mode, PersonId
from memory.archive.messages import mark_pending
from memory.outbox.drafts import became
from memory.outbox.outbox import NewText
from tests.desk import MIAS, SAM, SAMS, SEND, Desk, in_words, open_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


WITH_MIA = replace(SAMS, members=frozenset({SAM, PersonId("mia")}))


async def status(desk: Desk, draft: DraftId) -> DraftStatus:
    return (await desk.outbox.get(draft)).status


# Putting


async def test_a_draft_waits_and_settles_the_turn_of_what_it_answers(desk: Desk) -> None:
    await desk.hear("are you there?")
    draft = await desk.drafted()
    assert draft.status is DraftStatus.WAITING
    assert await desk.outbox.open() == [draft]
    assert await desk.messages.pending() == []


async def test_a_newer_message_replaces_the_draft_that_waits(desk: Desk) -> None:
    old = await desk.drafted()
    new = await desk.drafted("Both work.")
    assert await status(desk, old.id) is DraftStatus.SUPERSEDED
    assert await desk.outbox.open() == [new]


async def test_conversations_do_not_replace_each_others_drafts(desk: Desk) -> None:
    drafts = [await desk.drafted(), await desk.drafted(where=MIAS)]
    assert await desk.outbox.open() == drafts


async def test_a_draft_that_comes_after_the_owners_answer_is_dropped_and_its_turn_done(desk: Desk) -> None:
    message = await desk.hear()
    await desk.owner_says()
    assert await desk.put(message) is None
    assert await desk.outbox.open() == []
    assert await desk.messages.pending() == []


async def test_the_owners_word_before_the_message_or_elsewhere_does_not_count(desk: Desk) -> None:
    await desk.owner_says()
    message = await desk.hear()
    await desk.owner_says(MIAS)
    assert await desk.put(message) is not None


async def test_a_draft_for_a_message_edited_meanwhile_is_dropped_and_the_turn_stays_open(desk: Desk) -> None:
    message = await desk.hear()
    desk.clock.pass_by(seconds=1)
    await desk.messages.edit(message.id, "dinner on saturday?", desk.clock.now())
    assert await desk.put(message) is None
    assert [one.id for one in await desk.messages.pending()] == [message.id]


async def test_a_draft_for_a_message_deleted_meanwhile_is_dropped(desk: Desk) -> None:
    message = await desk.hear()
    await desk.messages.delete(message.id)
    assert await desk.put(message) is None
    assert await desk.outbox.open() == []


@pytest.mark.parametrize(("text", "lasts"), [("good morning!", 24), ("and on saturday?", 72)])
async def test_a_greeting_does_not_let_what_waits_wait_longer(desk: Desk, text: str, lasts: float) -> None:
    await desk.drafted(lasts=timedelta(hours=72))
    desk.clock.pass_by(hours=48)
    newer = await desk.put(await desk.hear(text), lasts=timedelta(hours=72))
    assert newer is not None
    assert newer.expires_at is not None
    assert round((newer.expires_at - desk.clock.now()) / timedelta(hours=1)) == lasts


async def test_a_message_that_comes_late_is_answered_together_with_the_newer_one(desk: Desk) -> None:
    said_at = desk.clock.now()
    newer = await desk.drafted()
    late = Message(MessageId(f"{SAMS.id}/late"), SAMS.id, SAM, "hi!", said_at)
    assert await desk.messages.hear(SAMS, late)
    assert await desk.put(late) is None
    assert became(await desk.outbox.get(newer.id)) == "superseded: late-message"
    assert [one.id for one in await desk.messages.pending()] == [late.id, newer.answers]


async def test_silence_settles_the_turn_and_leaves_an_older_draft_waiting(desk: Desk) -> None:
    draft = await desk.drafted()
    thanks = await desk.hear("thanks!")
    await desk.outbox.skip_turn(SAMS.id, thanks.id, "nothing-asked")
    assert await desk.messages.pending() == []
    assert await desk.outbox.open() == [draft]


# Deciding


async def test_the_first_decision_wins_and_the_second_hears_already_handled(desk: Desk) -> None:
    draft = await desk.drafted()
    decisions = await asyncio.gather(
        desk.outbox.approve(draft.id, 1, "console"),
        desk.outbox.approve(draft.id, 1, "telegram"),
        desk.outbox.reject(draft.id, 1, "", "slack"),
        return_exceptions=True,
    )
    refused = [one for one in decisions if isinstance(one, Refused)]
    assert len(refused) == 2
    assert all(str(one).startswith("already handled: approved via console") for one in refused)


async def test_a_closed_draft_takes_no_decision(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.outbox.reject(draft.id, 1, "too short", "cli")
    for act in (
        desk.outbox.approve(draft.id, 1, "cli"),
        desk.outbox.edit(draft.id, 1, "No."),
        desk.outbox.reject(draft.id, 1, "", "cli"),
        desk.outbox.snooze(draft.id, 1, desk.clock.now() + timedelta(hours=1)),
    ):
        with pytest.raises(Refused, match="already handled: rejected via cli"):
            await act


async def test_a_stale_revision_is_refused(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.outbox.edit(draft.id, 1, "Saturday works.")
    with pytest.raises(Refused, match="already handled: it is at revision 2"):
        await desk.outbox.approve(draft.id, 1, "cli")
    assert await desk.claim() is None


async def test_an_unknown_draft_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="no draft 'x'"):
        await desk.outbox.approve(DraftId("x"), 1, "cli")


async def test_an_edit_voids_the_leave_given_before_it(desk: Desk) -> None:
    draft = await desk.approved()
    edited = await desk.outbox.edit(draft.id, 1, "Saturday works.")
    assert (edited.status, edited.revision) == (DraftStatus.WAITING, 2)
    assert await desk.claim() is None


async def test_an_edit_keeps_what_the_model_wrote_through_further_edits(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.outbox.edit(draft.id, 1, "Saturday works.")
    assert (await desk.outbox.edit(draft.id, 2, "Sunday works.")).original == draft.text


async def test_approving_with_a_text_sends_that_text_and_no_other(desk: Desk) -> None:
    draft = await desk.drafted()
    approved = await desk.outbox.approve(draft.id, 1, "cli", text="Saturday works.")
    assert (approved.status, approved.revision, approved.original) == (DraftStatus.APPROVED, 2, draft.text)
    claim = await desk.claim()
    assert claim is not None
    assert claim.text == "Saturday works."


async def test_approving_with_the_same_text_is_no_edit(desk: Desk) -> None:
    draft = await desk.drafted()
    approved = await desk.outbox.approve(draft.id, 1, "cli", text=draft.text)
    assert (approved.revision, approved.original) == (1, "")


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_an_empty_text_is_never_approved(desk: Desk, text: str) -> None:
    draft = await desk.put(await desk.hear(), text="")
    assert draft is not None
    with pytest.raises(Refused, match="empty"):
        await desk.outbox.approve(draft.id, 1, "cli")
    with pytest.raises(Refused, match="empty"):
        await desk.outbox.approve(draft.id, 1, "cli", text=text)


async def test_a_redraft_waits_anew_and_rests_on_other_records(desk: Desk) -> None:
    draft = await desk.approved()
    redraft = await desk.outbox.revise(
        draft.id,
        1,
        NewText(text="Warmly: yes!", records=(), rule="redraft", model="tiny", model_digest="sha256:1"),
    )
    assert (redraft.status, redraft.revision, redraft.records) == (DraftStatus.WAITING, 2, ())
    assert await desk.claim() is None


async def test_a_snoozed_draft_comes_back_at_its_time(desk: Desk) -> None:
    draft = await desk.drafted()
    until = desk.clock.now() + timedelta(hours=1)
    await desk.outbox.snooze(draft.id, 1, until)
    assert await desk.outbox.wake(until - timedelta(seconds=1)) == []
    (woken,) = await desk.outbox.wake(until)
    assert (woken.id, woken.status, woken.snoozed_until) == (draft.id, DraftStatus.WAITING, None)


async def test_a_snooze_into_the_past_is_refused(desk: Desk) -> None:
    draft = await desk.drafted()
    with pytest.raises(Refused, match="passed"):
        await desk.outbox.snooze(draft.id, 1, desk.clock.now())


async def test_what_a_delegation_let_go_and_is_snoozed_waits_again_and_sends_nothing(desk: Desk) -> None:
    draft = await desk.delegated(await desk.delegation())
    until = desk.clock.now() + timedelta(minutes=10)
    await desk.outbox.snooze(draft.id, 1, until)
    assert await desk.claim() is None
    await desk.outbox.wake(until)
    assert await desk.claim() is None
    assert await status(desk, draft.id) is DraftStatus.WAITING


async def test_an_authorization_taken_back_is_gone_and_not_only_unused(desk: Desk) -> None:
    draft = await desk.delegated(await desk.delegation())
    await desk.outbox.snooze(draft.id, 1, desk.clock.now() + timedelta(minutes=10))
    await desk.sql("UPDATE drafts SET status = 'approved'")
    assert await desk.claim() is None
    assert (await desk.outbox.get(draft.id)).rule == "not-authorized"


# What overtakes a draft


@pytest.mark.parametrize("approved", [False, True])
async def test_the_owners_answer_withdraws_what_waits_approved_or_not(desk: Desk, approved: bool) -> None:
    draft = await (desk.approved() if approved else desk.drafted())
    await desk.owner_says()
    (withdrawn,) = await desk.outbox.supersede(conversation=SAMS.id, rule="owner-answered")
    assert (withdrawn.id, withdrawn.status) == (draft.id, DraftStatus.SUPERSEDED)
    with pytest.raises(Refused, match="already handled: superseded: owner-answered"):
        await desk.outbox.approve(draft.id, 1, "cli")


async def test_an_edit_anywhere_in_the_burst_withdraws_the_draft_and_reopens_the_turn(
    desk: Desk,
) -> None:
    first = await desk.hear("dinner on friday?")
    draft = await desk.drafted()
    (withdrawn,) = await desk.outbox.supersede(message=first.id, rule="message-edited")
    assert withdrawn.id == draft.id
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]


async def test_an_edit_of_what_came_in_the_second_of_the_last_reply_withdraws_the_next(desk: Desk) -> None:
    await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    asked_at = desk.clock.now()
    await desk.outbox.delivered(claim, "1", asked_at + timedelta(seconds=0.4))
    quick = Message(MessageId(f"{SAMS.id}/quick"), SAMS.id, SAM, "or saturday?", asked_at)
    assert await desk.messages.hear(SAMS, quick)
    draft = await desk.drafted()
    (withdrawn,) = await desk.outbox.supersede(message=quick.id, rule="message-edited")
    assert withdrawn.id == draft.id


async def test_an_edit_of_a_message_answered_long_ago_withdraws_nothing(desk: Desk) -> None:
    first = await desk.hear("hello")
    await desk.owner_says()
    await desk.drafted()
    assert await desk.outbox.supersede(message=first.id, rule="message-edited") == []


@pytest.mark.parametrize("how", ["owner-answered", "message-edited", "message-deleted"])
async def test_a_claim_finds_out_by_itself_that_the_draft_was_overtaken(desk: Desk, how: str) -> None:
    draft = await desk.approved()
    desk.clock.pass_by(seconds=1)
    if how == "owner-answered":
        await desk.owner_says()
    elif how == "message-edited":
        await desk.messages.edit(draft.answers, "saturday?", desk.clock.now())
    else:
        await desk.messages.delete(draft.answers)
    assert await desk.claim() is None
    assert became(await desk.outbox.get(draft.id)) == f"superseded: {how}"


async def test_a_start_withdraws_what_was_overtaken_before_the_last_process_could(desk: Desk) -> None:
    draft = await desk.drafted()
    desk.clock.pass_by(seconds=1)
    await desk.messages.edit(draft.answers, "saturday?", desk.clock.now())
    (changed,) = await desk.outbox.recover()
    assert changed.status is DraftStatus.SUPERSEDED
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]


async def test_a_draft_past_its_time_expires(desk: Desk) -> None:
    draft = await desk.drafted(lasts=timedelta(hours=1))
    assert await desk.outbox.expire(desk.clock.now()) == []
    desk.clock.pass_by(hours=1)
    with pytest.raises(Refused, match="expired"):
        await desk.outbox.approve(draft.id, 1, "cli")
    (expired,) = await desk.outbox.expire(desk.clock.now())
    assert (expired.id, expired.status) == (draft.id, DraftStatus.EXPIRED)


async def test_leave_does_not_outlast_the_draft(desk: Desk) -> None:
    draft = await desk.approved(lasts=timedelta(hours=1))
    desk.clock.pass_by(hours=1)
    assert await desk.claim() is None
    assert await status(desk, draft.id) is DraftStatus.EXPIRED


# Claiming


async def test_nothing_is_claimed_without_leave(desk: Desk) -> None:
    await desk.drafted()
    assert await desk.claim() is None


async def test_a_claim_names_the_recipient_and_what_it_answers_and_comes_once(desk: Desk) -> None:
    draft = await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    assert (claim.draft, claim.conversation, claim.text) == (draft.id, SAMS.id, draft.text)
    assert (claim.number, claim.parts, claim.reply_to) == (1, 1, draft.answers)
    assert len(claim.nonce) <= 25
    assert await status(desk, draft.id) is DraftStatus.SENDING
    assert await desk.claim() is None


async def test_many_claims_at_once_get_one_part_between_them(desk: Desk) -> None:
    await desk.approved()
    claims = await asyncio.gather(*(desk.claim() for _ in range(10)))
    assert sum(claim is not None for claim in claims) == 1


async def test_a_pause_stops_every_claim_and_resuming_keeps_the_leave(desk: Desk) -> None:
    await desk.approved()
    await desk.control.pause()
    assert await desk.claim() is None
    await desk.control.resume()
    assert await desk.claim() is not None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE drafts SET text = 'My salary is 5'", "text-changed"),
        ("UPDATE authorizations SET conversation = 'console:mia'", "recipient-changed"),
        ("UPDATE drafts SET revision = 7", "not-authorized"),
        ("DELETE FROM authorizations", "not-authorized"),
    ],
)
async def test_what_leave_does_not_cover_goes_back_to_the_owner(desk: Desk, change: str, rule: str) -> None:
    draft = await desk.approved()
    await desk.sql(change)
    assert await desk.claim() is None
    held = await desk.outbox.get(draft.id)
    assert (held.status, held.rule) == (DraftStatus.WAITING, rule)
    with pytest.raises(Refused):  # a second click on the card from before
        await desk.outbox.approve(draft.id, draft.revision, "cli")


@pytest.mark.parametrize("delegated", [True, False])
@pytest.mark.parametrize("members", [frozenset({SAM, PersonId("mia")}), None])
async def test_leave_does_not_cover_who_joined_after_it_was_given(
    desk: Desk, delegated: bool, members: frozenset[PersonId] | None
) -> None:
    if delegated:
        await desk.hear()
        draft = await desk.delegated(await desk.delegation())
    else:
        draft = await desk.approved()
    await desk.messages.upsert(replace(SAMS, members=members))
    assert await desk.claim() is None
    assert became(await desk.outbox.get(draft.id)) == "superseded: somebody-joined"
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]


async def test_a_draft_for_fewer_ears_is_withdrawn_and_its_message_wants_an_answer_again(desk: Desk) -> None:
    draft = await desk.approved()
    assert await desk.outbox.recheck() == []
    await desk.messages.upsert(WITH_MIA)
    (withdrawn,) = await desk.outbox.recheck()
    assert (withdrawn.id, withdrawn.status) == (draft.id, DraftStatus.SUPERSEDED)
    assert became(await desk.outbox.get(draft.id)) == "superseded: somebody-joined"
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]
    assert await desk.claim() is None


@pytest.mark.parametrize("status", ["waiting", "snoozed", "approved"])
async def test_what_the_owner_wrote_is_kept_for_more_ears_but_wants_leave_again(
    desk: Desk, status: str
) -> None:
    draft = await desk.drafted()
    draft = await desk.outbox.edit(draft.id, draft.revision, "between us: friday")
    if status == "approved":
        await desk.outbox.approve(draft.id, draft.revision, "cli")
    if status == "snoozed":
        await desk.outbox.snooze(draft.id, draft.revision, desk.clock.now() + timedelta(hours=1))
    await desk.messages.upsert(WITH_MIA)
    (held,) = await desk.outbox.recheck()
    assert (held.text, held.status, held.rule) == ("between us: friday", DraftStatus.WAITING, "others-listen")
    assert await desk.claim() is None
    with pytest.raises(Refused, match="already handled"):
        await desk.outbox.approve(draft.id, draft.revision, "cli")  # the card from before
    assert await desk.outbox.recheck() == []  # told once
    await desk.outbox.approve(held.id, held.revision, "cli")
    assert await desk.claim() is not None


async def test_a_join_after_which_less_can_be_read_back_withdraws_the_draft_too(desk: Desk) -> None:
    group = replace(SAMS, members=None, joiners_read_history=False)
    await desk.messages.upsert(group)
    await desk.drafted(where=group)
    assert await desk.outbox.recheck() == []
    await desk.messages.upsert(replace(group, newest_join=desk.clock.now()))
    assert len(await desk.outbox.recheck()) == 1


@pytest.mark.parametrize("members", [frozenset({SAM}), frozenset(), None])
async def test_nobody_is_new_who_left_or_was_anyone_before(
    desk: Desk, members: frozenset[PersonId] | None
) -> None:
    before = WITH_MIA if members else replace(SAMS, members=members)
    await desk.messages.upsert(before)
    await desk.drafted(where=before)
    await desk.messages.upsert(SAMS)
    assert await desk.outbox.recheck() == []


async def test_leave_cannot_be_given_to_a_draft_for_fewer_ears(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.messages.upsert(WITH_MIA)
    with pytest.raises(Refused, match="somebody joined"):
        await desk.outbox.approve(draft.id, draft.revision, "cli")
    held = await desk.outbox.approve(draft.id, draft.revision, "cli", text="friday")
    assert (held.text, held.status, held.rule) == ("friday", DraftStatus.WAITING, "others-listen")
    assert await desk.claim() is None


async def test_a_start_withdraws_what_was_written_before_somebody_joined(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.messages.upsert(WITH_MIA)
    (withdrawn,) = await desk.outbox.recover()
    assert (withdrawn.id, withdrawn.status) == (draft.id, DraftStatus.SUPERSEDED)
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]


async def test_a_draft_that_comes_after_somebody_joined_says_so(desk: Desk) -> None:
    message = await desk.hear()
    await desk.messages.upsert(WITH_MIA)
    draft = await desk.put(message, drafted_for=SAMS)
    assert draft is not None
    assert (draft.status, draft.rule) == (DraftStatus.WAITING, "others-listen")
    assert await desk.outbox.recheck() == []


async def test_leave_covers_those_who_stay_when_someone_goes(desk: Desk) -> None:
    both = replace(SAMS, members=frozenset({SAM, PersonId("mia")}))
    await desk.messages.upsert(both)
    draft = await desk.drafted(where=both)
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    await desk.messages.upsert(SAMS)
    assert await desk.claim() is not None


@pytest.mark.parametrize("mode", [Mode.DRAFT, Mode.OBSERVE])
async def test_a_delegation_sends_nothing_once_the_owner_takes_the_conversation_back(
    desk: Desk, mode: Mode
) -> None:
    await desk.control.set_mode(SAMS.id, Mode.AUTO)
    draft = await desk.delegated(await desk.delegation())
    await desk.control.set_mode(SAMS.id, mode)
    assert await desk.claim() is None
    held = await desk.outbox.get(draft.id)
    assert (held.status, held.rule) == (DraftStatus.WAITING, "mode-draft")


async def test_a_delegation_does_not_send_to_who_joined_while_the_model_wrote(desk: Desk) -> None:
    message = await desk.hear()
    delegation = await desk.delegation()
    await desk.messages.upsert(replace(SAMS, members=frozenset({SAM, PersonId("mia")})))
    draft = await desk.put(message, "hey you", SEND, delegation, drafted_for=SAMS)
    assert draft is not None
    assert (draft.status, draft.rule) == (DraftStatus.WAITING, "others-listen")


async def test_a_claim_takes_only_what_its_platforms_can_send(desk: Desk) -> None:
    await desk.approved()
    assert await desk.claim(platforms={"slack"}) is None
    assert await desk.claim(platforms={"slack", "console"}) is not None


async def test_a_conversation_that_stands_still_does_not_stop_another(desk: Desk) -> None:
    await desk.approved()
    other = await desk.approved(where=MIAS)
    assert await desk.claim()
    claim = await desk.claim()
    assert claim is not None
    assert claim.draft == other.id


# What becomes of a claim


async def test_a_delivered_reply_is_said_in_l0_and_closed(desk: Desk) -> None:
    draft = await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    sent = await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert sent.status is DraftStatus.SENT
    said = (await desk.messages.recent(SAMS.id, 1))[0]
    assert (said.id, said.author, said.text) == (f"{SAMS.id}/p1", TWIN, draft.text)
    assert await desk.messages.pending() == []


@pytest.mark.parametrize("drafted", [True, False])
async def test_a_reply_does_not_stand_after_what_is_still_to_be_answered(desk: Desk, drafted: bool) -> None:
    first = await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    second = await desk.hear("and who else comes?")
    if drafted:
        assert await desk.put(second)
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    in_order = [one.id for one in await desk.messages.recent(SAMS.id, 9)]
    assert in_order == [first.answers, f"{SAMS.id}/p1", second.id]


async def test_a_reply_stands_after_what_needs_none(desk: Desk) -> None:
    await desk.approved()
    thanks = await desk.hear("thanks already")
    await desk.outbox.skip_turn(SAMS.id, thanks.id, "thanks")
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert [one.id for one in await desk.messages.recent(SAMS.id, 2)] == [thanks.id, f"{SAMS.id}/p1"]


async def test_an_outcome_is_told_once(desk: Desk) -> None:
    await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    with pytest.raises(Refused, match="already handled"):
        await desk.outbox.delivered(claim, "p2", desk.clock.now())
    assert len(await desk.receipts.latest()) == 1


async def test_a_part_found_at_the_platform_at_start_is_uncertain_and_never_resent(desk: Desk) -> None:
    draft = await desk.approved()
    assert await desk.claim()
    (found,) = await desk.outbox.recover()
    assert (found.id, found.status) == (draft.id, DraftStatus.UNCERTAIN)
    desk.clock.pass_by(days=9)
    assert await desk.claim() is None
    with pytest.raises(Refused, match="may have arrived"):
        await desk.outbox.approve(draft.id, 1, "cli")
    assert await desk.outbox.open() == [found]


async def test_an_uncertain_draft_the_owner_saw_arrive_gets_its_receipt(desk: Desk) -> None:
    draft = await desk.approved()
    await desk.claim()
    await desk.outbox.recover()
    assert (await desk.outbox.settle(draft.id, True)).status is DraftStatus.SENT
    (receipt,) = await desk.receipts.latest()
    assert (receipt.draft, receipt.text, receipt.platform_ids) == (draft.id, draft.text, ())
    with pytest.raises(Refused, match="already handled: approved via cli"):
        await desk.outbox.settle(draft.id, False)


async def test_an_uncertain_draft_that_did_not_arrive_wants_leave_again(desk: Desk) -> None:
    draft = await desk.approved()
    first = await desk.claim()
    await desk.outbox.recover()
    held = await desk.outbox.settle(draft.id, False)
    assert (held.status, held.revision, held.text) == (DraftStatus.WAITING, 2, draft.text)
    assert await desk.claim() is None
    await desk.outbox.approve(draft.id, 2, "cli")
    second = await desk.claim()
    assert first is not None
    assert second is not None
    assert first.nonce != second.nonce


async def test_a_released_part_is_claimed_again_with_the_same_nonce_when_its_time_comes(desk: Desk) -> None:
    await desk.approved()
    first = await desk.claim()
    assert first is not None
    later = desk.clock.now() + timedelta(seconds=30)
    await desk.outbox.released(first, later)
    assert await desk.claim() is None
    assert (await desk.outbox.claim(later)).claim == first


async def test_what_the_platform_never_will_take_is_closed_without_a_receipt(desk: Desk) -> None:
    await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    assert (await desk.outbox.failed(claim, "blocked")).status is DraftStatus.FAILED
    assert await desk.receipts.latest() == []


# A newer message while one is in flight


async def test_a_newer_draft_waits_beside_the_one_in_flight_and_goes_after_it(desk: Desk) -> None:
    await desk.approved("First.")
    claim = await desk.claim()
    assert claim is not None
    newer = await desk.approved("Second.")
    assert [one.status for one in await desk.outbox.open()] == [DraftStatus.SENDING, DraftStatus.APPROVED]
    assert await desk.claim() is None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    following = await desk.claim()
    assert following is not None
    assert following.draft == newer.id


async def test_nothing_goes_past_an_uncertain_draft_until_the_owner_settles_it(desk: Desk) -> None:
    old = await desk.approved("First.")
    await desk.claim()
    await desk.outbox.recover()
    newer = await desk.approved("Second.")
    assert await desk.claim() is None
    await desk.outbox.settle(old.id, True)
    claim = await desk.claim()
    assert claim is not None
    assert claim.draft == newer.id


@pytest.mark.parametrize("how", ["released", "settled"])
async def test_what_did_not_arrive_gives_way_to_a_newer_draft(desk: Desk, how: str) -> None:
    old = await desk.approved("First.")
    claim = await desk.claim()
    assert claim is not None
    newer = await desk.drafted("Both.")
    if how == "released":
        await desk.outbox.released(claim)
    else:
        await desk.outbox.recover()
        await desk.outbox.settle(old.id, False)
    assert await status(desk, old.id) is DraftStatus.SUPERSEDED
    assert await desk.outbox.open() == [newer]


# Long replies


async def test_a_long_reply_goes_part_by_part_each_with_its_nonce(desk: Desk) -> None:
    draft = await desk.approved("one two three")
    nonces = set()
    for number, word in enumerate(("one", "two", "three"), start=1):
        claim = await desk.claim(split=in_words)
        assert claim is not None
        assert (claim.number, claim.parts, claim.text) == (number, 3, word)
        assert (claim.reply_to, claim.continues) == (draft.answers, number > 1)
        assert await desk.receipts.latest() == []
        nonces.add(claim.nonce)
        await desk.outbox.delivered(claim, f"p{number}", desk.clock.now())
    assert len(nonces) == 3
    (receipt,) = await desk.receipts.latest()
    assert (receipt.text, receipt.platform_ids) == (draft.text, ("p1", "p2", "p3"))


async def test_a_death_between_parts_goes_on_with_the_next(desk: Desk) -> None:
    await desk.approved("one two")
    claim = await desk.claim(split=in_words)
    assert claim is not None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert await desk.outbox.recover() == []
    following = await desk.claim(split=in_words)
    assert following is not None
    assert following.text == "two"


async def test_a_death_during_a_part_leaves_the_rest_until_the_owner_settles_it(desk: Desk) -> None:
    draft = await desk.approved("one two three")
    for platform_id in ("p1", None):
        claim = await desk.claim(split=in_words)
        if claim is not None and platform_id:
            await desk.outbox.delivered(claim, platform_id, desk.clock.now())
    await desk.outbox.recover()
    assert await desk.claim(split=in_words) is None
    await desk.outbox.settle(draft.id, True, platform_id="p2")
    rest = await desk.claim(split=in_words)
    assert rest is not None
    assert rest.text == "three"
    await desk.outbox.delivered(rest, "p3", desk.clock.now())
    assert [one.platform_ids for one in await desk.receipts.latest()] == [("p1", "p2", "p3")]


async def test_what_did_arrive_has_its_receipt_and_only_the_rest_waits_again(desk: Desk) -> None:
    draft = await desk.approved("one two three")
    claim = await desk.claim(split=in_words)
    assert claim is not None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    await desk.claim(split=in_words)
    await desk.outbox.recover()
    held = await desk.outbox.settle(draft.id, False)
    assert (held.status, held.revision, held.text) == (DraftStatus.WAITING, 2, "two\n\nthree")
    (receipt,) = await desk.receipts.latest()
    assert (receipt.text, receipt.platform_ids) == ("one", ("p1",))


async def test_a_pause_stops_a_long_reply_between_its_parts(desk: Desk) -> None:
    await desk.approved("one two")
    claim = await desk.claim(split=in_words)
    assert claim is not None
    await desk.control.pause()
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert await desk.claim(split=in_words) is None


async def test_a_platform_that_refuses_a_later_part_leaves_a_receipt_for_the_earlier(desk: Desk) -> None:
    await desk.approved("one two")
    for _ in range(2):
        claim = await desk.claim(split=in_words)
        assert claim is not None
        if claim.number == 1:
            await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert claim is not None
    assert (await desk.outbox.failed(claim, "too old")).status is DraftStatus.FAILED
    assert [one.text for one in await desk.receipts.latest()] == ["one"]


async def test_a_released_later_part_goes_on_where_it_stopped(desk: Desk) -> None:
    await desk.approved("one two")
    first = await desk.claim(split=in_words)
    assert first is not None
    await desk.outbox.delivered(first, "p1", desk.clock.now())
    second = await desk.claim(split=in_words)
    assert second is not None
    await desk.drafted("A newer one.")
    await desk.outbox.released(second)
    assert await desk.claim(split=in_words) == second


async def test_the_split_is_kept_from_the_first_claim_on(desk: Desk) -> None:
    await desk.approved("one two")
    first = await desk.claim(split=in_words)
    assert first is not None
    await desk.outbox.delivered(first, "p1", desk.clock.now())
    second = await desk.claim()
    assert second is not None
    assert (second.text, second.parts) == ("two", 2)


async def test_a_message_may_get_another_draft_after_its_first_was_withdrawn(desk: Desk) -> None:
    message = await desk.hear()
    await desk.put(message)
    await desk.outbox.supersede(message=message.id, rule="message-deleted")
    await desk.database.write("again", lambda c: mark_pending(c, message.id))
    assert await desk.put(message) is not None
