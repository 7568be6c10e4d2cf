"""L0: every message as it came, committed before anything else happens."""

from dataclasses import replace
from datetime import UTC, datetime

from core.audience import derived
from core.ids import conversation_of, message_record
from core.types import OWNER, TWIN, Audience, Conversation, ConversationId, Message, MessageId
from memory.archive import ahead, episodes
from memory.archive.audiences import audience_of, intern_audience, intern_channel, read_audience
from memory.archive.conversations import (
    channel_of,
    conversations,
    find_conversation,
    keep,
    stored_conversation,
)
from memory.archive.rows import read_message, read_messages, record_of
from memory.storage.port import Connection, Database
from memory.storage.timestamps import optional_text, to_text

MESSAGE_OF_KEY = "SELECT m.id FROM {} c JOIN {} m ON m.id = c.id || '/' || ? WHERE c.{} = ?"
IN_THREADS = (
    MESSAGE_OF_KEY.format("conversations", "messages", "channel"),
    MESSAGE_OF_KEY.format("archived_conversations", "archived_messages", "parent"),
)
"""Select the message of a key in whatever thread of a channel it stands."""


class Messages:
    """What was said, and whether it still wants an answer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def hear(self, conversation: Conversation, message: Message, *, background: bool = False) -> bool:
        """Keep a message, its conversation and its record. False for one already known: nothing changes.

        Its turn is pending until an outcome marks it done, unless the owner or the twin said it, or it is
        known for the sake of another (`background`).
        """
        return await self._db.write(
            "hear", lambda connection: hear(connection, conversation, message, background=background)
        )

    async def edit(self, message: MessageId, text: str, at: datetime) -> bool:
        """Keep the newest text; its audience narrows to who could read both. False: nothing changed."""
        return await self._db.write("edit", lambda connection: edit(connection, message, text, at))

    async def delete(self, message: MessageId) -> bool:
        """Forget what it said, everywhere. False for one that is unknown or already deleted."""
        return await self._db.write("delete", lambda connection: erase(connection, message))

    async def date_again(self, now: datetime) -> bool:
        """What was said at a time that is still to come was said while a clock was wrong: it counts as said
        now, in its order. False where there is nothing of it."""
        return await self._db.write("date again", lambda connection: ahead.date_again(connection, now))

    async def upsert(self, conversation: Conversation) -> None:
        """Keep what is known of a conversation now: title, members, the newest join."""
        now = datetime.now(UTC)
        await self._db.write("upsert", lambda connection: keep(connection, conversation, now))

    async def get(self, message: MessageId) -> Message | None:
        """One message."""
        return await self._db.read(lambda connection: get(connection, message))

    async def as_heard(self, message: MessageId) -> MessageId:
        """The id under which a message was heard, where it is named as one of its channel although it stands
        in a thread; as it is given where it was never heard."""
        return await self._db.read(lambda connection: as_heard(connection, message))

    async def conversation(self, conversation: ConversationId) -> Conversation | None:
        """One conversation, as last heard of."""
        return await self._db.read(lambda connection: find_conversation(connection, conversation))

    async def conversations(self) -> list[Conversation]:
        """All of them, by id."""
        return await self._db.read(conversations)

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


def mark_done(
    connection: Connection, conversation: ConversationId, until: MessageId, *, passed: bool = False
) -> None:
    """The messages of a conversation up to and including `until` have had their outcome; `passed`: that they
    want none."""
    connection.execute(
        "UPDATE messages SET turn = ? WHERE conversation = ? AND turn = 'pending'"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)",
        ("none" if passed else "done", conversation, until),
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


def say(
    connection: Connection, message: Message, *, after: MessageId | None = None, apart: bool = False
) -> bool:
    """Keep what the twin sent, in a conversation already heard of. False for one already known.

    It stands after all that was heard there, or where something later is still to be answered, right `after`
    what it answers. `apart`: it answers that alone, and ends nothing (`core/unanswered.py`). Raises
    LookupError where the conversation was never heard of.
    """
    conversation = stored_conversation(connection, message.conversation)
    added = _insert(connection, conversation, message, after)
    if added and apart:
        connection.execute("UPDATE messages SET apart = TRUE WHERE id = ?", (message.id,))
    return added


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


def as_heard(connection: Connection, message: MessageId) -> MessageId:
    """As `Messages.as_heard`."""
    if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message,)).fetchone():
        return message
    channel, key = channel_of(connection, conversation_of(message)), message.rpartition("/")[2]
    for query in IN_THREADS:
        found = connection.execute(query, (key, channel)).fetchone()
        if found is not None:
            return MessageId(found["id"])
    return message


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


def hear(
    connection: Connection, conversation: Conversation, message: Message, *, background: bool = False
) -> bool:
    """As `Messages.hear`."""
    if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message.id,)).fetchone():
        return False
    archived = connection.execute(
        "SELECT records.id IS NULL AS forgotten FROM archived_messages a"  # noqa: S608 (only our own words)
        f" LEFT JOIN records ON records.id = {record_of('a.id')} WHERE a.id = ?",
        (message.id,),
    ).fetchone()
    if archived is not None:
        connection.execute("DELETE FROM archived_messages WHERE id = ?", (message.id,))
        message = replace(message, deleted=message.deleted or bool(archived["forgotten"]))
    where = keep(connection, conversation, message.sent_at)
    return _insert(connection, where, message, background=background)


def _insert(
    connection: Connection,
    conversation: Conversation,
    message: Message,
    after: MessageId | None = None,
    *,
    background: bool = False,
) -> bool:
    wants_none = background or message.deleted or message.author in (OWNER, TWIN)
    text = "" if message.deleted else storable(message.text)
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
            "none" if wants_none else "pending",
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


def add_record(
    connection: Connection, message: Message, text: str, audience: Audience, channel: str | None
) -> bool:
    """Keep what a message says, for whom and recallable where. False where there is a record of it."""
    added = connection.execute(
        "INSERT INTO records(id, audience, channel, at, author, pinned, text)"
        " VALUES (?, ?, ?, ?, ?, FALSE, ?) ON CONFLICT (id) DO NOTHING",
        (
            message_record(message.id),
            intern_audience(connection, audience),
            None if channel is None else intern_channel(connection, channel),
            to_text(message.sent_at),
            message.author,
            text,
        ),
    ).rowcount
    return added > 0


def _record(connection: Connection, conversation: Conversation, message: Message, text: str) -> None:
    heard = audience_of(conversation, message.author, message.sent_at)
    if not add_record(connection, message, text, heard, conversation.channel):
        _narrow(connection, conversation, message.id, text, heard)  # it had entered as history


def _narrow(
    connection: Connection, conversation: Conversation, message: MessageId, text: str, heard: Audience
) -> None:
    """A record's new text, for whom its audience so far and the new one have in common."""
    row = connection.execute(
        "SELECT audience FROM records WHERE id = ?", (message_record(message),)
    ).fetchone()
    both = derived((read_audience(connection, row["audience"]), heard))
    connection.execute(
        "UPDATE records SET text = ?, audience = ?, channel = ? WHERE id = ?",
        (
            text,
            intern_audience(connection, both),
            intern_channel(connection, conversation.channel),
            message_record(message),
        ),
    )


def edit(connection: Connection, message: MessageId, text: str, at: datetime) -> bool:
    """As `Messages.edit`."""
    before = get(connection, message)
    text = storable(text)
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
        # Who left in between never saw the new text, and what was shared was the old one.
        _narrow(connection, conversation, message, text, audience_of(conversation, before.author))
    episodes.note(connection, replace(before, text=text))
    return True


def storable(text: str) -> str:
    """SQLite holds UTF-8, which has no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")
