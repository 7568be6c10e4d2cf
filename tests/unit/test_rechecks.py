"""What waits and rests on something that is not as it was, or is heard by others than it was written for, is
not shown, approved, bettered or sent as it is: whatever changed, wherever it is, and whoever changed it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import PUBLIC, audience, circle, person
from core.errors import AlreadyHandled, TryAgain
from core.ids import message_record
from core.types import Conversation, ConversationId, Draft, DraftStatus, Kind, Message, PersonId, RecordId
from memory.archive.records import Records
from memory.outbox.outbox import NewDraft, NewText
from memory.profile.profile import Profile
from memory.reports.forgetting import forget
from tests.desk import ASK, FRIENDS, SAM, SAMS, Desk, open_desk
from tests.unit.memory_cases import NOON, record

ELSEWHERE = Conversation(
    ConversationId("slack:T/C"), "slack", "#general", Kind.GROUP, frozenset({SAM, PersonId("mia")})
)
THREAD = replace(ELSEWHERE, id=ConversationId("slack:T/C/7"), parent=ELSEWHERE.id)
NOTE = RecordId("note:hut")
ENTRY = RecordId("profile:hut")


@dataclass
class Case:
    """A draft for Sam that rests on one thing."""

    desk: Desk
    profile: Profile
    said: Message
    draft: Draft

    async def edited(self) -> None:
        assert await self.desk.messages.edit(self.said.id, "no, the left one", self.desk.clock.now())

    async def deleted(self) -> None:
        assert await self.desk.messages.delete(self.said.id)

    async def forgotten(self) -> None:
        await self.desk.sql("DELETE FROM records WHERE id = ?", NOTE)

    async def reworded(self) -> None:
        await Records(self.desk.database).add(record(NOTE, "the key is gone", "person:sam"))

    async def unshared(self) -> None:
        await Records(self.desk.database).add(record(NOTE, "the key hangs left", "person:mia"))

    async def entry_edited(self) -> None:
        await self.profile.add_entry("hut", "sold", audience(circle("friends")))

    async def entry_unshared(self) -> None:
        await self.profile.add_entry("hut", "by the lake", audience(person(PersonId("mia"))))

    async def entry_removed(self) -> None:
        await self.profile.forget(ENTRY)

    async def left_the_circle(self) -> None:
        await self.profile.set_circle("friends", frozenset({PersonId("mia")}))

    async def circle_removed(self) -> None:
        await self.profile.remove_circle("friends")

    async def left_the_place(self) -> None:
        await self.desk.messages.upsert(replace(ELSEWHERE, members=frozenset({PersonId("mia")})))


Change = Callable[[Case], Awaitable[None]]
CHANGES: list[tuple[RecordId | None, Change, str]] = [
    (None, Case.edited, "record-changed"),
    (None, Case.deleted, "record-gone"),
    (NOTE, Case.forgotten, "record-gone"),
    (NOTE, Case.reworded, "record-changed"),
    (NOTE, Case.unshared, "record-withheld"),
    (ENTRY, Case.entry_edited, "record-changed"),
    (ENTRY, Case.entry_unshared, "record-withheld"),
    (ENTRY, Case.entry_removed, "record-gone"),
    (ENTRY, Case.left_the_circle, "record-withheld"),
    (ENTRY, Case.circle_removed, "record-withheld"),
    (RecordId("note:place"), Case.left_the_place, "record-withheld"),
]
every_change = pytest.mark.parametrize(
    ("rests_on", "change", "rule"), CHANGES, ids=[change.__name__ for _, change, _ in CHANGES]
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    profile = Profile(tmp_path / "profile.json")
    await profile.add_entry("diet", "no meat", audience(PUBLIC))
    await profile.set_circle("friends", frozenset({SAM}))
    await profile.add_entry("hut", "by the lake", audience(circle("friends")))
    async with open_desk(tmp_path, profile) as opened:
        await Records(opened.database).add(record(NOTE, "the key hangs left", "person:sam"))
        await Records(opened.database).add(record("note:place", "the code", "place:slack:T/C"))
        yield opened


async def case(desk: Desk, rests_on: RecordId | None, text: str = "it hangs left") -> Case:
    said = await desk.hear("the right one", ELSEWHERE)
    asked = await desk.hear("which key?")
    profile = desk.directory
    assert isinstance(profile, Profile)
    rests_on = rests_on or message_record(said.id)
    found = next((entry for entry in profile.entries() if entry.id == rests_on), None)
    known = found or await Records(desk.database).get(rests_on)
    assert known is not None
    draft = await desk.outbox.create(
        NewDraft(
            conversation=SAMS.id,
            answers=asked,
            text=text,
            persona=FRIENDS,
            records=[rests_on],
            texts={rests_on: known.text},
            decision=ASK,
            model="tiny",
            model_digest="sha256:0",
        )
    )
    assert draft is not None
    return Case(desk, profile, said, draft)


@every_change
async def test_what_waits_is_withdrawn_and_its_message_wants_an_answer_again(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    assert await desk.outbox.recheck() == []
    await change(one)
    (moved,) = await desk.outbox.recheck()
    assert (moved.id, moved.status, moved.superseded_by) == (one.draft.id, DraftStatus.SUPERSEDED, rule)
    assert one.draft.answers in [message.id for message in await desk.messages.pending()]
    assert await desk.outbox.recheck() == []


@every_change
async def test_it_cannot_be_approved(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    await change(one)
    with pytest.raises(AlreadyHandled, match="something that it rests on"):
        await desk.outbox.approve(one.draft.id, 1, "cli")
    assert await desk.claim() is None


@every_change
async def test_what_was_approved_before_is_withdrawn_at_its_claim_and_drafted_anew(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    await desk.outbox.approve(one.draft.id, 1, "cli")
    await change(one)
    assert await desk.claim() is None
    held = await desk.outbox.get(one.draft.id)
    assert (held.status, held.superseded_by) == (DraftStatus.SUPERSEDED, rule)
    with pytest.raises(AlreadyHandled):
        await desk.outbox.approve(held.id, 1, "cli")  # a second click on the card from before
    assert await desk.claim() is None
    assert one.draft.answers in [message.id for message in await desk.messages.pending()]


@every_change
async def test_what_the_owner_wrote_and_approved_waits_at_its_claim_as_a_new_revision(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    approved = await desk.outbox.approve(one.draft.id, 1, "cli", "left, I think")
    await change(one)
    assert await desk.claim() is None
    held = await desk.outbox.get(one.draft.id)
    assert (held.text, held.status, held.rule) == ("left, I think", DraftStatus.WAITING, rule)
    with pytest.raises(AlreadyHandled):
        await desk.outbox.approve(held.id, approved.revision, "cli")
    await desk.outbox.approve(held.id, held.revision, "cli")  # they were told
    assert await desk.claim() is not None


@every_change
async def test_what_the_owner_wrote_stays_and_says_why_it_waits(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    await desk.outbox.edit(one.draft.id, 1, "left, I think")
    await desk.outbox.approve(one.draft.id, 2, "cli")
    await change(one)
    (held,) = await desk.outbox.recheck()
    assert (held.text, held.status, held.rule) == ("left, I think", DraftStatus.WAITING, rule)
    assert await desk.claim() is None
    assert await desk.outbox.recheck() == []  # told once
    with pytest.raises(AlreadyHandled):
        await desk.outbox.approve(held.id, 2, "cli")  # the card from before
    assert await desk.outbox.previous(held.id) == ""  # but no model sees it again
    await desk.outbox.approve(held.id, held.revision, "cli")
    assert await desk.claim() is not None


@every_change
@pytest.mark.parametrize("act", ["edit", "approve"])
async def test_what_the_owner_writes_just_then_is_kept_and_waits(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str, act: str
) -> None:
    one = await case(desk, rests_on)
    await change(one)
    if act == "edit":
        held = await desk.outbox.edit(one.draft.id, 1, "left, I think")
    else:
        held = await desk.outbox.approve(one.draft.id, 1, "cli", text="left, I think")
    assert (held.text, held.status, held.rule) == ("left, I think", DraftStatus.WAITING, rule)
    assert await desk.claim() is None


@every_change
async def test_no_redraft_is_made_of_it_and_none_that_was_begun_before_is_kept(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    assert await desk.outbox.previous(one.draft.id) == "it hangs left"
    await change(one)
    assert await desk.outbox.previous(one.draft.id) == ""
    written = NewText(text="left!", records=(), rule="redraft", model="m", model_digest="d", bettered=True)
    with pytest.raises(TryAgain):
        await desk.outbox.revise(one.draft.id, 1, written)
    fresh = await desk.outbox.revise(one.draft.id, 1, replace(written, bettered=False))
    assert await desk.outbox.previous(fresh.id) == "left!"


@every_change
async def test_a_redraft_of_it_rests_on_it_too(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    written = NewText(
        text="left!", records=[RecordId("profile:diet")], rule="redraft", model="m", model_digest="d",
        bettered=True,
    )  # fmt: skip
    redraft = await desk.outbox.revise(one.draft.id, 1, written)
    assert set(redraft.records) == {*one.draft.records, RecordId("profile:diet")}
    await change(one)
    (moved,) = await desk.outbox.recheck()
    assert moved.superseded_by == rule


@every_change
async def test_a_draft_that_was_written_with_it_before_is_not_kept(
    desk: Desk, rests_on: RecordId | None, change: Change, rule: str
) -> None:
    one = await case(desk, rests_on)
    await change(one)
    written = NewDraft(
        conversation=SAMS.id,
        answers=await desk.hear("well?"),
        text="it hangs left",
        persona=FRIENDS,
        records=one.draft.records,
        texts=dict.fromkeys(one.draft.records, "as it was"),
        decision=ASK,
        model="tiny",
        model_digest="sha256:0",
    )
    with pytest.raises(TryAgain):
        await desk.outbox.create(written)


@every_change
async def test_a_start_looks_too(desk: Desk, rests_on: RecordId | None, change: Change, rule: str) -> None:
    one = await case(desk, rests_on)
    await change(one)
    (moved,) = await desk.outbox.recover()
    assert moved.superseded_by == rule


async def test_what_the_owner_let_in_stays_let_in_until_it_changes(desk: Desk) -> None:
    one = await case(desk, None)
    secret = RecordId("profile:secret")
    await one.profile.add_entry("secret", "the safe is behind the stove")
    await desk.sql("INSERT INTO shared_once VALUES (?, ?)", int(one.draft.id), secret)
    written = NewText(text="behind it", records=[secret], rule="redraft", model="m", model_digest="d")
    redraft = await desk.outbox.revise(one.draft.id, 1, written)
    assert await desk.outbox.recheck() == []
    assert await desk.outbox.previous(redraft.id) == "behind it"
    await one.profile.forget(secret)
    (moved,) = await desk.outbox.recheck()
    assert moved.superseded_by == "record-gone"


async def test_a_draft_is_withdrawn_with_a_message_that_was_before_the_model_alone(desk: Desk) -> None:
    one = await case(desk, None)
    earlier = await desk.hear("the key of the hut", ELSEWHERE)
    answers = await desk.hear("which?")
    await desk.outbox.create(
        NewDraft(
            conversation=SAMS.id,
            answers=answers,
            text="that of the hut",
            persona=FRIENDS,
            records=(),
            texts={message_record(earlier.id): earlier.text},
            decision=ASK,
            model="tiny",
            model_digest="sha256:0",
        )
    )
    gone = await forget(desk.database, one.profile, message_record(earlier.id))
    assert [draft.answers for draft in gone.withdrawn] == [answers.id]


async def test_a_join_reaches_what_waits_in_every_thread_of_the_channel(desk: Desk) -> None:
    closed = replace(ELSEWHERE, joiners_read_history=False)
    thread = replace(closed, id=THREAD.id, parent=closed.id)
    for where in (closed, thread):
        await desk.messages.upsert(where)
        await desk.drafted(where=where)
    approved = await desk.drafted(where=replace(thread, id=ConversationId("slack:T/C/8")))
    await desk.outbox.approve(approved.id, approved.revision, "cli")
    await desk.messages.upsert(replace(closed, members=closed.members and closed.members | {PersonId("eve")}))
    assert await desk.claim() is None
    moved = await desk.outbox.recheck()
    assert len(moved) == 2  # the third went back with the claim
    assert {draft.superseded_by for draft in moved} == {"somebody-joined"}


@pytest.mark.parametrize("heard_in", ["the channel", "a thread", "a new thread"])
async def test_whoever_is_heard_of_anywhere_in_a_channel_listens_in_all_of_it(
    desk: Desk, heard_in: str
) -> None:
    closed = replace(ELSEWHERE, joiners_read_history=False)
    threads = [replace(closed, id=ConversationId(f"slack:T/C/{n}"), parent=closed.id) for n in (7, 8, 9)]
    for where in (closed, *threads[:2]):
        await desk.messages.upsert(where)
    now = replace(
        {"the channel": closed, "a thread": threads[0], "a new thread": threads[2]}[heard_in],
        members=frozenset({SAM, PersonId("mia"), PersonId("eve")}),
        newest_join=NOON + timedelta(hours=1),
    )
    await desk.messages.upsert(now)
    for conversation in await desk.messages.conversations():
        assert conversation.members == now.members
        assert conversation.newest_join == now.newest_join
    unheard = replace(closed, id=ConversationId("slack:T/C/10"), parent=closed.id)
    await desk.database.read(desk.audiences.refresh)
    current = desk.audiences.current(unheard)
    assert (current.members, current.newest_join) == (now.members, now.newest_join)
