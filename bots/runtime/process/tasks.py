"""What runs by itself in a twin at work, and the order in which it is begun and ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime

from bots.runtime.base.cron import keep
from bots.runtime.base.supervision import end, supervised
from bots.runtime.delivery.sender import FINISH_S
from bots.runtime.process.connections import Connections
from bots.runtime.process.container import Container
from bots.runtime.process.maintenance import Maintenance

DISCONNECT_S = 1.0
"""What platforms get to say goodbye."""


@asynccontextmanager
async def at_work(
    house: Container, platforms: Connections | None = None, *, resident: bool
) -> AsyncIterator[None]:
    """The parts' own loops, for as long as the block runs. Platforms are there for what stays alone."""
    upkeep = Maintenance(house)
    await house.outbox.recover()
    if resident:
        await house.gateway.recover()
    sending = [_start(house, name, work) for name, work in house.sender.loops().items()]
    loops = {"wakes the sender": house.sender.listen, "memory": upkeep.index}
    if resident:
        loops |= {"agent": upkeep.load, "model": house.health.keep}
        loops |= {
            "times": _by_the_clock(house, upkeep.times),
            "digests": _by_the_clock(house, house.digests.look),
            "reminders": _by_the_clock(house, house.reminder_notices.look),
            "quiet hours": _by_the_clock(house, house.card_sync.look),
        }
        loops |= house.card_sync.loops() | house.reconciler.loops()
    working = [_start(house, name, work) for name, work in loops.items()]
    keeps = platforms.loops() if platforms is not None and resident else {}
    connected = [_start(house, name, work) for name, work in keeps.items()]
    try:
        yield
    finally:
        house.sender.finish()
        await end(working, 0)
        await house.gateway.close()
        # over connections that still stand
        await asyncio.gather(house.card_sync.finish(DISCONNECT_S), end(sending, FINISH_S))
        for task in connected:
            task.cancel()
        if connected:
            await asyncio.wait(connected, timeout=DISCONNECT_S)


def _by_the_clock(
    house: Container, look: Callable[[], Awaitable[datetime | None]]
) -> Callable[[], Coroutine[None, None, None]]:
    return lambda: keep(look, house.clock, house.timing.look_again_s, house.sleep)


def _start(house: Container, name: str, work: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
    watched = supervised(name, work, house.problems, house.timing, house.sleep)
    return asyncio.create_task(watched, name=name)
