"""The outbox: every reply is a row here before it can be sent, and moves on only once it is authorized.

In a conversation at most one draft waits (for the owner or the sender), and at most one is in flight
(being sent, or uncertain). A newer message replaces the one that waits, never the one in flight: its
draft waits beside it, and is not claimed until the owner or the platform has said what became of the
other, so that replies arrive in order. Nothing in flight ever goes back to waiting while a newer one
waits: it is superseded.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from core.audience import Membership
from core.ports import Clock
from core.types import (
    OPEN_STATUSES,
    ConversationId,
    Draft,
    DraftId,
    MessageId,
    RecordId,
    SentAs,
)
from memory.archive.audiences import Audiences
from memory.archive.messages import mark_done
from memory.archive.unanswered import answered_together
from memory.outbox import create, decisions, drafts, outcomes, parts, rechecks, sending, sources
from memory.outbox.answered import Answered, answered
from memory.outbox.coverage import PersonaIn
from memory.outbox.create import NewDraft, NewText
from memory.outbox.parts import Claim, UncertainSend
from memory.outbox.sending import Claimed, ClaimFacts, Split, Unread, whole
from memory.storage.port import Connection, Database, Row

__all__ = ["NewDraft", "NewText", "Outbox"]


class Outbox:
    """The drafts and what may happen to them. Every act is one transaction under its own name.

    An act of the owner's names the revision it was decided on; `AlreadyHandled` where somebody or something
    was faster. `sends_per_hour` bounds what delegations send to a person; `membership` says who is who,
    `speaking` which persona speaks where.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        sends_per_hour: int,
        audiences: Audiences,
        speaking: Callable[[], PersonaIn],
        membership: Callable[[], Membership] = Membership,
    ) -> None:
        self._speaking = speaking
        self._audiences = audiences
        self._membership = membership
        self._database = database
        self._clock = clock
        self.sends_per_hour = sends_per_hour

    async def create(self, written: NewDraft) -> Draft | None:
        """Keep a draft, replace the one that waited, and settle the turn of what it answers.

        Where the verdict is Send its delegation authorizes it; where that does not run (any more), or someone
        has joined since the agent saw the conversation (the rule says so then), it waits.
        None where it is superseded: the owner has answered or the message is gone (the turn is done then),
        the message was edited since (it is still to be answered), or it came late and the draft that waits
        answers a newer one without knowing it (both are still to be answered, and that draft is withdrawn);
        and, `unless_one_waits`, where a draft waits there. Where the one that waits is in the owner's own
        words, the new one waits with them as its text. Raises TryAgain where something that it rests on
        is not as it was before the model, or may not be heard there now. One that the owner asked for takes
        the place of any that waits (Refused: of one in their own words), and what they or others had said by
        then does not supersede it.
        """
        now = self._clock.now()
        return await self._database.write(
            "create draft", lambda c: create.create(c, self._audiences, written, now)
        )

    async def skip_turn(self, conversation: ConversationId, until: MessageId, rule: str) -> None:
        """Settle a turn that gets no draft. What waits there for an older message goes on waiting."""
        now = self._clock.now()

        def work(connection: Connection) -> None:
            mark_done(connection, conversation, until, passed=rule in create.PASSED)
            create.note_skipped_turn(connection, conversation, until, rule, now)

        await self._database.write("skip turn", work)

    async def revise(self, draft: DraftId, revision: int, written: NewText) -> Draft:
        """The agent's redraft: a new revision that waits. Raises Refused as `edit`, TryAgain as `create`."""
        return await self._database.write(
            "revise",
            lambda c: create.revise(c, self._audiences, draft, revision, written, self._clock.now()),
        )

    async def previous(self, draft: DraftId) -> str:
        """The text that a redraft may better: empty where something that it rests on is not as it was, or
        somebody came for whom it was not written, so that it may not be before the model again."""

        def work(connection: Connection) -> str:
            row = drafts.find(connection, draft)
            sound = sources.is_sound(connection, self._audiences, row)
            return row["text"] if sound and not drafts.audience_grew(connection, row) else ""

        return await self._database.read(work)

    # What the owner decides

    async def approve(self, draft: DraftId, revision: int, via: str, text: str | None = None) -> Draft:
        """Authorize this revision; with another `text`, edit first and authorize that, in one."""
        now = self._clock.now()
        return await self._database.write(
            "approve", lambda c: decisions.approve(c, self._audiences, draft, revision, via, text, now)
        )

    async def edit(self, draft: DraftId, revision: int, text: str) -> Draft:
        """The owner's words instead: a new revision that waits; what authorized the old one is void."""
        now = self._clock.now()
        return await self._database.write(
            "edit", lambda c: decisions.edit(c, self._audiences, draft, revision, text, now)
        )

    async def reject(self, draft: DraftId, revision: int, why: str, via: str) -> Draft:
        """Close it unsent; `why` is kept for learning."""
        now = self._clock.now()
        return await self._database.write(
            "reject", lambda c: decisions.reject(c, draft, revision, why, via, now)
        )

    async def snooze(self, draft: DraftId, revision: int, until: datetime) -> Draft:
        """Put it out of sight until a time that lies ahead."""
        now = self._clock.now()
        return await self._database.write(
            "snooze", lambda c: decisions.snooze(c, draft, revision, until, now)
        )

    async def settle(
        self,
        draft: DraftId,
        delivered: bool,
        *,
        revision: int | None = None,
        platform_id: str | None = None,
    ) -> Draft:
        """Say what became of an uncertain one. Delivered: the rest of it goes on, or its receipt is filed.
        Not delivered: what did not arrive waits for the owner again, as a new revision. Where a `revision` is
        named, only of that one."""
        now = self._clock.now()
        return await self._database.write(
            "settle", lambda c: outcomes.settle(c, draft, revision, delivered, platform_id, now)
        )

    # What the membership decides

    async def supersede(
        self, *, conversation: ConversationId | None = None, message: MessageId | None = None, rule: str
    ) -> Sequence[Draft]:
        """Withdraw what waits in a conversation (the owner answered), or what answers a message that changed,
        alone or among others. Name one of them. What is in flight stays, and so do the owner's own words."""

        def work(connection: Connection) -> Sequence[Draft]:
            if message is not None:
                return self.supersede_in(connection, message, rule)
            row = drafts.awaiting(connection, conversation)
            return [] if row is None else [drafts.supersede(connection, row, rule)]

        return await self._database.write("supersede", work)

    def supersede_in(self, connection: Connection, message: MessageId, rule: str) -> Sequence[Draft]:
        """What answers a message, alone or among others, in a transaction of the caller's that changed it."""
        return [
            rechecks.supersede(connection, self._audiences, row, rule)
            for row in rechecks.waiting(connection)
            if answered_together(connection, message, row["answers"])
        ]

    @property
    def directory_version(self) -> int:
        """Changes whenever the owner's file does, so that what waits may be stale."""
        return self._audiences.version

    async def recheck(self) -> Sequence[Draft]:
        """What waits and is stale: somebody came who can read it and for whom it was not written, or
        something that it rests on is gone, changed, or may not be heard there any more; those changed.

        It is withdrawn, and its message wants an answer again. What the owner has edited stays as it is:
        as a new revision, whose rule says why. What was delegated for people whom the owner removed ends.
        """
        now, removed = self._clock.now(), self._membership().removed
        # Asked whenever anything changes: a read costs far less than a commit.
        if not await self._database.read(lambda c: rechecks.is_due(c, self._audiences, removed, now)):
            return []
        return await self._database.write(
            "recheck", lambda c: rechecks.recheck_all(c, self._audiences, removed, now)
        )

    def joined_in(self, connection: Connection, channel: str) -> Sequence[Draft]:
        """As `recheck`, in a channel and its threads where somebody came; in the caller's transaction."""
        rows = rechecks.waiting_in(connection, channel)
        return self._recheck(connection, [row for row in rows if drafts.audience_grew(connection, row)])

    def changed_in(self, connection: Connection, record: RecordId) -> Sequence[Draft]:
        """As `recheck`, of what rests on a record, in the transaction of the caller's that changed it."""
        return self._recheck(connection, rechecks.waiting_on(connection, record))

    def _recheck(self, connection: Connection, rows: Sequence[Row]) -> Sequence[Draft]:
        return rechecks.recheck(connection, self._audiences, rows, self._clock.now())

    async def expire(self, now: datetime) -> Sequence[Draft]:
        """Close what is past its time and not at the platform this moment; those closed."""
        return await self._database.write("expire", lambda c: outcomes.expire(c, now))

    async def wake(self, now: datetime) -> Sequence[Draft]:
        """Bring back what was snoozed until now; those woken."""
        return await self._database.write("wake", lambda c: outcomes.wake(c, now))

    # What the sender does; each names the claim that it holds

    async def recover(self) -> Sequence[Draft]:
        """At start, before the sender and before what is pending is answered: what was at a platform when
        we died is uncertain, what was superseded is withdrawn. Those changed."""
        return await self._database.write(
            "recover", lambda c: rechecks.recover(c, self._audiences, self._clock.now())
        )

    async def claim(
        self,
        now: datetime,
        *,
        split: Split = whole,
        platforms: Collection[str] | None = None,
        read: Collection[ConversationId] | None = None,
    ) -> Claimed:
        """The next part to send, committed as being sent before this returns.

        In the same transaction: not paused, approved, not expired, not superseded, authorized for this
        very revision, text and recipient, its delegation still running, for who listens and which
        persona speaks there, all that it rests on as it was and heard there, and within its rate.
        What fails goes back to the owner with the rule that says why, and is among the `moved`.
        `split(conversation, text)` cuts a text to its platform's length, once; `platforms` limits the claim
        to those that can send now; `read`, where it is given, are the conversations of which readers and
        what is answered were just read: the others are passed over, and named.
        """
        facts = ClaimFacts(now, self._membership(), self._speaking(), self.sends_per_hour)
        return await self._database.write(
            "claim", lambda c: sending.claim(c, self._audiences, facts, split, platforms, read)
        )

    async def postpone(self, unread: Unread, until: datetime) -> None:
        """It is not claimed before that time."""
        await self._database.write("postpone", lambda c: sending.postpone(c, unread, until))

    async def give_back(self, unread: Unread, rule: str) -> Draft | None:
        """Back to the owner with the rule that says why; None where it has moved on meanwhile."""
        now = self._clock.now()
        return await self._database.write("give back", lambda c: sending.give_back(c, unread, rule, now))

    async def delivered(self, claim: Claim, platform_id: str, at: datetime) -> Draft:
        """The part arrived: it is said in L0, and the last one files the receipt. All in one."""
        return await self._database.write("deliver", lambda c: outcomes.delivered(c, claim, platform_id, at))

    async def uncertain(self, claim: Claim, why: str) -> Draft:
        """It may have arrived: only `settle` and `found` move it on. `why` must not hold any text of it."""
        return await self._database.write("uncertain", lambda c: outcomes.uncertain(c, claim, why))

    async def uncertain_sends(self) -> Sequence[UncertainSend]:
        """What may have arrived, by the claims it was sent with, for a platform that can tell."""
        return await self._database.read(parts.uncertain_sends)

    async def found(self, uncertain_send: UncertainSend, platform_id: str) -> Draft:
        """The platform shows that it arrived: the rest of it goes on, or its receipt is filed. Raises Refused
        where somebody was faster to say what became of it."""
        return await self._database.write(
            "find", lambda c: outcomes.found(c, uncertain_send.claim, platform_id, uncertain_send.at)
        )

    async def failed(self, claim: Claim, why: str) -> Draft:
        """The platform will never take it: closed, with a receipt for the parts that had arrived."""
        return await self._database.write("fail", lambda c: outcomes.failed(c, claim, why, self._clock.now()))

    async def name(self, claim: Claim, sends_as: SentAs) -> None:
        """Note in whose name it goes, where its card could not say."""

        def work(connection: Connection) -> None:
            row = parts.holder(connection, claim)
            connection.execute("UPDATE drafts SET sends_as = ? WHERE id = ?", (sends_as, row["id"]))

        await self._database.write("name", work)

    async def in_another_name(self, claim: Claim, sends_as: SentAs) -> Draft:
        """Nothing of the part arrived: it would have gone in another name than its card said. What did not
        arrive waits for the owner again, as a new revision whose card says `sends_as`."""
        now = self._clock.now()
        return await self._database.write(
            "return for its name", lambda c: outcomes.in_another_name(c, claim, sends_as, now)
        )

    async def released(self, claim: Claim, not_before: datetime | None = None) -> Draft:
        """Nothing of the part arrived, for certain: it may be claimed again, from `not_before` on."""
        return await self._database.write(
            "release", lambda c: outcomes.released(c, claim, not_before, self._clock.now())
        )

    # What there is

    async def open(self) -> Sequence[Draft]:
        """Everything not yet closed, oldest first."""
        return await self._database.read(_open)

    async def answered(self, draft: Draft) -> Answered:
        """What a draft answers, and where."""
        return await self._database.read(lambda c: answered(c, draft))

    async def get(self, draft: DraftId) -> Draft:
        """The draft of that id, open or closed. Raises Refused when there is none."""
        return await self._database.read(lambda c: drafts.read(c, draft))


def _open(connection: Connection) -> list[Draft]:
    marks = ", ".join("?" for _ in OPEN_STATUSES)
    rows = connection.execute(
        f"SELECT * FROM drafts WHERE status IN ({marks}) ORDER BY id",  # noqa: S608 (only marks)
        OPEN_STATUSES,
    )
    return [drafts.from_row(row) for row in rows]
