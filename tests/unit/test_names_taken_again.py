"""An id or a circle's name stands for one and the same for good, for nothing else, and can be told by eye."""

import json
from pathlib import Path

import pytest

from core.audience import Membership, audience, circle, includes, person, place
from core.errors import Refused
from core.types import OWNER, Person, PersonId, Principal
from memory.profile.profile import Profile

SAM = PersonId("sam")
LIKE_SAM = ["sam", "Sam", "SAM", "s\u0430m", "\uff53\uff41\uff4d", "sa\u0301m"]


@pytest.fixture
async def profile(tmp_path: Path) -> Profile:
    profile = Profile(tmp_path / "profile.json")
    await profile.add_person(Person(SAM, "Sam"))
    await profile.set_circle("climbers", frozenset({SAM}))
    return profile


def hears(profile: Profile, who: str, *principals: Principal) -> bool:
    return includes(audience(*principals), person(PersonId(who)), profile.membership({}))


async def test_what_was_shared_with_somebody_ends_with_them(profile: Profile) -> None:
    assert hears(profile, "sam", person(SAM))
    await profile.remove_person(SAM)
    assert not hears(profile, "sam", person(SAM))
    assert not hears(profile, "sam", circle("climbers"))


async def test_what_was_shared_with_a_circle_ends_with_it(profile: Profile) -> None:
    assert hears(profile, "sam", circle("climbers"))
    await profile.remove_circle("climbers")
    assert not hears(profile, "sam", circle("climbers"))


@pytest.mark.parametrize("name", LIKE_SAM)
async def test_nobody_gets_the_id_of_somebody_who_was_removed_nor_one_that_looks_like_it(
    profile: Profile, name: str
) -> None:
    await profile.remove_person(SAM)
    with pytest.raises(Refused, match="that you removed"):
        await profile.add_person(Person(PersonId(name), "another"))
    assert profile.problem is None
    assert not profile.people()
    again = Profile(profile.path)  # after a restart
    with pytest.raises(Refused, match="that you removed"):
        await again.add_person(Person(PersonId(name), "another"))


async def test_no_circle_gets_the_name_of_one_that_was_removed(profile: Profile) -> None:
    await profile.remove_circle("climbers")
    with pytest.raises(Refused, match="that you removed"):
        await profile.set_circle("Climbers", frozenset({PersonId("eve")}))
    await profile.set_circle("sam", frozenset({SAM}))  # a person's id is another thing


async def test_written_by_hand_it_is_told_and_the_last_good_one_serves(profile: Profile) -> None:
    await profile.remove_person(SAM)
    tables = json.loads(profile.path.read_text("utf-8"))
    tables["people"] = {"1": {"id": "sam", "name": "Samira"}}
    profile.path.write_text(json.dumps(tables), "utf-8")
    assert "that you removed" in (profile.problem or "")
    assert not profile.people()
    del tables["removed"]  # the owner says that it is the same again
    profile.path.write_text(json.dumps(tables), "utf-8")
    assert profile.problem is None
    assert hears(profile, "sam", person(SAM))


async def test_several_are_removed_and_each_is_remembered(profile: Profile) -> None:
    await profile.add_person(Person(PersonId("eve"), "Eve"))
    await profile.remove_person(SAM)
    await profile.remove_person(PersonId("eve"))
    await profile.remove_circle("climbers")
    with pytest.raises(Refused, match="there is no"):
        await profile.remove_person(SAM)
    assert profile.membership({}).removed == {"sam", "eve"}


UNCLEAR = [
    *("owner", "Owner", "\u043ewner", "public", "PUBLIC", "twin"),
    *("", " ", "a\u200bb", "a\u034fb", "a:b", "a/b"),
]


@pytest.mark.parametrize("name", UNCLEAR)
@pytest.mark.parametrize("table", ["people", "circles"])
def test_nobody_and_nothing_is_called_what_an_audience_reads_otherwise(
    tmp_path: Path, table: str, name: str
) -> None:
    document = {"id": name, "name": "x"} if table == "people" else {"name": name, "members": ["owner"]}
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({table: {"1": document}}), "utf-8")
    profile = Profile(path)
    assert profile.problem is not None
    assert f": {table}: 1: {'id' if table == 'people' else 'name'}:" in profile.problem
    assert not profile.people()
    assert not profile.circles()


def test_the_owner_may_be_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({"circles": {"1": {"name": "us", "members": ["owner", "sam"]}}}), "utf-8")
    assert Profile(path).circles() == {"us": {OWNER, "sam"}}


@pytest.mark.parametrize("closed", [True, False])
def test_a_place_stands_for_whoever_reads_it_only_while_joiners_can_read_back(closed: bool) -> None:
    there = Membership(
        channels={"slack:C": frozenset({SAM})}, closed=frozenset({"slack:C"}) if closed else frozenset()
    )
    said_there = audience(place("slack:C"))
    assert includes(said_there, person(SAM), there) is not closed
    assert includes(said_there, place("slack:C"), there) is not closed


async def test_an_account_that_is_linked_to_another_brings_what_it_heard_and_nothing_that_was_shared(
    profile: Profile,
) -> None:
    account = PersonId("telegram:1")
    await profile.link(account, SAM)
    await profile.remove_person(SAM)
    await profile.add_person(Person(PersonId("eve"), "Eve"))
    await profile.link(account, PersonId("eve"))
    assert hears(profile, "eve", person(account))
    assert not hears(profile, "eve", person(SAM))
