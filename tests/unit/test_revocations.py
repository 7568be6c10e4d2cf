"""A backup revives nobody and nothing that its home revoked since."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.home import Home
from bots.setup import newcomer
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.audience import OWNER_ONLY, PUBLIC, Membership, audience, circle, person
from core.types import Person, PersonId
from memory.profile.profile import Profile
from memory.profile.revocations import Revocations
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.migrations import migrate
from tests.unit.memory_cases import NOON

SAM, LEA = PersonId("sam"), PersonId("lea")
SAMS, LEAS = PersonId("telegram:5"), PersonId("telegram:6")


@dataclass
class Kept:
    """A home, a backup of it, and what became of the home since."""

    home: Home
    backup: Path

    @property
    def profile(self) -> Profile:
        return Profile(self.home.profile_json)

    async def restored(self, into: Home | None = None) -> tuple[Revocations, Membership, Profile]:
        home = into or self.home
        home.create()
        revocations = (await restore(home, self.backup, NOON)).revocations
        profile = Profile(home.profile_json)
        assert profile.problem is None
        return revocations, profile.membership({}), profile


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    home = Home(tmp_path / "home")
    await newcomer.settle_in(home, "Alex", "UTC")
    connection = connect(home.path / "twin.db")
    migrate(connection)
    connection.close()
    profile = Profile(home.profile_json)
    await profile.add_person(Person(SAM, "Sam", frozenset({SAMS})))
    await profile.add_person(Person(LEA, "Lea", frozenset({LEAS})))
    await profile.set_circle("friends", frozenset({SAM, LEA}))
    await profile.set_circle("crew", frozenset({LEA}))
    await profile.add_entry("party", "on tuesday", audience(circle("friends")))
    await profile.add_entry("diet", "no meat", audience(PUBLIC))
    await profile.add_rule("car", "no lifts", audience(person(SAM)))
    write_backup(home, tmp_path / "backup.tar")
    return Kept(home, tmp_path / "backup.tar")


async def test_where_nothing_was_revoked_all_of_it_is_as_it_was(kept: Kept) -> None:
    revocations, now, profile = await kept.restored()
    assert revocations == Revocations()
    assert dict(now.linked) == {SAMS: SAM, LEAS: LEA}
    assert profile.record("profile:party").audience == audience(circle("friends"))  # type: ignore[arg-type]


async def test_what_was_revoked_since_stays_so_and_is_told(kept: Kept) -> None:
    profile = kept.profile
    await profile.unlink(SAMS)
    await profile.remove_person(LEA)
    await profile.remove_circle("crew")
    await profile.add_entry("party", "on tuesday", OWNER_ONLY)
    await profile.add_rule("car", "no lifts", audience(person(LEA)))
    await profile.forget("profile:diet")  # type: ignore[arg-type]
    revocations, now, profile = await kept.restored()
    assert dict(now.linked) == {}
    assert LEA not in profile.people()
    assert now.removed == frozenset({LEA})
    assert dict(now.circles) == {"friends": frozenset({SAM})}
    ids = [one for one in profile.entries() if one.audience != OWNER_ONLY]
    assert ids == []
    assert revocations == Revocations(
        removed=("lea", "crew"),
        unlinked=("telegram:5 (sam)",),
        left=("lea (friends)",),
        narrowed=("profile:party", "profile:diet", "rule:car"),
    )
    assert [one.text for one in profile.entries()] == ["on tuesday", "no meat", "no lifts"]


async def test_who_was_taken_out_by_hand_and_who_has_the_account_now_counts(kept: Kept) -> None:
    profile = kept.profile
    await profile.add_person(Person(PersonId("kim"), "Kim"))
    await profile.link(SAMS, PersonId("kim"))
    text = kept.home.profile_json.read_text()
    kept.home.profile_json.write_text(text.replace('"friends"', '"pals"').replace("circle:friends", "owner"))
    revocations, now, _ = await kept.restored()
    assert "friends" not in now.circles
    assert dict(now.linked) == {LEAS: LEA}
    assert "friends" in revocations.removed
    assert revocations.unlinked == ("telegram:5 (sam)",)


@pytest.mark.parametrize("broken", [False, True])
async def test_what_a_home_does_not_know_is_to_be_looked_over_and_its_accounts_linked_anew(
    kept: Kept, tmp_path: Path, broken: bool
) -> None:
    new = Home(tmp_path / "new")
    new.create()
    if broken:
        new.profile_json.write_text("{")
    revocations, now, _ = await kept.restored(new)
    assert dict(now.linked) == {}
    assert revocations == Revocations(
        unlinked=("telegram:5 (sam)", "telegram:6 (lea)"),
        in_force=(
            *("sam", "lea", "friends: lea, sam", "crew: lea"),
            *("profile:party for circle:friends", "profile:diet for public", "rule:car for person:sam"),
        ),
    )
