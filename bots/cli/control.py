"""Presence, how far the twin may go, and how it is."""

from typing import Any

import click

from bots.cli.drafts import said
from bots.cli.platform_name import known_platform
from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import clean, moment, table, where_it_runs


@click.command()
@with_session
def status(session: CommandSession) -> None:
    """How the twin is: model, platforms, what waits, what to mend."""
    session.show(session.call("status"), _status)


@click.command()
@with_session
def pause(session: CommandSession) -> None:
    """Stop all sending at once."""
    session.show(session.call("pause"), said)


@click.command()
@with_session
def resume(session: CommandSession) -> None:
    """Send again."""
    session.show(session.call("resume"), said)


@click.command()
@with_session
def away(session: CommandSession) -> None:
    """Say that you are away."""
    session.show(session.call("away"), said)


@click.command()
@with_session
def back(session: CommandSession) -> None:
    """Say that you are back."""
    session.show(session.call("back"), said)


@click.command()
@click.argument("conversation")
@click.argument("mode", type=click.Choice(["observe", "draft", "auto"]))
@with_session
def mode(session: CommandSession, conversation: str, mode: str) -> None:
    """How far the twin may go in a conversation."""
    session.show(session.call("mode", conversation=conversation, mode=mode), said)


@click.command()
@click.argument("platform", required=False, callback=known_platform)
@click.option("--list", "listed", is_flag=True, help="The accounts that are yours.")
@click.option("--remove", metavar="ACCOUNT", help="Let an account decide nothing any more.")
@with_session
def pair(session: CommandSession, platform: str | None, listed: bool, remove: str | None) -> None:
    """Prove that an account is yours: send the code to your twin's bot."""
    if (platform is not None) + listed + (remove is not None) > 1:
        raise click.UsageError("a platform, --list and --remove each stand alone")
    if remove is not None:
        session.show(session.call("unpair", account=remove), said)
    elif listed:
        session.show(session.call("accounts"), _accounts)
    else:
        session.show(session.call("pair", platform=platform or ""), _pairing)


COMMANDS = (status, pair, pause, resume, away, back, mode)


def _status(answer: Any) -> str:
    model = answer["model"]
    state = [word for word in ("paused", "away") if answer[word]]
    counts = answer["counts"]
    rows = [
        ("owner", answer["owner"] + (f" ({', '.join(state)})" if state else "")),
        ("home", answer["home"]),
        ("model", f"{model['name']}, {_model_state(model)}"),
        ("embedder", where_it_runs(model["embedder_runs_on"])),
        *((one["name"], _health(one)) for one in answer["platforms"]),
        *((name, str(number)) for name, number in counts.items()),
    ]
    lines = [table(("TWIN", ""), rows)]
    if answer["problems"]:
        lines += ["", "To mend", *(f"  {clean(problem)}" for problem in answer["problems"])]
    return "\n".join(lines)


def _model_state(model: Any) -> str:
    if model["ready"]:
        return where_it_runs(model["runs_on"])
    return model["problem"] or f"not loaded yet, {where_it_runs(model['runs_on'])}"


def _health(platform: Any) -> str:
    detail = f" {platform['detail']}" if platform["detail"] else ""
    if not platform["connected"]:
        return f"not connected: {platform['problem'] or 'connecting'}"
    paired = platform["name"] == "console" or platform["accounts"]
    lines = [f"connected{detail}", platform["problem"] or ""]
    return "; ".join([line for line in lines if line] + ([] if paired else ["pair your account there"]))


def _pairing(answer: Any) -> str:
    from bots.platforms.registry import titled

    where = f" on {titled(answer['platform'])}" if answer["platform"] else ""
    return (
        f"{click.style(clean(answer['code']), bold=True)}\n"
        f"Send it to your twin's bot{where}, in a direct message, until {moment(answer['expires_at'])}."
        " It works once."
    )


def _accounts(found: list[Any]) -> str:
    if not found:
        return "No account is yours yet; `understudy pair` prints a code for one."
    rows = ((one["account"], one["name"], moment(one["paired_at"])) for one in found)
    return table(("ACCOUNT", "NAME", "PAIRED"), rows)
