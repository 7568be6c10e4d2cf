"""Messages in: committed first, then answered in order, one draft for a whole burst."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from bots.runtime.conversation.drafter import SUPERSEDED, Drafter
from bots.runtime.conversation.turn_results import Answer, ConversationQueue, TurnResult, fail, settle
from core.errors import OwnerMustFix, TryAgain
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    Decision,
    Draft,
    DraftStatus,
    Message,
    MessageId,
    Verdict,
)
from core.unanswered import LONGEST_BURST, unanswered
from memory.archive.messages import Messages, hear, mark_pending
from memory.outbox.outbox import Outbox
from memory.storage.port import Connection, Database

log = logging.getLogger(__name__)

MISSED = "missed-while-off"
"""The rule by which what was said too long ago is listed, not answered."""
STOPPING = "the twin is stopping; the message is kept and answered at the next start"


class Gateway:
    """Hearing never waits for drafting. Each conversation has one worker, which asks the agent about the
    newest message and starts over when something newer is said meanwhile."""

    def __init__(
        self,
        db: Database,
        messages: Messages,
        outbox: Outbox,
        drafter: Drafter,
        services: Services,
    ) -> None:
        self._db = db
        self._messages = messages
        self._outbox = outbox
        self._drafter = drafter
        self._clock = services.clock
        self._changes = services.changes
        self._timing = services.timing
        self._sleep = services.sleep
        self._queues: dict[ConversationId, ConversationQueue] = {}
        self._closed = False

    async def hear(self, conversation: Conversation, message: Message, *, at_once: bool = False) -> bool:
        """Commit a message; once this returns, the platform may be told so. False for a duplicate.

        `at_once` spares it the wait for the end of a burst.
        """
        return await self._hear(conversation, message, at_once, None)

    async def converse(self, conversation: Conversation, message: Message) -> TurnResult:
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

    async def listeners(self, conversation: Conversation) -> None:
        """Who can read it has changed. What was drafted for fewer ears is drafted anew."""
        await self._messages.upsert(conversation)
        now = await self._messages.conversation(conversation.id)
        queue = self._queues.get(conversation.id)
        if queue is not None and now is not None:
            queue.conversation = now
            queue.changed.set()
        await self._moved(conversation, await self._outbox.recheck_audience(conversation.id))

    def start_over(self) -> None:
        """Let go of what is being drafted, and draft it anew: something that it may rest on is gone."""
        for queue in self._queues.values():
            if queue.turn is not None:
                queue.turn.cancel()

    async def draft_anew(self, withdrawn: Sequence[Draft]) -> None:
        """What these drafts answered wants an answer again."""
        for draft in withdrawn:
            self._changes.publish("draft", draft.conversation, draft.id)
            conversation = await self._messages.conversation(draft.conversation)
            if conversation is not None:
                await self._reopen(conversation)

    async def dismiss(self, conversation: Conversation, rule: str) -> None:
        """Nothing that was said there wants an answer any more."""
        for last in (await self._messages.pending(conversation.id))[-1:]:
            self._drop(conversation, last.id, rule)
            await self._outbox.skip_turn(conversation.id, last.id, rule)
        if await self._outbox.supersede(conversation=conversation.id, rule=rule):
            self._changes.publish("draft", conversation.id)

    async def recover(self) -> None:
        """Take up what the last process left; before the sender starts."""
        await self._outbox.recover()
        unanswered: dict[ConversationId, list[Message]] = {}
        for message in await self._messages.pending():
            unanswered.setdefault(message.conversation, []).append(message)
        oldest_fresh = self._clock.now() - self._timing.fresh
        for place, heard in unanswered.items():
            conversation = await self._messages.conversation(place)
            if conversation is None:
                continue
            if heard[-1].sent_at < oldest_fresh:
                await self._outbox.skip_turn(place, heard[-1].id, MISSED)
            else:
                self._enter(conversation, heard, at_once=True)

    async def rest(self) -> None:
        """Return once nothing wants an answer any more."""
        while workers := [queue.worker for queue in self._queues.values() if queue.worker]:
            await asyncio.wait(workers)

    async def close(self) -> None:
        """Drop the drafts in hand; their messages are committed and pending."""
        self._closed = True
        queues = list(self._queues.values())
        await cancel_and_wait(*(queue.worker for queue in queues if queue.worker))
        for queue in queues:
            fail(queue.waiting, TryAgain(STOPPING))
        self._queues.clear()

    async def _hear(
        self, conversation: Conversation, message: Message, at_once: bool, answer: Answer | None
    ) -> bool:
        def commit(connection: Connection) -> Sequence[Draft] | None:
            if not hear(connection, conversation, message):
                return None
            return self._outbox.recheck_in(connection, conversation.id)

        moved = await self._db.write("hear", commit)
        if moved is None:
            return False
        self._changes.publish("message", conversation.id)
        await self._moved(conversation, moved, at_once=at_once)
        if message.author == OWNER:
            await self._owner_spoke(conversation, message)
            settle([answer], TurnResult(message.id, Decision(Verdict.SILENT, "owner-spoke")))
        elif message.author == TWIN:
            settle([answer], TurnResult(message.id, Decision(Verdict.SILENT, "own-echo")))
        elif message.sent_at < self._clock.now() - self._timing.fresh:
            await self._outbox.skip_turn(conversation.id, message.id, MISSED)
            settle([answer], TurnResult(message.id, Decision(Verdict.SILENT, MISSED)))
        else:
            known = self._queues[conversation.id].unanswered if conversation.id in self._queues else ()
            self._enter(conversation, [*known, message], at_once=at_once, answer=answer)
        return True

    async def _moved(
        self, conversation: Conversation, moved: Sequence[Draft], *, at_once: bool = False
    ) -> None:
        """Tell of drafts that somebody may not have been meant to read, and take up what is drafted anew."""
        for draft in moved:
            self._changes.publish("draft", conversation.id, draft.id)
            if draft.status is DraftStatus.SUPERSEDED:
                await self._take_up(conversation, at_once=at_once)

    async def _owner_spoke(self, conversation: Conversation, message: Message) -> None:
        # A draft that is filed meanwhile is no danger: the outbox finds the owner's word in L0 itself.
        self._drop(conversation, message.id, "owner-answered")
        await self._outbox.skip_turn(conversation.id, message.id, "owner-answered")
        if await self._outbox.supersede(conversation=conversation.id, rule="owner-answered"):
            self._changes.publish("draft", conversation.id)
        # Where a thread hangs on the question itself, an answer is often given there.
        asked = message.reply_to
        if asked and conversation.parent and any(one.answers == asked for one in await self._outbox.open()):
            await self._outbox.supersede(message=asked, rule="owner-answered")
            self._changes.publish("draft", ConversationId(conversation.parent))

    async def _reconsider(self, conversation: Conversation, message: MessageId, rule: str) -> None:
        self._changes.publish("message", conversation.id)
        withdrawn = await self._outbox.supersede(message=message, rule=rule)
        if withdrawn:
            self._changes.publish("draft", conversation.id)
        concerned = bool(withdrawn or await self._messages.pending(conversation.id))
        if not (concerned and await self._reopen(conversation)):
            self._drop(conversation, message, rule)

    async def _reopen(self, conversation: Conversation) -> bool:
        """All that was said since our side's last word is to be answered; False where that is nothing."""
        burst = unanswered(await self._messages.recent(conversation.id, LONGEST_BURST))

        def reopen(connection: Connection) -> None:
            for message in burst:
                mark_pending(connection, message.id)

        await self._db.write("reopen", reopen)
        return await self._take_up(conversation)

    async def _take_up(self, conversation: Conversation, *, at_once: bool = False) -> bool:
        """Answer what is pending there; False where that is nothing."""
        while True:
            queue = self._queues.get(conversation.id)
            before = queue and queue.unanswered
            left = await self._messages.pending(conversation.id)
            queue = self._queues.get(conversation.id)
            if (queue and queue.unanswered) is before:
                break  # else something was heard or dealt with while this was read
        if left:
            self._enter(conversation, left, at_once=at_once)
        return bool(left)

    def _enter(
        self,
        conversation: Conversation,
        unanswered: Sequence[Message],
        *,
        at_once: bool = False,
        answer: Answer | None = None,
    ) -> None:
        if self._closed:
            fail([answer], TryAgain(STOPPING))
            return
        queue = self._queues.get(conversation.id)
        if queue is None:
            queue = self._queues[conversation.id] = ConversationQueue(conversation)
            queue.worker = asyncio.create_task(self._work(queue), name=f"gateway {conversation.id}")
        queue.conversation = conversation
        queue.at_once = at_once
        queue.unanswered = sorted(
            {message.id: message for message in unanswered}.values(), key=lambda one: one.sent_at
        )
        if answer is not None:
            queue.waiting.append(answer)
        queue.changed.set()

    def _drop(self, conversation: Conversation, until: MessageId, rule: str) -> None:
        queue = self._queues.get(conversation.id)
        if queue is not None:
            queue.unanswered = []
            queue.changed.set()
            settle(queue.waiting, TurnResult(until, Decision(Verdict.SILENT, rule)))

    async def _work(self, queue: ConversationQueue) -> None:
        try:
            while queue.unanswered:
                try:
                    await self._end_of_burst(queue)
                    if queue.unanswered:
                        await self._answer(queue)
                except Exception as error:
                    # Supervision: what fails beside the model (a full disk) must not end the conversation's
                    # worker. Its text may hold what was said.
                    log.error("answering failed: %s", type(error).__name__)
                    queue.changed.clear()
                    await wait_for(queue.changed, self._timing.retry_longest_s, self._sleep)
        finally:
            del self._queues[queue.conversation.id]
            fail(queue.waiting, TryAgain(STOPPING))

    async def _answer(self, queue: ConversationQueue) -> None:
        queue.changed.clear()
        asked, heard, where = list(queue.waiting), tuple(queue.unanswered), queue.conversation
        turn = queue.turn = asyncio.create_task(self._drafter.turn(where, heard, asked))
        try:
            while not turn.done():
                changed = asyncio.create_task(queue.changed.wait())
                try:
                    await asyncio.wait({turn, changed}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await cancel_and_wait(changed)
                if not turn.done():
                    queue.changed.clear()
                    if joined(where, queue.conversation) or await self._in_vain(queue, heard):
                        return
        finally:
            queue.turn = None
            await cancel_and_wait(turn)
        if turn.cancelled():
            return  # to start over
        result = turn.result()
        settle(asked, result)
        queue.waiting = [answer for answer in queue.waiting if not answer.done()]
        queue.unanswered = [message for message in queue.unanswered if message not in heard]
        if result.decision.rule == SUPERSEDED:
            await self._take_up(queue.conversation)

    async def _in_vain(self, queue: ConversationQueue, heard: Sequence[Message]) -> bool:
        """Whether the turn in hand is in vain: something it answers changed, or more wants an answer."""
        if any(message not in queue.unanswered for message in heard):
            return True
        later = [message for message in queue.unanswered if message not in heard]
        return await self._drafter.question(queue.conversation, later) is not None

    async def _end_of_burst(self, queue: ConversationQueue) -> None:
        longest = self._clock.now() + timedelta(seconds=self._timing.longest_burst_s)
        while self._timing.quiet_s and queue.unanswered and not queue.at_once:
            left = (longest - self._clock.now()).total_seconds()
            queue.changed.clear()
            if left <= 0 or not await wait_for(queue.changed, min(self._timing.quiet_s, left), self._sleep):
                return


def joined(before: Conversation, now: Conversation) -> bool:
    """Whether somebody came who could not read it before, or not all of it. Pure."""
    if before.members and not (now.members and now.members <= before.members):
        return True
    since = before.newest_join
    return now.newest_join is not None and (since is None or since < now.newest_join)
