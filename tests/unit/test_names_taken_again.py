"""An id or a circle's name stands for one and the same for good, for nothing else, and can be told by eye."""

import errno
import json
import os
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


# By hand


def by_hand(profile: Profile, **changes: dict[str, dict[str, object]]) -> None:
    """What the owner's editor saves."""
    tables = json.loads(profile.path.read_text("utf-8"))
    profile.path.write_text(json.dumps({**tables, **changes}), "utf-8")
    at = profile.path.stat().st_mtime_ns + 1_000_000
    os.utime(profile.path, ns=(at, at))


RUNNING = pytest.mark.parametrize("running", [True, False], ids=["running", "off"])


def after(profile: Profile, running: bool) -> Profile:
    """The profile once it has seen the file: at once, or at the next start."""
    seen = profile if running else Profile(profile.path)
    assert seen.problem is None
    return seen


@RUNNING
@pytest.mark.parametrize("name", LIKE_SAM)
async def test_nobody_gets_the_id_of_somebody_who_was_taken_out_by_hand(
    profile: Profile, running: bool, name: str
) -> None:
    await profile.add_rule("money", "Never promise money.")
    by_hand(profile, people={"4": {"id": "eve", "name": "Eve"}})
    seen = after(profile, running)
    assert seen.membership({}).removed == {"sam"}
    assert not hears(seen, "sam", person(SAM))
    assert not hears(seen, "sam", circle("climbers"))
    with pytest.raises(Refused, match="take that line out of `removed`"):
        await seen.add_person(Person(PersonId(name), "another"))
    tables = json.loads(profile.path.read_text("utf-8"))
    assert tables["removed"] == {"1": {"person": "sam"}}
    assert tables["people"] == {"4": {"id": "eve", "name": "Eve"}}
    assert tables["circles"]["1"]["members"] == ["sam"]
    assert tables["rules"]["1"]["text"] == "Never promise money."
    by_hand(seen, people={"1": {"id": name, "name": "Samira"}})
    assert "take that line out of `removed`" in (seen.problem or "")
    by_hand(seen, people={"1": {"id": "sam", "name": "Sam"}}, removed={})  # the same person again
    assert seen.problem is None
    assert hears(seen, "sam", person(SAM))


@RUNNING
async def test_no_circle_gets_the_name_of_one_that_was_taken_out_by_hand(
    profile: Profile, running: bool
) -> None:
    by_hand(profile, circles={})
    seen = after(profile, running)
    assert not hears(seen, "sam", circle("climbers"))
    with pytest.raises(Refused, match="take that line out of `removed`"):
        await seen.set_circle("climbers", frozenset({PersonId("eve")}))
    by_hand(seen, removed={})
    assert seen.problem is None
    await seen.set_circle("climbers", frozenset({SAM}))


@RUNNING
async def test_another_id_is_another_person_and_none_that_looks_like_the_first(
    profile: Profile, running: bool
) -> None:
    by_hand(profile, people={"1": {"id": "samira", "name": "Samira"}})
    assert after(profile, running).membership({}).removed == {"sam"}
    by_hand(profile, people={"1": {"id": "Samira", "name": "Samira"}})
    seen = profile if running else Profile(profile.path)
    assert "'Samira' looks like 'samira'" in (seen.problem or "")
    assert set(seen.people()) == {"samira"}


@RUNNING
@pytest.mark.parametrize(
    ("name", "accounts", "somebody_else"),
    [
        ("Samuel", ["telegram:9"], True),
        ("Samuel", ["telegram:1", "telegram:9"], False),
        ("Sam", ["telegram:9"], False),
        ("Samuel", [], False),
    ],
)
async def test_an_id_is_not_handed_over_in_one_edit_either(
    profile: Profile, running: bool, name: str, accounts: list[str], somebody_else: bool
) -> None:
    await profile.link(PersonId("telegram:1"), SAM)
    by_hand(profile, people={"1": {"id": "sam", "name": name, "accounts": accounts}})
    seen = profile if running else Profile(profile.path)
    assert ("is somebody else, choose another id" in " ".join((seen.problem or "").split())) is somebody_else
    assert (seen.people()[SAM].name == name) is not somebody_else or name == "Sam"


async def test_until_the_disk_takes_it_the_last_good_one_serves(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("memory.profile.file.replace_file", full)
        by_hand(profile, people={})
        assert "could not be noted: No space left on device" in (profile.problem or "")
        assert set(profile.people()) == {"sam"}
    assert profile.problem is None
    assert profile.membership({}).removed == {"sam"}
