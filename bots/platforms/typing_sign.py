"""The sign on a platform that an answer is being written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bots.runtime.base.timing import Sleep, cancel_and_wait

SOON_S = 1.0
"""What is answered sooner needs no sign."""
AGAIN_S = 4.0
"""Telegram takes it away after five seconds, Discord after ten."""


@asynccontextmanager
async def typing_sign(
    show: Callable[[], Awaitable[None]] | None, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[None]:
    """`show` it for as long as the block runs; None where nobody is to see it. What becomes of the sign
    never matters."""
    showing = asyncio.create_task(_keep(show, sleep), name="typing") if show else None
    try:
        yield
    finally:
        if showing is not None:
            await cancel_and_wait(showing)


async def _keep(show: Callable[[], Awaitable[None]], sleep: Sleep) -> None:
    await sleep(SOON_S)
    while True:
        # Supervision: whatever keeps a sign away, nobody waits for it.
        with suppress(Exception):
            await show()
        await sleep(AGAIN_S)
