"""Messages in, drafts that wait, and what the owner says to them."""

import sys
from typing import Any

import click

from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import (
    block,
    clean,
    moment,
    one_line,
    speech,
    table,
    terminal_columns,
    where_it_runs,
)
from bots.platforms.card_lines import GOES_OUT, SENT_AS
from core.errors import OwnerMustFix
from core.types import DraftStatus, SentAs

LONGEST_STDIN = 1_000_000
VERDICTS = {"ask": "waits for you", "send": "goes out by a delegation", "silent": "stays silent"}
of_revision = click.option("--revision", type=int, help="Only if the draft still has this revision.")


@click.command()
@click.option(
    "--from", "person", required=True, metavar="PERSON", help="Who writes: a contact's id, or owner."
)
@click.option("--in", "conversation", required=True, metavar="CONVERSATION", help="Where, as console:sam.")
@click.argument("text")
@with_session
def hear(session: CommandSession, person: str, conversation: str, text: str) -> None:
    """Let one message go the whole way: heard, recalled, drafted.

    TEXT is what PERSON writes; `-` reads it from standard input.
    """
    answer = session.call("hear", person=person, conversation=conversation, text=_text(text))
    session.show(answer, _heard)


@click.command()
@with_session
def inbox(session: CommandSession) -> None:
    """The drafts that wait for you, oldest first."""
    session.show(session.call("inbox"), _inbox)


@click.command()
@click.argument("draft")
@click.option("--text", metavar="TEXT", help="Send this instead; `-` reads it from standard input.")
@of_revision
@with_session
def approve(session: CommandSession, draft: str, text: str | None, revision: int | None) -> None:
    """Let a draft go: it is sent, once."""
    written = None if text is None else _text(text)
    session.show(session.call("approve", id=draft, revision=revision, text=written), _decided)


@click.command()
@click.argument("draft")
@click.option("--text", required=True, metavar="TEXT", help="The new text; `-` reads it from standard input.")
@of_revision
@with_session
def edit(session: CommandSession, draft: str, text: str, revision: int | None) -> None:
    """Change a draft's text without sending it."""
    session.show(session.call("edit", id=draft, text=_text(text), revision=revision), _drafted)


@click.command()
@click.argument("draft")
@click.option("--why", default="", metavar="TEXT", help="What was wrong with it.")
@of_revision
@with_session
def reject(session: CommandSession, draft: str, why: str, revision: int | None) -> None:
    """Send nothing."""
    session.show(session.call("reject", id=draft, why=why, revision=revision), _decided)


@click.command()
@click.argument("draft")
@click.option("--guidance", default="", metavar="TEXT", help="What the new draft should do otherwise.")
@of_revision
@with_session
def redraft(session: CommandSession, draft: str, guidance: str, revision: int | None) -> None:
    """Have it drafted again, with your guidance."""
    session.show(session.call("redraft", id=draft, guidance=guidance, revision=revision), _drafted)


@click.command()
@click.argument("draft")
@click.option("--until", required=True, metavar="TIME", help="2h, 30m, 1d, or a time as 2026-05-01T09:00.")
@of_revision
@with_session
def snooze(session: CommandSession, draft: str, until: str, revision: int | None) -> None:
    """Put a draft aside until a time."""
    session.show(session.call("snooze", id=draft, until=until, revision=revision), _decided)


@click.command()
@click.argument("draft")
@click.option("--delivered/--not-delivered", default=None, help="Whether it arrived; say one of them.")
@with_session
def settle(session: CommandSession, draft: str, delivered: bool | None) -> None:
    """Say what became of an uncertain draft; nothing is sent again."""
    if delivered is None:
        raise click.UsageError("say --delivered or --not-delivered")
    session.show(session.call("settle", id=draft, delivered=delivered), _decided)


@click.command()
@click.argument("draft")
@with_session
def withheld(session: CommandSession, draft: str) -> None:
    """What bears on a draft, but may not be heard there."""
    session.show(session.call("withheld", id=draft), _withheld)


@click.command()
@click.argument("record")
@click.option(
    "--with",
    "principals",
    required=True,
    multiple=True,
    metavar="WHOM",
    help="A person, a circle, `public`, or `once` (for the next redraft alone); may be repeated.",
)
@click.option("--draft", metavar="DRAFT", help="With `once`: which draft it is for.")
@with_session
def share(session: CommandSession, record: str, principals: tuple[str, ...], draft: str | None) -> None:
    """Let someone hear a record from now on."""
    session.show(session.call("share", record=record, with_=list(principals), draft=draft), said)


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@with_session
def receipts(session: CommandSession, limit: int) -> None:
    """What was really sent, where, and who authorized it; newest first."""
    session.show(session.call("receipts", limit=limit), _receipts)


COMMANDS = (hear, inbox, approve, edit, reject, redraft, snooze, settle, withheld, share, receipts)


def said(answer: Any) -> str:
    """The one line of an act that has nothing else to show."""
    return clean(answer["said"])


def records(found: list[Any]) -> str:
    """Records with score and audience, a line each."""
    rows = (
        (
            one["id"],
            "" if one["score"] is None else f"{one['score']:.2f}",
            ", ".join(one["audience"]),
            one["text"],
        )
        for one in found
    )
    return table(("RECORD", "SCORE", "AUDIENCE", "TEXT"), rows)


def _text(given: str) -> str:
    if given != "-":
        return given
    raw = sys.stdin.buffer.read(LONGEST_STDIN + 1)
    if len(raw) > LONGEST_STDIN:
        raise OwnerMustFix(f"standard input is longer than {LONGEST_STDIN} bytes")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise OwnerMustFix(f"standard input is not UTF-8 text (byte {error.start})") from error


def _heard(answer: Any) -> str:
    draft = answer["draft"]
    lines = [f"It {VERDICTS.get(answer['decision'], answer['decision'])} ({clean(answer['rule'])})."]
    if draft:
        head = f"Draft {draft['id']} to {draft['recipient']}, as {draft['persona']}:"
        lines += ["", click.style(one_line(head, terminal_columns()), bold=True), block(draft["text"])]
        if draft["records"]:
            lines += ["", "It rests on", records(draft["records"])]
        if answer["decision"] == "ask":
            lines += ["", _ways(draft["id"])]
    return "\n".join(lines)


def _drafted(draft: Any) -> str:
    head = f"Draft {draft['id']}, revision {draft['revision']}, to {draft['title']}, as {draft['persona']}:"
    return "\n".join([click.style(one_line(head, terminal_columns()), bold=True), block(draft["text"])])


def _decided(draft: Any) -> str:
    from bots.runtime.approval.wording import decided

    status = DraftStatus(draft["status"])
    said = decided(status, draft["title"], draft["rule"])
    if status is DraftStatus.SNOOZED:
        said = f"Put aside until {moment(draft['snoozed_until'])}."
    elif status is DraftStatus.UNCERTAIN:
        said += " Then `understudy settle`."
    line = one_line(said, terminal_columns())
    if status in (DraftStatus.SENT, DraftStatus.APPROVED, DraftStatus.SENDING):
        line += "\n" + block(draft["text"])
    if draft["why"]:
        line += "\n" + block(draft["why"])
    return line


def _inbox(drafts: list[Any]) -> str:
    if not drafts:
        return "Nothing waits for you."
    return "\n\n".join(_waiting(draft) for draft in drafts)


def _waiting(draft: Any) -> str:
    head = f"{draft['id']}  {draft['title']}  as {draft['persona']}"
    if draft["status"] != "waiting":
        head += f"  {draft['status']}"
    lines = [click.style(one_line(head, terminal_columns()), bold=True)]
    about = f"{GOES_OUT[SentAs(draft['sends_as'])]}; {_model(draft)}"
    lines.append(click.style(block(about), dim=True))
    before = [one for one in (draft["root"], draft["since"]) if one]
    lines += [speech(_speaker(one), one["text"]) for one in before + draft["heard"]]
    lines += [click.style("  Draft:", dim=True), block(draft["text"], indent="    ")]
    if draft["why"]:
        lines.append(block(draft["why"]))
    from bots.runtime.approval.rules import LOOK_FIRST, rule_words

    if draft["rule"] in LOOK_FIRST:
        lines.append(block(f"Look first: {rule_words(draft['rule'])}."))
    lines.append(click.style("  " + _ways(draft["id"], draft["rule"]), dim=True))
    return "\n".join(lines)


def _speaker(message: Any) -> str:
    reply = f" in reply to “{one_line(message['in_reply_to'], 60)}”" if message["in_reply_to"] else ""
    return f"{message['name']} {moment(message['at'])}{reply}"


def _ways(draft: str, rule: str = "") -> str:
    ways = f"approve {draft} · redraft {draft} --guidance … · reject {draft} · withheld {draft}"
    return one_line(f"{ways} ({rule})" if rule else f"understudy {ways}", terminal_columns() - 2)


def _withheld(found: list[Any]) -> str:
    if not found:
        return "Nothing was withheld."
    return records(found) + "\n\nunderstudy share RECORD --with once|PERSON|CIRCLE, then understudy redraft"


def _receipts(sent: list[Any]) -> str:
    if not sent:
        return "Nothing was sent."
    return "\n\n".join(_receipt(receipt) for receipt in sent)


def _receipt(receipt: Any) -> str:
    head = f"{moment(receipt['sent_at'])}  {receipt['title']}  as {receipt['persona']}"
    how = f"{SENT_AS[SentAs(receipt['sent_as'])]}; {receipt['approval']}; {_model(receipt)}"
    return "\n".join(
        [
            click.style(one_line(head, terminal_columns()), bold=True),
            click.style(block(how), dim=True),
            block(receipt["text"], indent="    "),
        ]
    )


def _model(one: Any) -> str:
    return (
        f"written by {one['model']}, {where_it_runs(one['runs_on'])}" if one["model"] else "no model wrote it"
    )
