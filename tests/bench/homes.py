"""A home with a long memory, for the benchmarks that measure the whole twin."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bots import assembly, twin_toml
from bots.api.twin import Twin
from bots.home import Home
from core.audience import audience, circle
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.types import MemoryRecord, Person, PersonaName, PersonId, RecordId
from memory.archive.records import Records
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.storage.port import Database
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import migrate
from tests.bench.report import irc_lines

FRIENDS = 50
GROUPS = 5
"""Circles of ten friends each; a record is for one circle, so each friend may hear a fifth."""
SETTINGS = twin_toml.parse('[owner]\nname = "Alex"\n[gateway]\nburst_s = 0\n', Path("twin.toml"), {})
CHUNK = 5000


class NamedEmbedder(HashedEmbedder):
    """Instant vectors under another embedder's name and length: filling a store should not take an hour."""

    def __init__(self, name: str) -> None:
        super().__init__(384)
        self._called = name

    @property
    def name(self) -> str:
        """The other's."""
        return self._called


def friend(number: int) -> PersonId:
    """One of the fifty, by number."""
    return PersonId(f"friend{number % FRIENDS}")


def furnish(path: Path, records: int, *, embedder: str = "hashed/384") -> Home:
    """Write a home with so many records of real chat in memory, their vectors under `embedder`'s name."""
    home = Home(path)
    home.create()
    twin_toml.write_private(home.twin_toml, twin_toml.annotated(SETTINGS))
    (home.personas / "identity.toml").write_text('name = "Alex"\nidentity = "Someone who answers."\n')
    (home.personas / "all.toml").write_text('extends = "identity"\nvoice = "Plain."\n')
    connection = connect(home.path / "twin.db")
    migrate(connection)
    connection.close()
    asyncio.run(_fill(home, records, NamedEmbedder(embedder)))
    return home


async def _fill(home: Home, count: int, embedder: HashedEmbedder) -> None:
    profile = Profile(home.profile_json)
    for number in range(FRIENDS):
        await profile.add_person(Person(friend(number), f"Friend {number}"))
    for group in range(GROUPS):
        members = frozenset(friend(number) for number in range(group, FRIENDS, GROUPS))
        await profile.set_circle(f"group{group}", members)
    await profile.bind(PersonaName("all"), default=True)
    db = SqliteDatabase(home.path / "twin.db")
    archive = Records(db)
    stored = _records(count)
    while chunk := list(itertools.islice(stored, CHUNK)):
        await archive.add_many(chunk)
    await Recall(db, profile, embedder).index_pending()
    await db.close()


def _records(count: int) -> Iterator[MemoryRecord]:
    for number, (sent_at, _, text) in enumerate(irc_lines(count)):
        yield MemoryRecord(
            id=RecordId(f"note:{number}"),
            text=text or "-",
            audience=audience(circle(f"group{number // 20 % GROUPS}")),
            at=sent_at,
            channel=f"irc:{number // 20 % FRIENDS}",
        )


def questions(count: int) -> Iterator[tuple[PersonId, datetime, str]]:
    """Messages of the same kind of text, from the friends in turn."""
    for number, (sent_at, _, text) in enumerate(irc_lines(count * 7)):
        if number % 7 == 0:
            yield friend(number // 7), sent_at, text or "-"


@asynccontextmanager
async def instant(home: Home) -> AsyncIterator[tuple[Database, Twin]]:
    """A twin at work there whose model and embedder cost nothing; all that loads late is loaded."""
    model, embedder = ScriptedChat("let me see"), HashedEmbedder(384)
    async with (
        assembly.opened(home, SETTINGS, model=model, embedder=embedder) as container,
        container.tasks.running(resident=True),
    ):
        container.agent.load()
        await container.stores.recall.load()
        yield container.stores.db, container.twin
