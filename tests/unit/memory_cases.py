"""What the tests of the memory share: a directory in plain data, a fresh store, and short constructors."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.audience import Membership, audience
from core.types import (
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    Person,
    PersonId,
    Principal,
    RecordId,
)
from memory.storage.port import Database
from memory.storage.sqlite.database import SqliteDatabase
from tests import stores

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class PlainDirectory:
    """A `memory.archive.audiences.Directory` that a test writes down."""

    linked: Mapping[PersonId, PersonId] = field(default_factory=dict)
    circles: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)
    named: Mapping[PersonId, Person] = field(default_factory=dict)
    written: Sequence[MemoryRecord] = ()
    version: int = 1

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        return Membership(self.linked, self.circles, channels)

    def people(self) -> Mapping[PersonId, Person]:
        return self.named

    def entries(self) -> Sequence[MemoryRecord]:
        return self.written


def create(path: Path) -> Path:
    """An empty store of the newest schema."""
    return stores.create(path)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    """The store, closed at the end."""
    db = SqliteDatabase(path if path.exists() else create(path))
    try:
        yield db
    finally:
        await db.close()


def people(*names: str) -> frozenset[PersonId]:
    return frozenset(map(PersonId, names))


def talk(
    name: str = "console:sam",
    members: frozenset[PersonId] | None = frozenset({PersonId("sam")}),
    kind: Kind = Kind.DIRECT,
    parent: str = "",
    joiners_read_history: bool = True,
    newest_join: datetime | None = None,
) -> Conversation:
    return Conversation(
        ConversationId(name),
        name.partition(":")[0],
        name,
        kind,
        members,
        parent,
        joiners_read_history,
        newest_join,
    )


def said(
    conversation: Conversation,
    key: str | int,
    text: str,
    author: str = "sam",
    minutes: float = 0,
    reply_to: str | None = None,
) -> Message:
    return Message(
        MessageId(f"{conversation.id}/{key}"),
        conversation.id,
        PersonId(author),
        text,
        NOON + timedelta(minutes=minutes),
        MessageId(f"{conversation.id}/{reply_to}") if reply_to else None,
    )


def record(key: str, text: str, *principals: str, pinned: bool = False, minutes: float = 0) -> MemoryRecord:
    return MemoryRecord(
        RecordId(key),
        text,
        audience(*map(Principal, principals)),
        NOON + timedelta(minutes=minutes),
        pinned=pinned,
    )
