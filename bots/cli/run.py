"""`run`, and staying until a signal."""

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from bots.cli.logs import log_to
from bots.cli.session import Session, with_session
from bots.home import Home
from core.errors import OwnerMustFix

if TYPE_CHECKING:
    from bots.console.desk import ModelNotice, ThingToTry
    from bots.settings import Settings
    from bots.twin import Twin

LONGEST_GOODBYE_S = 4.5
"""After a signal; whatever hangs then is cut off, which loses nothing that was acknowledged."""

PORT = click.option("--port", type=click.IntRange(0, 65535), help="The console's port; 0 takes any.")


@click.command()
@PORT
@with_session
def run(session: Session, port: int | None) -> None:
    """Start your twin and stay, until Ctrl-C."""
    from bots.settings import load

    session.require_home()
    with session.home.lock():
        settings = load(session.home.twin_toml)
        stay(session.home, settings, port=port)


COMMANDS = (run,)


def stay(
    home: Home,
    settings: "Settings",
    *,
    port: int | None = None,
    any_port: bool = False,
    tries: "Sequence[ThingToTry]" = (),
    notice: "ModelNotice | None" = None,
) -> None:
    """Run the twin with its console and its socket until a signal. The caller holds the lock."""
    from bots import assembly, control

    async def until_told() -> None:
        _end_on_signals(asyncio.current_task())
        async with AsyncExitStack() as stack:
            twin = await stack.enter_async_context(assembly.running(home, settings, resident=True))
            await stack.enter_async_context(control.serving(home, twin))
            link = await _console(stack, twin, settings, port, any_port, tries, notice)
            click.echo(f"Open {link}")
            await asyncio.Event().wait()

    log_to(home)
    click.echo("Starting the twin …")
    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        click.echo("Stopped; everything is kept.")


async def _console(
    stack: AsyncExitStack,
    twin: "Twin",
    settings: "Settings",
    port: int | None,
    any_port: bool,
    tries: "Sequence[ThingToTry]",
    notice: "ModelNotice | None",
) -> str:
    from bots.console.serve import serve

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


def _end_on_signals(task: "asyncio.Task[None] | None") -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        last = threading.Timer(LONGEST_GOODBYE_S, os._exit, [1])
        last.daemon = True
        last.start()
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
