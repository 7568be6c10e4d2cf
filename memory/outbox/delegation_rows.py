"""A delegation, and its row: functions of a connection."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import Refused
from core.policy.small_talk import asks, may_answer
from core.types import ConversationId, Mode, PersonaName, PersonId, Replies, SmallTalk
from memory.storage.port import Connection, Row
from memory.storage.timestamps import from_text, optional_time, to_text

LONGEST_REPLY = 200
MOST_REPLIES = 20
"""Of one kind."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """The owner's own `replies`, by the kind of what is said to them, sent as `persona` until `expires_at`:
    to a person where only they read along, or in a conversation (its threads too) for as long as nobody
    reads along who is not among its `members`, the people who did when it was given, and the persona may
    do as much on its own as it might then, which is `mode`."""

    id: int
    persona: PersonaName
    created_at: datetime
    expires_at: datetime
    person: PersonId | None = None
    conversation: ConversationId | None = None
    replies: Replies = field(default_factory=dict)
    members: frozenset[PersonId] = frozenset()
    mode: Mode = Mode.AUTO
    revoked_at: datetime | None = None

    def sends(self, text: str) -> bool:
        """Whether it is one of the replies; what follows a blank line is the persona's disclosure."""
        return any(text.partition("\n\n")[0] in several for several in self.replies.values())


def runs(delegation: Delegation, now: datetime) -> bool:
    """Neither revoked nor at its end."""
    return delegation.revoked_at is None and delegation.created_at <= now < delegation.expires_at


def usable(replies: Mapping[SmallTalk, Sequence[str]]) -> Replies:
    """The replies as they are kept: each on one line, none twice, no kind without any. Raises Refused where
    one is too long or asks more than how they are, or there are too many."""
    lines = {kind: tuple(dict.fromkeys(" ".join(text.split()) for text in replies[kind])) for kind in replies}
    clean = {kind: tuple(filter(None, several)) for kind, several in lines.items()}
    for kind, several in clean.items():
        if len(several) > MOST_REPLIES:
            raise Refused(f"at most {MOST_REPLIES} replies of a kind, not {len(several)} to {kind}")
        if any(len(text) > LONGEST_REPLY for text in several):
            raise Refused(f"a reply may have {LONGEST_REPLY} characters, one to {kind} has more")
        for text in several:
            if asks(text) and not may_answer(text):
                raise Refused(f"“{text}” asks something, and what they say to that would be answered unread")
    return {kind: clean[kind] for kind in SmallTalk if clean.get(kind)}


def every(connection: Connection) -> list[Delegation]:
    """Every delegation, oldest first."""
    return [from_row(row) for row in connection.execute("SELECT * FROM delegations ORDER BY id")]


def running(connection: Connection, now: datetime) -> list[Delegation]:
    """Those that are neither revoked nor over, oldest first."""
    rows = connection.execute(
        "SELECT * FROM delegations WHERE revoked_at IS NULL AND expires_at > ? ORDER BY id", (to_text(now),)
    )
    return [from_row(row) for row in rows]


def find(connection: Connection, delegation: int) -> Delegation | None:
    """The delegation of that id, None where there is none."""
    row = connection.execute("SELECT * FROM delegations WHERE id = ?", (delegation,)).fetchone()
    return None if row is None else from_row(row)


def running_for(connection: Connection, people: Collection[PersonId], now: datetime) -> list[Delegation]:
    """As `running`, those that are for these people alone."""
    if not people:
        return []
    return [each for each in running(connection, now) if each.members and each.members.issubset(people)]


def end(connection: Connection, delegations: Collection[Delegation], now: datetime) -> None:
    """Revoke them."""
    connection.executemany(
        "UPDATE delegations SET revoked_at = ? WHERE id = ?",
        [(to_text(now), each.id) for each in delegations],
    )


def from_row(row: Row) -> Delegation:
    """The delegation behind a row."""
    replies = json.loads(row["replies"])
    return Delegation(
        id=row["id"],
        persona=PersonaName(row["persona"]),
        created_at=from_text(row["created_at"]),
        expires_at=from_text(row["expires_at"]),
        person=None if row["person"] is None else PersonId(row["person"]),
        conversation=None if row["conversation"] is None else ConversationId(row["conversation"]),
        replies={kind: tuple(replies[kind]) for kind in SmallTalk if kind in replies},
        members=frozenset(map(PersonId, json.loads(row["members"]))),
        mode=Mode(row["mode"]),
        revoked_at=optional_time(row["revoked_at"]),
    )
