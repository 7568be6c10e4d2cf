"""`run`: the twin itself."""

import click

from bots.cli.session import Session, with_session

PORT = click.option("--port", type=click.IntRange(0, 65535), help="The console's port; 0 takes any.")


@click.command()
@PORT
@with_session
def run(session: Session, port: int | None) -> None:
    """Start your twin and stay, until Ctrl-C."""
    from bots.service import stay
    from bots.settings import load

    session.require_home()
    with session.home.lock():
        stay(session.home, load(session.home.twin_toml), port=port)


COMMANDS = (run,)
