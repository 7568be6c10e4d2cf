"""A twin that stays: with its console and its command socket, until a signal."""

import asyncio
import contextlib
import os
import resource
import signal
import threading
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from bots import assembly
from bots.api.twin import Twin
from bots.console.page_context import ModelNotice, ThingToTry
from bots.console.serve import ServedConsole, serve
from bots.control_server import serving
from bots.home import Home
from bots.known_tokens import KnownTokens
from bots.logs import logging_to, problems_aloud
from bots.platforms.registry import adapters
from bots.settings import Settings
from bots.setup.tokens import tokens
from bots.system_clock import SystemClock
from core.errors import OwnerMustFix

OPEN_FILES = 4096
"""File descriptors: far more than the connections that may wait, so that none of them is missed elsewhere."""
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
            platforms = adapters(settings.platforms, given, SystemClock())
            twin = await stack.enter_async_context(
                assembly.running(home, settings, resident=True, platforms=platforms)
            )
            console = await _console(stack, twin, settings, port, any_port, tries, notice)
            await stack.enter_async_context(serving(home, twin, console.link))
            print(f"Open {console.link()}", flush=True)
            await asyncio.Event().wait()

    raise_open_files()
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
) -> ServedConsole:
    chosen = settings.console

    def at(number: int) -> AbstractAsyncContextManager[ServedConsole]:
        idle_s = 3600 * chosen.idle_hours
        return serve(twin, chosen.host, number, idle_s=idle_s, things_to_try=tries, model_notice=notice)

    try:
        return await stack.enter_async_context(at(chosen.port if port is None else port))
    except OwnerMustFix:
        if not any_port:
            raise
        return await stack.enter_async_context(at(0))


def raise_open_files(wanted: int = OPEN_FILES) -> None:
    """Let this process have so many file descriptors, or as many as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


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
