"""Word of changes to open pages: names alone, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Mapping

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


async def stream(changes: AsyncIterator[Change], closing: asyncio.Event) -> AsyncIterator[str]:
    """Events until the page goes or the console closes. The first name everything: a page that was drawn
    a moment ago, or that reconnects, catches up."""
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
        while not any(task.done() for task in tasks):
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
