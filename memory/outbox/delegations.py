"""What the owner authorizes in advance: their own replies, as a persona, to a person or in a conversation,
until an end."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from core.audience import Membership
from core.errors import Refused
from core.ports import Clock
from core.types import Conversation, ConversationId, Kind, Mode, Persona, PersonId, SmallTalk
from memory.archive.conversations import conversations, find_conversation
from memory.outbox import switches
from memory.outbox.coverage import DelegationState, PersonaIn, bounds, reaches, state, unknown_there
from memory.outbox.delegation_rows import Delegation, every, from_row, running, runs, usable
from memory.outbox.readers import readers, unknown
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text

NO_REPLIES = "it names no reply of yours"
UNLISTED = (
    "who reads along there cannot be listed, so that it could not end when somebody joins:"
    " delegate to one of the people there instead"
)


class Delegations:
    """The delegations, beside the outbox. `sends_per_hour` as there, to show what is left of it;
    `membership` says who is who, `people` whom the owner knows, `speaking` which persona speaks where."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        speaking: Callable[[], PersonaIn],
        people: Callable[[], Collection[PersonId]],
        sends_per_hour: int = 0,
        membership: Callable[[], Membership] = Membership,
    ) -> None:
        self._speaking = speaking
        self._people = people
        self._database = database
        self._clock = clock
        self._membership = membership
        self.sends_per_hour = sends_per_hour

    async def add(
        self,
        *,
        persona: Persona,
        expires_at: datetime,
        replies: Mapping[SmallTalk, Sequence[str]],
        person: PersonId | None = None,
        conversation: Conversation | None = None,
        agreed: frozenset[PersonId] | None = None,
    ) -> Delegation:
        """Delegate. Raises Refused unless exactly one of person and conversation is named, there is a reply,
        the end lies ahead, and who reads along can be listed and is among those `agreed` to (None: all)."""
        now, kept, membership = self._clock.now(), usable(replies), self._membership()
        if (person is None) == (conversation is None):
            raise Refused("name a person or a conversation, one of them")
        if not kept:
            raise Refused(NO_REPLIES)
        if expires_at <= now:
            raise Refused("its end has passed already")

        def insert(connection: Connection) -> Delegation:
            members = _bound_to(connection, person, conversation, membership)
            if agreed is not None and not members <= agreed:
                raise Refused("somebody joined since you looked: look again")
            row = connection.execute(
                "INSERT INTO delegations"
                " (person, conversation, persona, mode, replies, members, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (
                    person,
                    conversation.id if conversation is not None else None,
                    persona.name,
                    persona.mode,
                    json.dumps(kept),
                    json.dumps(sorted(map(str, members))),
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

    async def looked_at(self, conversation: Conversation) -> tuple[frozenset[PersonId] | None, Mode | None]:
        """Who reads along in a conversation now (None: they cannot be listed), and what mode is set there."""
        membership = self._membership()
        return await self._database.read(
            lambda c: (readers(c, conversation, membership), switches.explicit(c, conversation))
        )

    async def unknown(self, conversation: Conversation) -> tuple[frozenset[PersonId], frozenset[PersonId]]:
        """Who is none of the owner's people and speaks there, so that everything there asks; and who only
        reads along so far."""
        people, membership = self._people(), self._membership()

        def read(connection: Connection) -> tuple[frozenset[PersonId], frozenset[PersonId]]:
            speak = unknown_there(connection, conversation, people, membership)
            present = readers(connection, conversation, membership) or frozenset()
            return speak, unknown(present, people, membership) - speak

        return await self._database.read(read)

    async def paused(self) -> bool:
        """Whether sending is stopped, so that none sends anything."""
        return await self._database.read(switches.paused)

    async def reached(self, delegation: Delegation) -> Sequence[Conversation]:
        """The conversations, of those heard of, that it is for, or would be."""
        membership = self._membership()
        return await self._database.read(
            lambda c: [each for each in conversations(c) if reaches(c, delegation, each, membership)]
        )

    async def states(self) -> Sequence[DelegationState]:
        """Those that run, with what stops them and what is left of the hour, oldest first."""
        now, membership, persona_in = self._clock.now(), self._membership(), self._speaking()
        people = self._people()

        def read(connection: Connection) -> list[DelegationState]:
            return [
                state(connection, delegation, membership, people, persona_in, now, self.sends_per_hour)
                for delegation in running(connection, now)
            ]

        return await self._database.read(read)

    async def modes(self, speaking: Sequence[tuple[Conversation, Persona]]) -> Mapping[ConversationId, Mode]:
        """How far the twin may go in each of these conversations, as the persona that speaks there."""
        now, membership = self._clock.now(), self._membership()
        return await self._database.read(
            lambda c: {
                conversation.id: bounds(c, conversation, persona, None, membership, now)[0]
                for conversation, persona in speaking
            }
        )

    async def all(self, *, running: bool = False) -> Sequence[Delegation]:
        """Every delegation, or those that run now, oldest first."""
        delegations = await self._database.read(every)
        return [each for each in delegations if not running or runs(each, self._clock.now())]


def _bound_to(
    connection: Connection,
    person: PersonId | None,
    conversation: Conversation | None,
    membership: Membership,
) -> frozenset[PersonId]:
    if conversation is None:
        return frozenset() if person is None else frozenset({person})
    if conversation.kind is Kind.OWNER:
        raise Refused("in your own DM with the twin nothing is sent in your name")
    present = readers(connection, find_conversation(connection, conversation.id) or conversation, membership)
    if present is None:
        raise Refused(UNLISTED)
    return present
