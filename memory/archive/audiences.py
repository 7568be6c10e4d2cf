"""Audiences in SQLite: interned, and turned into the set that a conversation may hear.

The rule itself is `core/audience.py`. Here it is asked once for each distinct audience, and the answer
becomes part of every query and a mask on the vectors.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from core.audience import OWNER_ONLY, Membership, audience, includes, listeners, may_hear, person, place
from core.types import (
    TWIN,
    Audience,
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Person,
    PersonId,
    Principal,
)
from memory.archive.rows import read_conversation, read_principals
from memory.storage.port import Connection, Row
from memory.storage.sqlite import Database
from memory.storage.timestamps import to_text

NOWHERE = -1
"""The number of no channel."""
HEARD = "(records.audience IN (SELECT value FROM json_each(?)) OR (records.channel IS ? AND records.at >= ?))"


class Directory(Protocol):
    """Who is who and what the owner wrote down: the profile, as recall sees it."""

    @property
    def version(self) -> int:
        """Changes whenever people, circles, entries or rules change."""
        ...

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        """Everything that turns principals into people, these channels included."""
        ...

    def people(self) -> Mapping[PersonId, Person]:
        """The people whom the owner knows, by id."""
        ...

    def entries(self) -> Sequence[MemoryRecord]:
        """What the owner wrote down, pinned rules included."""
        ...


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one conversation may hear, by the numbers that records carry.

    `since` is the time (stored form) from which on its own place's history is readable.
    """

    everything: bool
    audiences: frozenset[int] = frozenset()
    channel: int = NOWHERE
    since: str = ""

    def where(self) -> tuple[str, tuple[str | int, ...]]:
        """The condition on `records`, never NULL, and its parameters."""
        if self.everything:
            return "TRUE", ()
        return HEARD, (json.dumps(sorted(self.audiences)), self.channel, self.since)


class Audiences:
    """Answers for each conversation what it may hear, kept until people, circles or members change."""

    def __init__(self, db: Database, directory: Directory) -> None:
        self._db = db
        self._directory = directory
        self._refreshing = asyncio.Lock()
        self._principals: dict[int, Audience] = {}
        self._channels: dict[str, int] = {}
        self._conversations: dict[ConversationId, Conversation] = {}
        self._version = 0
        self._commits = -1
        self._membership: tuple[tuple[int, int], Membership] | None = None
        self._allowed: dict[ConversationId, tuple[Conversation, Membership, int, frozenset[int]]] = {}

    async def allowed(self, conversation: Conversation) -> Allowed:
        """What may be recalled there now."""
        await self.refresh()
        conversation = self.current(conversation)
        if conversation.kind is Kind.OWNER:
            return Allowed(everything=True)
        limited = not conversation.joiners_read_history and conversation.newest_join is not None
        return Allowed(
            everything=False,
            audiences=self._heard(conversation, self.membership()),
            channel=self._channels.get(conversation.channel, NOWHERE),
            since=to_text(conversation.newest_join) if limited and conversation.newest_join else "",
        )

    def heard(self, records: Iterable[MemoryRecord], conversation: Conversation) -> list[MemoryRecord]:
        """Those of the directory's entries that may be recalled there, as of the last `refresh`."""
        conversation, membership = self.current(conversation), self.membership()
        return [
            record
            for record in records
            if may_hear(record.audience, record.channel, record.at, conversation, membership)
        ]

    def current(self, conversation: Conversation) -> Conversation:
        """The stricter of what the caller and the store know of its listeners."""
        stored = self._conversations.get(conversation.id)
        if stored is None or stored == conversation:
            return conversation
        lists = (conversation.members, stored.members)
        joins = [one.newest_join for one in (conversation, stored) if one.newest_join is not None]
        return replace(
            conversation,
            kind=conversation.kind if conversation.kind is stored.kind else Kind.GROUP,
            members=None if None in lists else frozenset().union(*(one for one in lists if one is not None)),
            parent=stored.parent,
            joiners_read_history=conversation.joiners_read_history and stored.joiners_read_history,
            newest_join=max(joins, default=None),
        )

    def membership(self) -> Membership:
        """Who is who, as of the last `refresh`."""
        key = (self._directory.version, self._version)
        if self._membership is None or self._membership[0] != key:
            self._membership = (key, self._directory.membership(_listable(self._conversations.values())))
        return self._membership[1]

    async def refresh(self) -> None:
        """Take in the audiences, places and conversations that were stored since."""
        async with self._refreshing:
            commits = self._db.commits
            if commits == self._commits:
                return
            known = (max(self._principals, default=0), max(self._channels.values(), default=0), self._version)
            news = await self._db.read(lambda connection: _news(connection, *known))
            principals, channels, conversations = news
            self._principals.update((row["number"], read_principals(row["principals"])) for row in principals)
            self._channels.update((row["id"], row["number"]) for row in channels)
            for row in conversations:
                self._conversations[ConversationId(row["id"])] = read_conversation(row)
                self._version = row["version"]
            self._commits = commits

    def _heard(self, conversation: Conversation, membership: Membership) -> frozenset[int]:
        before = self._allowed.get(conversation.id)
        if before is not None and before[0] == conversation and before[1] is membership:
            seen, heard = before[2], before[3]
        else:
            seen, heard = 0, frozenset()
        if seen < len(self._principals):  # numbers grow by one and none is ever taken back
            present = listeners(conversation, membership)
            new = range(seen + 1, len(self._principals) + 1)
            heard |= {
                number
                for number in new
                if all(includes(self._principals[number], one, membership) for one in present)
            }
            self._allowed[conversation.id] = (conversation, membership, len(self._principals), heard)
        return heard


def audience_of(conversation: Conversation, author: PersonId, at: datetime | None = None) -> Audience:
    """Who can hear what is said there now: accounts as they are, for whoever they are linked to later.

    What was said `at` a time before the newest join, where joiners cannot read back, was heard by people
    who are not told from those who came later: its author alone is sure to know it. Where nobody can be
    listed and joiners cannot read back, the place's name would let the next joiner in: only the place
    itself (its newest join considered) recalls such a record.
    """
    if conversation.kind is Kind.OWNER:
        return OWNER_ONLY
    said_it: tuple[Principal, ...] = () if author == TWIN else (person(author),)
    joined = None if conversation.joiners_read_history else conversation.newest_join
    if joined is not None and at is not None and at < joined:
        return audience(*said_it)
    if conversation.members:
        return audience(*said_it, *map(person, conversation.members))
    if conversation.joiners_read_history:
        return audience(*said_it, place(conversation.channel))
    return audience(*said_it)


def intern_audience(connection: Connection, principals: Audience) -> int:
    """The number of an audience."""
    text = json.dumps(sorted(principals))
    row = connection.execute("SELECT number FROM audiences WHERE principals = ?", (text,)).fetchone()
    if row is None:
        return _number(connection, "INSERT INTO audiences(principals) VALUES (?) RETURNING number", text)
    return int(row["number"])


def intern_channel(connection: Connection, channel_id: str) -> int:
    """The number of a channel."""
    row = connection.execute("SELECT number FROM channels WHERE id = ?", (channel_id,)).fetchone()
    if row is None:
        return _number(connection, "INSERT INTO channels(id) VALUES (?) RETURNING number", channel_id)
    return int(row["number"])


def read_audience(connection: Connection, number: int) -> Audience:
    """The audience behind a number."""
    row = connection.execute("SELECT principals FROM audiences WHERE number = ?", (number,)).fetchone()
    return read_principals(row["principals"])


def _number(connection: Connection, statement: str, value: str) -> int:
    return int(connection.execute(statement, (value,)).fetchone()["number"])


def _news(
    connection: Connection, audience_number: int, channel_number: int, version: int
) -> tuple[list[Row], list[Row], list[Row]]:
    return (
        connection.execute("SELECT * FROM audiences WHERE number > ?", (audience_number,)).fetchall(),
        connection.execute("SELECT * FROM channels WHERE number > ?", (channel_number,)).fetchall(),
        connection.execute(
            "SELECT * FROM conversations WHERE version > ? ORDER BY version", (version,)
        ).fetchall(),
    )


def _listable(conversations: Iterable[Conversation]) -> dict[str, frozenset[PersonId]]:
    """Who can read each place now; a channel known only by its threads: who can read all of them."""
    lists: dict[str, list[frozenset[PersonId]]] = {}
    own: dict[str, frozenset[PersonId]] = {}
    for conversation in conversations:
        readers = conversation.members or frozenset()
        lists.setdefault(conversation.channel, []).append(readers)
        if conversation.channel == conversation.id:
            own[conversation.channel] = readers
    return {
        home: readers
        for home, several in lists.items()
        if (readers := own.get(home, frozenset.intersection(*several)))
    }
