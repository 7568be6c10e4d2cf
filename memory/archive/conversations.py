"""Conversations as last heard of: who can read them now, and since when."""

import json
from dataclasses import replace
from datetime import datetime

from core.audience import came
from core.types import Conversation, ConversationId
from memory.archive.rows import CONVERSATIONS, Readers, read_conversation
from memory.storage.port import Connection
from memory.storage.timestamps import optional_text


def keep(connection: Connection, conversation: Conversation, at: datetime) -> Conversation:
    """Write what changed, and return the conversation as it now stands.

    Its readers are those of its channel: whoever joins there reads along in every thread of it.
    """
    stored = find_conversation(connection, conversation.id)
    if stored is not None:
        # What was said belongs to the place where it was said: a conversation does not move.
        conversation = replace(conversation, parent=stored.parent)
    conversation = _with_readers(connection, conversation, at)
    if conversation != stored:
        connection.execute(
            "INSERT INTO conversations (id, platform, title, kind, channel, version)"
            " VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM conversations))"
            " ON CONFLICT(id) DO UPDATE SET platform = excluded.platform, title = excluded.title,"
            " kind = excluded.kind, version = excluded.version",
            (
                conversation.id,
                conversation.platform,
                conversation.title,
                conversation.kind,
                conversation.channel,
            ),
        )
    return conversation


def _with_readers(connection: Connection, conversation: Conversation, at: datetime) -> Conversation:
    """The conversation with the readers of its channel as they are known now, kept for all of it."""
    row = connection.execute("SELECT * FROM readers WHERE channel = ?", (conversation.channel,)).fetchone()
    if row is None:
        before = None
        if not conversation.joiners_read_history and _archived(connection, conversation):
            # Who of those who are there now was there for its history, nobody can tell.
            conversation = replace(conversation, newest_join=max(at, conversation.newest_join or at))
    else:
        before = Readers.read(row)
        conversation = replace(conversation, newest_join=newest_join(before, Readers.of(conversation), at))
    now = Readers.of(conversation)
    if now != before:
        keep_readers(connection, conversation.channel, now)
    return conversation


def keep_readers(connection: Connection, channel: str, readers: Readers) -> None:
    """Write who can read a channel, in place of what was known."""
    connection.execute(
        "INSERT INTO readers (channel, members, joiners_read_history, newest_join, version)"
        " VALUES (?, ?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM readers))"
        " ON CONFLICT(channel) DO UPDATE SET members = excluded.members,"
        " joiners_read_history = excluded.joiners_read_history, newest_join = excluded.newest_join,"
        " version = excluded.version",
        (
            channel,
            None if readers.members is None else json.dumps(sorted(readers.members)),
            readers.joiners_read_history,
            optional_text(readers.newest_join),
        ),
    )


def newest_join(stored: Readers, now: Readers, at: datetime) -> datetime | None:
    """The later of both; `at` where someone may have come that no join was told of."""
    joins = [join for join in (stored.newest_join, now.newest_join) if join is not None]
    latest = max(joins, default=None)
    if came(stored.members, now.members) and latest == stored.newest_join:
        return at if latest is None else max(at, latest)
    return latest


def _archived(connection: Connection, conversation: Conversation) -> bool:
    """Whether history of its channel has entered."""
    found = connection.execute(
        "SELECT 1 FROM archived_conversations WHERE id = ? OR parent = ? LIMIT 1",
        (conversation.channel, conversation.channel),
    ).fetchone()
    return found is not None


def find_conversation(connection: Connection, conversation: ConversationId) -> Conversation | None:
    """A conversation as last heard of; None for one never heard of live."""
    row = connection.execute(f"{CONVERSATIONS} WHERE conversations.id = ?", (conversation,)).fetchone()
    return read_conversation(row) if row else None


def channel_of(connection: Connection, conversation: str) -> str:
    """The channel of a conversation; one that was never heard of may be a channel itself."""
    row = connection.execute("SELECT channel FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return row["channel"] if row else conversation


def readers_of(connection: Connection, conversation: ConversationId) -> Readers | None:
    """Who can read a conversation now; None for one never heard of live."""
    row = connection.execute(
        "SELECT readers.* FROM readers JOIN conversations ON conversations.channel = readers.channel"
        " WHERE conversations.id = ?",
        (conversation,),
    ).fetchone()
    return Readers.read(row) if row else None


def conversations(connection: Connection) -> list[Conversation]:
    """All of them, by id."""
    rows = connection.execute(f"{CONVERSATIONS} ORDER BY conversations.id")
    return [read_conversation(row) for row in rows]


def stored_conversation(connection: Connection, conversation: ConversationId) -> Conversation:
    """A conversation as last heard of. Raises LookupError for one never heard of."""
    found = find_conversation(connection, conversation)
    if found is None:
        raise LookupError(f"{conversation}: never heard of")
    return found
