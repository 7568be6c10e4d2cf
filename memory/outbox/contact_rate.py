"""How much delegations send to each person in an hour, wherever and by whichever account that is."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from core.audience import Membership
from core.types import ConversationId, MessageId, PersonId
from core.unanswered import LONGEST_BURST, unanswered
from memory.archive.messages import recent
from memory.storage.port import Connection
from memory.storage.timestamps import to_text

HOUR = timedelta(hours=1)


def answered_people(
    connection: Connection, conversation: ConversationId, answers: MessageId
) -> frozenset[PersonId]:
    """The accounts that a reply to `answers` answers: everyone who spoke since our side's last word."""
    return frozenset(
        message.author for message in unanswered(recent(connection, conversation, LONGEST_BURST, answers))
    )


def sends_left(
    connection: Connection,
    people: Collection[PersonId],
    membership: Membership,
    now: datetime,
    sends_per_hour: int,
) -> int:
    """How many replies delegations may still send to each of these in this hour; none where it is nobody."""
    rows = connection.execute(
        "SELECT draft, person FROM delegated_sends WHERE at > ?", (to_text(now - HOUR),)
    )
    replies = {(row["draft"], membership.resolve(PersonId(row["person"]))) for row in rows}
    sent = Counter(person for _, person in replies)
    most = max((sent[membership.resolve(person)] for person in people), default=sends_per_hour)
    return max(0, sends_per_hour - most)


def note(
    connection: Connection, draft: int, conversation: ConversationId, answers: MessageId, now: datetime
) -> None:
    """A delegation begins to send a draft: it counts for each person that it answers."""
    connection.executemany(
        "INSERT INTO delegated_sends (draft, person, at) VALUES (?, ?, ?)"
        " ON CONFLICT (draft, person) DO UPDATE SET at = excluded.at",
        [(draft, person, to_text(now)) for person in answered_people(connection, conversation, answers)],
    )
