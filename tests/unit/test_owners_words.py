"""What the owner wrote into a draft waits on, whatever overtakes the draft but a word of theirs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import Refused
from core.types import Draft, DraftId, DraftStatus, Message, MessageId
from memory.outbox.outbox import NewDraft
from tests.desk import ASK, FRIENDS, SAMS, Desk, open_desk

WORDS = "I read all of it"


@dataclass
class Case:
    """A draft for Sam, in the owner's own words."""

    desk: Desk
    asked: Message
    draft: Draft

    async def newer_message(self) -> None:
        await self.desk.put(await self.desk.hear("hello?"), "hi!")

    async def late_message(self) -> None:
        early = self.desk.clock.now().replace(year=2020)
        late = replace(self.asked, id=MessageId(f"{SAMS.id}/late"), sent_at=early)
        assert await self.desk.messages.hear(SAMS, late)
        assert await self.desk.put(late, "hi!") is None

    async def edited(self) -> None:
        self.desk.clock.pass_by(seconds=1)
        assert await self.desk.messages.edit(self.asked.id, "or saturday?", self.desk.clock.now())
        await self.desk.outbox.supersede(message=self.asked.id, rule="message-edited")

    async def deleted(self) -> None:
        assert await self.desk.messages.delete(self.asked.id)
        await self.desk.outbox.supersede(message=self.asked.id, rule="message-deleted")

    async def edited_unnoticed(self) -> None:
        self.desk.clock.pass_by(seconds=1)
        assert await self.desk.messages.edit(self.asked.id, "or saturday?", self.desk.clock.now())
        await self.desk.outbox.recover()

    async def deleted_unnoticed(self) -> None:
        assert await self.desk.messages.delete(self.asked.id)
        await self.desk.outbox.recover()


Overtaking = Callable[[Case], Awaitable[None]]
OVERTAKINGS: list[tuple[Overtaking, str]] = [
    (Case.newer_message, "newer-message"),
    (Case.late_message, "late-message"),
    (Case.edited, "message-edited"),
    (Case.deleted, "message-deleted"),
    (Case.edited_unnoticed, "message-edited"),
    (Case.deleted_unnoticed, "message-deleted"),
]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def waiting(desk: Desk) -> Draft:
    (draft,) = await desk.outbox.open()
    return draft


@pytest.mark.parametrize("state", ["waiting", "approved", "snoozed"])
@pytest.mark.parametrize("models", ["Friday works.", ""])
@pytest.mark.parametrize(("overtake", "rule"), OVERTAKINGS, ids=[each.__name__ for each, _ in OVERTAKINGS])
async def test_they_wait_as_a_new_revision_that_says_why(
    desk: Desk, overtake: Overtaking, rule: str, models: str, state: str
) -> None:
    asked = await desk.hear()
    draft = await desk.put(asked, models)
    assert draft is not None
    await desk.outbox.edit(draft.id, 1, WORDS)
    if state == "approved":
        await desk.outbox.approve(draft.id, 2, "cli")
    elif state == "snoozed":
        await desk.outbox.snooze(draft.id, 2, desk.clock.now().replace(year=2030))
    await overtake(Case(desk, asked, draft))
    left = await waiting(desk)
    assert (left.status, left.text, left.typed, left.rule) == (DraftStatus.WAITING, WORDS, True, rule)
    assert (left.id, left.revision) != (draft.id, 2)
    assert await desk.claim() is None
    await desk.outbox.approve(left.id, left.revision, "cli")
    claim = await desk.claim()
    assert claim is not None
    assert (claim.text, claim.typed) == (WORDS, True)


async def test_an_edit_after_that_wants_another_look(desk: Desk) -> None:
    asked = await desk.hear()
    draft = await desk.put(asked)
    assert draft is not None
    await desk.outbox.edit(draft.id, 1, WORDS)
    case = Case(desk, asked, draft)
    await case.edited()
    await desk.outbox.approve(draft.id, 3, "cli")
    desk.clock.pass_by(seconds=1)
    assert await desk.messages.edit(asked.id, "or sunday?", desk.clock.now())
    assert await desk.claim() is None
    assert (await waiting(desk)).text == WORDS


async def approved(desk: Desk, words: str) -> DraftId:
    draft = await desk.drafted()
    await desk.outbox.approve(draft.id, 1, "cli", words)
    return draft.id


@pytest.mark.parametrize("newest", ["", "and this"])
@pytest.mark.parametrize("how", ["released", "not delivered"])
async def test_what_did_not_arrive_goes_over_to_the_draft_that_waits_meanwhile(
    desk: Desk, how: str, newest: str
) -> None:
    first = await approved(desk, WORDS)
    claim = await desk.claim()
    assert claim is not None
    newer = await desk.drafted("hi!")
    if newest:
        await desk.outbox.edit(newer.id, 1, newest)
    if how == "released":
        await desk.outbox.released(claim)
    else:
        await desk.outbox.uncertain(claim, "timeout")
        await desk.outbox.settle(first, delivered=False)
    left = await waiting(desk)
    assert left.id == newer.id
    assert left.text == "\n\n".join(filter(None, (WORDS, newest)))
    assert (left.typed, left.rule, left.original) == (True, "newer-message", "hi!")


async def test_another_that_is_asked_for_does_not_take_their_place(desk: Desk) -> None:
    asked = await desk.hear()
    draft = await desk.put(asked)
    assert draft is not None
    await desk.outbox.edit(draft.id, 1, WORDS)
    another = NewDraft(
        conversation=asked.conversation,
        answers=asked,
        text="no",
        persona=FRIENDS,
        records=(),
        decision=ASK,
        model="tiny",
        model_digest="0",
        asked_at=desk.clock.now(),
    )
    with pytest.raises(Refused, match="your own words"):
        await desk.outbox.create(another)
    assert (await waiting(desk)).text == WORDS


async def test_their_own_answer_withdraws_them(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.outbox.edit(draft.id, 1, WORDS)
    await desk.owner_says()
    await desk.outbox.supersede(conversation=draft.conversation, rule="owner-answered")
    assert await desk.outbox.open() == []
    assert (await desk.outbox.get(draft.id)).text == WORDS


async def test_what_was_edited_back_is_the_models(desk: Desk) -> None:
    draft = await desk.drafted()
    await desk.outbox.edit(draft.id, 1, WORDS)
    back = await desk.outbox.edit(draft.id, 2, draft.text)
    assert not back.typed
