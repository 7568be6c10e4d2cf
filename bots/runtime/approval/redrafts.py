"""A draft written again, as the owner wishes, and what they might let it rest on."""

from collections.abc import Callable
from dataclasses import replace

from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.changes import Changes
from bots.runtime.conversation.turn_results import scores
from core.agent import Agent
from core.audience import still_readable
from core.errors import AlreadyHandled, Refused, TryAgain
from core.ports import Context, Memory
from core.types import Conversation, Draft, DraftId, DraftStatus, MemoryRecord, Message, MessageId, Retrieval
from memory.archive.messages import Messages
from memory.outbox.drafts import MAYBE_ARRIVED, became
from memory.outbox.outbox import NewText, Outbox
from memory.outbox.reasons import Reasons
from memory.recall.recall import Recall

WITHHELD = 8
HIDDEN = "who joined since cannot read what it answers, so no model may: write the answer yourself"
AgentOver = Callable[[Memory], Agent]
"""The agent, over another memory than its usual one."""


class Redrafts:
    """Raises Refused where what a draft answers is not in memory any more."""

    def __init__(
        self,
        agent_over: AgentOver,
        recall: Recall,
        messages: Messages,
        outbox: Outbox,
        reasons: Reasons,
        presenter: Presenter,
        changes: Changes,
    ) -> None:
        self._agent_over = agent_over
        self._recall = recall
        self._messages = messages
        self._outbox = outbox
        self._reasons = reasons
        self._presenter = presenter
        self._changes = changes

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
        if not still_readable(message.sent_at, conversation):
            raise Refused(HIDDEN)
        let_in = [await self._presenter.record(one) for one in await self._reasons.shared_once(draft)]
        memory = WithLetIn(self._recall, tuple(one for one in let_in if one is not None))
        # What it rests on may be gone, or it was drafted for fewer ears.
        previous = await self._outbox.previous(draft)
        outcome = await self._agent_over(memory).answer(
            conversation, message, guidance=guidance, previous=previous or " "
        )
        if not outcome.text.strip():
            raise TryAgain("the model wrote nothing usable; the draft is as it was")
        revised = await self._outbox.revise(
            draft,
            revision,
            NewText(
                text=outcome.text,
                records=outcome.records,
                rule=outcome.decision.rule,
                model=outcome.card.name,
                model_digest=outcome.card.digest,
                runs_on=outcome.card.runs_on,
                persona=outcome.persona.name if outcome.persona else None,
                texts=outcome.texts,
                scores=scores(outcome.retrieval),
                drafted_for=conversation,
                bettered=bool(previous),
            ),
        )
        self._changes.publish("draft", revised.conversation, revised.id)
        return revised

    async def withheld(self, draft: DraftId) -> Retrieval:
        """What bears on it but may not be heard there. For the owner alone."""
        held = await self._outbox.get(draft)
        conversation, message = await self._answered(held)
        heard = (await self._outbox.answered(held)).heard or (message,)
        return await self._recall.withheld(
            "\n".join(message.text for message in heard), conversation, WITHHELD
        )

    async def _answered(self, draft: Draft) -> tuple[Conversation, Message]:
        conversation = await self._messages.conversation(draft.conversation)
        message = await self._messages.get(draft.answers)
        if conversation is None or message is None:
            raise Refused("what it answers is not in memory any more")
        return conversation, message


class WithLetIn:
    """Implements `core.ports.Memory`: what may be heard there, and what the owner let in for once."""

    def __init__(self, memory: Memory, let_in: tuple[MemoryRecord, ...]) -> None:
        self._memory = memory
        self._let_in = let_in
        self.people = memory.people
        self.recall = memory.recall
        self.unanswered = memory.unanswered

    async def context(self, conversation: Conversation, until: MessageId, limit: int) -> Context:
        """As in the port; what was let in is pinned, and comes first."""
        context = await self._memory.context(conversation, until, limit)
        return replace(context, pinned=(*self._let_in, *context.pinned))
