"""What our side said lately, here and wherever else the same people hear it: a word of theirs could be for
any of it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core.audience import Membership
from core.types import Conversation, ConversationId, Kind, Message, PersonId
from memory.archive.owners_word import automatic
from memory.archive.rows import CONVERSATIONS, read_conversation, read_messages
from memory.archive.unanswered import OURS
from memory.storage.port import Connection
from memory.storage.timestamps import to_text

LATELY = timedelta(days=3)
"""What was said so long before, elsewhere, is answered there or not at all."""
MOST_SAID = 40
"""Messages of a talk that are looked at."""


def talks(
    connection: Connection,
    conversation: Conversation,
    until: Message,
    authors: Collection[PersonId],
    membership: Membership,
) -> tuple[Sequence[Message], ...]:
    """Here; and where our side spoke lately, in other threads of the channel and in other conversations of
    the `authors`, who wrote here."""
    here = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND NOT deleted AND (position, number) <="
        " (SELECT position, number FROM messages WHERE id = ?) ORDER BY position DESC, number DESC LIMIT ?",
        (conversation.id, until.id, MOST_SAID),
    ).fetchall()
    said = _without_automatic(connection, conversation.id, read_messages(here)[::-1])
    people = frozenset(map(membership.resolve, authors))
    since = until.sent_at - LATELY
    return (said, *_elsewhere(connection, conversation, people, since, membership))


def _elsewhere(
    connection: Connection,
    conversation: Conversation,
    people: frozenset[PersonId],
    since: datetime,
    membership: Membership,
) -> list[Sequence[Message]]:
    rows = connection.execute(
        f"{CONVERSATIONS} WHERE conversations.id <> ? AND conversations.kind <> ? AND EXISTS (SELECT 1"  # noqa: S608
        f" FROM messages WHERE conversation = conversations.id AND position > ? AND {OURS})",
        (conversation.id, Kind.OWNER, to_text(since)),
    ).fetchall()
    found: list[Sequence[Message]] = []
    for other in map(read_conversation, rows):
        said = read_messages(
            connection.execute(
                "SELECT * FROM messages WHERE conversation = ? AND position > ? AND NOT deleted"
                " ORDER BY position DESC, number DESC LIMIT ?",
                (other.id, to_text(since), MOST_SAID),
            ).fetchall()
        )[::-1]
        present = {membership.resolve(one) for one in (*(other.members or ()), *(m.author for m in said))}
        if other.channel == conversation.channel or not present.isdisjoint(people):
            found.append(_without_automatic(connection, other.id, said))
    return found


def _without_automatic(
    connection: Connection, conversation: ConversationId, said: Sequence[Message]
) -> Sequence[Message]:
    left_out = automatic(connection, conversation)
    return [message for message in said if message.id not in left_out]
