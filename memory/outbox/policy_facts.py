"""The facts that policy asks for: mode, pause, presence, who is known, rate, delegation."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.audience import Membership
from core.ports import Clock, PolicyFacts
from core.types import OWNER, TWIN, Conversation, ConversationId, Message, Mode, Person, Persona, PersonId
from memory.archive.audiences import Directory
from memory.outbox import delegations, sending, switches
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text

SPEAKERS_OF = 100
"""Who speaks in a conversation is read from so many of its last messages: what a prompt could hold."""
REACH = (Mode.OBSERVE, Mode.DRAFT, Mode.AUTO)


class StoredPolicyFacts:
    """Implements `core.ports.PolicyFactsSource` over the database and the owner's directory.

    The owner is present in a conversation for `presence` after a message of theirs there, unless `away`,
    by their own word or by their schedule (`away_at`).
    """

    def __init__(
        self,
        database: Database,
        directory: Directory,
        clock: Clock,
        *,
        presence: timedelta,
        sends_per_hour: int,
        away_at: Callable[[datetime], bool] = lambda _: False,
    ) -> None:
        self._away_at = away_at
        self._database = database
        self._directory = directory
        self._clock = clock
        self._presence = presence
        self._sends_per_hour = sends_per_hour

    async def read(self, conversation: Conversation, message: Message, persona: Persona) -> PolicyFacts:
        """The facts at this moment, in one snapshot."""
        now = self._clock.now()
        membership = self._directory.membership({})
        people = self._directory.people()

        def snapshot(connection: Connection) -> PolicyFacts:
            running = delegations.running(connection, now)
            kind = delegations.kind_of(message.text)
            sent = sending.delegated_sends(connection, conversation.id, now)
            return PolicyFacts(
                mode=capped(switches.mode(connection, conversation.id), persona.mode),
                paused=switches.paused(connection),
                owner_present=not self._away_at(now)
                and _present(connection, conversation.id, now - self._presence),
                known=all_known(
                    _speakers(connection, conversation.id) | {message.author}, people, membership
                ),
                sends_left=max(0, self._sends_per_hour - sent),
                delegation=next(
                    (
                        delegation.id
                        for delegation in running
                        if delegations.covers(delegation, conversation, persona.name, kind, membership, now)
                    ),
                    None,
                ),
            )

        return await self._database.read(snapshot)


def capped(explicit: Mode | None, persona: Mode) -> Mode:
    """What the owner set for the conversation, never more than the persona may; else the persona's."""
    return persona if explicit is None else min(explicit, persona, key=REACH.index)


def all_known(
    speakers: frozenset[PersonId], people: Mapping[PersonId, Person], membership: Membership
) -> bool:
    """Whether everyone of `speakers` is the owner, the twin or one of the owner's people."""
    known = people.keys() | {OWNER, TWIN}
    return all(membership.resolve(speaker) in known for speaker in speakers)


def _present(connection: Connection, conversation: ConversationId, since: datetime) -> bool:
    if switches.away(connection):
        return False
    found = connection.execute(
        "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND position >= ? LIMIT 1",
        (conversation, OWNER, to_text(since)),
    ).fetchone()
    return found is not None


def _speakers(connection: Connection, conversation: ConversationId) -> frozenset[PersonId]:
    rows = connection.execute(
        "SELECT author FROM messages WHERE conversation = ? ORDER BY position DESC, number DESC LIMIT ?",
        (conversation, SPEAKERS_OF),
    )
    return frozenset(PersonId(row["author"]) for row in rows)
