"""Who reads along in a conversation now and who speaks there, as people."""

from collections.abc import Collection

from core.audience import Membership
from core.types import OWNER, TWIN, Conversation, ConversationId, PersonId
from memory.archive.conversations import find_conversation
from memory.storage.port import Connection

SPEAKERS_OF = 100
"""Who speaks in a conversation is read from so many of its last messages: what a prompt could hold."""


def readers(
    connection: Connection, conversation: Conversation, membership: Membership
) -> frozenset[PersonId] | None:
    """Everyone who reads it or, where it is a thread or a topic, its channel, linked accounts as the people
    that they are; None where they cannot all be listed, or nobody is."""
    channel = find_conversation(connection, ConversationId(conversation.channel))
    lists = [conversation.members, *([] if channel is None else [channel.members])]
    if not all(lists):
        return None
    return frozenset(membership.resolve(account) for members in lists for account in members or ())


def speakers(connection: Connection, conversation: Conversation) -> frozenset[PersonId]:
    """Everyone who spoke there of late, by the accounts that they spoke from."""
    rows = connection.execute(
        "SELECT author FROM messages WHERE conversation = ? ORDER BY position DESC, number DESC LIMIT ?",
        (conversation.id, SPEAKERS_OF),
    )
    return frozenset(PersonId(row["author"]) for row in rows)


def unknown(
    several: frozenset[PersonId], people: Collection[PersonId], membership: Membership
) -> frozenset[PersonId]:
    """Those who are neither the owner nor the twin nor one of the owner's people."""
    return frozenset(
        one for one in several if one not in (OWNER, TWIN) and membership.resolve(one) not in people
    )
