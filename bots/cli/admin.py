"""The admin commands: make a home, examine it, choose a model, keep a copy."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bots.cli.platform_name import known_platform
from bots.cli.session import CommandSession, with_session
from bots.cli.terminal import clean, table, where_it_runs
from bots.home import Home
from core.errors import OwnerMustFix, Refused, TryAgain

if TYPE_CHECKING:
    from bots.settings import ModelSettings


@click.command()
@click.option("--name", metavar="NAME", help="What people call you; asked for if left out.")
@click.option("--timezone", metavar="ZONE", help="An IANA name, as Europe/Vienna [this machine's].")
@with_session
def init(session: CommandSession, name: str | None, timezone: str | None) -> None:
    """Make a home: settings, and personas to make your own."""
    import asyncio

    from bots.setup import newcomer

    home = session.home
    if home.exists:
        raise Refused(f"{home.path} already holds a twin; its settings are in {home.twin_toml}")
    if home.is_demo:
        raise Refused(f"{home.path} is the demo's home; choose another")
    if name is None:
        if not sys.stdin.isatty():
            raise OwnerMustFix("say who you are: understudy init --name NAME")
        name = click.prompt("What do people call you?")
    written = asyncio.run(newcomer.settle_in(home, name, timezone or newcomer.local_timezone()))
    session.show({"home": str(home.path), "written": [str(path) for path in written]}, _welcome)


@click.command()
@click.argument("platform", required=False, callback=known_platform)
@with_session
def doctor(session: CommandSession, platform: str | None) -> None:
    """Check everything the twin stands on, and say what mends it.

    With a PLATFORM: how to get there, step by step, and how far you are.
    """
    import asyncio
    from dataclasses import asdict

    from bots.platforms.registry import specs
    from bots.setup.doctor import examine

    checks = [asdict(check) for check in asyncio.run(examine(session.home))]
    if platform is not None:
        checks = [check for check in checks if check["name"] in ("home", "settings", platform)]
        if not session.as_json:
            (guide,) = (spec.guide for spec in specs() if spec.name == platform)
            click.echo(f"{guide}\n")
    session.show(checks, _checks)
    if not all(check["ok"] for check in checks):
        raise click.exceptions.Exit(2)


@click.group()
def model() -> None:
    """The model that writes your drafts: list, use."""


@model.command(name="list")
@with_session
def model_list(session: CommandSession) -> None:
    """The models that are here: those that came along, and Ollama's."""
    import asyncio

    from bots.twin_toml import load
    from core.models.ollama_sites import full_name

    session.require_home()
    settings = load(session.home.twin_toml)
    found, problem = asyncio.run(_models(session.home.twin_toml))
    chosen = (settings.model.provider, full_name(settings.model.name))
    rows = [{**choice, "used": (choice["provider"], full_name(choice["name"])) == chosen} for choice in found]
    session.show({"models": rows, "problem": problem}, _listed)


@model.command(name="use")
@click.argument("model", nargs=-1, required=True, metavar="[PROVIDER] NAME")
@with_session
def model_use(session: CommandSession, model: tuple[str, ...]) -> None:
    """Let a model write from the next start on: one of `model list`, or any of Ollama's.

    PROVIDER is embedded or ollama; left out, a name that came along is embedded, any other is Ollama's.
    """
    import asyncio

    from bots.settings import DEFAULT_MODELS
    from bots.twin_toml import change, load
    from core.models.bundled import BUNDLED, bundled_model

    session.require_home()
    name = model[-1]
    if len(model) > 2 or (len(model) == 2 and model[0] not in DEFAULT_MODELS):
        raise click.UsageError(f"a provider ({' or '.join(DEFAULT_MODELS)}) and a name, or a name alone")
    if len(model) == 1 and name in DEFAULT_MODELS:
        raise click.UsageError(f"which one? As {name} {DEFAULT_MODELS[name]}")
    bundled = any(bundled.card.name == name for bundled in BUNDLED)
    provider = model[0] if len(model) == 2 else "embedded" if bundled else "ollama"
    if provider == "ollama":
        settings = load(session.home.twin_toml, asks_ollama=True)
        asyncio.run(_require_ollama(settings.model, name))
    else:
        bundled_model(name)
    change(session.home.twin_toml, "model", {"provider": provider, "name": name})
    session.show(
        {"provider": provider, "name": name},
        lambda choice: clean(f"{choice['name']} writes from the next start on."),
    )


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@with_session
def backup(session: CommandSession, path: Path) -> None:
    """Copy everything into one private file, also while the twin runs."""
    answer = session.call("backup", path=os.fspath(path.absolute()))
    session.show(answer, lambda made: clean(f"{made['path']}, {made['size'] / 1e6:.1f} MB"))


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also where a twin lives already; its files are set aside.")
@with_session
def restore(session: CommandSession, path: Path, replace: bool) -> None:
    """Fill a home from a backup. It starts paused; your accounts have to be paired again."""
    import asyncio

    from bots.api.plain import to_json
    from bots.setup.restore import restore as put_back

    home = session.home
    if home.is_demo:
        raise Refused(f"{home.path} is the demo's home; choose another with --home")
    if home.exists and not replace:
        raise Refused(f"{home.path} holds a twin; --replace sets its files aside")
    home.create()
    with home.lock():
        restored = asyncio.run(put_back(home, path, datetime.now(tz=UTC)))
    aside = str(restored.set_aside) if restored.set_aside else None
    answer = {
        "home": str(home.path),
        "set_aside": aside,
        "changed": to_json(restored.changed),
        "revocations": to_json(restored.revocations),
        "records": to_json(restored.records),
        "personas": list(restored.personas),
    }
    session.show(answer, _restored)


COMMANDS = (init, doctor, model, backup, restore)
RESTORED_WORDS = {
    "approved": "Drafts that were approved wait again, as they may have been sent",
    "waiting": "Drafts that waited may have been sent",
    "sending": "Drafts that were being sent may have arrived",
    "delegations": "Delegations that ran have ended",
    "modes": "Conversations on auto are on draft",
    "accounts": "Pair these accounts again with `understudy pair`",
    "removed": "Removed since, and not revived",
    "unlinked": "These accounts are nobody's until you link them again with `understudy people --link`",
    "left": "In these circles no more, and not put back",
    "forgotten": "Deleted or forgotten since, and not revived",
    "reworded": "Changed since, and kept as they are now",
    "returned": "Not here any more, and back for you alone",
    "narrowed": "These are for fewer than in the backup; `understudy share` shares them again",
    "in_force": "Look these over, they are in force as in the backup",
    "reminders": "Reminders that were due meanwhile are not told again",
}
UNKNOWN_MESSAGES = (
    "Messages as in the backup; nothing here knows if they were forgotten, deleted or changed since"
)
MOST_NAMED = 20


def _first(named: Sequence[object]) -> str:
    """Those that one can read; `--json` has all."""
    more = [f"and {len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return ", ".join([*map(str, named[:MOST_NAMED]), *more])


def _restored(answer: Any) -> str:
    aside = f"; what was there before lies in {answer['set_aside']}" if answer["set_aside"] else ""
    in_force = {"in_force": [f"persona {name}" for name in answer["personas"]]}
    parts = (answer["changed"], answer["revocations"], answer["records"], in_force)
    changed = {key: [one for part in parts for one in part.get(key, ())] for key in RESTORED_WORDS}
    unknown = answer["records"]["unknown_messages"]
    lines = [
        f"Restored into {answer['home']}{aside}",
        "What was decided or sent since the backup was made is not known here, and so it is paused:",
        "look at what waits, then `understudy resume`.",
        *(f"{words}: {_first(changed[key])}" for key, words in RESTORED_WORDS.items() if changed[key]),
        *([f"{UNKNOWN_MESSAGES}: {unknown}"] if unknown else []),
        *(["You were away then; now you are not."] if answer["changed"]["away"] else []),
    ]
    return "\n".join(map(clean, lines))


def _welcome(answer: Any) -> str:
    from bots.platforms.registry import listed, platform_names

    home = Home(answer["home"])
    return clean(
        f"A home for your twin: {home.path}\n"
        f"  1. Say who you are: {home.personas / 'identity.toml'}\n"
        "  2. understudy doctor\n"
        "  3. understudy run\n"
        f"  4. understudy doctor {listed(platform_names())}: how to let it answer there"
    )


def _checks(checks: list[Any]) -> str:
    rows = [("ok" if check["ok"] else "MEND", check["name"], check["detail"]) for check in checks]
    lines = [table(("", "CHECK", ""), rows)]
    for check in checks:
        if check["hint"]:
            lines += ["", clean(f"{check['name']}: {check['hint']}")]
        if not check["ok"]:
            lines += ["", clean(f"{check['name']}: {check['detail']}"), clean(f"  -> {check['mend']}")]
    return "\n".join(lines)


def _listed(answer: Any) -> str:
    rows = (
        (
            "*" if choice["used"] else "",
            choice["name"],
            choice["provider"],
            where_it_runs(choice["runs_on"]),
            choice["licence"],
        )
        for choice in answer["models"]
    )
    shown = table(("", "MODEL", "PROVIDER", "RUNS", "LICENCE"), rows)
    return f"{shown}\n\n{clean(answer['problem'])}" if answer["problem"] else shown


async def _models(twin_toml: Path) -> tuple[list[dict[str, Any]], str]:
    from bots.api.plain import to_json
    from bots.twin_toml import load
    from core.models.bundled import embedded_cards
    from core.models.ollama import pulled

    found: list[dict[str, Any]] = [
        {"name": card.name, "provider": "embedded", "licence": card.licence, "runs_on": to_json(card.runs_on)}
        for card in embedded_cards()
    ]
    try:
        chosen = load(twin_toml, asks_ollama=True).model
        served = await pulled(chosen.host, chosen.proxy)
    except (TryAgain, OwnerMustFix) as error:
        return found, str(error)
    found += [
        {"name": name, "provider": "ollama", "licence": "", "runs_on": to_json(runs_on)}
        for name, runs_on in served.items()
    ]
    return found, ""


async def _require_ollama(chosen: "ModelSettings", name: str) -> None:
    from core.models.ollama import OllamaChat

    chat = OllamaChat(chosen.host, name, proxy=chosen.proxy, allow_remote=chosen.allow_remote)
    try:
        await chat.look_up()
    finally:
        await chat.close()
