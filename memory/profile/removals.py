"""Whom and what the owner took out of their file by hand: their names are retired as by command. Pure."""

from collections.abc import Iterable

from core.lookalikes import likeness
from memory.profile.file import Tables, Unreadable, note_removed
from memory.profile.schema import Contents, RemovedNames


def removed_by_hand(before: Contents, now: Contents, name: str) -> RemovedNames:
    """Who and what was there `before`, is not `now` in the file called `name`, and is not noted as removed.

    Raises Unreadable where somebody took their place: whoever has an id or a circle's name is told what the
    first one was told.
    """
    gone = RemovedNames(
        frozenset(before.people.keys() - now.people.keys() - now.removed.people),
        frozenset(before.circles.keys() - now.circles.keys() - now.removed.circles),
    )
    for table, new, names in (
        ("people", now.people.keys() - before.people.keys(), gone.people),
        ("circles", now.circles.keys() - before.circles.keys(), gone.circles),
    ):
        if alike := _alike(sorted(new), names):
            raise Unreadable(
                f"{name}: {table}: {alike[0]!r} looks like {alike[1]!r}, which was there until now: if it is"
                " the same, leave the name as it was; if not, choose another"
            )
    for person in sorted(before.people.keys() & now.people.keys()):
        old, new_one = before.people[person], now.people[person]
        others = old.accounts and new_one.accounts and not old.accounts & new_one.accounts
        if others and old.name != new_one.name:
            raise Unreadable(
                f"{name}: people: {person!r} has another name and other accounts than until now: if it is"
                " somebody else, choose another id; if it is the same, leave one of their accounts beside the"
                " new"
            )
    return gone


def with_removed(tables: Tables, gone: RemovedNames) -> Tables:
    """The tables, with these names retired."""
    noted = {**tables, "removed": dict(tables.get("removed", {}))}
    for sort, names in (("person", gone.people), ("circle", gone.circles)):
        for name in sorted(names):
            note_removed(noted, sort, name)
    return noted


def _alike(new: Iterable[str], gone: Iterable[str]) -> tuple[str, str] | None:
    looks = {likeness(name): name for name in gone}
    return next(((name, looks[likeness(name)]) for name in new if likeness(name) in looks), None)
