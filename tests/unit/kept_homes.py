"""A home and a backup of it, which is restored into that home or another."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bots.home import Home
from bots.setup import newcomer
from bots.setup.restore import restore
from core.audience import OWNER_ONLY, audience, person
from core.types import (
    OWNER,
    Audience,
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    PersonId,
    RecordId,
)
from memory.archive.audiences import Audiences
from memory.archive.conversations import keep, readers_of
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.archive.rows import Readers
from memory.profile.profile import Profile
from memory.reports.forgetting import forget
from memory.reports.forgotten_since import NotRevived
from memory.storage import open_database
from memory.storage.port import Database
from tests.unit.memory_cases import NOON

SAM, NADIA = PersonId("sam"), PersonId("nadia")
GROUP = Conversation(
    ConversationId("telegram:g"), "telegram", "climbers", Kind.GROUP, frozenset({SAM, NADIA})
)


@dataclass
class Kept:
    """A home, and a backup that is made of it at some time."""

    home: Home
    backup: Path

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        database = open_database(self.home.path)
        try:
            yield database
        finally:
            await database.close()

    async def note(
        self, *notes: RecordId, for_: Audience = OWNER_ONLY, text: str = "the key is there"
    ) -> None:
        async with self.database() as database:
            await Records(database).add_many(
                MemoryRecord(one, text, for_, NOON, author=OWNER) for one in notes
            )

    async def hear(
        self, key: str, text: str, author: PersonId = SAM, where: Conversation = GROUP, at: datetime = NOON
    ) -> MessageId:
        said = Message(MessageId(f"{where.id}/{key}"), where.id, author, text, at)
        async with self.database() as database:
            assert await Messages(database).hear(where, said)
        return said.id

    async def share(self, record: RecordId, *with_: PersonId) -> None:
        async with self.database() as database:
            await Records(database).share(record, audience(*map(person, with_)))

    async def forget(self, *records: RecordId) -> None:
        async with self.database() as database:
            for one in records:
                await forget(database, Profile(self.home.profile_json), one)

    async def restored(self, into: Home | None = None) -> NotRevived:
        if into is not None:
            into.create()
            self.home = into
        return (await restore(self.home, self.backup, NOON + timedelta(days=1))).records

    async def readers(self, where: Conversation) -> Readers:
        async with self.database() as database:
            found = await database.read(lambda c: readers_of(c, where.id))
        assert found is not None
        return found

    async def becomes(self, where: Conversation, at: datetime) -> None:
        """This is known of it now."""
        async with self.database() as database:
            await database.write("keep", lambda c: keep(c, where, at))

    async def recalled(self, where: Conversation, *records: RecordId) -> frozenset[RecordId]:
        """Those of them that may be heard there."""
        async with self.database() as database:
            audiences = Audiences(Profile(self.home.profile_json))
            return (await database.read(lambda c: audiences.records(c, where, records)))[1]

    async def records(self) -> Mapping[RecordId, MemoryRecord]:
        async with self.database() as database:
            rows = await database.read(lambda c: [str(row[0]) for row in c.execute("SELECT id FROM records")])
            found = [await Records(database).get(RecordId(one)) for one in rows]
        return {one.id: one for one in found if one is not None}

    async def said(self) -> Sequence[str]:
        async with self.database() as database:
            return [one.text for one in await Messages(database).recent(GROUP.id, 99)]


async def kept_in(path: Path) -> Kept:
    home = Home(path / "home")
    await newcomer.settle_in(home, "Alex", "UTC")
    return Kept(home, path / "backup.tar")
