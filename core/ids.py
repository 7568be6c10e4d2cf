"""How ids are put together and taken apart, and what kind of record one names. Pure.

A conversation, an account and a person that nobody has linked are `platform:native`; a message is its
conversation, `/`, and the platform's own key; a record is its kind, `:`, and a key.
"""

from enum import StrEnum

from core.lookalikes import has_unseen
from core.types import Conversation, ConversationId, MessageId, RecordId


class RecordKind(StrEnum):
    """What a record is: a message, or something that the owner wrote down."""

    MESSAGE = "message"
    PROFILE = "profile"
    RULE = "rule"
    """Of the profile, and always in mind."""
    NOTE = "note"
    PERSONA = "persona"
    """A text of a persona's file. What rests on it names it; it is never recalled."""


IN_PROFILE = (RecordKind.PROFILE, RecordKind.RULE)
"""The kinds that are kept in profile.json."""


def record_id(kind: RecordKind, key: str) -> RecordId:
    """The id of a record."""
    return RecordId(f"{kind}:{key}")


def record_kind(record: RecordId) -> RecordKind | None:
    """What kind of record an id names; None where we know of no such kind."""
    kind = record.partition(":")[0]
    return next((known for known in RecordKind if known == kind), None)


def record_key(record: RecordId) -> str:
    """A record's key among those of its kind."""
    return record.partition(":")[2]


def in_profile(record: RecordId) -> bool:
    """Whether it is kept in profile.json."""
    return record_kind(record) in IN_PROFILE


def message_record(message: MessageId) -> RecordId:
    """The id of the record that a message is."""
    return record_id(RecordKind.MESSAGE, message)


def message_of(record: RecordId) -> MessageId | None:
    """The message that a record is; None where it is none."""
    return MessageId(record_key(record)) if record_kind(record) is RecordKind.MESSAGE else None


def message_id(conversation: ConversationId, key: str) -> MessageId:
    """The id of a message, by the platform's own key."""
    return MessageId(f"{conversation}/{key}")


def conversation_of(message: MessageId) -> ConversationId:
    """The conversation that a message was said in."""
    return ConversationId(message.rpartition("/")[0])


def thread_root(conversation: Conversation) -> MessageId | None:
    """The message that a thread hangs on, said in its channel: a thread's id ends in that message's key. None
    for what is no thread; a topic's names a message that nobody said."""
    if not conversation.parent:
        return None
    key = native_of(conversation.id).rpartition("/")[2]
    return message_id(ConversationId(conversation.parent), key)


def platform_of(identity: str) -> str:
    """The platform of a conversation's or an account's id."""
    return identity.partition(":")[0]


def native_of(identity: str) -> str:
    """The platform's own part of a conversation's or an account's id."""
    return identity.partition(":")[2]


def is_plain(name: str) -> bool:
    """Whether all of a name can be seen, with no blank at an end."""
    return bool(name) and name == name.strip() and name.isprintable() and not has_unseen(name)
