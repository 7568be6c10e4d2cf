"""A platform that can tell says that a broken send arrived; nothing makes it be sent again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bots.platforms.port import FindsSent, Health
from bots.runtime.base.timing import Timing, cancel_and_wait
from bots.runtime.delivery.reconciler import PAUSES_S, Reconciler
from bots.runtime.delivery.sender import Sender
from core.errors import Refused
from core.types import TWIN, ByOwner, Conversation, ConversationId, Draft, DraftStatus
from memory.outbox.parts import UncertainSend
from tests.desk import SAM, Desk, open_desk
from tests.scripted_platform import ScriptedPlatform
from tests.services import services
from tests.waiting import RecordingDelivery, Sleeper, until

SAMS = Conversation(ConversationId("slack:sam"), "slack", "Sam", members=frozenset({SAM}))
MIAS = Conversation(ConversationId("slack:mia"), "slack", "Mia", members=frozenset({SAM}))


class Post:
    """A platform, connected unless said otherwise, its sender, and what asks it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.slack = ScriptedPlatform("slack", desk.clock, health=(Health.CONNECTED, ""))
        self.sleeper = Sleeper()
        self.services = services(desk.clock, timing=Timing(look_again_s=1000), sleep=self.sleeper)
        self.changes, self.problems = self.services.changes, self.services.problems
        self.reconciling = Reconciler([self.slack], desk.outbox, self.services)
        self.told = self.changes.subscribe()

    async def broken(self, how: str, text: str = "Friday works.", where: Conversation = SAMS) -> Draft:
        """A draft whose send ended so."""
        self.slack.breaks.append(how)
        draft = await self.desk.approved(text, where)
        async with self.sending():
            return await self.becomes(draft, DraftStatus.UNCERTAIN)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        sender = Sender(self.desk.outbox, [self.slack], replace(self.services, sleep=Sleeper()))
        loops = [asyncio.create_task(work()) for work in (*sender.loops().values(), sender.listen)]
        try:
            yield
        finally:
            await cancel_and_wait(*loops)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        (work,) = self.reconciling.loops().values()
        loop = asyncio.create_task(work())
        try:
            yield
        finally:
            await cancel_and_wait(loop)

    async def becomes(self, draft: Draft, status: DraftStatus) -> Draft:
        async def is_so() -> bool:
            return (await self.desk.outbox.get(draft.id)).status is status

        await until(self.told, is_so)
        return await self.desk.outbox.get(draft.id)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with open_desk(tmp_path) as desk:
        yield Post(desk)


async def test_what_the_platform_shows_is_filed_as_delivered_when_it_was_sent(post: Post) -> None:
    draft = await post.broken("arrived")
    at = post.desk.clock.now()
    post.desk.clock.pass_by(hours=1)
    assert post.problems.all() == (f"slack: draft {draft.id} may have arrived (ConnectionResetError)",)
    async with post.asking():
        await post.becomes(draft, DraftStatus.SENT)
    (receipt,) = await post.desk.receipts.latest()
    assert (receipt.platform_ids, receipt.authorized_by, receipt.sent_at) == (("sent-1",), ByOwner("cli"), at)
    said = (await post.desk.messages.recent(SAMS.id, 5))[-1]
    assert (said.author, said.text, said.id) == (TWIN, "Friday works.", "slack:sam/sent-1")
    assert post.slack.searched == [(post.slack.sent[0].nonce, at)]
    assert post.problems.all() == ()


async def test_what_is_not_seen_stays_uncertain_and_is_not_sent_again(post: Post) -> None:
    draft = await post.broken("lost")
    async with post.sending(), post.asking():
        for times, pause_s in enumerate((*PAUSES_S, PAUSES_S[-1]), start=1):
            await post.sleeper.asleep(times)
            assert (post.sleeper.asked[-1], len(post.slack.searched)) == (pause_s, times)
            post.desk.clock.pass_by(seconds=pause_s)
            await post.sleeper.wake()
        await post.sleeper.asleep(len(PAUSES_S) + 2)
    assert (await post.desk.outbox.get(draft.id)).status is DraftStatus.UNCERTAIN
    assert post.slack.sent == []


async def test_what_is_shown_late_is_found_at_a_later_look(post: Post) -> None:
    post.slack.shows = False
    draft = await post.broken("arrived")
    async with post.asking():
        await post.sleeper.asleep()
        post.slack.shows = True
        post.desk.clock.pass_by(seconds=PAUSES_S[0])
        await post.sleeper.wake()
        await post.becomes(draft, DraftStatus.SENT)


async def test_a_platform_is_not_asked_more_often_for_what_happens_meanwhile(post: Post) -> None:
    await post.broken("lost")
    for _ in range(3):
        await post.reconciling.look()
    assert len(post.slack.searched) == 1


async def test_it_is_asked_once_it_is_connected(post: Post) -> None:
    draft = await post.broken("arrived")
    post.slack.health = (Health.RECONNECTING, "")
    async with post.asking():
        await post.sleeper.asleep()
        assert post.slack.searched == []
        post.slack.health = (Health.CONNECTED, "")
        post.changes.publish("problem")
        await post.becomes(draft, DraftStatus.SENT)


async def test_while_it_is_away_nothing_is_due(post: Post) -> None:
    await post.broken("lost")
    assert await post.reconciling.look() is not None
    post.slack.health = (Health.RECONNECTING, "")
    post.desk.clock.pass_by(hours=1)
    assert await post.reconciling.look() is None


async def test_a_platform_that_fails_to_look_says_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: object, **__: object) -> str:
        raise ValueError("Friday works.")

    draft = await post.broken("arrived")
    with monkeypatch.context() as failing, caplog.at_level(logging.DEBUG):
        failing.setattr(post.slack, "find_sent", fails)
        await post.reconciling.look()
    assert "Friday" not in caplog.text
    assert (await post.desk.outbox.get(draft.id)).status is DraftStatus.UNCERTAIN
    post.desk.clock.pass_by(seconds=PAUSES_S[0])
    await post.reconciling.look()
    assert (await post.desk.outbox.get(draft.id)).status is DraftStatus.SENT


async def test_the_rest_of_a_long_reply_goes_on_and_each_part_once(post: Post) -> None:
    post.slack.text_limit = 20
    post.slack.breaks = [""]
    draft = await post.broken("arrived", "one two three four. five six seven eight.")
    assert len(post.slack.sent) == 2
    async with post.sending(), post.asking():
        await post.becomes(draft, DraftStatus.SENT)
    assert [one.text for one in post.slack.sent] == ["one two three four.", "five six seven", "eight."]
    (receipt,) = await post.desk.receipts.latest()
    assert receipt.platform_ids == ("sent-1", "sent-2", "sent-3")


async def test_the_rest_of_it_waits_while_all_sending_is_paused(post: Post) -> None:
    post.slack.text_limit = 20
    draft = await post.broken("arrived", "one two three four. five six seven eight.")
    await post.desk.control.pause()
    async with post.sending(), post.asking():
        await post.becomes(draft, DraftStatus.SENDING)
    assert [one.text for one in post.slack.sent] == ["one two three four."]


async def test_what_waited_behind_it_goes_on(post: Post) -> None:
    await post.broken("arrived")
    behind = await post.desk.approved("Saturday too.", SAMS)
    async with post.sending():
        elsewhere = await post.desk.approved("Hello.", MIAS)
        post.changes.publish("authorized")
        await post.becomes(elsewhere, DraftStatus.SENT)
        assert (await post.desk.outbox.get(behind.id)).status is DraftStatus.APPROVED
        async with post.asking():
            await post.becomes(behind, DraftStatus.SENT)
    assert [one.text for one in post.slack.sent] == ["Friday works.", "Hello.", "Saturday too."]


@pytest.mark.parametrize("arrived", [True, False])
async def test_the_owners_word_stands_where_it_came_first(
    post: Post, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    draft = await post.broken("arrived")

    async def meanwhile(*_: object, **__: object) -> str:
        await post.desk.outbox.settle(draft.id, arrived)
        return "sent-1"

    monkeypatch.setattr(post.slack, "find_sent", meanwhile)
    await post.reconciling.look()
    status = (await post.desk.outbox.get(draft.id)).status
    assert status is (DraftStatus.SENT if arrived else DraftStatus.WAITING)
    assert len(await post.desk.receipts.latest()) == int(arrived)


async def test_what_is_found_of_an_earlier_send_says_nothing_of_a_later_one(post: Post) -> None:
    draft = await post.broken("arrived")
    (before,) = await post.desk.outbox.uncertain_sends()
    again = await post.desk.outbox.settle(draft.id, delivered=False)
    await post.desk.outbox.approve(draft.id, again.revision, "cli")
    post.slack.breaks.append("lost")
    async with post.sending():
        await post.becomes(draft, DraftStatus.UNCERTAIN)
    with pytest.raises(Refused, match="already handled"):
        await post.desk.outbox.found(before, "sent-1")
    (after,) = await post.desk.outbox.uncertain_sends()
    assert after.claim.nonce != before.claim.nonce
    assert (await post.desk.outbox.get(draft.id)).status is DraftStatus.UNCERTAIN


async def test_after_a_death_it_is_looked_for_by_what_it_was_sent_with(post: Post) -> None:
    await post.desk.approved(where=SAMS)
    post.desk.clock.pass_by(minutes=3)
    claim = await post.desk.claim()
    assert claim is not None
    at: datetime = post.desk.clock.now()
    assert await post.desk.outbox.uncertain_sends() == []
    post.desk.clock.pass_by(minutes=5)
    await post.desk.outbox.recover()
    assert await post.desk.outbox.uncertain_sends() == [UncertainSend(claim, at)]


async def test_where_no_platform_can_tell_nothing_runs(post: Post) -> None:
    mute = RecordingDelivery("slack")
    assert not isinstance(mute, FindsSent)
    asks = Reconciler([mute], post.desk.outbox, post.services)  # type: ignore[list-item]
    assert asks.loops() == {}
