"""The facts that policy asks for: mode, pause, presence, who is known, rate, delegation."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.policy.small_talk import small_talk
from core.ports import Clock, PolicyFacts
from core.types import OWNER, Conversation, ConversationId, Message, Persona
from memory.archive.audiences import Directory
from memory.outbox import contact_rate, switches
from memory.outbox.coverage import bounds
from memory.outbox.readers import speakers, unknown
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text


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
        known_people = self._directory.people()

        def snapshot(connection: Connection) -> PolicyFacts:
            kind = small_talk(message.text)
            mode, delegation = bounds(connection, conversation, persona, kind, membership, now)
            people = contact_rate.answered_people(connection, conversation.id, message.id)
            return PolicyFacts(
                mode=mode,
                paused=switches.paused(connection),
                owner_present=not self._away_at(now)
                and _present(connection, conversation.id, now - self._presence),
                known=not unknown(
                    speakers(connection, conversation) | {message.author}, known_people, membership
                ),
                sends_left=contact_rate.sends_left(
                    connection, people | {message.author}, membership, now, self._sends_per_hour
                ),
                delegation=delegation.id if delegation else None,
                replies=delegation.replies if delegation else {},
            )

        return await self._database.read(snapshot)


def _present(connection: Connection, conversation: ConversationId, since: datetime) -> bool:
    if switches.away(connection):
        return False
    found = connection.execute(
        "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND position >= ? LIMIT 1",
        (conversation, OWNER, to_text(since)),
    ).fetchone()
    return found is not None
