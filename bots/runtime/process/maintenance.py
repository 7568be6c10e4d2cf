"""What has to be done now and then, in the background."""

import asyncio
from datetime import datetime

from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.base.services import Services
from core.agent import Agent
from memory.outbox.outbox import Outbox
from memory.recall.recall import Recall
from memory.reports import overview
from memory.storage.port import Database

SETTLE_S = 0.5
"""Records are embedded in batches: so long after the first of them came."""


class Maintenance:
    """Each method runs for ever, or until its work is done; the caller supervises it."""

    def __init__(
        self,
        agent: Agent,
        recall: Recall,
        db: Database,
        outbox: Outbox,
        expiry_notices: ExpiryNotices,
        services: Services,
    ) -> None:
        self._agent = agent
        self._recall = recall
        self._db = db
        self._outbox = outbox
        self._expiry_notices = expiry_notices
        self._clock = services.clock
        self._changes = services.changes
        self._sleep = services.sleep

    async def load(self) -> None:
        """Import and compile the agent before the first message needs it."""
        await asyncio.to_thread(self._agent.load)

    async def index(self) -> None:
        """Keep every record findable by its meaning."""
        await self._recall.load()
        changes = self._changes.subscribe()
        while True:
            await self._recall.index_pending()
            async for change in changes:
                if change.kind in ("message", "draft", "memory", "missed"):
                    break
            await self._sleep(SETTLE_S)

    async def times(self) -> datetime | None:
        """Expire and wake the drafts whose time has come, and tell whoever watches; when the next is."""
        now = self._clock.now()
        expired, woken = await self._outbox.expire(now), await self._outbox.wake(now)
        for draft in (*expired, *woken):
            self._changes.publish("draft", draft.conversation, draft.id)
        times = (await self._expiry_notices.look(), await self._db.read(overview.soonest))
        return min((time for time in times if time is not None), default=None)
