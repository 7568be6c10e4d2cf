"""What comes in is handled at once, but in order within one channel."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)

FINISH_S = 2.0
"""What is in hand may take so long when the twin stops."""


class Lanes:
    """A queue for each key. Nothing that fails holds up what comes after it."""

    def __init__(self) -> None:
        self._last: dict[object, asyncio.Task[None]] = {}
        self._all: set[asyncio.Task[None]] = set()

    def add(self, key: object, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Do it after what was added before under that key; `name` goes to the log if it fails."""
        task = asyncio.create_task(self._after(self._last.get(key), work, name))
        self._last[key] = task
        self._all.add(task)
        task.add_done_callback(lambda done: self._forget(key, done))
        return task

    async def close(self) -> None:
        """Let what is in hand end, then cancel it."""
        if self._all:
            _, left = await asyncio.wait(self._all, timeout=FINISH_S)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _after(
        self, before: "asyncio.Task[None] | None", work: Coroutine[Any, Any, None], name: str
    ) -> None:
        try:
            if before is not None:
                await asyncio.wait((before,))
            await work
        except Exception as error:
            # Supervision: one event may not end the connection. Its text stays out of the log.
            log.error("discord: %s failed: %s", name, type(error).__name__)
        finally:
            work.close()

    def _forget(self, key: object, done: "asyncio.Task[None]") -> None:
        self._all.discard(done)
        if self._last.get(key) is done:
            del self._last[key]
