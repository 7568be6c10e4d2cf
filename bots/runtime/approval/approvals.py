"""What the owner decides about drafts: approve, edit, reject, redraft, snooze, settle, share."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime

from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.changes import Changes
from bots.runtime.conversation.turn_results import scores
from bots.runtime.delivery.sender import Sender
from core.agent import Agent
from core.audience import OWNER_PRINCIPAL, PUBLIC, circle, person
from core.errors import AlreadyHandled, OwnerMustFix, Refused, TryAgain
from core.ids import in_profile, platform_of
from core.ports import Memory
from core.types import (
    Conversation,
    Draft,
    DraftId,
    DraftStatus,
    MemoryRecord,
    Message,
    PersonId,
    Principal,
    RecordId,
    Retrieval,
)
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.outbox.drafts import MAYBE_ARRIVED, became
from memory.outbox.outbox import Outbox
from memory.outbox.reasons import Reasons
from memory.outbox.switches import Switches
from memory.profile.profile import Profile
from memory.recall.recall import Recall

ONCE = "once"
DELIVERY_S = 2.0
"""How long an approval waits to say what became of it."""
WITHHELD = 8
ON_THE_WAY = (DraftStatus.APPROVED, DraftStatus.SENDING)
AgentOver = Callable[[Memory], Agent]
"""The agent, over another memory than its usual one."""


class Approvals:
    """Every act names the draft's revision; None means the one that is open now.

    Raises AlreadyHandled where somebody was faster.
    """

    def __init__(
        self,
        messages: Messages,
        outbox: Outbox,
        reasons: Reasons,
        records: Records,
        profile: Profile,
        recall: Recall,
        presenter: Presenter,
        sender: Sender,
        control: Switches,
        changes: Changes,
        agent_over: AgentOver,
    ) -> None:
        self._messages = messages
        self._outbox = outbox
        self._reasons = reasons
        self._records = records
        self._profile = profile
        self._recall = recall
        self._presenter = presenter
        self._sender = sender
        self._control = control
        self._changes = changes
        self._agent_over = agent_over

    async def approve(self, draft: DraftId, revision: int | None, text: str | None, via: str) -> Draft:
        """Authorize it, and wait a moment for the delivery."""
        changes = self._changes.subscribe()
        revision = await self._revision(draft, revision)
        approved = self._changed(await self._outbox.approve(draft, revision, via, text))
        sends = platform_of(approved.conversation) in self._sender.platforms
        if sends and not await self._control.paused():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DELIVERY_S):
                    async for change in changes:
                        if change.draft == draft or change.kind == "missed":
                            approved = await self._outbox.get(draft)
                            if approved.status not in ON_THE_WAY:
                                break
        return await self._outbox.get(draft)

    async def edit(self, draft: DraftId, revision: int | None, text: str) -> Draft:
        """Change the text; that authorizes nothing."""
        return self._changed(await self._outbox.edit(draft, await self._revision(draft, revision), text))

    async def reject(self, draft: DraftId, revision: int | None, why: str, via: str) -> Draft:
        """Send nothing."""
        revision = await self._revision(draft, revision)
        return self._changed(await self._outbox.reject(draft, revision, why, via))

    async def snooze(self, draft: DraftId, revision: int | None, until: datetime) -> Draft:
        """Put it aside."""
        return self._changed(await self._outbox.snooze(draft, await self._revision(draft, revision), until))

    async def settle(self, draft: DraftId, delivered: bool, revision: int | None = None) -> Draft:
        """The owner's word on an uncertain one."""
        settled = self._changed(await self._outbox.settle(draft, delivered, revision=revision))
        self._changes.publish("leave", settled.conversation)  # for what waited behind it
        return settled

    async def redraft(self, draft: DraftId, revision: int | None, guidance: str) -> Draft:
        """Draft again: a new revision. TryAgain where the model writes nothing; the old text stays."""
        held = await self._outbox.get(draft)
        if held.status is DraftStatus.UNCERTAIN:
            raise Refused(MAYBE_ARRIVED)
        revision = held.revision if revision is None else revision
        if held.revision != revision or held.status not in (
            DraftStatus.WAITING,
            DraftStatus.SNOOZED,
            DraftStatus.APPROVED,
        ):
            raise AlreadyHandled(became(held) or f"it is at revision {held.revision} now")
        conversation, message = await self._answered(held)
        let_in = [await self._presenter.record(one) for one in await self._reasons.shared_once(draft)]
        memory = WithLetIn(self._recall, tuple(one for one in let_in if one is not None))
        # What was drafted for fewer ears is not put before a model that writes for more of them.
        joined = conversation.newest_join is not None and conversation.newest_join >= held.created_at
        outcome = await self._agent_over(memory).answer(
            conversation, message, guidance=guidance, previous=" " if joined else held.text or " "
        )
        if not outcome.text.strip():
            raise TryAgain("the model wrote nothing usable; the draft is as it was")
        revised = await self._outbox.revise(
            draft,
            revision,
            outcome.text,
            outcome.records,
            rule=outcome.decision.rule,
            model=outcome.card.name,
            model_digest=outcome.card.digest,
            persona=outcome.persona.name if outcome.persona else None,
            scores=scores(outcome.retrieval),
            drafted_for=conversation,
        )
        return self._changed(revised)

    async def withheld(self, draft: DraftId) -> Retrieval:
        """What bears on it but may not be heard there. For the owner alone."""
        held = await self._outbox.get(draft)
        conversation, message = await self._answered(held)
        heard = await self._presenter.heard(held) or [message]
        return await self._recall.withheld(
            "\n".join(message.text for message in heard), conversation, WITHHELD
        )

    async def share(self, record: RecordId, with_: Sequence[str], draft: DraftId | None) -> str:
        """Let people hear a record; in words, who does now."""
        if not with_:
            raise OwnerMustFix("say with whom: a person, a circle, `public` or `once`")
        held = await self._presenter.record(record)
        if held is None:
            raise OwnerMustFix(f"there is no record {record[:120]!r}")
        principals = frozenset(self.principal(one) for one in with_ if one != ONCE)
        if ONCE in with_:
            target = await self._target(draft)
            await self._reasons.share_once(target, record)
            self._changes.publish("draft", None, target)
            if not principals:
                return f"{record} goes into the next redraft of draft {target}, and nowhere else"
        keeper = self._profile if in_profile(record) else self._records
        shared = await keeper.share(record, principals)
        return f"{record} may be heard by {', '.join(sorted(shared.audience))}"

    def principal(self, name: str) -> Principal:
        """An principal, or the one that a person's or a circle's name stands for. Raises OwnerMustFix."""
        sort, colon, rest = name.partition(":")
        people, circles = self._profile.people(), self._profile.circles()
        if name in (OWNER_PRINCIPAL, PUBLIC) or (colon and sort == "place" and rest):
            return Principal(name)
        if colon and sort == "person" and rest in people:
            return person(PersonId(rest))
        if colon and sort == "circle" and rest in circles:
            return circle(rest)
        wanted = name.casefold()
        meant: set[Principal] = {circle(one) for one in circles if one.casefold() == wanted}
        meant |= {
            person(one.id) for one in people.values() if wanted in (one.id.casefold(), one.name.casefold())
        }
        if len(meant) == 1:
            return meant.pop()
        if meant:
            raise OwnerMustFix(f"{name!r} is ambiguous: say {' or '.join(sorted(meant))}")
        known = ", ".join([*sorted(people), *sorted(circles)]) or "nobody yet"
        raise OwnerMustFix(f"nobody and no circle is called {name!r}; there are: {known}")

    async def _target(self, draft: DraftId | None) -> DraftId:
        if draft is not None:
            return (await self._outbox.get(draft)).id
        waiting = [one for one in await self._outbox.open() if one.status is DraftStatus.WAITING]
        if len(waiting) != 1:
            raise OwnerMustFix(f"{len(waiting)} drafts wait; say which one `once` is for, with --draft ID")
        return waiting[0].id

    async def _answered(self, draft: Draft) -> tuple[Conversation, Message]:
        conversation = await self._messages.conversation(draft.conversation)
        message = await self._messages.get(draft.answers)
        if conversation is None or message is None:
            raise Refused("what it answers is not in memory any more")
        return conversation, message

    async def _revision(self, draft: DraftId, revision: int | None) -> int:
        return revision if revision is not None else (await self._outbox.get(draft)).revision

    def _changed(self, draft: Draft) -> Draft:
        self._changes.publish("draft", draft.conversation, draft.id)
        if draft.status in ON_THE_WAY:
            self._changes.publish("leave", draft.conversation, draft.id)
        return draft


class WithLetIn:
    """Implements `core.ports.Memory`: what may be heard there, and what the owner let in for once."""

    def __init__(self, memory: Memory, let_in: tuple[MemoryRecord, ...]) -> None:
        self._memory = memory
        self._let_in = let_in
        self.recent = memory.recent
        self.working = memory.working
        self.people = memory.people
        self.recall = memory.recall

    async def pinned(self, conversation: Conversation) -> Sequence[MemoryRecord]:
        """As in the port; what was let in comes first."""
        return (*self._let_in, *await self._memory.pinned(conversation))
