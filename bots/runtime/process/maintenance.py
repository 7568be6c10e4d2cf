"""What has to be done now and then, in the background."""

import asyncio
import logging
from datetime import datetime

from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from bots.runtime.conversation.gateway import Gateway
from core.agent import Agent
from core.watch import LOOK_AGAIN_S
from memory.archive.ahead import is_ahead
from memory.outbox.outbox import Outbox
from memory.recall.recall import Recall
from memory.reports import overview
from memory.storage.port import Database

log = logging.getLogger(__name__)

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
        gateway: Gateway,
        services: Services,
    ) -> None:
        self._agent = agent
        self._recall = recall
        self._db = db
        self._outbox = outbox
        self._expiry_notices = expiry_notices
        self._gateway = gateway
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

    async def recheck(self) -> None:
        """Withdraw what may not stay as it is, whenever the owner's file says otherwise than before."""
        woken = asyncio.Event()
        listens = asyncio.create_task(self._listen(woken))
        try:
            while True:
                woken.clear()
                await self._gateway.look()
                await wait_for(woken, LOOK_AGAIN_S, self._sleep)
        finally:
            await cancel_and_wait(listens)

    async def _listen(self, woken: asyncio.Event) -> None:
        async for change in self._changes.subscribe():
            if change.kind in ("memory", "settings", "missed"):
                woken.set()

    async def times(self) -> datetime | None:
        """Expire and wake the drafts whose time has come, and tell whoever watches; when the next is."""
        now = self._clock.now()
        expired, woken = await self._outbox.expire(now), await self._outbox.wake(now)
        for draft in (*expired, *woken):
            self._changes.publish("draft", draft.conversation, draft.id)
        soonest, ahead = await self._db.read(lambda c: (overview.soonest(c), is_ahead(c, now)))
        if ahead and await self._gateway.date_again(now):
            log.warning("a clock was ahead: what was said at a time still to come counts as said now")
        times = (await self._expiry_notices.look(), soonest)
        return min((time for time in times if time is not None), default=None)
