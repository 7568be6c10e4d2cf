"""Where history comes in: what was said before the twin listened, or where it does not.

History is known (L2), and part of nothing that goes on: it is kept beside the messages that were heard, in
tables of its own, so that none of the live questions (what is pending or unanswered, whether the owner is
there or has answered, who listens, what is open) can come upon it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from core.types import Conversation, Kind, Message
from memory.archive.audiences import audience_of
from memory.archive.conversations import find_conversation
from memory.archive.messages import add_record, storable
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text

BATCH = 500
"""Messages to a transaction: what is heard meanwhile waits for one at most."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What came of it."""

    added: int = 0
    known: int = 0
    """Heard or archived before, forgotten since, or without words: left as they are."""


class Archive:
    """Where importers hand over what they read."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def archive(self, conversation: Conversation, messages: Iterable[Message]) -> Archived:
        """Keep messages of one conversation as records, each once, whatever is cut short and begun anew.

        `conversation` is as it was when they were said: `members` who could read it then (one call for each
        span of time with the same ones; None where that is not known), `joiners_read_history` only where
        that is known for certain. Of a conversation that is listened to, nothing changes; one that is not
        stays unheard of until its platform tells of it. Raises ValueError for a message of another one.
        """
        left, done = iter(messages), Archived()
        while batch := list(islice(left, BATCH)):
            added = await self._db.write("archive", partial(_archive, given=conversation, messages=batch))
            done = Archived(done.added + added, done.known + len(batch) - added)
        return done


def _archive(connection: Connection, given: Conversation, messages: list[Message]) -> int:
    there = _as_it_was(given, find_conversation(connection, given.id))
    connection.execute(
        "INSERT INTO archived_conversations (id, platform, title, kind, parent) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        (there.id, there.platform, there.title, there.kind, there.parent),
    )
    return sum(_add(connection, there, message) for message in messages)


def _as_it_was(given: Conversation, live: Conversation | None) -> Conversation:
    """The stricter of both where they speak of the same; who was there then is the importer's to say."""
    if live is None:
        return given
    return replace(
        given,
        kind=Kind.OWNER if Kind.OWNER in (given.kind, live.kind) else given.kind,
        parent=live.parent,
        joiners_read_history=given.joiners_read_history and live.joiners_read_history,
    )


def _add(connection: Connection, there: Conversation, message: Message) -> bool:
    if message.conversation != there.id:
        raise ValueError(f"a message of {message.conversation} among those of {there.id}")
    if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message.id,)).fetchone():
        return False
    text = "" if message.deleted else storable(message.text)
    if not text.strip():
        return False  # it says nothing to know, and its words may still come live
    added = connection.execute(
        "INSERT INTO archived_messages (id, conversation, author, sent_at, reply_to) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        (message.id, message.conversation, message.author, to_text(message.sent_at), message.reply_to),
    ).rowcount
    if added:
        # Where joiners cannot read back, that it was said there lets nobody know it who was not there then.
        channel = there.channel if there.joiners_read_history else None
        add_record(connection, message, text, audience_of(there, message.author, message.sent_at), channel)
    return added > 0
