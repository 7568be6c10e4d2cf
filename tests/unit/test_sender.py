"""The sender over a real outbox; the platforms and time are the test's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bots.runtime.base.timing import Timing
from bots.runtime.delivery import sender
from bots.runtime.delivery.sender import Sender
from core.errors import InAnotherName, OwnerMustFix, Refused, TryAgain
from core.runs_on import HERE
from core.types import OPEN_STATUSES, Conversation, ConversationId, Draft, DraftStatus, MessageId, SentAs
from memory.storage.port import DatabaseBusy
from tests.desk import MIAS, SAM, SAMS, Desk, open_desk
from tests.services import services
from tests.waiting import PATIENCE_S, RecordingDelivery, Sleeper, failing, until

ON_SLACK = Conversation(ConversationId("slack:sam"), "slack", "Sam", members=frozenset({SAM}))


FAULTS = [ConnectionResetError("Friday works."), TimeoutError(), OwnerMustFix("token")]


class Post:
    """A sender at work, and what stands around it."""

    def __init__(self, desk: Desk, *deliveries: RecordingDelivery) -> None:
        self.desk = desk
        self.passed: list[str] = []
        self.sleeper = Sleeper()
        timing = Timing(retry_first_s=1, retry_longest_s=100, look_again_s=1000)
        made = services(desk.clock, timing=timing, sleep=self.sleeper)
        self.changes, self.problems = made.changes, made.problems
        self.sender = Sender(desk.outbox, deliveries, made, self.passed.append)
        self.told = self.changes.subscribe()

    async def becomes(self, draft: Draft, status: DraftStatus) -> Draft:
        async def is_so() -> bool:
            return (await self.desk.outbox.get(draft.id)).status is status

        self.sender.wake()
        await until(self.told, is_so)
        return await self.desk.outbox.get(draft.id)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


@asynccontextmanager
async def post(desk: Desk, *deliveries: RecordingDelivery) -> AsyncIterator[Post]:
    stands = Post(desk, *deliveries)
    loops = [asyncio.create_task(work()) for work in stands.sender.loops().values()]
    try:
        yield stands
    finally:
        stands.sender.finish()
        async with asyncio.timeout(PATIENCE_S):
            for loop in loops:
                with suppress(asyncio.CancelledError):
                    await loop


async def test_what_is_approved_is_delivered_once_with_its_receipt(desk: Desk) -> None:
    platform = RecordingDelivery()
    draft = await desk.approved("Friday works.")
    async with post(desk, platform) as here:
        await here.becomes(draft, DraftStatus.SENT)
        assert here.passed == ["before send", "after send"]
    (sent,) = platform.sent
    assert (sent.conversation, sent.text, sent.reply_to) == (
        draft.conversation,
        "Friday works.",
        draft.answers,
    )
    (receipt,) = await desk.receipts.latest()
    assert (receipt.text, receipt.platform_ids) == ("Friday works.", ("delivered-1",))


class Named(RecordingDelivery):
    """A platform that knows in whose name it speaks; `refuses`: it finds out only when it is to speak."""

    speaks_as = SentAs.OWNER
    refuses = False

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        return self.speaks_as

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        if self.refuses:
            self.speaks_as, self.refuses = SentAs.BOT, False
            raise InAnotherName
        return await super().send(conversation, text, nonce=nonce, reply_to=reply_to, continues=continues)


async def in_name(desk: Desk, sends_as: SentAs, text: str = "Friday works.") -> Draft:
    draft = await desk.put(await desk.hear(), text, sends_as=sends_as)
    assert draft is not None
    return await desk.outbox.approve(draft.id, draft.revision, "cli")


async def test_what_goes_in_the_name_that_its_card_said_has_it_on_its_receipt(desk: Desk) -> None:
    draft = await in_name(desk, SentAs.OWNER)
    async with post(desk, Named()) as here:
        await here.becomes(draft, DraftStatus.SENT)
    (receipt,) = await desk.receipts.latest()
    assert (receipt.sent_as, receipt.runs_on) == (SentAs.OWNER, HERE)


@pytest.mark.parametrize(
    ("said", "speaks_as", "refuses"),
    [
        (SentAs.OWNER, SentAs.BOT, False),
        (SentAs.BOT, SentAs.OWNER, False),
        (SentAs.OWNER, SentAs.OWNER, True),
    ],
)
async def test_what_would_go_in_another_name_comes_back_to_its_owner_and_says_why(
    desk: Desk, said: SentAs, speaks_as: SentAs, refuses: bool
) -> None:
    platform = Named()
    platform.speaks_as, platform.refuses = speaks_as, refuses
    draft = await in_name(desk, said)
    async with post(desk, platform) as here:
        back = await here.becomes(draft, DraftStatus.WAITING)
        assert platform.sent == []
        assert (back.rule, back.sends_as, back.revision) == ("another-name", platform.speaks_as, 2)
        with pytest.raises(Refused):
            await desk.outbox.approve(draft.id, draft.revision, "cli")  # of the card that said otherwise
        again = await desk.outbox.approve(back.id, back.revision, "cli")
        await here.becomes(again, DraftStatus.SENT)
    (receipt,) = await desk.receipts.latest()
    assert receipt.sent_as is platform.speaks_as


async def test_where_its_card_could_not_say_the_receipt_does(desk: Desk) -> None:
    draft = await in_name(desk, SentAs.UNKNOWN)
    async with post(desk, Named()) as here:
        await here.becomes(draft, DraftStatus.SENT)
    (receipt,) = await desk.receipts.latest()
    assert receipt.sent_as is SentAs.OWNER


async def test_the_rest_of_a_long_reply_does_not_go_on_in_another_name(desk: Desk) -> None:
    platform = Named(text_limit=20)
    draft = await in_name(desk, SentAs.OWNER, "the first part here\n\nand the second one")
    gate = platform.gate = asyncio.Event()
    async with post(desk, platform) as here:
        here.sender.wake()
        await platform.reached.wait()
        platform.speaks_as = SentAs.BOT
        gate.set()
        back = await here.becomes(draft, DraftStatus.WAITING)
    assert (back.text, back.sends_as) == ("and the second one", SentAs.BOT)
    (receipt,) = await desk.receipts.latest()
    assert (receipt.text, receipt.sent_as) == ("the first part here", SentAs.OWNER)


class Typewriter(RecordingDelivery):
    """A platform that has its own way for what was typed by hand."""

    async def send_typed(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        return await self.send(
            conversation, f"typed: {text}", nonce=nonce, reply_to=reply_to, continues=continues
        )


async def test_what_the_owner_typed_is_sent_as_typed_and_what_the_model_wrote_as_written(desk: Desk) -> None:
    platform = Typewriter()
    async with post(desk, platform) as here:
        written = await desk.approved("2 *3* 4")
        await here.becomes(written, DraftStatus.SENT)
        draft = await desk.drafted("five *six*")
        typed = await desk.outbox.approve(draft.id, draft.revision, "console", "5 *6* 7")
        await here.becomes(typed, DraftStatus.SENT)
        draft = await desk.drafted("eight *nine*")
        changed = await desk.outbox.edit(draft.id, draft.revision, "other")
        back = await desk.outbox.approve(draft.id, changed.revision, "console", "eight *nine*")
        await here.becomes(back, DraftStatus.SENT)
    assert [one.text for one in platform.sent] == ["2 *3* 4", "typed: 5 *6* 7", "eight *nine*"]


async def test_a_platform_without_a_way_for_what_was_typed_sends_it_like_any_other(desk: Desk) -> None:
    platform = RecordingDelivery()
    async with post(desk, platform) as here:
        draft = await desk.drafted()
        typed = await desk.outbox.approve(draft.id, draft.revision, "console", "a_b_c")
        await here.becomes(typed, DraftStatus.SENT)
    assert [one.text for one in platform.sent] == ["a_b_c"]


async def test_what_waits_for_leave_is_not_sent(desk: Desk) -> None:
    platform = RecordingDelivery()
    await desk.drafted()
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
    assert platform.sent == []


async def test_what_may_not_be_sent_any_more_is_told_as_it_is_left(desk: Desk) -> None:
    platform = RecordingDelivery()
    delegation = await desk.delegation()
    delegated = await desk.delegated(delegation)
    await desk.delegations.revoke(delegation.id)
    expiring = await desk.approved(where=MIAS, lasts=timedelta(hours=1))
    desk.clock.pass_by(seconds=7200)
    async with post(desk, platform) as here:
        # Each is looked at again only once it is told that it changed.
        back = await here.becomes(delegated, DraftStatus.WAITING)
        assert back.rule == "delegation-over"
        await here.becomes(expiring, DraftStatus.EXPIRED)
    assert platform.sent == []


async def test_a_platform_that_delivered_nothing_is_tried_again_after_a_pause(desk: Desk) -> None:
    platform = failing(TryAgain("no network"), TryAgain("no network"), None)
    draft = await desk.approved()
    async with post(desk, platform) as here:
        for pause in (1, 2):
            await here.sleeper.asleep(pause)
            assert (await desk.outbox.get(draft.id)).status is DraftStatus.APPROVED
            assert here.problems.all() == ("console: no network",)
            desk.clock.pass_by(seconds=10)
            await here.sleeper.wake()
        await here.becomes(draft, DraftStatus.SENT)
        assert here.problems.all() == ()
        assert 0.5 <= here.sleeper.asked[0] <= 1 <= here.sleeper.asked[1] <= 2
    assert len(platform.sent) == 1


async def test_a_platform_that_asks_for_a_longer_pause_gets_it(desk: Desk) -> None:
    platform = failing(TryAgain("not so fast", wait_s=90), None)
    draft = await desk.approved()
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
        assert here.sleeper.asked == [90]
        desk.clock.pass_by(seconds=89)
        here.sender.wake()
        await here.sleeper.asleep(2)
        assert (await desk.outbox.get(draft.id)).status is DraftStatus.APPROVED
        desk.clock.pass_by(seconds=1)
        await here.sleeper.wake()
        await here.becomes(draft, DraftStatus.SENT)


async def test_a_pause_beyond_reason_is_no_pause_for_ever_and_none_for_what_else_can_be_sent(
    desk: Desk,
) -> None:
    platform = failing(TryAgain("not so fast", wait_s=float("inf")), None, None)
    first, second = await desk.approved(), await desk.approved("Here.", where=MIAS)
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
        assert here.sleeper.asked == [1000]
        await here.sleeper.wake()
        await here.becomes(second, DraftStatus.SENT)
        desk.clock.pass_by(days=1)
        here.sender.wake()
        await here.becomes(first, DraftStatus.SENT)


async def test_what_was_not_delivered_is_tried_as_soon_as_its_pause_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    jitter = cycle((1.0, 0.5))
    monkeypatch.setattr("random.uniform", lambda *_: next(jitter))
    platform = failing(TryAgain("no network"), None)
    await desk.approved()
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
        desk.clock.pass_by(seconds=here.sleeper.asked[0])
        await here.sleeper.wake()
        await here.sleeper.asleep(2)
        assert len(platform.sent) == 1


async def test_a_sender_that_was_woken_meanwhile_still_tries_again_in_time(desk: Desk) -> None:
    platform = failing(TryAgain("no network"), None)
    await desk.approved()
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
        here.sender.wake()
        await here.sleeper.asleep(2)
        assert here.sleeper.asked[1] == pytest.approx(here.sleeper.asked[0], abs=0.001)
        desk.clock.pass_by(seconds=here.sleeper.asked[1])
        await here.sleeper.wake()
        await here.sleeper.asleep(3)
        assert len(platform.sent) == 1


async def test_what_a_platform_refuses_is_closed_and_told(desk: Desk) -> None:
    draft = await desk.approved()
    async with post(desk, failing(Refused("sam blocked you"))) as here:
        await here.becomes(draft, DraftStatus.FAILED)
        assert here.problems.all() == (f"console refused draft {draft.id}: sam blocked you",)
    assert await desk.receipts.latest() == []


@pytest.mark.parametrize(
    "fault", [ConnectionResetError("Friday works."), TimeoutError(), OwnerMustFix("token")]
)
async def test_any_other_end_of_a_send_is_uncertain_and_never_sent_again(
    desk: Desk, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    platform = RecordingDelivery(fails=[fault])
    draft = await desk.approved("Friday works.")
    async with post(desk, platform) as here:
        await here.becomes(draft, DraftStatus.UNCERTAIN)
        here.sender.wake()
        await here.sleeper.asleep()
        assert "Friday" not in " ".join(here.problems.all()) + caplog.text
    assert platform.sent == []
    assert len(await desk.outbox.open()) == 1


async def test_what_became_of_a_send_is_filed_as_soon_as_the_disk_takes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, platform, file = await desk.approved(), RecordingDelivery(), desk.outbox.delivered
    full = [DatabaseBusy("twin.db: the disk is full")] * 2

    async def filed(*given: Any) -> Draft:
        if full:
            raise full.pop()
        return await file(*given)

    monkeypatch.setattr(desk.outbox, "delivered", filed)
    async with post(desk, platform) as here:
        here.sender.wake()
        for times in (1, 2):
            await here.sleeper.asleep(times)
            assert here.problems.all() == ("twin.db: the disk is full",)
            await here.sleeper.wake()
        await here.becomes(draft, DraftStatus.SENT)
        assert here.problems.all() == ()
    assert len(platform.sent) == 1


async def test_a_send_cut_short_is_uncertain(desk: Desk) -> None:
    platform = RecordingDelivery(gate=asyncio.Event())
    draft = await desk.approved()
    here = Post(desk, platform)
    loop = asyncio.ensure_future(here.sender.loops()["console"]())
    await platform.reached.wait()
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    assert (await desk.outbox.get(draft.id)).status is DraftStatus.UNCERTAIN


async def test_stopping_finishes_the_send_in_hand_and_claims_nothing_more(desk: Desk) -> None:
    gate = asyncio.Event()
    platform = RecordingDelivery(gate=gate)
    first = await desk.approved()
    second = await desk.approved(where=Conversation(ConversationId("console:x"), "console", "X"))
    here = Post(desk, platform)
    loop = asyncio.ensure_future(here.sender.loops()["console"]())
    await platform.reached.wait()
    here.sender.finish()
    gate.set()
    async with asyncio.timeout(PATIENCE_S):
        await loop
    assert (await desk.outbox.get(first.id)).status is DraftStatus.SENT
    assert (await desk.outbox.get(second.id)).status is DraftStatus.APPROVED


async def test_a_slow_platform_holds_up_no_other(desk: Desk) -> None:
    slow, quick = RecordingDelivery("slack", gate=asyncio.Event()), RecordingDelivery()
    stuck, free = await desk.approved(where=ON_SLACK), await desk.approved()
    async with post(desk, slow, quick) as here:
        await here.becomes(free, DraftStatus.SENT)
        assert (await desk.outbox.get(stuck.id)).status is DraftStatus.SENDING
        assert slow.gate is not None
        slow.gate.set()
        await here.becomes(stuck, DraftStatus.SENT)


async def test_a_slow_send_holds_up_no_other_conversation_of_its_platform(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SLOW_S", 0.001)
    gate = asyncio.Event()

    class Slow(RecordingDelivery):
        async def send(self, conversation: ConversationId, text: str, **given: Any) -> str:
            if conversation == stuck.conversation:
                await gate.wait()
            return await super().send(conversation, text, **given)

    stuck = await desk.approved("slowly")
    platform = Slow()
    async with post(desk, platform) as here:
        quick = await desk.approved("quickly", where=MIAS)
        await here.becomes(quick, DraftStatus.SENT)
        assert (await desk.outbox.get(stuck.id)).status is DraftStatus.SENDING
        gate.set()
        await here.becomes(stuck, DraftStatus.SENT)
    assert [one.text for one in platform.sent] == ["quickly", "slowly"]


async def test_so_many_sends_are_in_hand_at_once_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SLOW_S", 0.001)
    platform = RecordingDelivery(gate=asyncio.Event())
    where = [replace(SAMS, id=ConversationId(f"console:{number}")) for number in range(sender.AT_ONCE + 1)]
    drafts = [await desk.approved(where=one) for one in where]

    async with post(desk, platform) as here, asyncio.timeout(PATIENCE_S):
        sending: list[Draft] = []
        while len(sending) < sender.AT_ONCE:
            sending = [one for one in await desk.outbox.open() if one.status is DraftStatus.SENDING]
        assert (await desk.outbox.get(drafts[-1].id)).status is DraftStatus.APPROVED
        assert platform.gate is not None
        platform.gate.set()
        await here.becomes(drafts[-1], DraftStatus.SENT)
    assert len(platform.sent) == len(drafts)


async def test_a_long_reply_goes_out_in_order_and_in_parts(desk: Desk) -> None:
    platform = RecordingDelivery(text_limit=20)
    draft = await desk.approved("one two three four. five six seven eight.")
    async with post(desk, platform) as here:
        await here.becomes(draft, DraftStatus.SENT)
    assert [one.text for one in platform.sent] == ["one two three four.", "five six seven", "eight."]
    assert {one.reply_to for one in platform.sent} == {draft.answers}
    assert [one.continues for one in platform.sent] == [False, True, True]
    assert len({one.nonce for one in platform.sent}) == 3
    (receipt,) = await desk.receipts.latest()
    assert len(receipt.platform_ids) == 3


async def test_a_reply_that_breaks_off_between_parts_is_uncertain_as_a_whole(desk: Desk) -> None:
    platform = RecordingDelivery(text_limit=20, fails=[None, OSError()])
    draft = await desk.approved("one two three four. five six seven eight.")
    async with post(desk, platform) as here:
        await here.becomes(draft, DraftStatus.UNCERTAIN)
    assert [one.text for one in platform.sent] == ["one two three four."]


async def test_pausing_stops_the_sender_until_it_resumes(desk: Desk) -> None:
    platform = RecordingDelivery()
    await desk.control.pause()
    draft = await desk.approved()
    async with post(desk, platform) as here:
        await here.sleeper.asleep()
        assert platform.sent == []
        await desk.control.resume()
        await here.becomes(draft, DraftStatus.SENT)


async def test_a_platform_that_is_not_here_keeps_its_drafts(desk: Desk) -> None:
    draft = await desk.approved(where=ON_SLACK)
    async with post(desk, RecordingDelivery()) as here:
        await here.sleeper.asleep()
    assert (await desk.outbox.get(draft.id)).status in OPEN_STATUSES
