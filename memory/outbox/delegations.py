"""What the owner authorizes in advance: a conversation or a person, a persona, kinds of message, an end."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audience import OWNER_PRINCIPAL, Membership, listeners, person
from core.errors import Refused
from core.ports import Clock
from core.types import Conversation, ConversationId, Kind, PersonaName, PersonId
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, optional_time, to_text

KINDS = ("greeting", "thanks", "question", "other")
"""The kinds of message that a delegation can be narrowed to."""

_GREETING = re.compile(
    r"^\W*(hi|hey|hello|hallo|hiya|yo|good (morning|afternoon|evening|night))\b[^?]{0,25}$", re.IGNORECASE
)
_THANKS = re.compile(r"^\W*(thanks|thank you|thx|ty|cheers|much appreciated)\b[^?]{0,25}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delegation:
    """For the messages of `kinds` (empty: any) that come in a conversation, or from a person in a
    direct one, answered as `persona`, until `expires_at`."""

    id: int
    persona: PersonaName
    created_at: datetime
    expires_at: datetime
    person: PersonId | None = None
    conversation: ConversationId | None = None
    kinds: tuple[str, ...] = ()
    revoked_at: datetime | None = None


def kind_of(text: str) -> str:
    """The kind of a message, by its words alone; a short greeting or thanks that asks nothing, or
    whether it holds a question mark. What is unclear is `other`."""
    for kind, pattern in (("greeting", _GREETING), ("thanks", _THANKS)):
        if pattern.match(text):
            return kind
    return "question" if "?" in text else "other"


def runs(delegation: Delegation, now: datetime) -> bool:
    """Neither revoked nor at its end."""
    return delegation.revoked_at is None and delegation.created_at <= now < delegation.expires_at


def covers(
    delegation: Delegation,
    conversation: Conversation,
    persona: PersonaName,
    kind: str,
    membership: Membership,
    now: datetime,
) -> bool:
    """Whether it allows this answer. A person's covers only the direct conversation with that person:
    in a group others would hear, so a group must be named."""
    if not runs(delegation, now) or delegation.persona != persona:
        return False
    if delegation.kinds and kind not in delegation.kinds:
        return False
    return reaches(delegation, conversation, membership)


def reaches(delegation: Delegation, conversation: Conversation, membership: Membership) -> bool:
    """Whether it is for that conversation, or for the one person who listens there."""
    if delegation.conversation is not None:
        return delegation.conversation == conversation.id
    if delegation.person is None or conversation.kind is not Kind.DIRECT:
        return False
    return listeners(conversation, membership) == {OWNER_PRINCIPAL, person(delegation.person)}


class Delegations:
    """The delegations, beside the outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self,
        *,
        persona: PersonaName,
        expires_at: datetime,
        person: PersonId | None = None,
        conversation: ConversationId | None = None,
        kinds: Sequence[str] = (),
    ) -> Delegation:
        """Delegate. Raises Refused unless exactly one of person and conversation is named, the kinds are
        known and the end lies ahead."""
        now = self._clock.now()
        if (person is None) == (conversation is None):
            raise Refused("name a person or a conversation, one of them")
        if unknown := sorted(set(kinds) - set(KINDS)):
            raise Refused(f"unknown kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
        if expires_at <= now:
            raise Refused("its end has passed already")

        def insert(connection: Connection) -> Delegation:
            row = connection.execute(
                "INSERT INTO delegations (person, conversation, persona, kinds, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
                (
                    person,
                    conversation,
                    persona,
                    json.dumps(sorted(set(kinds))),
                    to_text(now),
                    to_text(expires_at),
                ),
            ).fetchone()
            return from_row(row)

        return await self._database.write("delegate", insert)

    async def revoke(self, delegation: int) -> None:
        """End it at once: what was approved on it and is not yet claimed goes back to the owner.
        Raises Refused when there is none or it is revoked already."""
        now = to_text(self._clock.now())

        def update(connection: Connection) -> None:
            done = connection.execute(
                "UPDATE delegations SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (now, delegation)
            )
            if not done.rowcount:
                raise Refused(f"there is no running delegation {delegation}")

        await self._database.write("revoke delegation", update)

    async def all(self, *, running: bool = False) -> Sequence[Delegation]:
        """Every delegation, or those that run now, oldest first."""
        found = await self._database.read(every)
        return [one for one in found if not running or runs(one, self._clock.now())]


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


def from_row(row: Row) -> Delegation:
    """The delegation behind a row."""
    return Delegation(
        id=row["id"],
        persona=PersonaName(row["persona"]),
        created_at=from_text(row["created_at"]),
        expires_at=from_text(row["expires_at"]),
        person=None if row["person"] is None else PersonId(row["person"]),
        conversation=None if row["conversation"] is None else ConversationId(row["conversation"]),
        kinds=tuple(json.loads(row["kinds"])),
        revoked_at=optional_time(row["revoked_at"]),
    )
