"""What happened, what waits and what is owed: the facts of a digest, as functions of a connection."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.types import (
    OPEN_STATUSES,
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    DraftId,
    DraftStatus,
    Message,
    Receipt,
)
from memory.archive.audiences import Allowed
from memory.archive.conversations import conversations
from memory.archive.episodes import STALE
from memory.archive.rows import read_messages, record_of
from memory.archive.unanswered import newest_unanswered
from memory.outbox.receipts import from_row
from memory.storage.port import Connection, Row
from memory.storage.timestamps import from_text, optional_time, to_text

EVERYTHING = Allowed(everything=True)
"""What the owner may hear."""
THE_OWNERS = (DraftStatus.WAITING, DraftStatus.SNOOZED, DraftStatus.UNCERTAIN)
"""Drafts of which the owner is to say something; the others are the sender's."""
ANSWERED = (
    "nothing-said",
    "from-a-bot",
    "from-a-twin",
    "own-words",
    "deleted",
    "owner-answered",
    "no-answer-wanted",
)
"""Rules by which a message was left without an answer because it wanted none."""
FOR_OWNER = "(addressed OR c.kind = 'direct')"
"""What others said to the owner."""


@dataclass(frozen=True, slots=True)
class HeardCount:
    """How much others said in a conversation."""

    conversation: ConversationId
    messages: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits for its owner, and since when it is there."""

    draft: DraftId
    conversation: ConversationId
    status: DraftStatus
    since: datetime
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the owner's, in numbers. Decisions count on the day they were made."""

    day: date
    messages: int = 0
    drafted: int = 0
    approved: int = 0
    """As the twin wrote it."""
    edited: int = 0
    """Approved in the owner's words."""
    rejected: int = 0
    alone: int = 0
    """Sent by a delegation."""


@dataclass(frozen=True, slots=True)
class Activity:
    """From `since` to `until`; what waits or is owed is so at this moment, each the oldest first;
    where something was heard last comes first."""

    since: datetime
    until: datetime
    conversations: Mapping[ConversationId, Conversation] = field(default_factory=dict)
    heard: tuple[HeardCount, ...] = ()
    said: tuple[Receipt, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    promises: tuple[Message, ...] = ()
    unanswered: tuple[Message, ...] = ()
    unknown: tuple[Message, ...] = ()
    """Questions for which nothing was recalled."""
    missed: tuple[Message, ...] = ()
    """Heard too late to be drafted: said while the twin was off."""
    days: tuple[Day, ...] = ()


def read(connection: Connection, since: datetime, until: datetime, zone: ZoneInfo, days: int) -> Activity:
    """All of it, for the owner; counted by day for the `days` that end with `until`."""
    reader = _Reader(connection, since, until, EVERYTHING)
    return Activity(
        since,
        until,
        reader.conversations(),
        reader.heard(),
        reader.said(),
        reader.waiting(),
        reader.promises(),
        reader.unanswered(),
        reader.unknown(),
        reader.missed(),
        _days(connection, until, zone, days),
    )


def read_for(connection: Connection, since: datetime, until: datetime, allowed: Allowed) -> Activity:
    """What a conversation may hear of it: only what was said, by records that may be recalled there.

    Drafts, decisions and what the twin does not know are the owner's alone.
    """
    reader = _Reader(connection, since, until, allowed)
    return Activity(
        since,
        until,
        reader.conversations(),
        heard=reader.heard(),
        promises=reader.promises(),
        unanswered=reader.unanswered(),
    )


class _Reader:
    def __init__(self, connection: Connection, since: datetime, until: datetime, allowed: Allowed) -> None:
        self._connection = connection
        self._since, self._until = to_text(since), to_text(until)
        self._recent = to_text(until - STALE)
        where, self._may_hear = allowed.where(connection)
        self._may = (
            "TRUE"
            if allowed.everything
            else f"EXISTS (SELECT 1 FROM records WHERE records.id = {record_of('m.id')} AND {where})"  # noqa: S608
        )

    def conversations(self) -> dict[ConversationId, Conversation]:
        return {conversation.id: conversation for conversation in conversations(self._connection)}

    def heard(self) -> tuple[HeardCount, ...]:
        rows = self._connection.execute(
            "SELECT m.conversation AS conversation, count(*) AS n, max(m.sent_at) AS last"  # noqa: S608
            " FROM conversations c CROSS JOIN messages m WHERE m.conversation = c.id"
            " AND m.position >= ? AND m.position < ?"
            f" AND m.author NOT IN (?, ?) AND NOT m.deleted AND {self._may}"
            " GROUP BY m.conversation ORDER BY last DESC",
            (self._since, self._until, OWNER, TWIN, *self._may_hear),
        )
        return tuple(
            HeardCount(ConversationId(row["conversation"]), row["n"], from_text(row["last"])) for row in rows
        )

    def said(self) -> tuple[Receipt, ...]:
        rows = self._connection.execute(
            "SELECT * FROM receipts WHERE sent_at >= ? AND sent_at < ? ORDER BY id",
            (self._since, self._until),
        )
        return tuple(map(from_row, rows))

    def waiting(self) -> tuple[Waiting, ...]:
        marks = ", ".join("?" for _ in THE_OWNERS)
        rows = self._connection.execute(
            "SELECT id, conversation, status, created_at, snoozed_until FROM drafts"  # noqa: S608
            f" WHERE status IN ({marks}) ORDER BY id",
            THE_OWNERS,
        )
        return tuple(
            Waiting(
                DraftId(str(row["id"])),
                ConversationId(row["conversation"]),
                DraftStatus(row["status"]),
                from_text(row["created_at"]),
                optional_time(row["snoozed_until"]),
            )
            for row in rows
        )

    def promises(self) -> tuple[Message, ...]:
        return self._messages(
            "FROM threads t JOIN messages m ON m.id = t.message"
            " JOIN conversations c ON c.id = t.conversation AND c.kind <> 'owner'"
            f" WHERE t.kind = 'promise' AND t.closed_by IS NULL AND t.sent_at >= ? AND {self._may}",
            self._recent,
            *self._may_hear,
        )

    def unanswered(self) -> tuple[Message, ...]:
        """The last word is another's, it was for the owner, no draft is under way, and none was rejected:
        who was left without an answer on purpose is not owed one."""
        statuses = ", ".join("?" for _ in OPEN_STATUSES)
        rules = ", ".join("?" for _ in ANSWERED)
        return self._messages(  # no value goes into the text of it, only marks
            f"FROM conversations c {newest_unanswered(FOR_OWNER)}"  # noqa: S608
            f" WHERE c.kind <> 'owner' AND m.sent_at >= ? AND {self._may}"
            f" AND NOT EXISTS (SELECT 1 FROM skipped_turns WHERE message = m.id AND rule IN ({rules}))"
            f" AND NOT EXISTS (SELECT 1 FROM drafts WHERE conversation = c.id AND status IN ({statuses}))"
            " AND NOT EXISTS (SELECT 1 FROM drafts WHERE answers = m.id AND status = 'rejected')",
            *(self._recent, *self._may_hear, *ANSWERED, *OPEN_STATUSES),
        )

    def unknown(self) -> tuple[Message, ...]:
        return self._messages(
            "FROM drafts d JOIN messages m ON m.id = d.answers JOIN threads t ON t.message = m.id"
            " WHERE d.created_at >= ? AND d.created_at < ? AND d.scores = '{}' AND t.kind = 'question'",
            self._since,
            self._until,
        )

    def missed(self) -> tuple[Message, ...]:
        return self._messages(
            "FROM skipped_turns s JOIN messages m ON m.id = s.message"
            " WHERE s.rule = 'missed-while-off' AND s.at >= ? AND s.at < ?",
            self._since,
            self._until,
        )

    def _messages(self, source: str, *values: object) -> tuple[Message, ...]:
        query = f"SELECT DISTINCT m.* {source} AND NOT m.deleted ORDER BY m.position, m.number"
        return tuple(read_messages(self._connection.execute(query, values)))


def _days(connection: Connection, until: datetime, zone: ZoneInfo, days: int) -> tuple[Day, ...]:
    last = until.astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    begin = to_text(datetime.combine(first, datetime.min.time(), tzinfo=zone))
    end = to_text(until)

    def counted(query: str, *values: object) -> Counter[date]:
        rows: Iterable[Row] = connection.execute(query, (begin, end, *values))
        return Counter(from_text(row["at"]).astimezone(zone).date() for row in rows)

    decided = (
        "SELECT l.at AS at FROM authorizations l JOIN drafts d ON d.id = l.draft AND d.revision = l.revision"
        " WHERE l.at >= ? AND l.at < ? AND l.delegation IS NULL AND "
    )
    edited = "d.typed"
    counts = {
        "messages": counted(
            "SELECT m.sent_at AS at FROM conversations c CROSS JOIN messages m WHERE m.conversation = c.id"
            " AND m.position >= ? AND m.position < ? AND m.author NOT IN (?, ?) AND NOT m.deleted",
            OWNER,
            TWIN,
        ),
        "drafted": counted("SELECT created_at AS at FROM drafts WHERE created_at >= ? AND created_at < ?"),
        "approved": counted(f"{decided} NOT {edited}"),
        "edited": counted(decided + edited),
        "rejected": counted("SELECT rejected_at AS at FROM drafts WHERE rejected_at BETWEEN ? AND ?"),
        "alone": counted(
            "SELECT sent_at AS at FROM receipts WHERE sent_at BETWEEN ? AND ? AND delegation IS NOT NULL"
        ),
    }
    return tuple(
        Day(day, **{name: by_day[day] for name, by_day in counts.items()})
        for day in (first + timedelta(days=number) for number in range(days))
    )
