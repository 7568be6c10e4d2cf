"""Whether a delegation covers a conversation now, and what stops one that would."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.audience import Membership
from core.types import Conversation, Kind, Mode, Persona, PersonaName, PersonId, SmallTalk
from memory.archive.conversations import conversations
from memory.outbox import switches
from memory.outbox.contact_rate import sends_left
from memory.outbox.delegation_rows import Delegation, running
from memory.outbox.readers import readers, speakers, unknown
from memory.storage.port import Connection

OTHERS_LISTEN = "others-listen"
"""Someone came who was not there when it was written, or authorized: they may not be meant to know."""
MODE_DRAFT = "mode-draft"
NO_REPLIES = "no-replies"
PERSONA_MODE = "persona-mode"
"""The persona may do less on its own now than when it was delegated to."""
UNKNOWN_PERSON = "unknown-person"
"""Someone speaks there who is none of the owner's people: policy asks about all that is said there."""
OTHER_PERSONA = "other-persona"
"""Another persona speaks there now, or none can."""
PersonaIn = Callable[[Conversation], Persona | None]
"""The persona that speaks in a conversation, as of one moment; None where none can."""
REACH = (Mode.OBSERVE, Mode.DRAFT, Mode.AUTO)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a delegation that runs sends nothing in a conversation: a rule's name; who came since it was given
    (None: they cannot be listed any more), the mode that was set since, the persona that speaks there, or
    who else does that is not known."""

    rule: str
    newcomers: frozenset[PersonId] | None = frozenset()
    mode: Mode | None = None
    persona: PersonaName | None = None
    unknown: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class DelegationState:
    """A delegation that runs: what stops it in each conversation that it reaches (None: nothing does), and
    what it may still send in this hour to each of the people whom it is bound to."""

    delegation: Delegation
    places: tuple[tuple[Conversation, Stop | None], ...]
    sends_left: Mapping[PersonId, int]
    paused: bool


def reaches(
    connection: Connection, delegation: Delegation, conversation: Conversation, membership: Membership
) -> bool:
    """Whether it is for that conversation, a thread of it, or the one person who reads along there. In a
    group others would hear, so a group must be named."""
    if delegation.conversation is not None:
        return delegation.conversation in (conversation.id, conversation.channel)
    person = delegation.person
    if conversation.kind is not Kind.DIRECT or person is None or person in membership.removed:
        return False
    return readers(connection, conversation, membership) == frozenset({person})


def stopped(
    connection: Connection,
    delegation: Delegation,
    conversation: Conversation,
    membership: Membership,
    persona: Persona | None,
) -> Stop | None:
    """What stops it in a conversation that it reaches and where that persona speaks, None where it may send
    there."""
    if not delegation.replies:
        return Stop(NO_REPLIES)
    if delegation.conversation is not None:
        present = readers(connection, conversation, membership)
        newcomers = (
            None if present is None else present - frozenset(map(membership.resolve, delegation.members))
        )
        if newcomers is None or newcomers:
            return Stop(OTHERS_LISTEN, newcomers)
    mode = switches.explicit(connection, conversation, delegation.id)
    if mode not in (None, Mode.AUTO):
        return Stop(MODE_DRAFT, mode=mode)
    if persona is None or persona.name != delegation.persona:
        return Stop(OTHER_PERSONA, persona=None if persona is None else persona.name)
    if REACH.index(persona.mode) < REACH.index(delegation.mode):
        return Stop(PERSONA_MODE, mode=persona.mode)
    return None


def unknown_there(
    connection: Connection,
    conversation: Conversation,
    people: Collection[PersonId],
    membership: Membership,
) -> frozenset[PersonId]:
    """Who is none of the owner's people and speaks there, so that policy asks; in a DM nobody else could."""
    speaking = speakers(connection, conversation)
    if conversation.kind is Kind.DIRECT:
        speaking |= readers(connection, conversation, membership) or frozenset()
    return unknown(speaking, people, membership)


def covering(
    connection: Connection,
    conversation: Conversation,
    persona: Persona,
    kind: SmallTalk | None,
    membership: Membership,
    now: datetime,
) -> Delegation | None:
    """The delegation that may answer there as that persona now: of several the first with replies of this
    kind, else the first."""
    several = [
        delegation
        for delegation in running(connection, now)
        if reaches(connection, delegation, conversation, membership)
        and stopped(connection, delegation, conversation, membership, persona) is None
    ]
    return next(
        (delegation for delegation in several if kind in delegation.replies), next(iter(several), None)
    )


def bounds(
    connection: Connection,
    conversation: Conversation,
    persona: Persona,
    kind: SmallTalk | None,
    membership: Membership,
    now: datetime,
) -> tuple[Mode, Delegation | None]:
    """How far the twin may go there, and on which delegation. One that nothing stops is the owner's last word
    on it."""
    delegation = covering(connection, conversation, persona, kind, membership, now)
    if delegation is not None:
        return Mode.AUTO, delegation
    return capped(switches.explicit(connection, conversation), persona.mode), None


def capped(explicit: Mode | None, persona: Mode) -> Mode:
    """What the owner set for the conversation, never more than the persona may; else the persona's."""
    return persona if explicit is None else min(explicit, persona, key=REACH.index)


def state(
    connection: Connection,
    delegation: Delegation,
    membership: Membership,
    people: Collection[PersonId],
    persona_in: PersonaIn,
    now: datetime,
    sends_per_hour: int,
) -> DelegationState:
    """How a delegation that runs stands at this moment."""

    def stop(place: Conversation) -> Stop | None:
        if found := stopped(connection, delegation, place, membership, persona_in(place)):
            return found
        strangers = unknown_there(connection, place, people, membership)
        return Stop(UNKNOWN_PERSON, unknown=strangers) if strangers else None

    places = [each for each in conversations(connection) if reaches(connection, delegation, each, membership)]
    return DelegationState(
        delegation,
        tuple((place, stop(place)) for place in places),
        {
            member: sends_left(connection, {member}, membership, now, sends_per_hour)
            for member in sorted(delegation.members)
        },
        switches.paused(connection),
    )
