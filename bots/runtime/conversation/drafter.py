"""From what was heard to a draft in the outbox, however often the model has to be asked."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from time import perf_counter
from types import MappingProxyType

from bots.platforms.names import SendsAs, nobody_knows
from bots.platforms.port import ShowsTyping
from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.problems import DATABASE
from bots.runtime.base.services import Services
from bots.runtime.base.timing import wait_for
from bots.runtime.conversation.turn_results import Answer, TurnResult, disclosed, fail, scores
from core.agent import Agent, Outcome
from core.errors import OwnerMustFix, TryAgain
from core.ports import PolicyFactsSource
from core.types import (
    Conversation,
    ConversationId,
    Decision,
    Draft,
    DraftStatus,
    Message,
    Verdict,
)
from memory.outbox.outbox import NewDraft, Outbox
from memory.storage.port import DatabaseBusy

log = logging.getLogger(__name__)

SUPERSEDED = "overtaken"
"""The rule by which a draft came to nothing: what it answers was answered or changed meanwhile, or is to be
answered together with something else."""

ReplyUntil = Callable[[ConversationId], Awaitable[datetime | None]]
"""When nothing can be sent in a conversation any more; None where nothing limits it."""

NOWHERE: Mapping[str, ShowsTyping] = MappingProxyType({})


async def unlimited(_: ConversationId) -> datetime | None:
    """Of platforms that take replies at any time."""
    return None


class Drafter:
    """Asks the agent, a bounded number of conversations at once, and files what comes of it.

    While the model is away it pauses, longer each time; the first answer ends every pause. On the platforms
    of `typing` it is seen that an answer is being written, where the owner has delegated it.
    """

    def __init__(
        self,
        agent: Agent,
        policy_facts: PolicyFactsSource,
        outbox: Outbox,
        services: Services,
        reply_until: ReplyUntil = unlimited,
        typing: Mapping[str, ShowsTyping] = NOWHERE,
        sends_as: SendsAs = nobody_knows,
    ) -> None:
        self._sends_as = sends_as
        self._reply_until = reply_until
        self._typing = typing
        self._agent = agent
        self._policy_facts = policy_facts
        self._outbox = outbox
        self._clock = services.clock
        self._changes = services.changes
        self._problems = services.problems
        self._timing = services.timing
        self._sleep = services.sleep
        self._slots = asyncio.Semaphore(services.timing.max_concurrent_drafts)
        self._pauses: set[asyncio.Event] = set()

    async def question(self, conversation: Conversation, heard: Sequence[Message]) -> Message | None:
        """The newest that wants an answer; what came after it (a thumb, others' talk) wants none."""
        for message in reversed(heard):
            if await self._agent.triage(conversation, message) is None:
                return message
        return None

    def try_now(self) -> None:
        """Whatever pauses between two attempts tries again at once."""
        for pause in self._pauses:
            pause.set()

    async def turn(
        self, conversation: Conversation, heard: Sequence[Message], asked: list[Answer]
    ) -> TurnResult:
        """Draft for the newest of `heard` that wants an answer; all of it is dealt with then.

        Returns once something is filed; `asked` hear of the first failure.
        """
        for attempt in itertools.count():
            try:
                message = heard[-1]
                if len(heard) > 1:
                    message = await self.question(conversation, heard) or message
                async with self._slots, self._sign(conversation, message):
                    outcome = await self._agent.answer(conversation, message)
                result = await self._file(conversation, message, outcome)
                if message is not heard[-1]:
                    await self._outbox.skip_turn(conversation.id, heard[-1].id, "no-answer-wanted")
            except TryAgain as error:
                self._problems.tell(DATABASE if isinstance(error, DatabaseBusy) else "model", str(error))
                fail(asked, error)
                pause = self._timing.backoff(attempt)
            except OwnerMustFix as error:
                self._problems.tell(conversation.id, str(error))
                fail(asked, error)
                pause = self._timing.retry_longest_s
            except Exception as error:
                # Supervision: whatever one message sets off must not end its conversation's worker. Only
                # the kind of error is logged, for its text may hold what was said.
                log.error("a draft failed: %s", type(error).__name__)
                self._problems.tell(conversation.id, f"a draft failed with {type(error).__name__}: a bug")
                fail(asked, TryAgain("the draft failed; the message is kept and tried again"))
                pause = self._timing.retry_longest_s
            else:
                self._problems.clear(conversation.id)
                self._problems.clear("model")
                self._problems.clear(DATABASE)
                self.try_now()
                return result
            await self._wait(pause)
        raise AssertionError("unreachable")

    async def requested(self, conversation: Conversation, message: Message, guidance: str) -> Draft | None:
        """A draft that the owner asks for, whether or not the message wants an answer; None where it was
        changed or taken back, or they have answered meanwhile. Raises TryAgain and OwnerMustFix as the model
        does."""
        asked_at = self._clock.now()
        async with self._slots:
            # Without a wish, any former text makes it one that the owner asked for.
            outcome = await self._agent.answer(
                conversation, message, guidance=guidance, previous="" if guidance else " "
            )
        return (await self._file(conversation, message, outcome, asked_at)).draft

    def _sign(self, conversation: Conversation, message: Message) -> AbstractAsyncContextManager[None]:
        """A draft that waits for the owner shows nothing: whether anything is said at all is the owner's."""
        platform = self._typing.get(conversation.platform)
        if platform is None:
            return typing_sign(None)

        async def show() -> None:
            if await self._agent.may_send(conversation, message):
                await platform.typing(conversation)

        return typing_sign(show, self._sleep)

    async def _wait(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._pauses.add(woken)
        try:
            await wait_for(woken, seconds, self._sleep)
        finally:
            self._pauses.discard(woken)

    async def _file(
        self,
        conversation: Conversation,
        message: Message,
        outcome: Outcome,
        asked_at: datetime | None = None,
    ) -> TurnResult:
        began = perf_counter()
        decision = outcome.decision
        draft = None
        if decision.verdict is Verdict.SILENT or outcome.persona is None:
            await self._outbox.skip_turn(conversation.id, message.id, decision.rule)
            self._changes.publish("authorized", conversation.id)  # what waited for this turn may go
        else:
            text, delegation = outcome.text, None
            if decision.verdict is Verdict.SEND:
                facts = await self._policy_facts.read(conversation, message, outcome.persona)
                text, delegation = disclosed(text, outcome.persona), facts.delegation
            lasts = self._clock.now() + self._timing.drafts_last
            closes = await self._reply_until(conversation.id)
            draft = await self._outbox.create(
                NewDraft(
                    conversation=conversation.id,
                    answers=message,
                    text=text,
                    persona=outcome.persona.name,
                    records=outcome.records,
                    decision=decision,
                    model=outcome.card.name,
                    model_digest=outcome.card.digest,
                    runs_on=outcome.card.runs_on,
                    sends_as=await self._sends_as(conversation.id),
                    delegation=delegation,
                    expires_at=lasts if closes is None else min(lasts, closes),
                    texts=outcome.texts,
                    scores=scores(outcome.retrieval),
                    drafted_for=conversation,
                    asked_at=asked_at,
                    apart=outcome.apart,
                )
            )
            if draft is None:
                decision = Decision(Verdict.SILENT, SUPERSEDED)
            elif decision.verdict is Verdict.SEND and draft.status is DraftStatus.WAITING:
                decision = Decision(Verdict.ASK, draft.rule)
            self._changes.publish("draft", conversation.id, draft.id if draft else None)
            if draft is not None and draft.status is DraftStatus.APPROVED:
                self._changes.publish("authorized", conversation.id, draft.id)
        return TurnResult(message.id, decision, outcome, draft, (perf_counter() - began) * 1000)
