"""Audiences in SQLite: interned, and turned into the set that a conversation may hear.

The rule itself is `core/audience.py`. Here it is asked once for each distinct audience, and the answer
becomes part of every query and a mask on the vectors.
"""

import json
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
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
    RecordId,
)
from memory.archive.rows import Readers, read_principals
from memory.storage.port import Condition, Connection, Row
from memory.storage.timestamps import to_text

NOWHERE = -1
"""The number of no channel."""


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

    def where(self, connection: Connection) -> Condition:
        """The condition on `records`, never NULL."""
        if self.everything:
            return "TRUE", ()
        heard, numbers = connection.among("records.audience", self.audiences)
        there = "records.channel IS NOT NULL AND records.channel = ? AND records.at >= ?"
        return f"({heard} OR ({there}))", (*numbers, self.channel, self.since)


class _Numbers:
    """Which numbers of a table were taken in. None is ever taken back, but some may never come, or later
    than higher ones: what was rolled back leaves a gap, what is committed late fills one."""

    def __init__(self) -> None:
        self._highest = 0
        self._missing: set[int] = set()

    def new(self, connection: Connection) -> Condition:
        """The condition on `number` of what was not taken in."""
        if not self._missing:
            return "number > ?", (self._highest,)
        late, numbers = connection.among("number", self._missing)
        return f"(number > ? OR {late})", (self._highest, *numbers)

    def take_in(self, numbers: Iterable[int]) -> None:
        """These are known from now on."""
        for number in sorted(numbers):
            self._missing.discard(number)
            self._missing.update(range(self._highest + 1, number))
            self._highest = max(self._highest, number)


class Audiences:
    """Answers for each conversation what it may hear, kept until people, circles or members change.

    What is kept is good for the snapshot that it is asked for in: that is why its methods take a connection.
    Safe to use from several threads.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._principals: dict[int, Audience] = {}
        """In the order in which they were taken in."""
        self._audience_numbers, self._channel_numbers = _Numbers(), _Numbers()
        self._channels: dict[str, int] = {}
        self._known: dict[ConversationId, tuple[Kind, str]] = {}
        """Of each conversation its kind and its channel."""
        self._readers: dict[str, Readers] = {}
        """By channel."""
        self._versions = dict.fromkeys(("conversations", "readers"), 0)
        self._taken_in: dict[str, int] = {}
        """By the source of a snapshot's version, the last that was taken in."""
        self._membership: tuple[tuple[int, ...], Membership] | None = None
        self._allowed: dict[ConversationId, tuple[Conversation, Membership, int, frozenset[int]]] = {}

    @property
    def version(self) -> int:
        """Changes whenever the directory does."""
        return self._directory.version

    def allowed_in(self, connection: Connection, conversation: Conversation) -> Allowed:
        """What may be recalled there, as of this snapshot."""
        with self._lock:
            self.refresh(connection)
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
        with self._lock:
            conversation, membership = self.current(conversation), self.membership()
        return [
            record
            for record in records
            if may_hear(record.audience, record.channel, record.at, conversation, membership)
        ]

    def records(
        self, connection: Connection, conversation: Conversation, records: Collection[RecordId]
    ) -> tuple[dict[RecordId, str], frozenset[RecordId]]:
        """The texts of those that there are, the directory's entries among them, and which of them may be
        recalled there; as of this snapshot."""
        condition, values = self.allowed_in(connection, conversation).where(connection)
        listed, ids = connection.among("records.id", records)
        rows = connection.execute(f"SELECT id, text FROM records WHERE {listed}", ids)  # noqa: S608
        texts = {RecordId(row["id"]): str(row["text"]) for row in rows}
        rows = connection.execute(
            f"SELECT id FROM records WHERE {listed} AND {condition}",  # noqa: S608 (only our own words)
            (*ids, *values),
        )
        heard = {RecordId(row["id"]) for row in rows}
        wanted = frozenset(records)
        entries = [entry for entry in self._directory.entries() if entry.id in wanted]
        texts.update((entry.id, entry.text) for entry in entries)
        heard.update(entry.id for entry in self.heard(entries, conversation))
        return texts, frozenset(heard)

    def current(self, conversation: Conversation) -> Conversation:
        """The stricter of what the caller knows of its listeners and the store of its channel's."""
        with self._lock:
            kind, channel = self._known.get(conversation.id, (conversation.kind, conversation.channel))
            stored = self._readers.get(channel)
        if stored is None:
            return conversation
        lists = [members for members in (conversation.members, stored.members) if members is not None]
        joins = [join for join in (conversation.newest_join, stored.newest_join) if join is not None]
        return replace(
            conversation,
            kind=kind if kind is conversation.kind else Kind.GROUP,
            members=frozenset().union(*lists) if len(lists) == 2 else None,
            parent="" if channel == conversation.id else channel,
            joiners_read_history=conversation.joiners_read_history and stored.joiners_read_history,
            newest_join=max(joins, default=None),
        )

    def membership(self) -> Membership:
        """Who is who, as of the last `refresh`."""
        with self._lock:
            key = (self._directory.version, *self._versions.values())
            if self._membership is None or self._membership[0] != key:
                now = self._directory.membership(_listable(self._readers))
                self._membership = (key, replace(now, closed=_closed(self._readers)))
            return self._membership[1]

    def refresh(self, connection: Connection) -> None:
        """Take in the audiences, channels and conversations that this snapshot has and none before had."""
        with self._lock:
            source, number = connection.version()
            if self._taken_in.get(source) == number:
                return
            principals = _unknown(connection, "audiences", self._audience_numbers)
            self._principals.update((row["number"], read_principals(row["principals"])) for row in principals)
            channels = _unknown(connection, "channels", self._channel_numbers)
            self._channels.update((row["id"], row["number"]) for row in channels)
            for row in self._newer(connection, "conversations"):
                self._known[ConversationId(row["id"])] = (Kind(row["kind"]), row["channel"])
            for row in self._newer(connection, "readers"):
                self._readers[row["channel"]] = Readers.read(row)
            self._taken_in[source] = number

    def _newer(self, connection: Connection, table: str) -> list[Row]:
        """What changed in a table since it was last taken in."""
        rows = connection.execute(
            f"SELECT * FROM {table} WHERE version > ? ORDER BY version",  # noqa: S608 (our own names)
            (self._versions[table],),
        ).fetchall()
        if rows:
            self._versions[table] = rows[-1]["version"]
        return rows

    def _heard(self, conversation: Conversation, membership: Membership) -> frozenset[int]:
        before = self._allowed.get(conversation.id)
        if before is not None and before[0] == conversation and before[1] is membership:
            seen, heard = before[2], before[3]
        else:
            seen, heard = 0, frozenset()
        if seen < len(self._principals):  # none is ever taken back
            present = listeners(conversation, membership)
            heard |= {
                number
                for number, principals in islice(self._principals.items(), seen, None)
                if all(includes(principals, one, membership) for one in present)
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


def _unknown(connection: Connection, table: str, numbers: _Numbers) -> list[Row]:
    condition, values = numbers.new(connection)
    rows = connection.execute(f"SELECT * FROM {table} WHERE {condition}", values).fetchall()  # noqa: S608
    numbers.take_in(row["number"] for row in rows)
    return rows


def _listable(readers: Mapping[str, Readers]) -> dict[str, frozenset[PersonId]]:
    """Who can read each channel now, where they can be listed."""
    return {channel: now.members for channel, now in readers.items() if now.members}


def _closed(readers: Mapping[str, Readers]) -> frozenset[str]:
    """The channels whose joiners cannot read what was said before."""
    return frozenset(channel for channel, now in readers.items() if not now.joiners_read_history)
