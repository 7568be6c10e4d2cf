"""Settles a newcomer in: a home with settings, and the shipped personas made theirs."""

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import available_timezones

import tomlkit

from bots.home import Home
from bots.twin_toml import annotated, parse, write_private
from core.types import PersonaName
from memory.profile.profile import Profile
from personas.library import copy_shipped

DEFAULT_PERSONA = PersonaName("friends")
MORNING = "morning"
"""The digest that comes every day, until its owner wants it otherwise."""


async def settle_in(home: Home, name: str, timezone: str) -> list[Path]:
    """Write a new home; the files written. Raises OwnerMustFix on a name or a time zone that cannot be.

    The settings come last: a home without them is still no home, and `init` may be run again.
    """
    given = {"owner": {"name": name, "timezone": timezone}, "digest": [{"name": MORNING}]}
    settings = parse(tomlkit.dumps(given), home.twin_toml, {})
    written = await furnish(home, settings.owner.name)
    write_private(home.twin_toml, annotated(settings))
    return [*written, home.twin_toml]


async def furnish(home: Home, name: str) -> list[Path]:
    """Give a home personas, one of which speaks by default; the files written. What is there is kept."""
    home.create()
    written = copy_shipped(home.personas)
    for path in written:
        write_private(path, _yours(path.read_text("utf-8"), name))
    profile = Profile(home.profile_json)
    if profile.bindings().default is None:
        await profile.bind(DEFAULT_PERSONA, default=True)
    return [*written, home.profile_json]


def local_timezone(environ: Mapping[str, str] = os.environ, link: Path = Path("/etc/localtime")) -> str:
    """This machine's, by $TZ or by where its link points; UTC where neither says."""
    named = environ.get("TZ", "").removeprefix(":") or os.path.realpath(link).partition("zoneinfo/")[2]
    return named if named in available_timezones() else "UTC"


def _yours(shipped: str, name: str) -> str:
    """A shipped file without what is only true of the fictional owner."""
    document = tomlkit.parse(shipped)
    for key in ("examples", "disclosure", "values"):
        document.pop(key, None)
    if "identity" in document:
        document["name"] = name
        document["identity"] = f"{name}."
    return tomlkit.dumps(document).replace("Alex", name.split()[0])
