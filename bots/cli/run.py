"""`run`: the twin itself."""

from typing import Any

import click

from bots.cli.session import CommandSession, held_to_stay, with_session
from bots.home import Home

PORT = click.option("--port", type=click.IntRange(0, 65535), help="The console's port; 0 takes any.")


@click.command()
@PORT
@with_session
def run(session: CommandSession, port: int | None) -> None:
    """Start your twin and stay, until Ctrl-C."""
    from bots.service import stay
    from bots.twin_toml import load

    session.require_home()
    with held_to_stay(session.home):
        settings = load(session.home.twin_toml)
        if not any(session.home.personas.glob("*.toml")):
            _furnish(session.home, settings.owner.name)
        stay(session.home, settings, port=port)


def _furnish(home: Home, name: str) -> None:
    """Settings written by hand are a home without personas: nobody would speak there."""
    import asyncio

    from bots.setup.newcomer import furnish

    asyncio.run(furnish(home, name))
    click.echo(f"No personas were here: those that come along are in {home.personas} now, make them yours")


@click.command(name="open")
@with_session
def open_page(session: CommandSession) -> None:
    """Print a fresh link to the page of the twin that runs."""
    session.show(session.call_running("open"), _link)


def _link(answer: Any) -> str:
    return f"Open {answer['link']}\nIt works once, within ten minutes."


COMMANDS = (run, open_page)
