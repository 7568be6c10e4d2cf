"""Whatever happens in whatever order, nothing is sent without current leave, and nothing twice."""

import json
import sqlite3
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import Refused
from core.types import (
    OWNER,
    TWIN,
    ByDelegation,
    ByOwner,
    Conversation,
    Draft,
    DraftId,
    DraftStatus,
    Message,
    MessageId,
    SmallTalk,
)
from memory.outbox.delegation_rows import Delegation
from memory.outbox.drafts import AWAITING, IN_FLIGHT
from memory.outbox.outbox import NewText
from memory.outbox.parts import Claim
from memory.storage.port import Database, Work
from memory.storage.sqlite.connection import SqliteConnection
from tests.desk import ASK, MIAS, SAMS, SEND, SENDS_PER_HOUR, Desk, in_words
from tests.stores import in_memory

T = TypeVar("T")
PLACES = st.sampled_from([SAMS, MIAS])
OUTCOMES = st.sampled_from(["delivered", "delivered", "uncertain", "failed", "released"])
OWNERS_CHOICE = st.sampled_from(["one", "two words", "three words now"])


class InlineDatabase:
    """The database's promise (each write whole or not at all) without threads or a disk."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=SqliteConnection)
        in_memory().backup(self.connection)
        self.connection.execute("PRAGMA foreign_keys=1")

    async def write(self, _: str, work: Work[T]) -> T:
        self.connection.execute("BEGIN")
        try:
            result = work(self.connection)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return result

    async def read(self, work: Work[T]) -> T:
        return work(self.connection)


def now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as finished:
        return cast("T", finished.value)
    raise AssertionError("it waited")


@dataclass(frozen=True)
class Leave:
    """What was allowed: by the owner, or by a delegation."""

    text: str
    delegation: int | None = None


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.database = InlineDatabase()
        self.desk = Desk(cast("Database", self.database))
        self.outbox = self.desk.outbox
        self.leave: dict[tuple[DraftId, int], Leave] = {}
        self.delegations: dict[int, Delegation] = {}
        self.paused = False
        self.heard: dict[str, Message] = {}
        self.spoiled: set[MessageId] = set()
        """Messages that the owner has answered, or that were edited or deleted since they were heard."""
        self.told: set[DraftId] = set()
        """Drafts in the owner's own words that wait on although their message was spoiled."""
        self.held: list[Claim] = []
        self.taken: set[str] = set()
        """Nonces that a platform may have seen."""
        self.arrived: list[tuple[str, str, str]] = []
        """Conversation, platform's id and text of each part that the sender was told of."""
        self.first_sends: list[tuple[str, datetime]] = []
        """When the first part of each delegated reply was claimed, and where."""
        self.drafts: dict[DraftId, Draft] = {}
        self.words = 0

    @initialize()
    def both_have_written(self) -> None:
        for where in (SAMS, MIAS):
            self.hear(where)

    # The world

    @rule(where=PLACES)
    def hear(self, where: Conversation) -> None:
        self.heard[where.id] = now(self.desk.hear(where=where))

    @rule(where=PLACES, noticed=st.booleans())
    def owner_answers(self, where: Conversation, noticed: bool) -> None:
        now(self.desk.hear("mine", where, OWNER))
        self.spoiled |= {one.id for one in self.heard.values() if one.conversation == where.id}
        self.spoiled |= {one.answers for one in self.drafts.values() if one.conversation == where.id}
        if noticed:
            now(self.outbox.supersede(conversation=where.id, rule="owner-answered"))

    @rule(where=PLACES, deleted=st.booleans(), noticed=st.booleans())
    def message_changes(self, where: Conversation, deleted: bool, noticed: bool) -> None:
        message = self.heard[where.id]
        self.desk.clock.pass_by(seconds=1)
        if deleted:
            now(self.desk.messages.delete(message.id))
        else:
            now(self.desk.messages.edit(message.id, f"edited {self.fresh()}", self.desk.clock.now()))
        self.spoiled.add(message.id)
        if noticed:
            rule = "message-deleted" if deleted else "message-edited"
            self.tell(now(self.outbox.supersede(message=message.id, rule=rule)))

    def tell(self, moved: Sequence[Draft]) -> None:
        self.told |= {one.id for one in moved if one.status is DraftStatus.WAITING}

    @rule(minutes=st.sampled_from([1, 20, 61]), noticed=st.booleans())
    def time_passes(self, minutes: int, noticed: bool) -> None:
        self.desk.clock.pass_by(minutes=minutes)
        if noticed:
            now(self.outbox.expire(self.desk.clock.now()))
            now(self.outbox.wake(self.desk.clock.now()))

    # The agent

    @rule(where=PLACES, shape=OWNERS_CHOICE, lasts=st.sampled_from([None, 30]), delegated=st.booleans())
    def put(self, where: Conversation, shape: str, lasts: int | None, delegated: bool) -> None:
        message = self.heard[where.id]
        delegation = next((one for one in self.delegations.values() if one.conversation == where.id), None)
        text = self.text(shape)
        owners = next((one for one in now(self.outbox.open()) if self.waits_typed(one, where)), None)
        if delegation is not None:
            replies = json.dumps({SmallTalk.GREETING: [text]})
            self.database.connection.execute("UPDATE delegations SET replies = ?", (replies,))
        draft = now(
            self.desk.put(
                message,
                text,
                SEND if delegated else ASK,
                delegation,
                None if lasts is None else timedelta(minutes=lasts),
            )
        )
        if draft is None:
            assert message.id in self.spoiled
            return
        assert message.id not in self.spoiled
        self.drafts[draft.id] = draft
        if owners is not None:
            assert (draft.status, draft.text, draft.typed) == (DraftStatus.WAITING, owners.text, True)
        elif delegated and delegation is not None and self.runs(delegation.id):
            assert draft.status is DraftStatus.APPROVED
            self.leave[draft.id, 1] = Leave(draft.text, delegation.id)
        else:
            assert draft.status is DraftStatus.WAITING

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), shape=OWNERS_CHOICE)
    def redraft(self, data: st.DataObject, shape: str) -> None:
        draft, revision = self.some(data)
        with suppress(Refused):
            now(
                self.outbox.revise(
                    draft,
                    revision,
                    NewText(text=self.text(shape), records=(), rule="redraft", model="m", model_digest="d"),
                )
            )
            self.leave.pop((draft, revision), None)

    # The owner

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), edit=st.booleans(), twice=st.booleans())
    def approve(self, data: st.DataObject, edit: bool, twice: bool) -> None:
        draft, revision = self.some(data)
        text = self.text("two words") if edit else None
        stale = self.is_stale(draft, revision)
        try:
            approved = now(self.outbox.approve(draft, revision, "cli", text))
        except Refused:
            return
        assert not stale, "decided on a text that is no longer there"
        self.leave.pop((draft, revision), None)
        self.leave[draft, approved.revision] = Leave(text or approved.text)
        assert approved.status is DraftStatus.APPROVED
        if twice:
            with pytest.raises(Refused, match="already handled"):
                now(self.outbox.reject(draft, revision, "", "slack"))

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), act=st.sampled_from(["edit", "reject", "snooze"]))
    def decide_otherwise(self, data: st.DataObject, act: str) -> None:
        draft, revision = self.some(data)
        later = self.desk.clock.now() + timedelta(minutes=10)
        stale = self.is_stale(draft, revision)
        with suppress(Refused):
            if act == "edit":
                now(self.outbox.edit(draft, revision, self.text("two words")))
            elif act == "reject":
                now(self.outbox.reject(draft, revision, "", "cli"))
            else:
                now(self.outbox.snooze(draft, revision, later))
            assert not stale, "decided on a text that is no longer there"
            self.leave.pop((draft, revision), None)

    @rule(
        where=PLACES,
        shape=OWNERS_CHOICE,
        delegated=st.booleans(),
        minutes=st.sampled_from([0, 0, 0, 31, 61]),
        lasts=st.sampled_from([None, 30]),
        tries=st.integers(0, 2),
        arriving=st.booleans(),
    )
    def the_common_way(
        self,
        where: Conversation,
        shape: str,
        delegated: bool,
        minutes: int,
        lasts: int | None,
        tries: int,
        arriving: bool,
    ) -> None:
        """Heard, drafted, allowed, and after a while asked for."""
        self.hear(where)
        if delegated:
            self.delegate(where)
        self.put(where, shape, lasts, delegated)
        (draft,) = [one for one in now(self.outbox.open()) if one.answers == self.heard[where.id].id]
        if not delegated:
            now(self.outbox.approve(draft.id, draft.revision, "cli"))
            self.leave[draft.id, draft.revision] = Leave(draft.text)
        self.time_passes(minutes, noticed=False)
        for _ in range(tries):
            self.claim()
            if arriving and self.held:
                self.outcome("delivered", go_on=True)

    @rule(paused=st.sampled_from([False, False, False, True]))
    def pause_or_resume(self, paused: bool) -> None:
        now(self.desk.control.pause() if paused else self.desk.control.resume())
        self.paused = paused

    @rule(where=PLACES)
    def delegate(self, where: Conversation) -> None:
        made = now(self.desk.delegation(where, hours=1))
        self.delegations = {made.id: made, **self.delegations}

    @precondition(lambda self: self.delegations)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.delegations)))
        with suppress(Refused):
            now(self.desk.delegations.revoke(chosen))
        self.delegations[chosen] = replace(self.delegations[chosen], revoked_at=self.desk.clock.now())

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), arrived=st.booleans(), seen=st.booleans())
    def settle(self, data: st.DataObject, arrived: bool, seen: bool) -> None:
        """The owner says what became of one, or its platform shows that it arrived (`seen`)."""
        uncertain = [one for one in now(self.outbox.open()) if one.status is DraftStatus.UNCERTAIN]
        if not uncertain:
            return
        draft = data.draw(st.sampled_from(uncertain))
        row = self.database.connection.execute(
            "SELECT text FROM parts WHERE draft = ? AND status = 'uncertain'", (draft.id,)
        ).fetchone()
        platform_id = f"settled-{self.fresh()}"
        uncertain_send = next(
            one for one in now(self.outbox.uncertain_sends()) if one.claim.draft == draft.id
        )
        if seen and arrived:
            now(self.outbox.found(uncertain_send, platform_id))
        else:
            now(self.outbox.settle(draft.id, arrived, platform_id=platform_id))
        with pytest.raises(Refused):
            now(self.outbox.found(uncertain_send, platform_id))
        if arrived:
            self.arrived.append((draft.conversation, f"settled-{self.words}", row["text"]))

    # The sender

    @rule(times=st.integers(1, 3))
    def claim_some(self, times: int) -> None:
        for _ in range(times):
            self.claim()

    def claim(self) -> None:
        must = [one.id for one in now(self.outbox.open()) if self.must_go(one)]
        claimed = now(self.outbox.claim(self.desk.clock.now(), split=in_words))
        claim = claimed.claim
        self.tell(claimed.moved)
        if claim is None:
            assert not must, "leave was given and nothing stood in the way"
            return
        leave = self.leave.get((claim.draft, claim.revision))
        draft = now(self.outbox.get(claim.draft))
        assert not self.paused
        assert leave is not None, "claimed without leave"
        assert leave.text.split()[claim.number - 1] == claim.text
        assert claim.parts == len(leave.text.split())
        assert claim.conversation == draft.conversation == self.drafts[claim.draft].conversation
        assert draft.expires_at is None or draft.expires_at > self.desk.clock.now()
        assert claim.nonce not in self.taken, "claimed twice"
        assert claim.text not in {text for _, _, text in self.arrived}, "sent twice"
        assert not any(held.conversation == claim.conversation for held in self.held)
        if claim.number == 1:
            assert draft.answers not in self.spoiled or (draft.typed and draft.id in self.told)
        if leave.delegation is not None:
            assert self.runs(leave.delegation)
            if claim.number == 1:
                assert self.delegated_lately() < SENDS_PER_HOUR
                self.first_sends.append((claim.conversation, self.desk.clock.now()))
        self.held.append(claim)
        self.taken.add(claim.nonce)

    @precondition(lambda self: self.held)
    @rule(
        outcome=st.sampled_from(["delivered", "delivered", "uncertain", "failed", "released"]),
        go_on=st.booleans(),
    )
    def outcome(self, outcome: str, go_on: bool) -> None:
        claim = self.held.pop()
        if outcome == "delivered":
            platform_id = f"p{self.fresh()}"
            now(self.outbox.delivered(claim, platform_id, self.desk.clock.now()))
            self.arrived.append((claim.conversation, platform_id, claim.text))
            if go_on:
                self.claim()
        elif outcome == "uncertain":
            now(self.outbox.uncertain(claim, "timeout"))
        elif outcome == "failed":
            now(self.outbox.failed(claim, "blocked"))
        else:
            if go_on:
                self.newer(claim)
            now(self.outbox.released(claim))
            self.taken.remove(claim.nonce)
            leave = self.leave[claim.draft, claim.revision]
            if claim.number == 1 and leave.delegation is not None:
                self.first_sends.remove(
                    next(one for one in reversed(self.first_sends) if one[0] == claim.conversation)
                )

    @precondition(lambda self: self.held)
    @rule(newer=st.booleans())
    def lost_on_the_way(self, newer: bool) -> None:
        """It did not arrive, the owner says so, and allows what is left of it again."""
        claim = self.held.pop()
        now(self.outbox.uncertain(claim, "timeout"))
        if newer:
            self.newer(claim)
        left = now(self.outbox.settle(claim.draft, False))
        if left.status is DraftStatus.SUPERSEDED:
            return
        assert (left.status, left.revision) == (DraftStatus.WAITING, claim.revision + 1)
        if left.expires_at is None or left.expires_at > self.desk.clock.now():
            now(self.outbox.approve(left.id, left.revision, "cli"))
            self.leave[left.id, left.revision] = Leave(left.text)
        self.claim()

    @rule()
    def die_and_start_again(self) -> None:
        recovered = now(self.outbox.recover())
        self.tell(recovered)
        found = {one.id for one in recovered if one.status is DraftStatus.UNCERTAIN}
        assert found == {one.draft for one in self.held}
        for claim in self.held:
            with suppress(Refused):
                now(self.outbox.delivered(claim, "late", self.desk.clock.now()))
                raise AssertionError("a sender of the last life was heard")
        self.held = []

    # What holds at every moment

    @invariant()
    def one_waits_and_one_is_in_flight_at_most(self) -> None:
        open_ones = now(self.outbox.open())
        for statuses in (AWAITING, IN_FLIGHT):
            places = [one.conversation for one in open_ones if one.status in statuses]
            assert len(places) == len(set(places))

    @invariant()
    def every_draft_is_there_with_its_recipient(self) -> None:
        for draft in self.drafts.values():
            stored = now(self.outbox.get(draft.id))
            assert (stored.conversation, stored.answers) == (draft.conversation, draft.answers)

    @invariant()
    def what_arrived_is_in_l0_and_once_on_a_receipt(self) -> None:
        said = self.database.connection.execute(
            "SELECT id, text FROM messages WHERE author = ? ORDER BY id", (TWIN,)
        ).fetchall()
        assert [(one["id"], one["text"]) for one in said] == sorted(
            (f"{where}/{platform_id}", text) for where, platform_id, text in self.arrived
        )
        on_receipts = [
            one for receipt in now(self.desk.receipts.latest(10_000)) for one in receipt.platform_ids
        ]
        unfinished = [one.id for one in now(self.outbox.open()) if one.status in IN_FLIGHT]
        begun = self.database.connection.execute(
            "SELECT platform_id FROM parts JOIN drafts d ON d.id = draft AND d.revision = parts.revision"
            " WHERE parts.status = 'sent' AND d.status IN ('sending', 'uncertain')"
        ).fetchall()
        assert sorted(on_receipts + [one["platform_id"] for one in begun]) == sorted(
            platform_id for _, platform_id, _ in self.arrived
        )
        assert unfinished or not begun

    @invariant()
    def receipts_name_the_leave_that_was_given(self) -> None:
        for receipt in now(self.desk.receipts.latest(10_000)):
            assert receipt.authorized_by == ByOwner("cli") or isinstance(receipt.authorized_by, ByDelegation)
            assert receipt.conversation == self.drafts[receipt.draft].conversation

    def teardown(self) -> None:
        self.database.connection.close()

    # What the model knows

    def fresh(self) -> int:
        self.words += 1
        return self.words

    def text(self, shape: str) -> str:
        return " ".join(f"{word}{self.fresh()}" for word in shape.split())

    def some(self, data: st.DataObject) -> tuple[DraftId, int]:
        """A draft, most often an open one, at its revision or at a stale one."""
        open_ones = [one.id for one in now(self.outbox.open())]
        draft = data.draw(st.sampled_from(open_ones * 3 + sorted(self.drafts)))
        current = now(self.outbox.get(draft)).revision
        return draft, data.draw(st.sampled_from([current, current, current, max(1, current - 1)]))

    def waits_typed(self, draft: Draft, where: Conversation) -> bool:
        return draft.conversation == where.id and draft.status in AWAITING and draft.typed

    def newer(self, claim: Claim) -> None:
        where = SAMS if claim.conversation == SAMS.id else MIAS
        self.hear(where)
        self.put(where, "one", None, False)

    def is_stale(self, draft: DraftId, revision: int) -> bool:
        return now(self.outbox.get(draft)).revision != revision

    def runs(self, delegation: int) -> bool:
        found = self.delegations[delegation]
        return found.revoked_at is None and self.desk.clock.now() < found.expires_at

    def within_delegation(self, delegation: int, draft: Draft) -> bool:
        return self.runs(delegation) and self.delegated_lately() < SENDS_PER_HOUR

    def delegated_lately(self) -> int:
        """Everything is said by one person, in both conversations."""
        since = self.desk.clock.now() - timedelta(hours=1)
        return sum(at > since for _, at in self.first_sends)

    def must_go(self, draft: Draft) -> bool:
        """Whether a claim that finds nothing would be wrong."""
        leave = self.leave.get((draft.id, draft.revision))
        return (
            not self.paused
            and draft.status is DraftStatus.APPROVED
            and leave is not None
            and draft.answers not in self.spoiled
            and (draft.expires_at is None or draft.expires_at > self.desk.clock.now())
            and not any(
                one.conversation == draft.conversation and one.status in IN_FLIGHT
                for one in now(self.outbox.open())
            )
            and (
                leave.delegation is None
                or (self.runs(leave.delegation) and self.delegated_lately() < SENDS_PER_HOUR)
            )
        )


OutboxMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
test_the_outbox_under_anything = OutboxMachine.TestCase
