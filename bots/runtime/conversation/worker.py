"""One conversation's turn: begun once the burst is over, and begun anew where what it answers changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from bots.runtime.conversation.drafter import SUPERSEDED, Drafter
from bots.runtime.conversation.turn_results import ConversationQueue, settle
from core.types import Conversation, Message
from memory.archive.rows import Readers


class Worker:
    """`take_up` answers what is still pending in a conversation, where a draft came to nothing."""

    def __init__(
        self, drafter: Drafter, take_up: Callable[[Conversation], Awaitable[object]], services: Services
    ) -> None:
        self._drafter = drafter
        self._take_up = take_up
        self._clock = services.clock
        self._timing = services.timing
        self._sleep = services.sleep

    async def answer(self, queue: ConversationQueue) -> None:
        """Wait for the end of the burst, and draft for what wants an answer then."""
        await self._end_of_burst(queue)
        if not queue.unanswered:
            return
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


def share_readers(queues: Iterable[ConversationQueue], now: Conversation) -> None:
    """Who can read a channel can read all of its threads, those in hand too."""
    for queue in queues:
        before = queue.conversation
        if before.channel == now.channel and Readers.of(before) != Readers.of(now):
            queue.conversation = replace(
                before,
                members=now.members,
                joiners_read_history=now.joiners_read_history,
                newest_join=now.newest_join,
            )
            queue.changed.set()


def joined(before: Conversation, now: Conversation) -> bool:
    """Whether somebody came who could not read it before, or not all of it. Pure."""
    if before.members and not (now.members and now.members <= before.members):
        return True
    since = before.newest_join
    return now.newest_join is not None and (since is None or since < now.newest_join)
