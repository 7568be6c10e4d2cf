"""Who may hear what: the audience rule, pure. Enforced in queries by `memory/archive/audiences.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.types import OWNER, Atom, Audience, Conversation, Kind, PersonId

OWNER_ATOM = Atom("owner")
PUBLIC = Atom("public")
OWNER_ONLY: Audience = frozenset({OWNER_ATOM})


def person(person_id: PersonId) -> Atom:
    """The atom of one person; the owner's is `owner`."""
    return OWNER_ATOM if person_id == OWNER else Atom(f"person:{person_id}")


def circle(name: str) -> Atom:
    """The atom of one of the owner's circles."""
    return Atom(f"circle:{name}")


def place(place_id: str) -> Atom:
    """The atom of a place: whoever can read it."""
    return Atom(f"place:{place_id}")


def audience(*atoms: Atom) -> Audience:
    """An audience of these atoms and the owner."""
    return frozenset(atoms) | OWNER_ONLY


@dataclass(frozen=True, slots=True)
class World:
    """Who is who at this moment: everything that turns atoms into people.

    `linked` maps an unlinked account's id to the person it belongs to, `circles` a circle's name to
    its people, `places` a listable place's id to the people who can read it now.
    """

    linked: Mapping[PersonId, PersonId] = field(default_factory=dict)
    circles: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)
    places: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)

    def resolve(self, person_id: PersonId) -> PersonId:
        """The person behind an account, or the id itself."""
        return self.linked.get(person_id, person_id)


def listeners(conversation: Conversation, world: World) -> Audience:
    """Who listens there, as atoms: its people, or `place:` where they cannot be listed.

    Where no people are given, someone listens all the same: the owner alone has the owner's own DM.
    """
    if conversation.kind is Kind.OWNER:
        return OWNER_ONLY
    if not conversation.members:
        return audience(place(conversation.home))
    return audience(*(person(world.resolve(member)) for member in conversation.members))


def includes(allowed: Audience, listener: Atom, world: World) -> bool:
    """Whether one listener is in an audience."""
    if PUBLIC in allowed or listener in allowed or listener == OWNER_ATOM:
        return True
    if not listener.startswith("person:"):
        return False
    who = PersonId(listener.removeprefix("person:"))
    return any(who in _people(atom, world) for atom in allowed)


def _people(atom: Atom, world: World) -> frozenset[PersonId]:
    sort, _, name = atom.partition(":")
    if sort == "person":
        named: Iterable[PersonId] = (PersonId(name),)
    elif sort == "circle":
        named = world.circles.get(name, frozenset())
    elif sort == "place":
        named = world.places.get(name, frozenset())
    else:
        named = ()
    return frozenset(world.resolve(member) for member in named)


def may_hear(
    record_audience: Audience,
    record_place: str | None,
    record_at: datetime,
    conversation: Conversation,
    world: World,
) -> bool:
    """The rule: said there, or every listener is in its audience."""
    if conversation.kind is Kind.OWNER:
        return True
    if record_place == conversation.home and _still_readable(record_at, conversation):
        return True
    return all(includes(record_audience, one, world) for one in listeners(conversation, world))


def _still_readable(at: datetime, conversation: Conversation) -> bool:
    if conversation.joiners_read_history or conversation.newest_join is None:
        return True
    return at >= conversation.newest_join


def derived(audiences: Iterable[Audience]) -> Audience:
    """The audience of what is made from these sources: their intersection, `public` being everyone."""
    narrow = [one for one in audiences if PUBLIC not in one]
    if not narrow:
        return audience(PUBLIC)
    return frozenset.intersection(*narrow) | OWNER_ONLY
