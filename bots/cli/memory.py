"""What the twin knows, whom, and as whom it speaks."""

from typing import Any

import click

from bots.cli.drafts import records, said
from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import block, clean, moment, table


@click.command()
@click.argument("question")
@with_session
def ask(session: CommandSession, question: str) -> None:
    """Ask your twin; it answers you from everything it knows."""
    session.show(session.call("ask", question=question), _answer)


@click.command()
@click.argument("query")
@click.option("--for", "conversation", required=True, metavar="CONVERSATION", help="Who would hear it.")
@click.option("--limit", type=click.IntRange(1, 100), default=8, show_default=True)
@with_session
def recall(session: CommandSession, query: str, conversation: str, limit: int) -> None:
    """What may be recalled in a conversation, best first."""
    session.show(session.call("recall", query=query, for_=conversation, limit=limit), _recalled)


@click.command()
@click.argument("text")
@with_session
def remember(session: CommandSession, text: str) -> None:
    """Note something, for you alone until you share it."""
    session.show(session.call("remember", text=text), lambda record: records([record]))


@click.command()
@click.argument("record")
@with_session
def forget(session: CommandSession, record: str) -> None:
    """Delete a record, and the text of the message it came from."""
    session.show(session.call("forget", record=record), said)


@click.group(invoke_without_command=True)
@with_session
def suggestions(session: CommandSession) -> None:
    """What contacts said that might belong in your profile: accept, dismiss."""
    if _alone():
        session.show(session.call("suggestions"), _suggestions)


@suggestions.command(name="accept")
@click.argument("suggestion", metavar="ID")
@with_session
def suggestions_accept(session: CommandSession, suggestion: str) -> None:
    """Write one into your profile, for those whom it was said to."""
    session.show(session.call("accept_suggestion", id=suggestion), lambda record: records([record]))


@suggestions.command(name="dismiss")
@click.argument("suggestion", metavar="ID")
@with_session
def suggestions_dismiss(session: CommandSession, suggestion: str) -> None:
    """Let one go; it is not made again."""
    session.show(session.call("dismiss_suggestion", id=suggestion), said)


@click.group(invoke_without_command=True)
@with_session
def rules(session: CommandSession) -> None:
    """What your twin keeps to: set. `share` and `forget` take a rule too."""
    if _alone():
        session.show(session.call("rules"), _rules)


@rules.command(name="set")
@click.argument("key")
@click.argument("text")
@with_session
def rules_set(session: CommandSession, key: str, text: str) -> None:
    """Add a rule, or change the one of that KEY."""
    session.show(session.call("set_rule", key=key, text=text), lambda record: records([record]))


@click.command()
@click.option("--link", nargs=2, metavar="ACCOUNT PERSON", help="Say whose account it is.")
@click.option("--name", metavar="NAME", help="With --link: someone new, by a name that any prompt may hold.")
@click.option("--unlink", metavar="ACCOUNT", help="It is nobody's you know.")
@click.option("--remove", metavar="PERSON", help="You know them no more.")
@with_session
def people(
    session: CommandSession,
    link: tuple[str, str] | None,
    name: str | None,
    unlink: str | None,
    remove: str | None,
) -> None:
    """The people you know, and which accounts are theirs."""
    if link is not None:
        answer = session.call("link", account=link[0], person=link[1], name=name or "")
        session.show(answer, said)
    elif unlink is not None:
        session.show(session.call("unlink", account=unlink), said)
    elif remove is not None:
        session.show(session.call("remove_person", person=remove), said)
    else:
        session.show(session.call("people"), _people)


@click.group(invoke_without_command=True)
@with_session
def circles(session: CommandSession) -> None:
    """Your circles, and who is in them: set, remove."""
    if _alone():
        session.show(session.call("circles"), _circles)


@circles.command(name="set")
@click.argument("name")
@click.argument("members", metavar="[PERSON]...", nargs=-1)
@with_session
def circles_set(session: CommandSession, name: str, members: tuple[str, ...]) -> None:
    """Say who is in a circle: these, and nobody else."""
    session.show(session.call("set_circle", name=name, people=list(members)), said)


@circles.command(name="remove")
@click.argument("name")
@with_session
def circles_remove(session: CommandSession, name: str) -> None:
    """Have no such circle any more: what only it could hear, nobody hears."""
    session.show(session.call("remove_circle", name=name), said)


@click.group()
def persona() -> None:
    """How you are in one part of life: list, show, bind."""


@persona.command(name="list")
@with_session
def persona_list(session: CommandSession) -> None:
    """Every persona, and where it speaks."""
    session.show(session.call("personas"), _personas)


@persona.command(name="show")
@click.argument("name")
@with_session
def persona_show(session: CommandSession, name: str) -> None:
    """One persona."""
    session.show(session.call("persona", name=name), _persona)


@persona.command(name="bind")
@click.argument("name")
@click.option("--to", default="default", show_default=True, help="A conversation, circle:NAME, or default.")
@with_session
def persona_bind(session: CommandSession, name: str, to: str) -> None:
    """Let a persona speak in a conversation, for a circle, or wherever no other does."""
    session.show(session.call("bind", persona=name, to=to), said)


COMMANDS = (ask, recall, remember, forget, suggestions, rules, people, circles, persona)


def _alone() -> bool:
    return click.get_current_context().invoked_subcommand is None


def _answer(answer: Any) -> str:
    lines = [block(answer["text"], indent="")]
    if answer["records"]:
        lines += ["", "It rests on", records(answer["records"])]
    return "\n".join(lines)


def _recalled(answer: Any) -> str:
    return records(answer["records"]) if answer["records"] else "Nothing that may be heard there."


def _suggestions(found: list[Any]) -> str:
    if not found:
        return "No suggestions."
    rows = (
        (suggestion["id"], suggestion["said_by"], moment(suggestion["at"]), suggestion["text"])
        for suggestion in found
    )
    return table(("ID", "SAID BY", "AT", "TEXT"), rows)


def _rules(found: list[Any]) -> str:
    return records(found) if found else "There are no rules yet."


def _people(found: list[Any]) -> str:
    if not found:
        return "You have told the twin of nobody yet."
    rows = (
        (
            person["id"],
            person["name"],
            person["relation"],
            ", ".join(person["circles"]),
            ", ".join(person["accounts"]),
        )
        for person in found
    )
    return table(("ID", "NAME", "RELATION", "CIRCLES", "ACCOUNTS"), rows)


def _circles(found: list[Any]) -> str:
    if not found:
        return "There are no circles yet."
    return table(("CIRCLE", "PEOPLE"), ((circle["name"], ", ".join(circle["people"])) for circle in found))


def _personas(found: list[Any]) -> str:
    rows = ((entry["name"], entry["mode"] or "broken", ", ".join(entry["bound"])) for entry in found)
    shown = [table(("PERSONA", "MODE", "BOUND TO"), rows)] if found else ["There are no personas."]
    broken = [block(entry["problem"], indent="") for entry in found if entry["problem"]]
    return "\n".join([*shown, *([""] if broken else []), *broken])


def _persona(one: Any) -> str:
    parts = [
        ("Identity", one["identity"]),
        ("Voice", one["voice"]),
        ("Boundaries", "\n".join(f"- {boundary}" for boundary in one["boundaries"])),
        ("Disclosure", one["disclosure"]),
        ("Mode", one["mode"]),
        ("Examples", str(one["examples"])),
        ("Bound to", ", ".join(one["bound"])),
    ]
    shown = (f"{click.style(title, bold=True)}\n{block(text)}" for title, text in parts if text)
    return "\n".join([click.style(clean(one["name"]), bold=True), "", *shown])
