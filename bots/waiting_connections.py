"""How many connections may wait for their client, and for how long: half a request never stops the rest."""

import asyncio
import logging
from collections.abc import Callable

MOST_WAITING = 200
"""Connections whose request has not come whole, or whose answer is not fetched; each is a file descriptor."""
WAIT_S = 10.0
"""How long a client may take for a whole request, and to fetch its answer."""
BACKLOG = 64
"""Connections that the kernel keeps for us, and the most that are accepted at once: fewer than may wait, so
that none is closed before it was heard."""

log = logging.getLogger(__name__)


class WaitingConnections:
    """The connections that wait for their client. Beyond `most` the one that waits for longest is closed:
    who has something to say says it at once, and is never among the oldest."""

    def __init__(self, most: int = MOST_WAITING, wait_s: float = WAIT_S) -> None:
        self._most = most
        self._wait_s = wait_s
        self._waiting: dict[object, tuple[Callable[[], None], asyncio.TimerHandle]] = {}
        self._closed = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def waits(self, connection: object, close: Callable[[], None]) -> None:
        """From now on, unless it waits already."""
        if connection in self._waiting:
            return
        timer = asyncio.get_running_loop().call_later(self._wait_s, self._end, connection)
        self._waiting[connection] = close, timer
        if len(self._waiting) > self._most:
            self._end(next(iter(self._waiting)))

    def goes_on(self, connection: object) -> None:
        """It waits no more, or is gone."""
        if connection in self._waiting:
            _, timer = self._waiting.pop(connection)
            timer.cancel()

    def _end(self, connection: object) -> None:
        close, timer = self._waiting.pop(connection)
        timer.cancel()
        self._closed += 1
        if self._closed & (self._closed - 1) == 0:  # said the first time, and whenever it has doubled
            log.warning("%s connections with half a request were closed", self._closed)
        close()
