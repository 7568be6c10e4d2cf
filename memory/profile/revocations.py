"""What was revoked since a backup was made is not revived by it. Pure, but for reading the home's file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.audience import OWNER_ONLY, audience, derived
from core.ids import RecordKind, record_id
from core.types import PersonId, Principal
from memory.profile import schema
from memory.profile.file import ProfileFile, Tables, Unreadable
from memory.profile.removals import removed_by_hand, with_removed
from memory.profile.schema import Contents, RemovedNames

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """What the backup would have widened, and was not let: in words that name ids alone."""

    removed: tuple[str, ...] = ()
    """People and circles that were removed since."""
    unlinked: tuple[str, ...] = ()
    """Accounts that the home does not know as this person's: nobody's, until they are linked anew."""
    left: tuple[str, ...] = ()
    """Who is in a circle no more."""
    narrowed: tuple[str, ...] = ()
    """Entries and rules that fewer may hear now; those that are not there any more, the owner alone."""
    in_force: tuple[str, ...] = ()
    """People, circles and what is shared as in the backup, of which the home knows nothing."""


def known_in(profile: Path, last_good: Path) -> Contents | None:
    """What the owner's file says, whom they took out of it by hand noted as removed; where it is broken, its
    last good state. None where there is neither."""
    before, now = _read(last_good), _read(profile)
    if before is None or now is None:
        return now or before
    try:
        gone = removed_by_hand(before, now, profile.name)
    except Unreadable:
        return before
    removed = RemovedNames(now.removed.people | gone.people, now.removed.circles | gone.circles)
    return replace(now, removed=removed)


def keep_revoked(backup: Tables, known: Contents | None, name: str) -> tuple[Tables, Revocations]:
    """The tables of a backup's file called `name`, with nobody and nothing in it that the home revoked since;
    a home of which nothing is known vouches for no account. Raises Unreadable."""
    before, here = schema.read(backup, name), known or Contents()
    found = _Findings()
    kept: Mapping[str, Callable[[Document], Document | None]] = {
        "people": lambda document: _person(document, here, found),
        "circles": lambda document: _circle(document, here, found),
        "entries": lambda document: _shared(RecordKind.PROFILE, document, known, found),
        "rules": lambda document: _shared(RecordKind.RULE, document, known, found),
    }
    tables: Tables = {}
    for table, documents in backup.items():
        now = {number: kept.get(table, dict)(document) for number, document in documents.items()}
        tables[table] = {number: document for number, document in now.items() if document is not None}
    gone = RemovedNames(
        here.removed.people - before.removed.people, here.removed.circles - before.removed.circles
    )
    if gone != RemovedNames():
        tables = with_removed(tables, gone)
    schema.read(tables, name)
    return tables, Revocations(
        removed=tuple(found.removed),
        unlinked=tuple(found.unlinked),
        left=tuple(found.left),
        narrowed=tuple(found.narrowed),
        in_force=tuple(found.in_force),
    )


@dataclass(slots=True)
class _Findings:
    """As in Revocations, while it is put together."""

    removed: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    narrowed: list[str] = field(default_factory=list)
    in_force: list[str] = field(default_factory=list)


def _person(document: Document, here: Contents, found: _Findings) -> Document | None:
    person = PersonId(document["id"])
    if here.removed.person(person):
        found.removed.append(person)
        return None
    accounts = document.get("accounts", [])
    theirs = [one for one in accounts if here.linked.get(one) == person]
    found.unlinked += [f"{one} ({person})" for one in accounts if one not in theirs]
    if person not in here.people:
        found.in_force.append(person)
    return document if theirs == accounts else {**document, "accounts": theirs}


def _circle(document: Document, here: Contents, found: _Findings) -> Document | None:
    circle, members = document["name"], document.get("members", [])
    if here.removed.circle(circle):
        found.removed.append(circle)
        return None
    in_it = here.circles.get(circle, frozenset(members))
    stay = [one for one in members if one in in_it and not here.removed.person(one)]
    found.left += [f"{one} ({circle})" for one in members if one not in stay]
    if circle not in here.circles:
        found.in_force.append(f"{circle}: {', '.join(stay)}")
    return document if stay == members else {**document, "members": stay}


def _shared(kind: RecordKind, document: Document, known: Contents | None, found: _Findings) -> Document:
    record = record_id(kind, document["key"])
    shared = audience(*map(Principal, document.get("audience", [])))
    if known is None:
        if shared != OWNER_ONLY:
            found.in_force.append(f"{record} for {', '.join(sorted(shared - OWNER_ONLY))}")
        return document
    here = next((one.audience for one in (*known.entries, *known.rules) if one.id == record), OWNER_ONLY)
    heard = derived((shared, here))
    if heard == shared:
        return document
    found.narrowed.append(record)
    return {**document, "audience": sorted(heard)}


def _read(path: Path) -> Contents | None:
    try:
        tables = ProfileFile(path).load()
        return None if tables is None else schema.read(tables, path.name)
    except (Unreadable, OSError):
        return None
