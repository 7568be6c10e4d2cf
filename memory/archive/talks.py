"""What our side said lately, here and wherever else the same people hear it, and what they asked there: a
word of theirs could be for any of it."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from core.audience import Membership
from core.types import TWIN, Conversation, ConversationId, Kind, Message, MessageId, PersonId
from core.unanswered import is_ours
from memory.archive.messages import recent
from memory.archive.owners_word import START, automatic
from memory.archive.rows import CONVERSATIONS, read_conversation, read_messages
from memory.archive.unanswered import OURS
from memory.storage.port import Connection
from memory.storage.timestamps import from_text, to_text

LATELY = timedelta(days=3)
"""What was said so long before, elsewhere, is answered there or not at all."""
MOST_SAID = 40
"""Messages that are looked at, up to our side's last word and after it."""
_LATELY = "(position > ? OR edited_at > ?) AND NOT deleted"


def talks(
    connection: Connection,
    conversation: Conversation,
    until: Message,
    authors: Collection[PersonId],
    membership: Membership,
) -> tuple[Sequence[Message], ...]:
    """Here; and lately in other threads of the channel, and in other conversations of the `authors`, who
    wrote here: there what our side said, and what they did."""
    here = recent(connection, conversation.id, MOST_SAID, until.id)
    people = frozenset(map(membership.resolve, authors))
    since = to_text(until.sent_at - LATELY)
    said = _without_automatic(connection, conversation.id, here)
    return (
        [*said, *_on_their_way(connection, conversation.id)],
        *_elsewhere(connection, conversation, people, since, membership),
    )


def _elsewhere(
    connection: Connection,
    conversation: Conversation,
    people: frozenset[PersonId],
    since: str,
    membership: Membership,
) -> list[Sequence[Message]]:
    rows = connection.execute(
        f"{CONVERSATIONS} WHERE conversations.id <> ? AND conversations.kind <> ? AND (EXISTS (SELECT 1"  # noqa: S608
        f" FROM messages WHERE conversation = conversations.id AND {_LATELY})"
        " OR EXISTS (SELECT 1 FROM drafts WHERE conversation = conversations.id"
        " AND status IN ('sending', 'uncertain')))",
        (conversation.id, Kind.OWNER, since, since),
    ).fetchall()
    found: list[Sequence[Message]] = []
    for other in map(read_conversation, rows):
        said = [
            message
            for message in _lately(connection, other.id, since)
            if is_ours(message) or membership.resolve(message.author) in people
        ]
        if other.kind is Kind.GROUP and not any(map(is_ours, said)):
            said = [message for message in said if message.addressed]  # the rest is talk among others
        listed = {membership.resolve(member) for member in other.members or ()}
        theirs = bool(listed & people) or any(not is_ours(message) for message in said)
        if theirs or other.channel == conversation.channel or _spoke(connection, other, people, membership):
            found.append([*said, *_on_their_way(connection, other.id)])
    return found


def _lately(connection: Connection, conversation: ConversationId, since: str) -> Sequence[Message]:
    """What was said there lately, up to our side's last word and after it, of each the newest."""
    last = connection.execute(
        f"SELECT position, number FROM messages WHERE conversation = ? AND {_LATELY} AND {OURS}"  # noqa: S608
        " ORDER BY position DESC, number DESC LIMIT 1",
        (conversation, since, since),
    ).fetchone()
    place = START if last is None else (last["position"], last["number"])
    rows = [
        row
        for side in (">", "<=")
        for row in connection.execute(
            f"SELECT * FROM messages WHERE conversation = ? AND {_LATELY}"  # noqa: S608
            f" AND (position, number) {side} (?, ?) ORDER BY position DESC, number DESC LIMIT ?",
            (conversation, since, since, *place, MOST_SAID),
        ).fetchall()
    ]
    return _without_automatic(connection, conversation, read_messages(rows)[::-1])


def _spoke(
    connection: Connection, conversation: Conversation, people: frozenset[PersonId], membership: Membership
) -> bool:
    """Whether one of them ever spoke where nobody can list who listens."""
    if conversation.members is not None:
        return False
    rows = connection.execute(
        "SELECT DISTINCT author FROM messages WHERE conversation = ?", (conversation.id,)
    ).fetchall()
    return not people.isdisjoint(membership.resolve(PersonId(row["author"])) for row in rows)


def _on_their_way(connection: Connection, conversation: ConversationId) -> list[Message]:
    """What the owner approved there, and may have arrived."""
    rows = connection.execute(
        "SELECT text, answers, revised_at FROM drafts WHERE conversation = ? AND delegation IS NULL"
        " AND status IN ('sending', 'uncertain')",
        (conversation,),
    ).fetchall()
    return [
        Message(MessageId(row["answers"]), conversation, TWIN, row["text"], from_text(row["revised_at"]))
        for row in rows
    ]


def _without_automatic(
    connection: Connection, conversation: ConversationId, said: Sequence[Message]
) -> Sequence[Message]:
    left_out = automatic(connection, conversation)
    return [message for message in said if message.id not in left_out]
