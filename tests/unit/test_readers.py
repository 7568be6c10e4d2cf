"""Nothing goes to a group before it was read who reads it now, where its platform can tell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bots.platforms.port import Health
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.delivery.heard import HeardRefresh
from bots.runtime.delivery.readers import MOST_TRIES, Missed, ReaderRefresh
from bots.runtime.delivery.sender import Sender
from core.errors import OwnerMustFix, Refused, TryAgain
from core.ids import message_record
from core.types import Conversation, ConversationId, Draft, DraftStatus, Kind, Message, PersonId
from memory.outbox import sources
from memory.outbox.sending import Claimed
from memory.outbox.sources import Sources
from tests.desk import Desk, open_desk
from tests.scripted_platform import ScriptedPlatform
from tests.services import services
from tests.waiting import PATIENCE_S, until

SAM = PersonId("telegram:sam")
BOB = PersonId("telegram:bob")
GROUP = Conversation(ConversationId("telegram:group"), "telegram", "climbers", Kind.GROUP, frozenset({SAM}))
SLACK = Conversation(ConversationId("slack:dm"), "slack", "Sam", Kind.DIRECT, frozenset({SAM}))
LATER = replace(GROUP, id=ConversationId("telegram:later"))


@dataclass
class Stage:
    """A desk, a platform that can tell, and what stands between them."""

    desk: Desk
    platform: ScriptedPlatform

    missed: dict[ConversationId, Missed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.services = services(self.desk.clock)
        self.elsewhere = ScriptedPlatform("slack", self.desk.clock)
        both = [self.platform, self.elsewhere]
        self.heard = HeardRefresh(both, self.desk.outbox, Sources(self.desk.database), self.desk.clock)
        self.readers = ReaderRefresh(
            both,
            self.desk.outbox,
            self.desk.messages,
            self.read_again,
            self.heard,
            lambda where: self.missed.get(where.id, Missed.READ),
            self.services,
        )
        self.platform.health = (Health.CONNECTED, "")

    async def read_again(self, known: Conversation, now: Conversation) -> None:
        await self.desk.messages.upsert(now)
        await self.desk.outbox.recheck()

    async def resting_on(self, where: Conversation, said: Message | None = None) -> tuple[Draft, Message]:
        """An approved reply to the group, with that before the model; else with what Sam says there now."""
        said = said or await self.desk.hear("the code is 4711", where)
        if where is GROUP:
            await self.desk.owner_says(GROUP)  # so that it is not what is answered
        draft = await self.desk.approved(where=GROUP)
        texts = {message_record(said.id): said.text}
        await self.desk.database.write("keep", lambda c: sources.keep(c, int(draft.id), texts, texts.keys()))
        return draft, said

    async def claim(self) -> Claimed:
        """As the sender does: once for what needs no reading, and again for what was read."""
        now = self.desk.clock.now()
        claimed = await self.desk.outbox.claim(now, read=())
        if claimed.claim is None and claimed.unread:
            ready = await self.readers.read(claimed.unread)
            claimed = await self.desk.outbox.claim(now, read=ready)
        return claimed

    async def now(self, draft: Draft) -> Draft:
        return await self.desk.outbox.get(draft.id)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_desk(tmp_path) as desk:
        yield Stage(desk, ScriptedPlatform("telegram", desk.clock))


async def test_what_nobody_new_reads_goes(stage: Stage) -> None:
    draft = await stage.desk.approved(where=GROUP)
    assert (await stage.claim()).claim is not None
    assert stage.platform.read == [GROUP.id]
    assert (await stage.now(draft)).status is DraftStatus.SENDING


@pytest.mark.parametrize(
    "change",
    [{"members": frozenset({SAM, BOB})}, {"members": frozenset({BOB})}, {"members": None}],
)
@pytest.mark.parametrize("typed", [False, True])
async def test_who_joined_unseen_gets_nothing(stage: Stage, change: dict[str, object], typed: bool) -> None:
    draft = await stage.desk.drafted(where=GROUP)
    text = "my own words" if typed else None
    draft = await stage.desk.outbox.approve(draft.id, draft.revision, "cli", text)
    stage.platform.joined = change
    assert (await stage.claim()).claim is None
    now = await stage.now(draft)
    assert now.status is (DraftStatus.WAITING if typed else DraftStatus.SUPERSEDED)
    assert not typed or now.text == "my own words"


async def test_a_join_that_cannot_be_named_counts_where_history_is_hidden(stage: Stage) -> None:
    where = replace(GROUP, members=None, joiners_read_history=False)
    draft = await stage.desk.approved(where=where)
    stage.platform.joined = {"newest_join": stage.desk.clock.now() + timedelta(minutes=1)}
    assert (await stage.claim()).claim is None
    assert (await stage.now(draft)).status is DraftStatus.SUPERSEDED


async def test_two_alone_are_not_asked_about(stage: Stage) -> None:
    await stage.desk.approved(where=replace(GROUP, kind=Kind.DIRECT))
    assert (await stage.claim()).claim is not None
    assert stage.platform.read == []


async def test_a_burst_reads_a_channel_once(stage: Stage) -> None:
    thread = replace(GROUP, id=ConversationId("telegram:group/7"), parent=GROUP.id)
    for where in (GROUP, thread):
        await stage.desk.approved(where=where)
        assert (await stage.claim()).claim is not None
    assert len(stage.platform.read) == 1


@pytest.mark.parametrize("came_back", [False, True])
async def test_a_join_that_was_told_of_is_not_undone_by_what_was_read_before(
    stage: Stage, came_back: bool
) -> None:
    await stage.desk.approved(where=GROUP)
    assert (await stage.claim()).claim is not None
    more = replace(GROUP, members=frozenset({SAM, BOB}))
    stage.platform.joined = {"members": more.members}
    await stage.desk.messages.upsert(more)
    if came_back:
        await stage.desk.messages.upsert(GROUP)  # an event that still has those of before
    thread = replace(GROUP if came_back else more, id=ConversationId("telegram:group/7"), parent=GROUP.id)
    draft = await stage.desk.approved(where=thread)
    assert ((await stage.claim()).claim is None) == came_back
    stands = await stage.desk.messages.conversation(GROUP.id)
    assert stands is not None
    assert stands.members == more.members
    assert ((await stage.now(draft)).status is DraftStatus.SENDING) != came_back


FAILURES = [TryAgain("it does not answer"), TimeoutError(), KeyError("x"), OwnerMustFix("token")]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
async def test_what_the_owner_approved_waits_a_few_times_then_is_theirs_again(
    stage: Stage, failure: Exception
) -> None:
    draft = await stage.desk.approved(where=GROUP)
    for number in range(1, MOST_TRIES + 1):
        assert (await stage.now(draft)).status is DraftStatus.APPROVED
        stage.platform.unreadable = [failure]
        assert (await stage.claim()).claim is None
        assert (await stage.claim()).claim is None  # it is not asked again before its time
        assert len(stage.platform.read) == number
        stage.desk.clock.pass_by(hours=1)
    now = await stage.now(draft)
    assert (now.status, now.rule) == (DraftStatus.WAITING, "readers-unknown")


async def test_what_was_not_answered_once_goes_when_it_is(stage: Stage) -> None:
    await stage.desk.approved(where=GROUP)
    stage.platform.unreadable = [TryAgain("it does not answer")]
    assert (await stage.claim()).claim is None
    stage.desk.clock.pass_by(hours=1)
    assert (await stage.claim()).claim is not None


@pytest.mark.parametrize("failure", [*FAILURES, Refused("no")], ids=lambda one: type(one).__name__)
async def test_what_a_delegation_let_go_is_the_owners_at_once(stage: Stage, failure: Exception) -> None:
    await stage.desk.hear(where=GROUP)
    draft = await stage.desk.delegated(await stage.desk.delegation(GROUP), GROUP)
    stage.platform.unreadable = [failure]
    assert (await stage.claim()).claim is None
    now = await stage.now(draft)
    assert (now.status, now.rule) == (DraftStatus.WAITING, "readers-unknown")


@pytest.mark.parametrize(("members", "goes"), [(None, True), (frozenset({SAM}), False)])
async def test_where_the_twin_may_never_know_only_what_is_for_anyone_goes(
    stage: Stage, members: frozenset[PersonId] | None, goes: bool
) -> None:
    await stage.desk.approved(where=replace(GROUP, members=members))
    stage.platform.unreadable = [Refused("the twin is not in it")]
    assert ((await stage.claim()).claim is not None) is goes


async def test_while_a_platform_is_away_nothing_is_tried_and_nothing_given_back(stage: Stage) -> None:
    draft = await stage.desk.approved(where=GROUP)
    stage.platform.health = (Health.RECONNECTING, "")
    for _ in range(2 * MOST_TRIES):
        assert (await stage.claim()).claim is None
    assert stage.platform.read == []
    assert (await stage.now(draft)).status is DraftStatus.APPROVED


async def test_once_connected_it_is_read_who_came_where_drafts_wait_and_the_sender_looks_again(
    stage: Stage,
) -> None:
    draft = await stage.desk.drafted(where=GROUP)
    stage.platform.joined = {"members": frozenset({SAM, BOB})}
    stage.platform.health = (Health.RECONNECTING, "")
    told = stage.services.changes.subscribe()
    async with kept(stage.readers):
        await asyncio.sleep(0)
        assert stage.platform.read == []
        stage.platform.health = (Health.CONNECTED, "")
        stage.services.changes.publish("problem")
        async with asyncio.timeout(PATIENCE_S):
            while (await anext(told)).kind != "authorized":
                pass
    assert (await stage.now(draft)).status is DraftStatus.SUPERSEDED
    assert stage.platform.read == [GROUP.id]


async def test_the_sender_asks_before_each_send(stage: Stage) -> None:
    gone, goes = await stage.desk.approved(where=GROUP), await stage.desk.approved("to all", LATER)
    stage.platform.joined = {"members": frozenset({SAM})}
    await stage.desk.sql("UPDATE authorizations SET members = '[]' WHERE draft = ?", int(gone.id))
    sender = Sender(stage.desk.outbox, [stage.platform], stage.services, readers=stage.readers)
    told = stage.services.changes.subscribe()
    loops = [asyncio.create_task(work()) for work in sender.loops().values()]
    try:

        async def is_sent() -> bool:
            return (await stage.now(goes)).status is DraftStatus.SENT

        await until(told, is_sent)
    finally:
        await cancel_and_wait(*loops)
    assert [one.text for one in stage.platform.sent] == ["to all"]
    assert (await stage.now(gone)).rule == "others-listen"


@asynccontextmanager
async def kept(readers: ReaderRefresh) -> AsyncIterator[None]:
    loops = [asyncio.create_task(work()) for work in readers.loops().values()]
    try:
        yield
    finally:
        await cancel_and_wait(*loops)


async def test_what_is_answered_is_read_again_once_in_a_connection(stage: Stage) -> None:
    await stage.desk.approved(where=GROUP)
    assert (await stage.claim()).claim is not None
    assert len(stage.platform.reread_messages) == 1
    await stage.desk.approved(where=LATER)
    assert (await stage.claim()).claim is not None
    assert len(stage.platform.reread_messages) == 2
    await stage.claim()
    assert len(stage.platform.reread_messages) == 2


async def test_between_two_alone_it_is_read_too(stage: Stage) -> None:
    await stage.desk.approved(where=replace(GROUP, kind=Kind.DIRECT))
    assert (await stage.claim()).claim is not None
    assert len(stage.platform.reread_messages) == 1


async def test_what_is_said_while_connected_is_told_of_and_not_asked_about(stage: Stage) -> None:
    stage.heard.connected("telegram")
    stage.desk.clock.pass_by(hours=1)
    await stage.desk.approved(where=GROUP)
    assert (await stage.claim()).claim is not None
    assert stage.platform.reread_messages == []


@pytest.mark.parametrize("failure", [Refused("no"), *FAILURES], ids=lambda one: type(one).__name__)
async def test_where_nobody_says_whether_it_stands_its_owner_is_asked_once_more(
    stage: Stage, failure: Exception
) -> None:
    draft = await stage.desk.approved(where=GROUP)
    for _ in range(MOST_TRIES):
        stage.platform.unknown = [failure]
        assert (await stage.claim()).claim is None
        stage.desk.clock.pass_by(hours=1)
    now = await stage.now(draft)
    assert (now.status, now.rule) == (DraftStatus.WAITING, "heard-unknown")
    await stage.desk.outbox.approve(now.id, now.revision, "cli")
    assert (await stage.claim()).claim is not None


@pytest.mark.parametrize("where", [LATER, GROUP, SLACK], ids=lambda one: str(one.id))
async def test_what_was_before_the_model_is_read_again_wherever_it_was_said(
    stage: Stage, where: Conversation
) -> None:
    _, said = await stage.resting_on(where)
    assert (await stage.claim()).claim is not None
    there = stage.elsewhere if where is SLACK else stage.platform
    assert there.reread_messages.count(said.id) == 1


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
async def test_where_another_platform_does_not_tell_its_owner_is_asked_once_more(
    stage: Stage, failure: Exception
) -> None:
    draft, _ = await stage.resting_on(SLACK)
    for _ in range(MOST_TRIES):
        stage.elsewhere.unknown = [failure]
        assert (await stage.claim()).claim is None
        stage.desk.clock.pass_by(hours=1)
    assert (await stage.now(draft)).rule == "heard-unknown"


async def test_one_that_cannot_be_read_keeps_none_from_being_read(stage: Stage) -> None:
    _, said = await stage.resting_on(LATER)
    stage.platform.unknown = [TryAgain("slow")]
    assert (await stage.claim()).claim is None
    assert said.id in stage.platform.reread_messages
    assert len(stage.platform.reread_messages) == 2


async def test_who_was_told_of_one_draft_was_not_told_of_another(stage: Stage) -> None:
    draft, said = await stage.resting_on(SLACK)
    stage.elsewhere.unknown = [Refused("no")]
    assert (await stage.claim()).claim is None
    assert (await stage.now(draft)).status is DraftStatus.WAITING
    await stage.desk.outbox.reject(draft.id, (await stage.now(draft)).revision, "", "cli")
    other, _ = await stage.resting_on(SLACK, said)
    stage.elsewhere.unknown = [Refused("no")]
    assert (await stage.claim()).claim is None
    assert (await stage.now(other)).rule == "heard-unknown"


async def test_a_platform_that_comes_back_tells_of_what_others_rest_on(stage: Stage) -> None:
    _, said = await stage.resting_on(SLACK)
    stage.elsewhere.health = (Health.CONNECTED, "")
    async with kept(stage.readers):
        await asyncio.sleep(0.05)
    assert stage.elsewhere.reread_messages == [said.id]
    assert stage.readers.can_tell("telegram")
