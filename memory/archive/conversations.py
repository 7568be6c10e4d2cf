"""Conversations as last heard of: who can read them now, and since when."""

import json
from dataclasses import replace
from datetime import datetime

from core.types import Conversation, ConversationId
from memory.archive.rows import read_conversation
from memory.storage.port import Connection
from memory.storage.timestamps import optional_text


def keep(connection: Connection, conversation: Conversation, at: datetime) -> Conversation:
    """Write what changed, and return the conversation as it now stands."""
    stored = find_conversation(connection, conversation.id)
    if stored is None and not conversation.joiners_read_history and _archived(connection, conversation):
        # Who of those who are there now was there for its history, nobody can tell.
        conversation = replace(conversation, newest_join=max(at, conversation.newest_join or at))
    if stored is not None:
        # What was said belongs to the place where it was said: a conversation does not move.
        joined = _newest_join(stored, conversation, at)
        conversation = replace(conversation, parent=stored.parent, newest_join=joined)
    if conversation == stored:
        return conversation
    members = None if conversation.members is None else json.dumps(sorted(conversation.members))
    connection.execute(
        "INSERT INTO conversations"
        "(id, platform, title, kind, members, parent, joiners_read_history, newest_join, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM conversations))"
        " ON CONFLICT(id) DO UPDATE SET platform = excluded.platform, title = excluded.title,"
        " kind = excluded.kind, members = excluded.members,"
        " joiners_read_history = excluded.joiners_read_history, newest_join = excluded.newest_join,"
        " version = excluded.version",
        (
            conversation.id,
            conversation.platform,
            conversation.title,
            conversation.kind,
            members,
            conversation.parent,
            conversation.joiners_read_history,
            optional_text(conversation.newest_join),
        ),
    )
    return conversation


def _newest_join(stored: Conversation, now: Conversation, at: datetime) -> datetime | None:
    """The later of both; `at` where someone came that no join was told of."""
    told = [one for one in (stored.newest_join, now.newest_join) if one is not None]
    latest = max(told, default=None)
    grown = now.members is not None and stored.members is not None and now.members - stored.members
    if grown and latest == stored.newest_join:
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
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return read_conversation(row) if row else None


def conversations(connection: Connection) -> list[Conversation]:
    """All of them, by id."""
    return [read_conversation(row) for row in connection.execute("SELECT * FROM conversations ORDER BY id")]


def stored_conversation(connection: Connection, conversation: ConversationId) -> Conversation:
    """A conversation as last heard of. Raises LookupError for one never heard of."""
    found = find_conversation(connection, conversation)
    if found is None:
        raise LookupError(f"{conversation}: never heard of")
    return found
