"""`digest`: what happened, and what waits."""

import click

from bots.cli.session import Session, with_session
from bots.cli.terminal import clean


@click.command()
@click.argument("name", required=False)
@click.option("--since", metavar="TIME", help="1d, 1w, or a time as 2026-05-01T09:00 [the last day].")
@with_session
def digest(session: Session, name: str | None, since: str | None) -> None:
    """What happened, what waits, and what is owed.

    With the NAME of one that twin.toml declares: since you were last told it.
    """
    answer = session.call("digest", name=name, since=since)
    session.show(answer, lambda one: clean(one["text"].replace("**", "")))


COMMANDS = (digest,)
