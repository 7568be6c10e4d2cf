"""Messages in: committed first, then answered in order, one draft for a whole burst."""

import asyncio
import itertools
import logging
from datetime import datetime, timedelta
from time import perf_counter

from bots.events import Changes
from bots.pace import Pace, Sleep, happens, stop
from bots.problems import Problems
from bots.turns import Answer, Line, Turned, disclosed, fail, scores, settle
from core.agent import Agent, Outcome
from core.errors import OwnerMustFix, TryAgain
from core.ports import Clock, Standings
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    Decision,
    DraftStatus,
    Message,
    MessageId,
    Verdict,
)
from memory.database import Database
from memory.messages import Messages, mark_pending
from memory.outbox import Outbox

log = logging.getLogger(__name__)
STOPPING = "the twin is stopping; the message is kept and answered at the next start"


class Gateway:
    """Hearing never waits for drafting. Each conversation has one worker, which asks the agent about the
    newest message and starts over when something newer is said meanwhile."""

    def __init__(
        self,
        db: Database,
        messages: Messages,
        outbox: Outbox,
        agent: Agent,
        standings: Standings,
        clock: Clock,
        changes: Changes,
        problems: Problems,
        pace: Pace,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._db = db
        self._messages = messages
        self._outbox = outbox
        self._agent = agent
        self._standings = standings
        self._clock = clock
        self._changes = changes
        self._problems = problems
        self._pace = pace
        self._sleep = sleep
        self._seats = asyncio.Semaphore(pace.drafts_at_once)
        self._lines: dict[ConversationId, Line] = {}
        self._pauses: set[asyncio.Event] = set()
        self._closed = False

    async def hear(self, conversation: Conversation, message: Message, *, at_once: bool = False) -> bool:
        """Commit a message; once this returns, the platform may be told so. False for a duplicate.

        `at_once` spares it the wait for the end of a burst.
        """
        return await self._hear(conversation, message, at_once, None)

    async def converse(self, conversation: Conversation, message: Message) -> Turned:
        """Hear a message and wait for what comes of it.

        Raises TryAgain or OwnerMustFix when the first attempt at an answer fails: the message is kept
        and tried again. Raises OwnerMustFix for a duplicate.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        if not await self._hear(conversation, message, True, answer):
            raise OwnerMustFix(f"{message.id}: heard before")
        return await answer

    async def edit(self, conversation: Conversation, message: MessageId, text: str, at: datetime) -> bool:
        """The author changed a message: what was drafted for it is drafted anew. False: nothing new."""
        if not await self._messages.edit(message, text, at):
            return False
        await self._reconsider(conversation, message, "message-edited")
        return True

    async def delete(self, conversation: Conversation, message: MessageId) -> bool:
        """The author took a message back: what was drafted for it goes too. False: nothing new."""
        if not await self._messages.delete(message):
            return False
        await self._reconsider(conversation, message, "message-deleted")
        return True

    async def recover(self) -> None:
        """Take up what the last process left; before the sender starts."""
        await self._outbox.recover()
        newest = {message.conversation: message for message in await self._messages.pending()}
        oldest_fresh = self._clock.now() - self._pace.fresh
        for message in newest.values():
            conversation = await self._messages.conversation(message.conversation)
            if conversation is None:
                continue
            if message.sent_at < oldest_fresh:
                await self._outbox.silent(conversation.id, message.id, "missed-while-off")
            else:
                self._enter(conversation, message, True, None)

    def try_now(self) -> None:
        """Whatever pauses between two attempts tries again at once."""
        for pause in self._pauses:
            pause.set()

    async def rest(self) -> None:
        """Return once nothing wants an answer any more."""
        while workers := [line.worker for line in self._lines.values() if line.worker]:
            await asyncio.wait(workers)

    async def close(self) -> None:
        """Drop the drafts in hand; their messages are committed and pending."""
        self._closed = True
        lines = list(self._lines.values())
        await stop(*(line.worker for line in lines if line.worker))
        for line in lines:
            fail(line.waiting, TryAgain(STOPPING))
        self._lines.clear()

    async def _hear(
        self, conversation: Conversation, message: Message, at_once: bool, answer: Answer | None
    ) -> bool:
        if not await self._messages.hear(conversation, message):
            return False
        self._changes.publish("message", conversation.id)
        if message.author == OWNER:
            await self._owner_spoke(conversation, message)
            settle([answer], Turned(message.id, Decision(Verdict.SILENT, "owner-spoke")))
        elif message.author == TWIN:
            settle([answer], Turned(message.id, Decision(Verdict.SILENT, "own-echo")))
        else:
            self._enter(conversation, message, at_once, answer)
        return True

    async def _owner_spoke(self, conversation: Conversation, message: Message) -> None:
        # A draft that is filed meanwhile is no danger: the outbox finds the owner's word in L0 itself.
        self._leave(conversation, message.id, "owner-answered")
        await self._outbox.silent(conversation.id, message.id, "owner-answered")
        if await self._outbox.supersede(conversation=conversation.id, rule="owner-answered"):
            self._changes.publish("draft", conversation.id)

    async def _reconsider(self, conversation: Conversation, message: MessageId, rule: str) -> None:
        self._changes.publish("message", conversation.id)
        withdrawn = await self._outbox.supersede(message=message, rule=rule)
        if withdrawn:
            self._changes.publish("draft", conversation.id)
        unanswered = {one.conversation for one in await self._messages.pending()} | self._lines.keys()
        if not withdrawn and conversation.id not in unanswered:
            return
        last = await self._messages.recent(conversation.id, 1)
        if last and last[0].author not in (OWNER, TWIN):
            newest = last[0]
            await self._db.write("reconsider", lambda connection: mark_pending(connection, newest.id))
            self._enter(conversation, newest, False, None)
        else:
            self._leave(conversation, message, rule)

    def _enter(
        self, conversation: Conversation, message: Message, at_once: bool, answer: Answer | None
    ) -> None:
        if self._closed:
            fail([answer], TryAgain(STOPPING))
            return
        line = self._lines.get(conversation.id)
        if line is None:
            line = self._lines[conversation.id] = Line(conversation)
            line.worker = asyncio.create_task(self._work(line), name=f"gateway {conversation.id}")
        line.conversation = conversation
        line.at_once = at_once
        if line.newest is None or line.newest.sent_at <= message.sent_at:
            line.newest = message
        if answer is not None:
            line.waiting.append(answer)
        line.changed.set()

    def _leave(self, conversation: Conversation, until: MessageId, rule: str) -> None:
        line = self._lines.get(conversation.id)
        if line is not None:
            line.newest = None
            line.changed.set()
            settle(line.waiting, Turned(until, Decision(Verdict.SILENT, rule)))

    async def _work(self, line: Line) -> None:
        while (message := await self._end_of_burst(line)) is not None:
            line.changed.clear()
            asked = list(line.waiting)
            turn = asyncio.create_task(self._turn(line.conversation, message, asked))
            changed = asyncio.create_task(line.changed.wait())
            try:
                await asyncio.wait({turn, changed}, return_when=asyncio.FIRST_COMPLETED)
                if turn.done():
                    settle(asked, turn.result())
                    line.waiting = [answer for answer in line.waiting if not answer.done()]
                    if line.newest is message:
                        line.newest = None
            finally:
                await stop(turn, changed)
        del self._lines[line.conversation.id]

    async def _end_of_burst(self, line: Line) -> Message | None:
        longest = self._clock.now() + timedelta(seconds=self._pace.longest_burst_s)
        while self._pace.quiet_s and line.newest is not None and not line.at_once:
            left = (longest - self._clock.now()).total_seconds()
            line.changed.clear()
            if left <= 0 or not await happens(line.changed, min(self._pace.quiet_s, left), self._sleep):
                break
        return line.newest

    async def _turn(self, conversation: Conversation, message: Message, asked: list[Answer]) -> Turned:
        for attempt in itertools.count():
            try:
                async with self._seats:
                    outcome = await self._agent.answer(conversation, message)
                turned = await self._file(conversation, message, outcome)
            except TryAgain as error:
                self._problems.tell("model", str(error))
                fail(asked, error)
                pause = self._pace.backoff(attempt)
            except OwnerMustFix as error:
                self._problems.tell(conversation.id, str(error))
                fail(asked, error)
                pause = self._pace.retry_longest_s
            except Exception as error:
                # Supervision: whatever one message sets off must not end its conversation's worker. Only
                # the kind of error is logged, for its text may hold what was said.
                log.exception("a draft failed: %s", type(error).__name__, exc_info=None)
                self._problems.tell(conversation.id, f"a draft failed with {type(error).__name__}: a bug")
                fail(asked, TryAgain("the draft failed; the message is kept and tried again"))
                pause = self._pace.retry_longest_s
            else:
                self._problems.clear(conversation.id)
                self._problems.clear("model")
                self.try_now()
                return turned
            await self._wait(pause)
        raise AssertionError("unreachable")

    async def _wait(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._pauses.add(woken)
        try:
            await happens(woken, seconds, self._sleep)
        finally:
            self._pauses.discard(woken)

    async def _file(self, conversation: Conversation, message: Message, outcome: Outcome) -> Turned:
        began = perf_counter()
        decision = outcome.decision
        draft = None
        if decision.verdict is Verdict.SILENT or outcome.persona is None:
            await self._outbox.silent(conversation.id, message.id, decision.rule)
        else:
            text, delegation = outcome.text, None
            if decision.verdict is Verdict.SEND:
                standing = await self._standings.standing(conversation, message, outcome.persona)
                text, delegation = disclosed(text, outcome.persona), standing.delegation
            draft = await self._outbox.put(
                conversation=conversation.id,
                answers=message,
                text=text,
                persona=outcome.persona.name,
                records=outcome.records,
                decision=decision,
                model=outcome.card.name,
                model_digest=outcome.card.digest,
                delegation=delegation,
                expires_at=self._clock.now() + self._pace.drafts_last,
                scores=scores(outcome.retrieval),
            )
            if draft is None:
                decision = Decision(Verdict.SILENT, "overtaken")
            elif decision.verdict is Verdict.SEND and draft.status is DraftStatus.WAITING:
                decision = Decision(Verdict.ASK, draft.rule)
            self._changes.publish("draft", conversation.id, draft.id if draft else None)
            if draft is not None and draft.status is DraftStatus.APPROVED:
                self._changes.publish("leave", conversation.id, draft.id)
        return Turned(message.id, decision, outcome, draft, (perf_counter() - began) * 1000)
