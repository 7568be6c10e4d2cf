"""Who may hear what: the audience rule, pure. Enforced in queries by `memory/archive/audiences.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.types import OWNER, Audience, Conversation, Kind, PersonId, Principal

OWNER_PRINCIPAL = Principal("owner")
PUBLIC = Principal("public")
OWNER_ONLY: Audience = frozenset({OWNER_PRINCIPAL})


def person(person_id: PersonId) -> Principal:
    """The principal of one person; the owner's is `owner`."""
    return OWNER_PRINCIPAL if person_id == OWNER else Principal(f"person:{person_id}")


def circle(name: str) -> Principal:
    """The principal of one of the owner's circles."""
    return Principal(f"circle:{name}")


def place(place_id: str) -> Principal:
    """The principal of a place: whoever can read it."""
    return Principal(f"place:{place_id}")


def parts(principal: str) -> tuple[str, str]:
    """The sort of a principal, and whose or which it is: empty for `owner` and `public`."""
    sort, _, name = principal.partition(":")
    return sort, name


def audience(*principals: Principal) -> Audience:
    """An audience of these principals and the owner."""
    return frozenset(principals) | OWNER_ONLY


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is who at this moment: everything that turns principals into people.

    `linked` maps an unlinked account's id to the person it belongs to, `circles` a circle's name to
    its people, `channels` a listable channel's id to the people who can read it now. `closed` are the
    channels whose joiners cannot read back, `removed` the ids of people whom the owner removed.
    """

    linked: Mapping[PersonId, PersonId] = field(default_factory=dict)
    circles: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)
    channels: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    removed: frozenset[PersonId] = frozenset()

    def resolve(self, person_id: PersonId) -> PersonId:
        """The person behind an account, or the id itself."""
        return self.linked.get(person_id, person_id)


def listeners(conversation: Conversation, membership: Membership) -> Audience:
    """Who listens there, as principals: its people, or `place:` where they cannot be listed.

    Where no people are given, someone listens all the same: the owner alone has the owner's own DM.
    """
    if conversation.kind is Kind.OWNER:
        return OWNER_ONLY
    if not conversation.members:
        return audience(place(conversation.channel))
    return audience(*(person(membership.resolve(member)) for member in conversation.members))


def came(before: frozenset[PersonId] | None, now: frozenset[PersonId] | None) -> bool:
    """Whether somebody may read a place now who could not before. Where it can no longer be listed who does,
    or could not be until now, nobody can say that it is the same people."""
    if before is None or now is None:
        return before is not now
    return not now <= before


def includes(allowed: Audience, listener: Principal, membership: Membership) -> bool:
    """Whether one listener is in an audience."""
    if PUBLIC in allowed or listener == OWNER_PRINCIPAL:
        return True
    if listener in allowed and not _over(listener, membership):
        return True
    sort, name = parts(listener)
    if sort != "person":
        return False
    return any(PersonId(name) in _people(principal, membership) for principal in allowed)


def _over(principal: Principal, membership: Membership) -> bool:
    """Whether a principal stands for nobody any more: a person whom the owner removed; a place whose
    joiners cannot read back, where nobody is told from those who came after something was said."""
    sort, name = parts(principal)
    gone = {"person": membership.removed, "place": membership.closed}
    return name in gone.get(sort, frozenset())


def _people(principal: Principal, membership: Membership) -> frozenset[PersonId]:
    sort, name = parts(principal)
    if _over(principal, membership):
        return frozenset()
    if sort == "person":
        named: Iterable[PersonId] = (PersonId(name),)
    elif sort == "circle":
        named = membership.circles.get(name, frozenset()) - membership.removed
    elif sort == "place":
        named = membership.channels.get(name, frozenset())
    else:
        named = ()
    return frozenset(membership.resolve(member) for member in named)


def may_hear(
    record_audience: Audience,
    record_channel: str | None,
    record_at: datetime,
    conversation: Conversation,
    membership: Membership,
) -> bool:
    """The rule: said there, or every listener is in its audience."""
    if conversation.kind is Kind.OWNER:
        return True
    if record_channel == conversation.channel and still_readable(record_at, conversation):
        return True
    return all(
        includes(record_audience, listener, membership) for listener in listeners(conversation, membership)
    )


def still_readable(at: datetime, conversation: Conversation) -> bool:
    """Whether who came last to a conversation can read what was said there at a time."""
    if conversation.joiners_read_history or conversation.newest_join is None:
        return True
    return at >= conversation.newest_join


def derived(audiences: Iterable[Audience]) -> Audience:
    """The audience of what is made from these sources: their intersection, `public` being everyone."""
    narrow = [audience_ for audience_ in audiences if PUBLIC not in audience_]
    if not narrow:
        return audience(PUBLIC)
    return frozenset.intersection(*narrow) | OWNER_ONLY
