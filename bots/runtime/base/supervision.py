"""Background work that may fail without taking the twin along."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bots.runtime.base.services import Services
from core.errors import UnderstudyError

log = logging.getLogger(__name__)


async def supervised(name: str, work: Callable[[], Awaitable[None]], services: Services) -> None:
    """Run `work` until it returns, again with backoff whenever it fails; `name` is what the owner is told."""
    problems, failures = services.problems, 0
    while True:
        try:
            await work()
        except UnderstudyError as error:
            problems.tell(name, str(error))
        except Exception as error:
            # Supervision: nothing in the background may end the twin. Its text stays out of the log.
            log.error("%s failed: %s", name, type(error).__name__)
            problems.tell(name, f"{name} failed ({type(error).__name__}) and starts again")
        else:
            problems.clear(name)
            return
        await services.sleep(services.timing.backoff(failures))
        failures += 1


async def end(tasks: "list[asyncio.Task[None]]", within_s: float) -> None:
    """Let tasks finish by themselves, then cancel what is left."""
    if not tasks:
        return
    _, left = await asyncio.wait(tasks, timeout=within_s)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
