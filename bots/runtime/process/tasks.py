"""What runs by itself in a twin at work, and the order in which it is begun and ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bots.runtime.approval.card_sync import CardSync
from bots.runtime.base.cron import keep
from bots.runtime.base.services import Services
from bots.runtime.base.supervision import end, supervised
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.sender import FINISH_S, Sender
from bots.runtime.process.connections import Connections
from memory.outbox.outbox import Outbox

DISCONNECT_S = 1.0
"""What platforms get to say goodbye."""

Loop = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Background:
    """Loops that may end at any moment, each under the name that the owner is told where it fails."""

    always: Mapping[str, Loop]
    resident: Mapping[str, Loop]
    """For a twin that stays."""


class Tasks:
    """Everything that runs, over the parts that have to be begun or ended in their order."""

    def __init__(
        self,
        outbox: Outbox,
        gateway: Gateway,
        sender: Sender,
        card_sync: CardSync,
        connections: Connections,
        background: Background,
        services: Services,
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._sender = sender
        self._card_sync = card_sync
        self._connections = connections
        self._background = background
        self._services = services

    @asynccontextmanager
    async def running(self, *, resident: bool) -> AsyncIterator[None]:
        """For as long as the block runs. Platforms are there for what stays alone."""
        await self._outbox.recover()
        if resident:
            await self._gateway.recover()
        sending = self._start(self._sender.loops())
        working = self._start({"wakes the sender": self._sender.listen, **self._background.always})
        working += self._start(self._background.resident if resident else {})
        connected = self._start(self._connections.loops() if resident else {})
        try:
            yield
        finally:
            self._sender.finish()
            await end(working, 0)
            await self._gateway.close()
            # over connections that still stand
            await asyncio.gather(self._card_sync.finish(DISCONNECT_S), end(sending, FINISH_S))
            for task in connected:
                task.cancel()
            if connected:
                await asyncio.wait(connected, timeout=DISCONNECT_S)

    def _start(self, loops: Mapping[str, Loop]) -> "list[asyncio.Task[None]]":
        return [
            asyncio.create_task(supervised(name, work, self._services), name=name)
            for name, work in loops.items()
        ]


def by_the_clock(look: Callable[[], Awaitable[datetime | None]], services: Services) -> Loop:
    """A loop of what does what is due, and says when something is again."""
    return lambda: keep(look, services.clock, services.timing.look_again_s, services.sleep)
