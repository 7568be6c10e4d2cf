"""`digest` and `remind`: what happened, what waits, and what is to come."""

from typing import Any

import click

from bots.cli.drafts import said
from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import clean, table, wall


@click.command()
@click.argument("name", required=False)
@click.option("--since", metavar="TIME", help="1d, 1w, or a time as 2026-05-01T09:00 [the last day].")
@click.option("--times", is_flag=True, help="When those that twin.toml declares come, and came.")
@with_session
def digest(session: CommandSession, name: str | None, since: str | None, times: bool) -> None:
    """What happened, what waits, and what is owed.

    With the NAME of one that twin.toml declares: since you were last told it.
    """
    if times:
        if name is not None or since is not None:
            raise click.UsageError("--times stands alone")
        session.show(session.call("digests"), _times)
        return
    answer = session.call("digest", name=name, since=since)
    session.show(answer, lambda one: clean(one["text"].replace("**", "")))


@click.command()
@click.argument("text", required=False)
@click.option("--at", metavar="TIME", help="2h, tomorrow 9:00, every weekday at 8, or 2026-05-01T09:00.")
@click.option("--done", metavar="ID", help="Let a reminder go, or end one that recurs.")
@with_session
def remind(session: CommandSession, text: str | None, at: str | None, done: str | None) -> None:
    """Have yourself reminded in your DM: understudy remind "tomorrow 9:00 send the invoice".

    Without a text: what you will be reminded of.
    """
    if done is not None:
        if text is not None or at is not None:
            raise click.UsageError("--done stands alone")
        session.show(session.call("unremind", id=done), said)
    elif text is not None:
        session.show(session.call("remind", text=text, at=at), lambda one: _reminders([one]))
    elif at is not None:
        raise click.UsageError("say of what")
    else:
        session.show(session.call("reminders"), _reminders)


COMMANDS = (digest, remind)


def _times(found: list[Any]) -> str:
    if not found:
        return "None is declared; a [[digest]] in twin.toml does."

    def at(one: str | None) -> str:
        return "" if one is None else wall(one)

    rows = ((one["name"], one["to"], at(one["next"]), at(one["last"]), one["state"]) for one in found)
    return table(("NAME", "TO", "NEXT", "LAST", ""), rows)


def _reminders(found: list[Any]) -> str:
    if not found:
        return "Nothing to be reminded of."
    return table(
        ("ID", "AT", "", "OF"), ((one["id"], wall(one["at"]), one["every"], one["text"]) for one in found)
    )
