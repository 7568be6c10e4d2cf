"""Stand-ins for the ports, for tests of what stands on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.ports import Context, PolicyFacts
from core.types import (
    OWNER,
    Conversation,
    MemoryRecord,
    Message,
    MessageId,
    Mode,
    Person,
    Persona,
    PersonaName,
    PersonId,
    Retrieval,
    SmallTalk,
)
from core.unanswered import Burst, is_ours, unanswered

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
DRAFTING = PolicyFacts(
    mode=Mode.DRAFT, paused=False, owner_present=False, known=True, sends_left=5, delegation=None
)
REPLIES = {kind: (f"{kind}, says Alex", f"{kind} to you too") for kind in SmallTalk}
"""The owner's own, for every kind."""
DELEGATED = PolicyFacts(
    mode=Mode.AUTO,
    paused=False,
    owner_present=False,
    known=True,
    sends_left=5,
    delegation=1,
    replies=REPLIES,
)
FRIENDLY = Persona(name=PersonaName("friends"), identity="Designer, 34.", voice="Short and warm.")


@dataclass
class FakeMemory:
    """Holds what a test puts in; the words searched for are in `queries`."""

    messages: Sequence[Message] = ()
    summary: str = ""
    always: Sequence[MemoryRecord] = ()
    records: Sequence[MemoryRecord] = ()
    persons: Mapping[PersonId, Person] = field(default_factory=dict)
    whole: bool = True
    queries: list[str] = field(default_factory=list)

    async def context(self, conversation: Conversation, until: MessageId, limit: int) -> Context:
        upto = [one.id for one in self.messages].index(until) + 1 if self.messages else 0
        return Context(
            tuple(self.messages[:upto][-limit:]),
            self.summary,
            tuple(self.always),
            burst=await self.unanswered(conversation, until),
        )

    async def unanswered(self, conversation: Conversation, until: MessageId) -> Burst:
        before = [one.id for one in self.messages].index(until) + 1 if self.messages else 0
        waiting = unanswered(self.messages[:before])
        ours = [one for one in self.messages[:before] if is_ours(one)]
        # The twin's are taken for a delegation's: no word of the owner's.
        said = tuple(one.text for one in ours[-1:] if one.author == OWNER)
        return Burst(tuple(waiting), self.whole, ours[-1] if ours else None, ours=said)

    async def people(self, conversation: Conversation) -> Mapping[PersonId, Person]:
        return self.persons

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        self.queries.append(query)
        found = tuple(self.records[:limit])
        return Retrieval(query, found, tuple(1.0 / (rank + 1) for rank in range(len(found))))


@dataclass
class FakePersonaSelector:
    """Always the same persona."""

    persona: Persona = FRIENDLY

    async def select_persona(self, conversation: Conversation) -> Persona:
        return self.persona


class FakePolicyFacts:
    """Each of the given policy_facts in turn, the last one for ever."""

    def __init__(self, *policy_facts: PolicyFacts) -> None:
        self._policy_facts = policy_facts or (DRAFTING,)
        self.asked = 0

    async def read(self, conversation: Conversation, message: Message, persona: Persona) -> PolicyFacts:
        self.asked += 1
        return self._policy_facts[min(self.asked, len(self._policy_facts)) - 1]


@dataclass
class FixedClock:
    """Stands still until it is moved."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)
