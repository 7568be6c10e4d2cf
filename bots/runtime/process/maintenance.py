"""What has to be done now and then, in the background."""

import asyncio
from datetime import datetime

from bots.runtime.process.container import Container
from memory.reports import overview

SETTLE_S = 0.5
"""Records are embedded in batches: so long after the first of them came."""


class Maintenance:
    """Each method runs for ever, or until its work is done; the caller supervises it."""

    def __init__(self, house: Container) -> None:
        self._house = house

    async def load(self) -> None:
        """Import and compile the agent before the first message needs it."""
        await asyncio.to_thread(self._house.agent.load)

    async def index(self) -> None:
        """Keep every record findable by its meaning."""
        house = self._house
        await house.recall.load()
        changes = house.changes.subscribe()
        while True:
            await house.recall.index_pending()
            async for change in changes:
                if change.kind in ("message", "draft", "memory", "missed"):
                    break
            await house.sleep(SETTLE_S)

    async def times(self) -> datetime | None:
        """Expire and wake the drafts whose time has come, and tell whoever watches; when the next is."""
        house, now = self._house, self._house.clock.now()
        expired, woken = await house.outbox.expire(now), await house.outbox.wake(now)
        for draft in (*expired, *woken):
            house.changes.publish("draft", draft.conversation, draft.id)
        times = (await house.expiry_notices.look(), await house.db.read(overview.soonest))
        return min((time for time in times if time is not None), default=None)
