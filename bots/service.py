"""A twin that stays: with its console and its command socket, until a signal."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bots import assembly, control
from bots.api.twin import Twin
from bots.console.page_context import ModelNotice, ThingToTry
from bots.console.serve import serve
from bots.home import Home
from bots.known_tokens import KnownTokens
from bots.logs import logging_to, problems_aloud
from bots.platforms.registry import adapters
from bots.settings import Settings
from bots.setup.tokens import tokens
from core.errors import OwnerMustFix

LONGEST_GOODBYE_S = 4.0
"""After a signal; whatever hangs then is cut off. Nothing that was acknowledged is lost by that."""


def stay(
    home: Home,
    settings: Settings,
    *,
    port: int | None = None,
    any_port: bool = False,
    tries: Sequence[ThingToTry] = (),
    notice: ModelNotice | None = None,
) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP; the caller holds the home's lock.

    Prints `Open LINK`, and what the owner should mend on standard error. The console's port is `port`, else
    that of the settings; with `any_port`, any other where it is taken. Raises OwnerMustFix.
    """

    closed, known = threading.Event(), KnownTokens()

    async def until_told() -> None:
        _cancel_on_signals(asyncio.current_task(), closed)
        async with AsyncExitStack() as stack:
            stack.callback(closed.set)
            given = await tokens()
            known.learn(given.values())
            platforms = adapters(settings.platforms, given, assembly.SystemClock())
            twin = await stack.enter_async_context(
                assembly.running(home, settings, resident=True, platforms=platforms)
            )
            await stack.enter_async_context(control.serving(home, twin))
            link = await _console(stack, twin, settings, port, any_port, tries, notice)
            print(f"Open {link}", flush=True)
            await asyncio.Event().wait()

    print("Starting the twin", flush=True)
    with logging_to(home, known), problems_aloud(known), contextlib.suppress(asyncio.CancelledError):
        asyncio.run(until_told())
    print("Stopped; everything is kept", flush=True)


async def _console(
    stack: AsyncExitStack,
    twin: Twin,
    settings: Settings,
    port: int | None,
    any_port: bool,
    tries: Sequence[ThingToTry],
    notice: ModelNotice | None,
) -> str:
    wanted = settings.console.port if port is None else port
    host = settings.console.host
    try:
        page = serve(twin, host, wanted, things_to_try=tries, model_notice=notice)
        return await stack.enter_async_context(page)
    except OwnerMustFix:
        if not any_port:
            raise
        page = serve(twin, host, 0, things_to_try=tries, model_notice=notice)
        return await stack.enter_async_context(page)


def _cancel_on_signals(task: "asyncio.Task[None] | None", closed: threading.Event) -> None:
    loop = asyncio.get_running_loop()

    def cut_off() -> None:
        # what still runs once all is closed is a thread that loads a model: nothing to wait for
        os._exit(0 if closed.is_set() else 1)

    def end() -> None:
        last = threading.Timer(LONGEST_GOODBYE_S, cut_off)
        last.daemon = True
        last.start()
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
