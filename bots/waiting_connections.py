"""How many connections may wait for their client, and for how long: half a request never stops the rest."""

import asyncio
import contextlib
import logging
import resource
import socket
from collections.abc import Awaitable, Callable

MOST_WAITING = 400
"""Connections whose request has not come whole, or whose answer is not fetched; each is a file descriptor."""
GRACE_S = 0.1
"""Nobody is closed before they had so long to say what they want; who comes meanwhile waits in the kernel."""
WAIT_S = 10.0
"""How long a client may take for a whole request, and to fetch its answer."""
BACKLOG = 4096
"""Connections that the kernel keeps for us until there is room; it may allow fewer."""
NO_FILES_S = 0.1
"""The pause where the system has no file descriptor left."""

log = logging.getLogger(__name__)


def most_waiting() -> int:
    """Of one door; fewer than MOST_WAITING where the system allows few files, so that enough are left."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_WAITING if allowed == resource.RLIM_INFINITY else min(MOST_WAITING, allowed // 5)


class WaitingConnections:
    """The connections that wait for their client. Where there is no room for another, the one that waits for
    longest is closed."""

    def __init__(self, most: int | None = None, wait_s: float = WAIT_S, grace_s: float = GRACE_S) -> None:
        self._most = most_waiting() if most is None else most
        self._wait_s = wait_s
        self._grace_s = grace_s
        self._waiting: dict[object, tuple[Callable[[], None], asyncio.TimerHandle]] = {}
        self._closed = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def room(self) -> None:
        """Return once another may be accepted."""
        while len(self._waiting) >= self._most:
            _, timer = self._waiting[oldest := next(iter(self._waiting))]
            waited_s = self._wait_s - (timer.when() - asyncio.get_running_loop().time())
            if waited_s >= self._grace_s:
                self._end(oldest)
                self._closed += 1
                if self._closed & (self._closed - 1) == 0:  # said the first time, and whenever it doubles
                    log.warning("%s connections were closed without a request: too many wait", self._closed)
            else:
                await asyncio.sleep(self._grace_s - waited_s)

    def waits(self, connection: object, close: Callable[[], None]) -> None:
        """From now on, unless it waits already."""
        if connection not in self._waiting:
            timer = asyncio.get_running_loop().call_later(self._wait_s, self._end, connection)
            self._waiting[connection] = close, timer

    def goes_on(self, connection: object) -> None:
        """It waits no more, or is gone."""
        if connection in self._waiting:
            _, timer = self._waiting.pop(connection)
            timer.cancel()

    def _end(self, connection: object) -> None:
        close, timer = self._waiting.pop(connection)
        timer.cancel()
        close()


async def accept(
    listening: socket.socket,
    waiting: WaitingConnections,
    take: Callable[[socket.socket], Awaitable[object]],
) -> None:
    """Hand on every connection, when there is room for it; until it is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await waiting.room()
        try:
            connection, _ = await loop.sock_accept(listening)
        except OSError:  # no file descriptor is left, or who came is gone
            await asyncio.sleep(NO_FILES_S)
            continue
        try:
            await take(connection)
        except OSError:
            with contextlib.suppress(OSError):
                connection.close()
