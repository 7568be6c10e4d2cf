"""What messages point to: the message that a thread hangs on, and what a reply replies to.

Only the reference is kept with a message. What it points to is looked up among the records each time: as it
reads now, gone with a deletion, and only where it may be heard.
"""

from collections.abc import Collection, Sequence

from core.ids import conversation_of, message_of, message_record, thread_root
from core.types import Conversation, Message, MessageId, PersonId
from memory.archive.rows import RECORDS, read_messages, read_record, record_of
from memory.archive.unanswered import OURS
from memory.storage.port import Condition, Connection

EVERYTHING: Condition = ("TRUE", ())
"""The condition on records that the owner's eyes meet."""


def with_opening(
    connection: Connection, conversation: Conversation, said: Sequence[Message], where: Condition
) -> list[Message]:
    """What was `said` there, oldest first; in a thread, after the message that it hangs on, and among what
    our side answered that in its channel. The last stays the last."""
    root = thread_root(conversation)
    if root is None or not said:
        return list(said)
    # What was said in the thread keeps its order: the platform's, not that of our clock.
    whole = list(said)
    for answer in _our_answers(connection, root, where):
        later = (place for place, message in enumerate(whole) if message.sent_at > answer.sent_at)
        whole.insert(next(later, len(whole) - 1), answer)
    return [*messages_at(connection, [root], where).values(), *whole]


def quoted(
    connection: Connection, conversation: Conversation, said: Sequence[Message], where: Condition
) -> dict[MessageId, Message]:
    """What these messages reply to, by id; a thread's root is no quote of each of its messages."""
    root = thread_root(conversation)
    answered = {one.reply_to for one in said if one.reply_to is not None and one.reply_to != root}
    return messages_at(connection, answered, where) if answered else {}


def root(connection: Connection, conversation: Conversation, where: Condition) -> Message | None:
    """The message that a thread hangs on; None where there is none, or it may not be heard."""
    beginning = thread_root(conversation)
    return None if beginning is None else messages_at(connection, [beginning], where).get(beginning)


def messages_at(
    connection: Connection, wanted: Collection[MessageId], where: Condition
) -> dict[MessageId, Message]:
    """These messages, as far as they are there and meet the condition on records."""
    condition, values = where
    listed, ids = connection.among("records.id", [message_record(one) for one in wanted])
    rows = connection.execute(f"{RECORDS} WHERE {listed} AND {condition}", (*ids, *values)).fetchall()
    found: dict[MessageId, Message] = {}
    for record in map(read_record, rows):
        message = message_of(record.id)
        if message is not None:
            author = record.author or PersonId("")
            found[message] = Message(message, conversation_of(message), author, record.text, record.at)
    return found


def _our_answers(connection: Connection, root: MessageId, where: Condition) -> list[Message]:
    condition, values = where
    rows = connection.execute(
        f"SELECT messages.* FROM messages JOIN records ON records.id = {record_of('messages.id')}"  # noqa: S608
        f" WHERE messages.reply_to = ? AND messages.conversation = ? AND messages.{OURS}"
        f" AND {condition} ORDER BY messages.position, messages.number",
        (root, conversation_of(root), *values),
    )
    return read_messages(rows)
