"""Who reads along in a conversation now, as people."""

from core.audience import Membership
from core.types import Conversation, ConversationId, PersonId
from memory.archive.conversations import find_conversation
from memory.storage.port import Connection


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
