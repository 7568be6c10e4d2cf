"""L0: every message as it came, committed before anything else happens."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from core.audience import derived
from core.ids import message_record
from core.types import OWNER, TWIN, Conversation, ConversationId, Message, MessageId
from memory.archive import episodes
from memory.archive.audiences import audience_of, intern_audience, intern_channel, read_audience
from memory.archive.rows import read_conversation, read_message, read_messages
from memory.storage.port import Connection, Database
from memory.storage.timestamps import optional_text, to_text


class Messages:
    """What was said, and whether it still wants an answer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def hear(self, conversation: Conversation, message: Message) -> bool:
        """Keep a message, its conversation and its record. False for one already known: nothing changes.

        Its turn is pending until an outcome marks it done, unless the owner or the twin said it.
        """
        return await self._db.write("hear", lambda connection: _hear(connection, conversation, message))

    async def edit(self, message: MessageId, text: str, at: datetime) -> bool:
        """Keep the newest text; its audience narrows to who could read both. False: nothing changed."""
        return await self._db.write("edit", lambda connection: _edit(connection, message, text, at))

    async def delete(self, message: MessageId) -> bool:
        """Forget what it said, everywhere. False for one that is unknown or already deleted."""
        return await self._db.write("delete", lambda connection: erase(connection, message))

    async def upsert(self, conversation: Conversation) -> None:
        """Keep what is known of a conversation now: title, members, the newest join."""
        now = datetime.now(UTC)
        await self._db.write("upsert", lambda connection: _keep(connection, conversation, now))

    async def get(self, message: MessageId) -> Message | None:
        """One message."""
        return await self._db.read(lambda connection: get(connection, message))

    async def conversation(self, conversation: ConversationId) -> Conversation | None:
        """One conversation, as last heard of."""
        return await self._db.read(lambda connection: _stored(connection, conversation))

    async def conversations(self) -> list[Conversation]:
        """All of them, by id."""
        return await self._db.read(lambda connection: _conversations(connection))

    async def recent(
        self, conversation: ConversationId, limit: int, until: MessageId | None = None
    ) -> list[Message]:
        """The last messages up to and including `until`, oldest first, deleted ones left out."""
        return await self._db.read(lambda connection: recent(connection, conversation, limit, until))

    async def pending(self, conversation: ConversationId | None = None) -> list[Message]:
        """Heard there, or anywhere, but not yet dealt with, oldest first: what a restart must answer."""
        there, values = (" AND conversation = ?", (conversation,)) if conversation else ("", ())
        query = f"SELECT * FROM messages WHERE turn = 'pending'{there} ORDER BY position, number"  # noqa: S608
        return await self._db.read(lambda connection: read_messages(connection.execute(query, values)))


def mark_done(connection: Connection, conversation: ConversationId, until: MessageId) -> None:
    """The messages of a conversation up to and including `until` have had their outcome."""
    connection.execute(
        "UPDATE messages SET turn = 'done' WHERE conversation = ? AND turn = 'pending'"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)",
        (conversation, until),
    )


def wants_answer(connection: Connection, conversation: ConversationId) -> bool:
    """Whether something there has not had its outcome yet."""
    found = connection.execute(
        "SELECT 1 FROM messages WHERE conversation = ? AND turn = 'pending' LIMIT 1", (conversation,)
    ).fetchone()
    return found is not None


def mark_pending(connection: Connection, message: MessageId) -> None:
    """A message wants an answer again, as after an edit whose draft was withdrawn."""
    connection.execute("UPDATE messages SET turn = 'pending' WHERE id = ? AND NOT deleted", (message,))


def say(connection: Connection, message: Message, *, after: MessageId | None = None) -> bool:
    """Keep what the twin sent, in a conversation already heard of. False for one already known.

    It stands after all that was heard there, or where something later is still to be answered, right `after`
    what it answers. Raises LookupError where the conversation was never heard of.
    """
    conversation = stored_conversation(connection, message.conversation)
    return _insert(connection, conversation, message, after)


def erase(connection: Connection, message: MessageId) -> bool:
    """Blank a message and drop its record, index entry and vector."""
    changed = connection.execute(
        "UPDATE messages SET text = '', deleted = TRUE,"
        " turn = CASE turn WHEN 'pending' THEN 'done' ELSE turn END"
        " WHERE id = ? AND NOT deleted",
        (message,),
    ).rowcount
    connection.execute("DELETE FROM records WHERE id = ?", (message_record(message),))
    episodes.drop(connection, message)
    return changed > 0


def get(connection: Connection, message: MessageId) -> Message | None:
    """One message."""
    row = connection.execute("SELECT * FROM messages WHERE id = ?", (message,)).fetchone()
    return read_message(row) if row else None


def recent(
    connection: Connection, conversation: ConversationId, limit: int, until: MessageId | None = None
) -> list[Message]:
    """The last messages up to and including `until`, oldest first; none when `until` is unknown."""
    place = " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)"
    bound = place if until else ""
    rows = connection.execute(
        f"SELECT * FROM messages WHERE conversation = ? AND NOT deleted{bound}"  # noqa: S608
        " ORDER BY position DESC, number DESC LIMIT ?",
        (conversation, *((until,) if until else ()), limit),
    )
    return read_messages(rows)[::-1]


def stored_conversation(connection: Connection, conversation: ConversationId) -> Conversation:
    """A conversation as last heard of. Raises LookupError for one never heard of."""
    found = _stored(connection, conversation)
    if found is None:
        raise LookupError(f"{conversation}: never heard of")
    return found


def _hear(connection: Connection, conversation: Conversation, message: Message) -> bool:
    if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message.id,)).fetchone():
        return False
    return _insert(connection, _keep(connection, conversation, message.sent_at), message)


def _insert(
    connection: Connection,
    conversation: Conversation,
    message: Message,
    after: MessageId | None = None,
) -> bool:
    text = "" if message.deleted else _storable(message.text)
    added = connection.execute(
        "INSERT INTO messages"
        "(id, conversation, author, text, sent_at, position, reply_to, addressed, edited_at, deleted, turn)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (
            message.id,
            message.conversation,
            message.author,
            text,
            to_text(message.sent_at),
            _position(connection, message, after),
            message.reply_to,
            message.addressed,
            optional_text(message.edited_at),
            message.deleted,
            "none" if message.deleted or message.author in (OWNER, TWIN) else "pending",
        ),
    ).rowcount
    if added and text.strip():
        _record(connection, conversation, message, text)
        episodes.note(connection, replace(message, text=text))
    return added > 0


def _position(connection: Connection, message: Message, after: MessageId | None) -> str:
    """The first half of a message's place in its conversation; the second is its number, that of hearing.

    What others say stands where the platform's clock has it. What the twin says stands by what was heard:
    its own time is our clock's, and the two never quite agree (Telegram's has whole seconds), so by it a
    quick next word could seem to be answered already.
    """
    if message.author != TWIN:
        return to_text(message.sent_at)
    column, value = ("id", after) if after else ("conversation", message.conversation)
    query = f"SELECT max(position) FROM messages WHERE {column} = ?"  # noqa: S608
    found = connection.execute(query, (value,)).fetchone()
    return str(found[0] or to_text(message.sent_at))


def _record(connection: Connection, conversation: Conversation, message: Message, text: str) -> None:
    connection.execute(
        "INSERT INTO records(id, audience, channel, at, author, pinned, text)"
        " VALUES (?, ?, ?, ?, ?, FALSE, ?)",
        (
            message_record(message.id),
            intern_audience(connection, audience_of(conversation, message.author, message.sent_at)),
            intern_channel(connection, conversation.channel),
            to_text(message.sent_at),
            message.author,
            text,
        ),
    )


def _edit(connection: Connection, message: MessageId, text: str, at: datetime) -> bool:
    before = get(connection, message)
    text = _storable(text)
    if before is None or before.deleted or before.text == text or (before.edited_at or before.sent_at) > at:
        return False
    connection.execute(
        "UPDATE messages SET text = ?, edited_at = ? WHERE id = ?", (text, to_text(at), message)
    )
    conversation = stored_conversation(connection, before.conversation)
    row = connection.execute(
        "SELECT audience FROM records WHERE id = ?", (message_record(message),)
    ).fetchone()
    if not text.strip():
        connection.execute("DELETE FROM records WHERE id = ?", (message_record(message),))
    elif row is None:
        _record(connection, conversation, before, text)
    else:
        # Who left in between never saw the new text, and leave given for the old one does not cover it.
        both = derived((read_audience(connection, row["audience"]), audience_of(conversation, before.author)))
        connection.execute(
            "UPDATE records SET text = ?, audience = ? WHERE id = ?",
            (text, intern_audience(connection, both), message_record(message)),
        )
    episodes.note(connection, replace(before, text=text))
    return True


def _keep(connection: Connection, conversation: Conversation, at: datetime) -> Conversation:
    """Write what changed, and return the conversation as it now stands."""
    stored = _stored(connection, conversation.id)
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


def _stored(connection: Connection, conversation: ConversationId) -> Conversation | None:
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return read_conversation(row) if row else None


def _conversations(connection: Connection) -> list[Conversation]:
    return [read_conversation(row) for row in connection.execute("SELECT * FROM conversations ORDER BY id")]


def _storable(text: str) -> str:
    """SQLite holds UTF-8, which has no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")
