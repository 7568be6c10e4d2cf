"""Word that something changed, for live pages and waiting loops. It carries ids, never text."""

import asyncio
import weakref
from collections.abc import AsyncIterator

from bots.api.change import Change, ChangeKind
from core.types import ConversationId, DraftId

LONGEST_QUEUE = 256


class Changes:
    """Publish to every subscriber, without ever waiting for one."""

    def __init__(self) -> None:
        # weak: a subscriber that is gone takes its queue along, however it went
        self._queues: weakref.WeakSet[asyncio.Queue[Change]] = weakref.WeakSet()

    def publish(
        self,
        kind: ChangeKind,
        conversation: ConversationId | None = None,
        draft: DraftId | None = None,
    ) -> None:
        """Tell everyone. A subscriber whose queue is full gets one `missed` in place of what it holds."""
        change = Change(kind, conversation, draft)
        for waiting in self._queues:
            if waiting.full():
                while not waiting.empty():
                    waiting.get_nowait()
                waiting.put_nowait(Change("missed"))
            else:
                waiting.put_nowait(change)

    def subscribe(self) -> AsyncIterator[Change]:
        """Every change from this call on, for as long as the iterator is kept."""
        waiting: asyncio.Queue[Change] = asyncio.Queue(LONGEST_QUEUE)
        self._queues.add(waiting)
        return _each(waiting)


async def _each(waiting: asyncio.Queue[Change]) -> AsyncIterator[Change]:
    while True:
        yield await waiting.get()
