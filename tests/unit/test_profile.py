import errno
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audience import OWNER_ONLY, audience, circle, person
from core.errors import OwnerMustFix, Refused
from core.types import AuthorKind, ConversationId, MessageId, Person, PersonaName, PersonId, RecordId
from memory.archive.suggestions import Suggestions
from memory.profile.file import Unreadable, parse
from memory.profile.profile import Profile
from tests.desk import Desk, open_desk

SAM, MIA = PersonId("sam"), PersonId("mia")
PHONE = PersonId("telegram:7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile.json"


@pytest.fixture
async def profile(path: Path) -> Profile:
    profile = Profile(path)
    await profile.add_person(Person(SAM, "Sam", relation="friend"))
    await profile.set_circle("family", frozenset({MIA}))
    await profile.add_entry("diet", "No fish.", audience(circle("family")))
    return profile


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


def touch(path: Path, text: str) -> None:
    """Save it as an editor would, at a time that differs."""
    path.write_text(text, "utf-8")
    at = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(at, at))


async def test_an_empty_home_has_an_empty_profile_and_no_problem(path: Path) -> None:
    profile = Profile(path)
    assert (profile.people(), profile.entries(), profile.problem) == ({}, (), None)
    assert not path.exists()


async def test_what_is_written_is_there_after_a_restart(profile: Profile, path: Path) -> None:
    await profile.add_rule("money", "Never promise money.")
    await profile.bind(PersonaName("friends"), default=True)
    again = Profile(path)
    assert again.people() == profile.people()
    assert again.circles() == {"family": frozenset({MIA})}
    assert again.entries() == profile.entries()
    assert again.bindings().default == "friends"


async def test_a_byte_order_mark_of_a_windows_editor_is_no_part_of_the_file(
    profile: Profile, path: Path
) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    again = Profile(path)
    assert again.people() == profile.people()
    assert again.problem is None


async def test_rules_are_always_pinned_and_entries_as_the_owner_says(profile: Profile) -> None:
    await profile.add_entry("name", "Ana.", pinned=True)
    await profile.add_rule("money", "Never promise money.")
    assert {one.id: one.pinned for one in profile.entries()} == {
        "profile:diet": False,
        "profile:name": True,
        "rule:money": True,
    }
    assert [one.id for one in profile.rules()] == ["rule:money"]


async def test_the_owner_is_always_in_the_audience_and_alone_by_default(profile: Profile) -> None:
    assert (await profile.add_entry("pin", "1234")).audience == OWNER_ONLY
    assert profile.record(RecordId("profile:diet")).audience == audience(circle("family"))


async def test_the_file_is_for_the_owner_to_read_and_for_nobody_else(profile: Profile, path: Path) -> None:
    await profile.add_person(Person(PersonId("zoë"), "Zoë 🌱"))
    text = path.read_text("utf-8")
    assert "Zoë 🌱" in text
    assert json.loads(text)["people"]["1"]["id"] == "sam"
    assert text.count("\n") > 20
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.with_name("profile.last-good.json").stat().st_mode & 0o777 == 0o600


async def test_the_owners_edit_is_seen_at_once_and_kept_by_a_write(profile: Profile, path: Path) -> None:
    before = profile.version
    touch(path, path.read_text("utf-8").replace("No fish.", "No meat."))
    assert profile.record(RecordId("profile:diet")).text == "No meat."
    assert profile.version > before
    await profile.add_person(Person(MIA, "Mia"))
    assert "No meat." in path.read_text("utf-8")


async def test_what_an_earlier_release_marked_as_a_bot_is_one(path: Path) -> None:
    robot = {"id": "robot", "name": "Robot", "accounts": ["slack:B9"], "is_bot": True}
    path.write_text(json.dumps({"people": {"1": robot, "2": {"id": "mia", "name": "Mia", "is_bot": False}}}))
    profile = Profile(path)
    kinds = {PersonId("robot"): AuthorKind.BOT, MIA: AuthorKind.PERSON}
    assert {one.id: one.kind for one in profile.people().values()} == kinds
    await profile.link(PersonId("slack:B10"), PersonId("robot"))
    assert {one.id: one.kind for one in Profile(path).people().values()} == kinds
    assert json.loads(path.read_text("utf-8"))["people"]["1"]["kind"] == "bot"


async def test_the_version_stands_still_while_nothing_changes(profile: Profile, path: Path) -> None:
    before = profile.version
    profile.people()
    touch(path, path.read_text("utf-8") + "\n")
    assert profile.version == before


async def test_a_broken_file_is_left_alone_and_the_last_good_one_serves(profile: Profile, path: Path) -> None:
    good = profile.entries()
    broken = path.read_text("utf-8").replace('"circles": {', '"circles" {')
    touch(path, broken)
    assert profile.entries() == good
    line = broken.splitlines().index('  "circles" {') + 1
    assert profile.problem is not None
    assert profile.problem.startswith(f"profile.json:{line}:13: ")
    with pytest.raises(OwnerMustFix, match=f"profile.json:{line}:13"):
        await profile.add_person(Person(MIA, "Mia"))
    assert path.read_text("utf-8") == broken


async def test_the_last_good_one_serves_after_a_restart_too(profile: Profile, path: Path) -> None:
    touch(path, "{")
    again = Profile(path)
    assert again.entries() == profile.entries()
    assert again.problem is not None


async def test_a_mended_file_is_used_and_written_again(profile: Profile, path: Path) -> None:
    good = path.read_text("utf-8")
    touch(path, "{")
    assert profile.problem
    touch(path, good)
    assert not profile.problem
    await profile.add_person(Person(MIA, "Mia"))
    assert MIA in profile.people()


async def test_a_file_that_disappeared_is_a_problem_and_no_empty_profile(
    profile: Profile, path: Path
) -> None:
    path.unlink()
    assert SAM in profile.people()
    assert SAM in Profile(path).people()
    with pytest.raises(OwnerMustFix, match=r"profile.last-good.json"):
        await profile.add_person(Person(MIA, "Mia"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "profile.json:1:1: "),
        ("[]", "profile.json:1:1: "),
        ('{"people": []}', "people: an object of documents"),
        ('{"people": {"x": {}}}', "people: x: an object under a number"),
        ('{"poeple": {}}', "unknown table 'poeple'"),
        ('{"people": {"1": {"id": "sam", "name": "Sam", "age": 7}}}', "people: 1: unknown key 'age'"),
        ('{"people": {"1": {"id": "sam"}}}', "people: 1: name: "),
        ('{"people": {"1": {"id": "a/b", "name": "A"}}}', "people: 1: id: "),
        ('{"people": {"1": {"id": "twin", "name": "A"}}}', "people: 1: id: "),
        (
            '{"people": {"1": {"id": "a", "name": "A"}, "2": {"id": "a", "name": "B"}}}',
            "people: 2: id 'a' is taken by 1",
        ),
        (
            (
                '{"people": {"1": {"id": "a", "name": "A", "accounts": ["x:1"]},'
                ' "2": {"id": "b", "name": "B", "accounts": ["x:1"]}}}'
            ),
            "x:1 is linked to a and to b",
        ),
        (
            '{"people": {"1": {"id": "a", "name": "A", "accounts": ["b"]}, "2": {"id": "b", "name": "B"}}}',
            "'b' is somebody, not an account of a",
        ),
        (
            '{"people": {"1": {"id": "a", "name": "A", "accounts": ["owner"]}}}',
            "'owner' is somebody, not an account of a",
        ),
        ('{"people": {"1": {"id": "a", "id": "b", "name": "A"}}}', "the key 'id' is there twice"),
        (
            '{"entries": {"1": {"key": "k", "text": "t", "audience": ["evryone"]}}}',
            "entries: 1: audience.0: ",
        ),
        ('{"bindings": {"1": {"persona": "work"}}}', "bindings: 1: name one of"),
        (
            '{"bindings": {"1": {"persona": "a", "default": true}, "2": {"persona": "b", "default": true}}}',
            "two defaults",
        ),
        ('{"people": {"1": {"id": "a", "name": "\\ud800"}}}', "surrogate"),
        ('{"people": ' + "[" * 100_000, "too deep"),
        ('{"people": ' + "9" * 10_000 + "}", "a number too long"),
    ],
)
async def test_a_fault_is_named_where_it_is(profile: Profile, path: Path, text: str, problem: str) -> None:
    touch(path, text)
    assert SAM in profile.people()
    assert problem in (profile.problem or "")


async def test_a_problem_quotes_nothing_that_may_be_private(profile: Profile, path: Path) -> None:
    touch(path, '{"entries": {"1": {"key": "k", "text": ["my salary"], "audience": ["my diagnosis"]}}}')
    problem = profile.problem or ""
    assert problem
    assert "salary" not in problem
    assert "diagnosis" not in problem


async def test_bytes_that_are_no_text_are_a_problem(profile: Profile, path: Path) -> None:
    path.write_bytes(b"\xff\xfe{}")
    assert "not UTF-8" in (profile.problem or "")
    assert SAM in profile.people()


async def test_a_write_that_would_break_the_file_is_refused(profile: Profile, path: Path) -> None:
    before = path.read_bytes()
    for broken in (Person(PersonId(""), "Nobody"), Person(MIA, "\ud800")):
        with pytest.raises(Refused):
            await profile.add_person(broken)
    assert path.read_bytes() == before
    assert profile.problem is None


async def test_a_full_disk_leaves_the_old_file_whole(
    profile: Profile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OwnerMustFix, match=r"profile.json: not written: No space left"):
        await profile.add_person(Person(MIA, "Mia"))
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["profile.json", "profile.last-good.json"]
    assert MIA not in profile.people()


async def test_a_write_is_on_the_disk_before_it_takes_the_files_place(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        order.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    await profile.set_circle("work", frozenset())
    assert order[:3] == ["file", "rename", "folder"]


async def test_an_account_is_linked_to_one_person_at_a_time(profile: Profile) -> None:
    await profile.add_person(Person(MIA, "Mia"))
    await profile.link(PHONE, SAM)
    assert profile.membership({}).resolve(PHONE) == SAM
    assert profile.people()[SAM].accounts == frozenset({PHONE})
    await profile.link(PHONE, MIA)
    assert profile.membership({}).resolve(PHONE) == MIA
    assert profile.people()[SAM].accounts == frozenset()
    await profile.unlink(PHONE)
    assert profile.membership({}).resolve(PHONE) == PHONE


async def test_an_account_is_linked_to_nobody_unknown(profile: Profile) -> None:
    with pytest.raises(Refused, match="nobody is called"):
        await profile.link(PHONE, PersonId("bob"))


async def test_who_is_removed_leaves_their_circles(profile: Profile) -> None:
    await profile.add_person(Person(MIA, "Mia"))
    await profile.remove_person(MIA)
    assert profile.circles() == {"family": frozenset()}
    with pytest.raises(Refused):
        await profile.remove_person(MIA)


async def test_an_entry_is_replaced_under_its_key_and_keeps_its_place(profile: Profile, path: Path) -> None:
    await profile.add_entry("job", "Designer.", pinned=True)
    await profile.add_entry("diet", "No meat.")
    tables = json.loads(path.read_text("utf-8"))
    assert [one["text"] for one in tables["entries"].values()] == ["No meat.", "Designer."]
    assert list(tables["entries"]) == ["1", "2"]


async def test_a_new_entry_never_takes_the_number_of_one_that_the_editor_added(
    profile: Profile, path: Path
) -> None:
    tables = json.loads(path.read_text("utf-8"))
    tables["entries"]["2"] = {"key": "car", "text": "None."}
    touch(path, json.dumps(tables))
    await profile.add_entry("job", "Designer.")
    assert [one.id for one in profile.entries()] == ["profile:diet", "profile:car", "profile:job"]


async def test_sharing_adds_to_the_audience_and_changes_nothing_else(profile: Profile) -> None:
    before = profile.record(RecordId("profile:diet"))
    after = await profile.share(before.id, audience(person(SAM)))
    assert after.audience == audience(circle("family"), person(SAM))
    assert (after.text, after.pinned, after.at) == (before.text, before.pinned, before.at)


async def test_what_is_forgotten_is_in_no_file_any_more(profile: Profile, path: Path) -> None:
    await profile.forget(RecordId("profile:diet"))
    for file in path.parent.iterdir():
        assert "No fish." not in file.read_text("utf-8")
    with pytest.raises(Refused):
        await profile.forget(RecordId("profile:diet"))


async def test_a_binding_replaces_the_one_for_the_same_place(profile: Profile) -> None:
    where = ConversationId("console:sam")
    await profile.bind(PersonaName("work"), conversation=where)
    await profile.bind(PersonaName("friends"), conversation=where)
    await profile.bind(PersonaName("warm"), circle="family")
    await profile.bind(PersonaName("work"), default=True)
    await profile.bind(PersonaName("friends"), default=True)
    bound = profile.bindings()
    assert (bound.conversations, bound.circles, bound.default) == (
        {where: "friends"},
        {"family": "warm"},
        "friends",
    )
    with pytest.raises(Refused, match="one of them"):
        await profile.bind(PersonaName("work"), conversation=where, default=True)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_tables_or_unreadable(text: str) -> None:
    try:
        tables = parse(text, "profile.json")
    except Unreadable as error:
        told = str(error)
    else:
        told = f"profile.json holds {type(tables).__name__}"
    assert told.startswith("profile.json")


# Suggestions


async def test_what_contacts_say_waits_and_changes_nothing(desk: Desk, profile: Profile) -> None:
    before = profile.version
    suggestions = Suggestions(desk.database, profile, desk.clock)
    for _ in range(2):
        await suggestions.add("Sam moved to Porto.", MessageId("console:sam/1"), audience(person(SAM)))
    (waiting,) = await suggestions.open()
    assert (waiting.text, waiting.audience) == ("Sam moved to Porto.", audience(person(SAM)))
    assert profile.version == before


async def test_an_accepted_suggestion_becomes_an_entry_as_suggested(desk: Desk, profile: Profile) -> None:
    suggestions = Suggestions(desk.database, profile, desk.clock)
    await suggestions.add("Sam moved to Porto.", MessageId("console:sam/1"), audience(person(SAM)))
    (waiting,) = await suggestions.open()
    record = await suggestions.accept(waiting.id)
    assert record in profile.entries()
    assert (record.text, record.audience) == (waiting.text, waiting.audience)
    assert await suggestions.open() == []
    with pytest.raises(Refused, match="already handled"):
        await suggestions.accept(waiting.id)


async def test_a_dismissed_suggestion_is_not_made_again(desk: Desk, profile: Profile) -> None:
    suggestions = Suggestions(desk.database, profile, desk.clock)
    await suggestions.add("Sam moved to Porto.", MessageId("console:sam/1"), OWNER_ONLY)
    (waiting,) = await suggestions.open()
    await suggestions.dismiss(waiting.id)
    await suggestions.add("Sam moved to Porto.", MessageId("console:sam/1"), OWNER_ONLY)
    assert await suggestions.open() == []
    assert len(profile.entries()) == 1
