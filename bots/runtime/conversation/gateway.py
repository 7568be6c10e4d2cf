"""Messages in: committed first, then answered in order, one draft for a whole burst."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.turn_results import Answer, ConversationQueue, TurnResult, fail, settle
from bots.runtime.conversation.worker import Worker, share_readers
from core.errors import OwnerMustFix, TryAgain
from core.ids import message_record
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
from memory.archive.conversations import stored_conversation
from memory.archive.messages import Messages, edit, erase, hear, mark_pending
from memory.outbox.outbox import Outbox
from memory.storage.port import Connection, Database, Work

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
        self._clock = services.clock
        self._changes = services.changes
        self._timing = services.timing
        self._sleep = services.sleep
        self._worker = Worker(drafter, self._take_up, services)
        self._queues: dict[ConversationId, ConversationQueue] = {}
        self._looked_at: int | None = None
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
        """The author changed a message: what was drafted for it or with it is drafted anew. False: nothing
        new."""
        return await self._reconsider(
            conversation, message, "message-edited", lambda connection: edit(connection, message, text, at)
        )

    async def delete(self, conversation: Conversation, message: MessageId) -> bool:
        """The author took a message back: what was drafted for it goes too, and what was drafted with it is
        drafted anew. False: nothing new."""
        return await self._reconsider(
            conversation, message, "message-deleted", lambda connection: erase(connection, message)
        )

    async def listeners(self, conversation: Conversation) -> None:
        """Who can read it has changed, and all of its channel with it. What was drafted for fewer ears is
        drafted anew."""
        await self._messages.upsert(conversation)
        now = await self._messages.conversation(conversation.id)
        if now is not None:
            share_readers(self._queues.values(), now)
        await self.recheck()

    async def look(self) -> None:
        """As `recheck`, where the owner's file has changed since the last look. Else it costs nothing."""
        version = self._outbox.directory_version
        if version != self._looked_at:
            self._looked_at = version
            await self.recheck()

    async def recheck(self) -> None:
        """What waits and may not stay as it is, for whatever it rests on or whoever listens, is drafted anew
        or goes back to the owner."""
        await self.moved(await self._outbox.recheck())

    async def date_again(self, now: datetime) -> bool:
        """As `Messages.date_again`: the owner's own clock was set back, or a platform's was ahead."""
        return await self._messages.date_again(now)

    def start_over(self) -> None:
        """Let go of what is being drafted, and draft it anew: something that it may rest on is gone."""
        for queue in self._queues.values():
            if queue.turn is not None:
                queue.turn.cancel()

    async def draft_anew(self, withdrawn: Sequence[Draft]) -> None:
        """What these drafts answered wants an answer again."""
        for draft in withdrawn:
            self._changes.publish("draft", draft.conversation, draft.id)
            if draft.status is not DraftStatus.SUPERSEDED:
                continue
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
        def commit(connection: Connection) -> tuple[Conversation, Sequence[Draft]] | None:
            if not hear(connection, conversation, message):
                return None
            now = stored_conversation(connection, conversation.id)
            return now, self._outbox.joined_in(connection, now.channel)

        heard = await self._db.write("hear", commit)
        if heard is None:
            return False
        conversation, moved = heard  # as it stands, with everybody who listens in its channel
        share_readers(self._queues.values(), conversation)
        self._changes.publish("message", conversation.id)
        await self.moved(moved, at_once=at_once)
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

    async def moved(self, moved: Sequence[Draft], *, at_once: bool = False) -> None:
        """Tell of drafts that may not stay as they were, and take up what is drafted anew."""
        for draft in moved:
            self._changes.publish("draft", draft.conversation, draft.id)
            if draft.status is DraftStatus.SUPERSEDED:
                conversation = await self._messages.conversation(draft.conversation)
                if conversation is not None:
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

    async def _reconsider(
        self, conversation: Conversation, message: MessageId, rule: str, change: Work[bool]
    ) -> bool:
        """Commit a change of a message, and withdraw with it what answers the message or rests on it."""

        def commit(connection: Connection) -> tuple[Sequence[Draft], Sequence[Draft]] | None:
            if not change(connection):
                return None
            answering = self._outbox.supersede_in(connection, message, rule)
            return answering, self._outbox.changed_in(connection, message_record(message))

        changed = await self._db.write("reconsider", commit)
        if changed is None:
            return False
        withdrawn, moved = changed
        self._changes.publish("message", conversation.id)
        if withdrawn:
            self._changes.publish("draft", conversation.id)
        await self.moved(moved)
        redo = any(draft.status is DraftStatus.SUPERSEDED for draft in withdrawn)
        concerned = redo or bool(await self._messages.pending(conversation.id))
        if not (concerned and await self._reopen(conversation)):
            self._drop(conversation, message, rule)
        return True

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
                    await self._worker.answer(queue)
                except Exception as error:
                    # Supervision: what fails beside the model (a full disk) must not end the conversation's
                    # worker. Its text may hold what was said.
                    log.error("answering failed: %s", type(error).__name__)
                    queue.changed.clear()
                    await wait_for(queue.changed, self._timing.retry_longest_s, self._sleep)
        finally:
            del self._queues[queue.conversation.id]
            fail(queue.waiting, TryAgain(STOPPING))
