"""What the owner delegates: looked at first, then done with their yes."""

import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from bots.cli.drafts import said
from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import clean, moment, table
from core.errors import OwnerMustFix, Refused
from core.types import SmallTalk


@click.command()
@click.argument("target", metavar="PERSON|CONVERSATION")
@click.option("--persona", metavar="PERSONA", help="As which persona; the one that speaks there if left out.")
@click.option("--until", metavar="TIME", help="2h, 1d, or a time as 2026-05-01T09:00; a week if left out.")
@click.option(
    "--reply",
    "replies",
    multiple=True,
    metavar="KIND=TEXT",
    help="A reply of yours to that kind of small talk; repeatable. Left out: those of your messages.",
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@with_session
def delegate(
    session: CommandSession,
    target: str,
    persona: str | None,
    until: str | None,
    replies: tuple[str, ...],
    yes: bool,
) -> None:
    """Let replies of your own go to someone's small talk, until a time.

    Shows what would be sent to whom, lets you change it, and asks. With --json and without --yes it shows
    that and does nothing.
    """
    asked = {"target": target, "persona": persona, "until": until}
    preview = session.call("preview_delegation", **asked, replies=_by_kind(replies) or None)
    in_person = sys.stdin.isatty() and not session.as_json and not yes
    if in_person and not replies:
        preview = session.call("preview_delegation", **asked, replies=_edited(preview["replies"]) or None)
    if preview["missing"]:
        raise Refused(preview["missing"])
    if not yes and not in_person:
        session.show(preview, _preview)
        if session.as_json:
            return
        raise OwnerMustFix("nothing is done without your yes: --yes, or a terminal to ask you in")
    if in_person:
        click.echo(_preview(preview))
        if not click.confirm("\nDo it?"):
            raise Refused("nothing was delegated")
    looked_at = {field: preview[field] for field in ("target", "persona", "replies", "fingerprint")}
    given = session.call("delegate", **looked_at, until=preview["expires_at"])
    session.show(given, lambda delegation: _delegations([delegation]))


@click.command()
@click.option("--revoke", metavar="ID", help="Take one back, and what it had lifted.")
@with_session
def delegations(session: CommandSession, revoke: str | None) -> None:
    """What you have delegated: to whom, which replies, until when, or why it is stopped."""
    if revoke is not None:
        session.show(session.call("revoke", id=revoke), said)
    else:
        session.show(session.call("delegations"), _delegations)


COMMANDS = (delegate, delegations)
KINDS = tuple(kind.value for kind in SmallTalk)
BETWEEN = re.compile(r"\s/\s")


def _by_kind(replies: Sequence[str]) -> dict[str, list[str]]:
    """`KIND=TEXT` each, as texts by kind."""
    by_kind: dict[str, list[str]] = {}
    for reply in replies:
        kind, equals, text = reply.partition("=")
        if not equals or not text.strip():
            raise click.UsageError(f"a reply is written KIND=TEXT, as greeting='hey you', not {reply[:40]!r}")
        by_kind.setdefault(kind.strip(), []).append(text)
    return by_kind


def _edited(proposed: dict[str, list[str]]) -> dict[str, list[str]]:
    """The replies as the owner has them: for each kind a line that they can change, ` / ` between two."""
    click.echo("Your replies to each kind of small talk; / between two, - for none.")
    edited = {}
    for kind in KINDS:
        line = click.prompt(f"  {kind}", default=" / ".join(proposed.get(kind, ())) or "-")
        edited[kind] = [text.strip() for text in BETWEEN.split(line) if text.strip() not in ("", "-")]
    return {kind: texts for kind, texts in edited.items() if texts}


def _preview(answer: Any) -> str:
    until, most = moment(answer["expires_at"]), answer["per_hour"]
    lines = [
        f"To {answer['title']}, as {answer['persona']}, until {until}, at most {most} an hour a person:",
        "one of these goes without asking you, to what as a whole is small talk of its kind.",
        *_replies(answer),
        f"They go to {', '.join(answer['reader_names'])}; once somebody else reads along, it stops.",
    ]
    if answer["titles"]:
        lines.append(f"Now in: {', '.join(answer['titles'])}.")
    lines += [f"Your yes lifts this: {lifted}." for lifted in answer["raises"]]
    lines += [f"{told}." for told in answer["unlinked"]]
    lines += ["Sending is paused: nothing goes until you resume."] if answer["paused"] else []
    return "\n".join(map(clean, lines))


def _replies(answer: Any) -> list[str]:
    return [f"  {kind}: {' / '.join(texts)}" for kind, texts in answer["replies"].items()]


def _delegations(found: list[Any]) -> str:
    if not found:
        return "Nothing is delegated: everything asks."
    rows = (
        (given["id"], given["title"], given["persona"], moment(given["expires_at"]), _state(given))
        for given in found
    )
    shown = [table(("ID", "TO", "AS", "UNTIL", "NOW"), rows)]
    for given in found:
        shown += ["", clean(f"{given['id']}: {given['title']} ({', '.join(given['reader_names'])})")]
        shown += map(clean, _replies(given))
        shown += [clean(f"  {given['stopped']}")] if given["stopped"] else []
    return "\n".join(shown)


def _state(given: Any) -> str:
    if given["stopped"]:
        return str(given["stopped"])
    fewest = min(given["left"].values(), default=given["per_hour"])
    return f"in force, {fewest} of {given['per_hour']} left this hour"
