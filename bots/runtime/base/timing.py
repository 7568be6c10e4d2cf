"""How fast things are tried, and tried again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.errors import TryAgain

Sleep = Callable[[float], Awaitable[None]]
"""As `asyncio.sleep`: a stand-in lets tests decide when time has passed."""


LONGEST_ASKED_S = 86_400.0
"""No platform is left alone for longer, whatever it asks for."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The gateway's and the sender's timing, in seconds where not said otherwise."""

    quiet_s: float = 0.0
    """A burst of messages is over after so long a silence ..."""
    longest_burst_s: float = 6.0
    """... or after so long in all."""
    max_concurrent_drafts: int = 4
    fresh: timedelta = timedelta(hours=24)
    """What was missed while off is drafted if younger, else only listed."""
    drafts_last: timedelta = timedelta(hours=72)
    """A draft that nobody decides on expires after so long."""
    retry_first_s: float = 2.0
    retry_longest_s: float = 300.0

    look_again_s: float = 30.0
    """How often what tells of itself is looked at all the same."""

    def pause(self, attempt: int, error: Exception) -> float:
        """The pause after an attempt that failed so: as long as was asked for, where that is longer."""
        asked_s = min(LONGEST_ASKED_S, error.wait_s) if isinstance(error, TryAgain) else 0.0
        return max(self.backoff(attempt), asked_s)

    def backoff(self, attempt: int) -> float:
        """The pause after the attempt of this number (from 0): doubling, capped, with jitter."""
        whole = min(self.retry_longest_s, self.retry_first_s * 2.0 ** min(attempt, 30))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 (jitter is no secret)


async def wait_for(event: asyncio.Event, within_s: float, sleep: Sleep) -> bool:
    """Wait for the event, at most so long; whether it came."""
    if event.is_set():
        return True
    waits = asyncio.ensure_future(event.wait())
    sleeps = asyncio.ensure_future(sleep(within_s))
    try:
        await asyncio.wait({waits, sleeps}, return_when=asyncio.FIRST_COMPLETED)
        return event.is_set()
    finally:
        await cancel_and_wait(waits, sleeps)


async def cancel_and_wait(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel tasks and wait until they have ended, however they end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
