"""Word of changes to open pages: names alone, as server-sent events."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

from bots.api.change import Change

EVERYTHING = frozenset({"inbox", "thread", "settings", "receipts", "digest", "ahead"})
TOUCHES: Mapping[str, frozenset[str]] = {
    "message": frozenset({"thread", "inbox", "digest"}),
    "draft": frozenset({"thread", "inbox", "digest"}),
    "receipt": frozenset({"thread", "inbox", "receipts", "digest"}),
    "authorized": frozenset({"inbox"}),
    "uncertain": frozenset(),
    "memory": frozenset(),
    "digest": frozenset({"digest", "ahead"}),
    "settings": frozenset({"settings", "inbox", "ahead"}),
    "problem": frozenset({"settings", "inbox", "thread"}),
}
"""What of a page each kind of change touches; a kind not here touches everything."""
GATHER_S = 0.05
"""One turn changes several things at once; pages hear of them together."""
HEARTBEAT_S = 15.0
MOST_STREAMS = 24
"""More pages than anybody has open; each holds a connection for as long as it is there."""


class Streams:
    """The streams of all open pages. Beyond `most` the oldest ends; its page asks for another."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._endings: dict[asyncio.Event, None] = {}

    async def opened(self, changes: AsyncIterator[Change], lives: Callable[[], bool]) -> AsyncIterator[str]:
        """A stream that ends with `close`, with its page, when it is the oldest of too many, and soon after
        its session, which `lives` tells of."""
        ending = asyncio.Event()
        self._endings[ending] = None
        if len(self._endings) > self._most:
            oldest = next(iter(self._endings))
            del self._endings[oldest]
            oldest.set()
        try:
            async with contextlib.aclosing(stream(changes, ending, lives)) as events:
                async for event in events:
                    yield event
        finally:
            self._endings.pop(ending, None)

    def close(self) -> None:
        """End them all."""
        for ending in self._endings:
            ending.set()


async def stream(
    changes: AsyncIterator[Change], closing: asyncio.Event, lives: Callable[[], bool]
) -> AsyncGenerator[str, None]:
    """Events until the page goes, its session ends or `closing` is set. The first name everything: a page
    that was drawn a moment ago, or that reconnects, catches up."""
    names = set(EVERYTHING)
    stir = asyncio.Event()
    stir.set()

    async def follow() -> None:
        async for change in changes:
            names.update(TOUCHES.get(change.kind, EVERYTHING))
            stir.set()

    tasks = [asyncio.create_task(follow()), asyncio.create_task(closing.wait())]
    for task in tasks:
        task.add_done_callback(lambda _: stir.set())
    try:
        while lives() and not any(task.done() for task in tasks):
            try:
                await asyncio.wait_for(stir.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            stir.clear()
            await asyncio.wait(tasks, timeout=GATHER_S, return_when=asyncio.FIRST_COMPLETED)
            changed = sorted(names)
            names.clear()
            yield "".join(f"event: {name}\ndata: changed\n\n" for name in changed)
    finally:
        for task in tasks:
            task.cancel()
