"""Rows of the memory's tables as the nouns that they hold."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.ids import message_record
from core.types import (
    Audience,
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    PersonId,
    Principal,
    RecordId,
)
from memory.storage.port import Row
from memory.storage.timestamps import from_text, optional_time

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def row_number(written: str) -> int | None:
    """The number that an id is; None for what can be none. SQLite itself would take " 1" and "1.0" for 1."""
    return int(written) if _NUMBER.fullmatch(written) else None


def record_of(message: str) -> str:
    """SQL for the id of the record that a message is, from SQL for the message's."""
    return f"'{message_record(MessageId(''))}' || {message}"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who can read a channel, as `core.types.Conversation` has it; a row of `readers`."""

    members: frozenset[PersonId] | None
    joiners_read_history: bool
    newest_join: datetime | None

    @classmethod
    def read(cls, row: Row) -> "Readers":
        """Of a row that has their columns."""
        members = None if row["members"] is None else frozenset(map(PersonId, json.loads(row["members"])))
        return cls(members, bool(row["joiners_read_history"]), optional_time(row["newest_join"]))

    @classmethod
    def of(cls, conversation: Conversation) -> "Readers":
        """As a conversation has them."""
        return cls(conversation.members, conversation.joiners_read_history, conversation.newest_join)


CONVERSATIONS = (
    "SELECT conversations.*, readers.members, readers.joiners_read_history, readers.newest_join"
    " FROM conversations JOIN readers ON readers.channel = conversations.channel"
)
"""Selects what `read_conversation` reads."""


def read_conversation(row: Row) -> Conversation:
    """A row of the CONVERSATIONS query."""
    readers = Readers.read(row)
    return Conversation(
        id=ConversationId(row["id"]),
        platform=row["platform"],
        title=row["title"],
        kind=Kind(row["kind"]),
        members=readers.members,
        parent="" if row["channel"] == row["id"] else row["channel"],
        joiners_read_history=readers.joiners_read_history,
        newest_join=readers.newest_join,
    )


def read_message(row: Row) -> Message:
    """A row of `messages`."""
    return Message(
        id=MessageId(row["id"]),
        conversation=ConversationId(row["conversation"]),
        author=PersonId(row["author"]),
        text=row["text"],
        sent_at=from_text(row["sent_at"]),
        reply_to=MessageId(row["reply_to"]) if row["reply_to"] else None,
        addressed=bool(row["addressed"]),
        edited_at=optional_time(row["edited_at"]),
        deleted=bool(row["deleted"]),
    )


def read_messages(rows: Iterable[Row]) -> list[Message]:
    """Rows of `messages`, in their order."""
    return [read_message(row) for row in rows]


RECORDS = (
    "SELECT records.*, channels.id AS channel_id, audiences.principals AS principals FROM records"
    " JOIN audiences ON audiences.number = records.audience"
    " LEFT JOIN channels ON channels.number = records.channel"
)
"""Selects what `read_record` reads."""


@lru_cache(4096)
def read_principals(text: str) -> Audience:
    """The stored form of an audience."""
    return frozenset(map(Principal, json.loads(text)))


def read_record(row: Row) -> MemoryRecord:
    """A row of the RECORDS query."""
    return MemoryRecord(
        id=RecordId(row["id"]),
        text=row["text"],
        audience=read_principals(row["principals"]),
        at=from_text(row["at"]),
        author=PersonId(row["author"]) if row["author"] else None,
        channel=row["channel_id"],
        pinned=bool(row["pinned"]),
    )
