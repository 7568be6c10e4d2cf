"""Writes the demo's home: settings, personas, profile and messages. Refuses a home that is not a demo's."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bots import settings, twin_toml
from bots.demo import world
from bots.demo.world import DemoWorld, Noted
from bots.home import Home
from core.errors import OwnerMustFix
from core.ports import Embedder
from core.types import Message
from memory.archive.messages import Messages, mark_done
from memory.profile.file import ProfileFile, Tables
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.storage import open_database
from memory.storage.port import Connection
from personas.library import copy_shipped

WAITS_FOR = timedelta(hours=1)
"""A message younger than this still wants its answer."""
MARK = "This home was made by `understudy demo`, which may delete it.\n"


async def prepare(
    home: Home,
    now: datetime,
    *,
    embedder: Embedder | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> bool:
    """Fill the home, its messages dated back from `now` (aware; its zone is the demo's).

    False where it was filled before: nothing changes. One broken off halfway is completed. What was said in
    the last hour waits for an answer, all else counts as dealt with. With an `embedder` the memory is
    indexed too, otherwise at the first start. `tell` hears of the progress. The caller holds the home's
    lock. Raises OwnerMustFix for a home that is not a demo's.
    """
    if home.exists and home.is_demo:
        return False
    if not home.is_demo and _holds_something(home):
        raise OwnerMustFix(f"{home.path} is not a demo's home; name another with --home")
    home.create()
    twin_toml.write_private(home.demo_marker, MARK)
    demo = world.load()
    tell(f"Meet {demo.owner}: personas, people and profile")
    copy_shipped(home.personas)
    ProfileFile(home.profile_json).save(_profile(demo, now))
    heard = list(world.messages(now))
    tell(f"{len(heard)} messages in {len(demo.conversations)} conversations")
    await _remember(home, demo, heard, now, embedder, tell)
    # Last, because a home with settings is a home that is ready.
    owner = settings.OwnerSettings(name=demo.owner)
    twin_toml.write_private(home.twin_toml, twin_toml.annotated(settings.Settings(owner=owner)))
    return True


async def _remember(
    home: Home,
    demo: DemoWorld,
    heard: Sequence[Message],
    now: datetime,
    embedder: Embedder | None,
    tell: Callable[[str], None],
) -> None:
    db = open_database(home.path)
    try:
        store = Messages(db)
        await asyncio.gather(
            *(store.hear(demo.conversations[message.conversation], message) for message in heard)
        )
        answered = [message for message in heard if now - message.sent_at > WAITS_FOR]
        await db.write("prepare demo", lambda connection: _settle(connection, answered))
        if embedder is not None:
            tell("Reading it all once, so that it can be found again by its meaning")
            await Recall(db, Profile(home.profile_json), embedder).index_pending()
    finally:
        await db.close()


def _settle(connection: Connection, answered: Sequence[Message]) -> None:
    for message in answered:
        mark_done(connection, message.conversation, message.id)


def _holds_something(home: Home) -> bool:
    ours = {home.lock_file, home.log_file, home.socket, home.command_socket}
    try:
        found = set(home.path.rglob("*")) - ours
    except OSError as error:
        raise OwnerMustFix(f"{home.path}: cannot be read: {error.strerror}") from error
    return any(not one.is_dir() for one in found)


def _profile(demo: DemoWorld, now: datetime) -> Tables:
    bindings: list[dict[str, Any]] = [
        {"persona": persona, "circle": circle} for circle, persona in demo.persona_circles.items()
    ]
    return {
        "people": _numbered(
            {
                "id": person.id,
                "name": person.name,
                "relation": person.relation,
                "accounts": [],
            }
            for person in demo.people
        ),
        "circles": _numbered(
            {"name": name, "members": sorted(members)} for name, members in demo.circles.items()
        ),
        "entries": _numbered({**_document(entry, now), "pinned": False} for entry in demo.entries),
        "rules": _numbered(_document(rule, now) for rule in demo.rules),
        "bindings": _numbered([*bindings, {"persona": demo.persona_default, "default": True}]),
    }


def _document(one: Noted, now: datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "text": one.text,
        "audience": sorted(one.audience),
        "at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _numbered(documents: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(number): document for number, document in enumerate(documents, start=1)}
