"""The gateway over a real database and a real agent; the model and time are the test's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bots.runtime.base.timing import Timing
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.gateway import Gateway
from core.agent import Agent
from core.errors import OwnerMustFix, TryAgain
from core.models.scripted import ScriptedChat
from core.ports import ChatModel, PolicyFacts
from core.steps import AgentSettings
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    Draft,
    DraftStatus,
    Kind,
    Message,
    MessageId,
    Mode,
    PersonId,
    Verdict,
)
from tests.desk import FRIENDS, SAM, SAMS, Desk, open_desk
from tests.fakes import DRAFTING, FRIENDLY, FakeMemory, FakePersonaSelector, FakePolicyFacts
from tests.services import services
from tests.waiting import PATIENCE_S, Sleeper, SlowChat

MIA = PersonId("mia")


class Hall:
    """A gateway and what stands around it."""

    def __init__(
        self,
        desk: Desk,
        model: ChatModel,
        *,
        timing: Timing | None = None,
        facts: PolicyFacts = DRAFTING,
        disclosure: str = "",
    ) -> None:
        self.desk = desk
        self.sleeper = Sleeper()
        timing = timing or Timing(retry_first_s=1, retry_longest_s=100)
        made = services(desk.clock, timing=timing, sleep=self.sleeper)
        self.changes, self.problems = made.changes, made.problems
        policy_facts = FakePolicyFacts(facts)
        persona_selector = FakePersonaSelector(replace(FRIENDLY, mode=facts.mode, disclosure=disclosure))
        agent = Agent(
            lambda _: model, FakeMemory(), persona_selector, policy_facts, desk.clock, AgentSettings("Alex")
        )
        self.drafter = Drafter(agent, policy_facts, desk.outbox, made)
        self.gateway = Gateway(desk.database, desk.messages, desk.outbox, self.drafter, made)

    def message(
        self, text: str, where: Conversation = SAMS, author: PersonId = SAM, key: str = ""
    ) -> Message:
        self.desk.heard += 1
        self.desk.clock.pass_by(seconds=1)
        name = MessageId(f"{where.id}/{key or self.desk.heard}")
        return Message(name, where.id, author, text, self.desk.clock.now())

    async def hear(self, text: str, where: Conversation = SAMS, author: PersonId = SAM) -> Message:
        message = self.message(text, where, author)
        assert await self.gateway.hear(where, message)
        return message

    async def drafts(self, count: int) -> list[Draft]:
        async with asyncio.timeout(PATIENCE_S):
            await self.gateway.rest()
        drafts = list(await self.desk.outbox.open())
        assert len(drafts) == count
        return drafts

    async def pending(self) -> list[MessageId]:
        return [one.id for one in await self.desk.messages.pending()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


@asynccontextmanager
async def hall(desk: Desk, model: ChatModel, **options: object) -> AsyncIterator[Hall]:
    stands = Hall(desk, model, **options)  # type: ignore[arg-type]
    try:
        yield stands
    finally:
        await stands.gateway.close()


async def test_a_message_becomes_a_draft_that_waits(desk: Desk) -> None:
    async with hall(desk, ScriptedChat("maybe, eight?")) as here:
        turned = await here.gateway.converse(SAMS, here.message("dinner?"))
        assert turned.decision.verdict is Verdict.ASK
        assert turned.draft is not None
        assert (turned.draft.text, turned.draft.status) == ("maybe, eight?", DraftStatus.WAITING)
        assert await here.pending() == []


async def test_a_redelivered_message_changes_nothing(desk: Desk) -> None:
    model = ScriptedChat("let me see")
    async with hall(desk, model) as here:
        message = here.message("dinner?")
        await here.gateway.converse(SAMS, message)
        assert not await here.gateway.hear(SAMS, message)
        assert len(model.prompts) == 1
        assert len(await desk.outbox.open()) == 1


async def test_hearing_is_done_while_the_model_has_not_begun(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model, timing=Timing(max_concurrent_drafts=1)) as here:
        rooms = [
            Conversation(ConversationId(f"console:{n}"), "console", str(n), members=frozenset({SAM}))
            for n in range(50)
        ]
        async with asyncio.timeout(PATIENCE_S):
            assert all(await asyncio.gather(*(here.gateway.hear(r, here.message("hi?", r)) for r in rooms)))
        assert len(await here.pending()) == 50
        await model.next()
        assert len(model.prompts) == 1


async def test_a_burst_gets_one_draft_for_its_newest_message(desk: Desk) -> None:
    model = ScriptedChat("hm, good question")
    async with hall(desk, model, timing=Timing(quiet_s=1.5, longest_burst_s=60)) as here:
        await here.hear("dinner?")
        await here.sleeper.asleep()
        second = await here.hear("or lunch?")
        await here.sleeper.asleep(2)
        await here.sleeper.wake()
        (draft,) = await here.drafts(1)
        assert draft.answers == second.id
        assert len(model.prompts) == 1
        assert await here.pending() == []


async def test_a_burst_that_never_ends_is_answered_all_the_same(desk: Desk) -> None:
    async with hall(desk, ScriptedChat("let me see"), timing=Timing(quiet_s=5, longest_burst_s=6)) as here:
        await here.hear("one")
        await here.sleeper.asleep()
        desk.clock.pass_by(seconds=10)
        await here.hear("two")
        await here.drafts(1)
        assert here.sleeper.asked == [5]


async def test_something_newer_abandons_the_draft_in_hand_and_both_are_answered(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        await here.hear("dinner?")
        await model.next()
        second = await here.hear("I mean lunch?")
        (await model.next()).set_result("let me see")
        (draft,) = await here.drafts(1)
        assert (draft.answers, draft.text) == (second.id, "let me see")
        assert model.abandoned == 1
        assert await here.pending() == []


async def test_a_thumb_after_a_question_neither_stops_its_draft_nor_swallows_it(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        question = await here.hear("dinner?")
        writing = await model.next()
        await here.hear("👍")
        writing.set_result("let me see")
        (draft,) = await here.drafts(1)
        assert (draft.answers, draft.text) == (question.id, "let me see")
        assert (len(model.prompts), model.abandoned) == (1, 0)
        assert await here.pending() == []


async def test_in_a_group_the_talk_of_others_does_not_swallow_what_the_owner_was_asked(desk: Desk) -> None:
    group = replace(SAMS, id=ConversationId("console:hut"), kind=Kind.GROUP, members=frozenset({SAM, MIA}))
    asked = await desk.hear("alex, do you bring the rope?", group)
    await desk.database.write(
        "address", lambda c: c.execute("UPDATE messages SET addressed = 1 WHERE id = ?", (asked.id,)) and None
    )
    await desk.hear("i bring soup", group, MIA)
    async with hall(desk, ScriptedChat("hm, let me check")) as here:
        await here.gateway.recover()
        (draft,) = await here.drafts(1)
        assert draft.answers == asked.id
        assert await here.pending() == []


async def test_a_newer_message_replaces_a_draft_that_waits(desk: Desk) -> None:
    async with hall(desk, ScriptedChat(["dinner?", "lunch?"])) as here:
        first = await here.gateway.converse(SAMS, here.message("dinner?"))
        await here.gateway.converse(SAMS, here.message("or lunch?"))
        assert first.draft is not None
        assert (await desk.outbox.get(first.draft.id)).status is DraftStatus.SUPERSEDED
        assert [one.text for one in await desk.outbox.open()] == ["lunch?"]


async def test_the_owner_answering_withdraws_the_draft_and_the_question(desk: Desk) -> None:
    async with hall(desk, ScriptedChat("let me see")) as here:
        turned = await here.gateway.converse(SAMS, here.message("dinner?"))
        await here.hear("can't, sorry", author=OWNER)
        assert turned.draft is not None
        assert (await desk.outbox.get(turned.draft.id)).status is DraftStatus.SUPERSEDED
        assert await here.pending() == []


async def test_the_owner_answering_in_a_thread_of_the_question_withdraws_its_draft(desk: Desk) -> None:
    room = Conversation(ConversationId("slack:T/C"), "slack", "#team", Kind.GROUP)
    thread = replace(room, id=ConversationId("slack:T/C/7"), parent=room.id)
    async with hall(desk, ScriptedChat("let me see")) as here:
        asked = replace(here.message("dinner?", room), addressed=True)
        turned = await here.gateway.converse(room, asked)
        assert turned.draft is not None
        beside = replace(here.message("hm", thread, OWNER), reply_to=MessageId(f"{room.id}/other"))
        await here.gateway.hear(thread, beside)
        assert (await desk.outbox.get(turned.draft.id)).status is DraftStatus.WAITING
        await here.gateway.hear(thread, replace(here.message("no", thread, OWNER), reply_to=asked.id))
        assert (await desk.outbox.get(turned.draft.id)).status is DraftStatus.SUPERSEDED
        assert await here.pending() == []


async def test_the_owner_answering_while_the_model_writes_leaves_no_draft(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        asking = asyncio.create_task(here.gateway.converse(SAMS, here.message("dinner?")))
        await model.next()
        await here.hear("can't, sorry", author=OWNER)
        assert (await asking).decision.rule == "owner-answered"
        await here.drafts(0)
        assert await desk.outbox.open() == []
        assert await here.pending() == []


async def test_the_twins_own_echo_is_not_answered(desk: Desk) -> None:
    model = ScriptedChat("let me see")
    async with hall(desk, model) as here:
        await here.hear("let me see", author=TWIN)
        await here.drafts(0)
        assert model.prompts == []


async def test_a_model_that_fails_leaves_the_message_pending_and_is_told_of_once(desk: Desk) -> None:
    model = ScriptedChat([TryAgain("it is away"), TryAgain("it is away"), TryAgain("it is away"), "oh wow!"])
    async with hall(desk, model) as here:
        with pytest.raises(TryAgain, match="it is away"):
            await here.gateway.converse(SAMS, here.message("dinner?"))
        assert len(await here.pending()) == 1
        assert here.problems.all() == ("it is away",)
        for _ in range(3):
            await here.sleeper.wake()
            await asyncio.sleep(0)
        (draft,) = await here.drafts(1)
        assert draft.text == "oh wow!"
        assert here.problems.all() == ()
        assert [round(one) in (1, 2, 3, 4) for one in here.sleeper.asked] == [True] * 3
        assert here.sleeper.asked == sorted(here.sleeper.asked)


async def test_what_the_owner_must_fix_is_said_and_tried_again_slowly(desk: Desk) -> None:
    model = ScriptedChat([OwnerMustFix("ollama pull gemma3"), "there"])
    async with hall(desk, model, timing=Timing(retry_first_s=1, retry_longest_s=100)) as here:
        with pytest.raises(OwnerMustFix, match="ollama pull"):
            await here.gateway.converse(SAMS, here.message("dinner?"))
        assert here.problems.all() == ("ollama pull gemma3",)
        await here.sleeper.asleep()
        assert here.sleeper.asked == [100]
        here.drafter.try_now()
        await here.drafts(1)
        assert here.problems.all() == ()


async def test_a_model_that_is_back_for_one_conversation_is_tried_at_once_by_the_others(desk: Desk) -> None:
    other = replace(SAMS, id=ConversationId("console:other"))
    model = ScriptedChat([TryAgain("away"), "hm", "well"])
    async with hall(desk, model) as here:
        await here.hear("first?")
        await here.sleeper.asleep()
        await here.hear("second?", other)
        assert {one.text for one in await here.drafts(2)} == {"hm", "well"}


async def test_a_fault_in_one_draft_neither_ends_the_worker_nor_tells_what_was_said(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [ValueError("the secret words"), None]

    def reply(_: object) -> str:
        if fault := broken.pop(0):
            raise fault
        return "fine"

    async with hall(desk, ScriptedChat(reply)) as here:
        with pytest.raises(TryAgain):
            await here.gateway.converse(SAMS, here.message("the secret words"))
        here.drafter.try_now()
        await here.drafts(1)
        assert "secret" not in caplog.text
        assert "ValueError" in caplog.text


async def test_an_edited_message_is_drafted_for_anew(desk: Desk) -> None:
    async with hall(desk, ScriptedChat(["dinner?", "lunch?"])) as here:
        message = here.message("dinner?")
        first = await here.gateway.converse(SAMS, message)
        desk.clock.pass_by(seconds=5)
        assert await here.gateway.edit(SAMS, message.id, "lunch?", desk.clock.now())
        (draft,) = await here.drafts(1)
        assert first.draft is not None
        assert (draft.id != first.draft.id, draft.text) == (True, "lunch?")


async def test_a_deleted_message_takes_its_draft_along(desk: Desk) -> None:
    async with hall(desk, ScriptedChat("dinner?")) as here:
        message = here.message("dinner?")
        await here.gateway.converse(SAMS, message)
        assert await here.gateway.delete(SAMS, message.id)
        await here.drafts(0)
        assert await desk.outbox.open() == []
        assert await here.pending() == []


async def test_what_is_left_of_a_burst_is_answered_when_its_newest_message_is_deleted(desk: Desk) -> None:
    model = ScriptedChat("dinner?")
    async with hall(desk, model) as here:
        first = await here.hear("dinner?")
        await here.drafts(1)
        second = here.message("forget it")
        await here.gateway.converse(SAMS, second)
        await here.gateway.delete(SAMS, second.id)
        (draft,) = await here.drafts(1)
        assert draft.answers == first.id


async def test_a_delegated_reply_is_approved_and_carries_the_disclosure(desk: Desk) -> None:
    delegation = await desk.delegation()
    facts = PolicyFacts(
        mode=Mode.AUTO,
        paused=False,
        owner_present=False,
        known=True,
        sends_left=5,
        delegation=delegation.id,
        replies=delegation.replies,
    )
    model = ScriptedChat("never asked")
    async with hall(desk, model, facts=facts, disclosure="(my twin)") as here:
        turned = await here.gateway.converse(SAMS, here.message("hey"))
        assert turned.decision.verdict is Verdict.SEND
        assert model.prompts == []
        assert turned.draft is not None
        assert (turned.draft.status, turned.draft.text) == (DraftStatus.APPROVED, "hey you\n\n(my twin)")
        assert turned.draft.persona == FRIENDS


async def test_a_restart_drafts_what_is_fresh_and_lists_what_is_old(desk: Desk) -> None:
    old = await desk.hear("long ago", replace(SAMS, id=ConversationId("console:old")))
    desk.clock.pass_by(hours=30)
    fresh = await desk.hear("just now")
    async with hall(desk, ScriptedChat("hi"), timing=Timing(fresh=timedelta(hours=24))) as here:
        await here.gateway.recover()
        (draft,) = await here.drafts(1)
        assert draft.answers == fresh.id
        assert old.id not in await here.pending()


async def test_stopping_keeps_what_is_in_hand_for_the_next_start(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        asking = asyncio.create_task(here.gateway.converse(SAMS, here.message("dinner?")))
        await model.next()
        await here.gateway.close()
        with pytest.raises(TryAgain, match="stopping"):
            await asking
        assert len(await here.pending()) == 1
    async with hall(desk, ScriptedChat("let me see")) as again:
        await again.gateway.recover()
        assert [one.text for one in await again.drafts(1)] == ["let me see"]


TRIP = Conversation(ConversationId("console:trip"), "console", "Trip", Kind.GROUP, frozenset({SAM}))
WITH_MIA = replace(TRIP, members=frozenset({SAM, MIA}))


async def test_what_waits_when_somebody_joins_is_drafted_anew(desk: Desk) -> None:
    model = ScriptedChat("maybe, eight?")
    async with hall(desk, model) as here:
        asked = replace(here.message("dinner?", TRIP), addressed=True)
        await here.gateway.hear(TRIP, asked)
        (first,) = await here.drafts(1)
        await here.gateway.listeners(WITH_MIA)
        (second,) = await here.drafts(1)
        assert second.id != first.id
        assert second.answers == asked.id
        assert (await desk.outbox.get(first.id)).status is DraftStatus.SUPERSEDED
        await here.gateway.listeners(TRIP)  # Mia has left
        assert await here.drafts(1) == [second]


async def test_what_waits_when_a_newcomer_speaks_is_drafted_anew(desk: Desk) -> None:
    model = ScriptedChat("maybe, eight?")
    async with hall(desk, model) as here:
        asked = replace(here.message("dinner?", TRIP), addressed=True)
        await here.gateway.hear(TRIP, asked)
        (first,) = await here.drafts(1)
        await here.gateway.hear(WITH_MIA, here.message("hi all!", WITH_MIA, MIA))  # asks the owner nothing
        (second,) = await here.drafts(1)
        assert second.id != first.id
        assert (await desk.outbox.get(first.id)).status is DraftStatus.SUPERSEDED


async def test_a_draft_in_hand_starts_over_when_somebody_joins(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        await here.gateway.hear(TRIP, replace(here.message("dinner?", TRIP), addressed=True))
        await model.next()
        await here.gateway.listeners(WITH_MIA)
        (await model.next()).set_result("maybe, eight?")
        (draft,) = await here.drafts(1)
        assert model.abandoned == 1
        assert draft.rule != "others-listen"
        assert await desk.outbox.recheck() == []


async def test_a_draft_in_hand_starts_over_when_something_it_may_rest_on_is_forgotten(desk: Desk) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        await here.hear("dinner?")
        await model.next()
        here.gateway.start_over()
        (await model.next()).set_result("maybe, eight?")
        (draft,) = await here.drafts(1)
        assert (model.abandoned, draft.text) == (1, "maybe, eight?")


async def test_a_message_that_comes_late_is_answered_together_with_the_newer_one(desk: Desk) -> None:
    model = ScriptedChat("maybe, eight?")
    async with hall(desk, model) as here:
        late, newer = here.message("dinner?"), here.message("or lunch?")
        await here.gateway.hear(SAMS, newer)
        (alone,) = await here.drafts(1)
        await here.gateway.hear(SAMS, late)
        (both,) = await here.drafts(1)
        assert (both.answers, both.id != alone.id) == (newer.id, True)
        assert await here.pending() == []


async def test_what_is_heard_while_an_edit_is_looked_into_is_answered_too(desk: Desk) -> None:
    async with hall(desk, ScriptedChat("maybe, eight?")) as here:
        first = await here.hear("dinner?")
        await here.drafts(1)
        at = desk.clock.now()
        newer = here.message("or lunch?")
        pending = desk.messages.pending

        async def slow(conversation: ConversationId | None = None) -> list[Message]:
            found = await pending(conversation)
            if await desk.messages.get(newer.id) is None:
                await here.gateway.hear(SAMS, newer)
            return found

        desk.messages.pending = slow  # type: ignore[method-assign]
        await here.gateway.edit(SAMS, first.id, "breakfast?", at)
        (draft,) = await here.drafts(1)
        assert draft.answers == newer.id
        assert await here.pending() == []


async def test_stopping_while_the_model_writes_leaves_nothing_behind(desk: Desk) -> None:
    before = asyncio.all_tasks()
    async with hall(desk, model := SlowChat()) as here:
        await here.hear("dinner?")
        await model.next()
    assert asyncio.all_tasks() == before


async def test_a_fault_beside_the_model_does_not_end_the_worker(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SlowChat()
    async with hall(desk, model) as here:
        sound = here.drafter.question

        async def fails(*_: object) -> None:
            monkeypatch.setattr(here.drafter, "question", sound)
            raise ValueError("sec" + "ret")

        monkeypatch.setattr(here.drafter, "question", fails)
        await here.hear("dinner?")
        await model.next()
        await here.hear("on friday?")
        await here.sleeper.wake()
        (await model.next()).set_result("maybe, eight?")
        (draft,) = await here.drafts(1)
        assert draft.text == "maybe, eight?"
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
