"""Answers to the owner that are on their way: what is said next is not held up by them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bots.runtime.base.timing import cancel_and_wait

log = logging.getLogger(__name__)

Kept = Callable[[], None]
"""To be called once what is answered is kept."""


class Answering:
    """A model may take its time; a command that comes meanwhile is obeyed at once."""

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._tasks: set[asyncio.Task[bool]] = set()

    async def begin(self, answer: Callable[[Kept], Coroutine[Any, Any, bool]]) -> bool | None:
        """Begin to answer, and return once what is answered is kept (None), or else the answer was given:
        what `answer` returns. Raises what it raises until then; what it raises later is logged."""
        kept = asyncio.Event()
        task = asyncio.create_task(answer(kept.set))
        task.add_done_callback(lambda _: kept.set())
        self._tasks.add(task)
        try:
            await kept.wait()
        except asyncio.CancelledError:
            task.add_done_callback(self._ended)
            raise
        if task.done():
            self._tasks.discard(task)
            return task.result()
        task.add_done_callback(self._ended)
        return None

    async def close(self, seconds: float) -> None:
        """Let the answers in hand be given, then drop them: what they answer is kept."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await cancel_and_wait(*self._tasks)

    def _ended(self, task: "asyncio.Task[bool]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("%s: the owner was not answered (%s)", self._platform, type(error).__name__)
