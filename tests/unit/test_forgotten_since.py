"""A backup revives nothing that its home forgot, took back or learned to be said otherwise since."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.home import Home
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.audience import OWNER_ONLY, audience, person
from core.ids import message_record
from core.types import (
    OWNER,
    TWIN,
    DraftStatus,
    Message,
    MessageId,
    PersonId,
    RecordId,
)
from memory.archive.archive import Archive
from memory.archive.messages import Messages
from memory.outbox import sources
from memory.profile.profile import Profile
from memory.reports.forgotten_since import NotRevived
from memory.state.platform_facts import PlatformFacts
from memory.storage import open_database
from tests.desk import Desk
from tests.unit.kept_homes import GROUP, NADIA, SAM, Kept, kept_in
from tests.unit.memory_cases import NOON

NOTE, KEY = RecordId("note:1"), RecordId("note:2")


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    return await kept_in(tmp_path)


async def test_where_nothing_was_forgotten_all_of_it_is_as_it_was(kept: Kept) -> None:
    await kept.note(NOTE, for_=audience(person(NADIA)))
    await kept.note(KEY)
    await kept.hear("1", "hi")
    before = await kept.records()
    write_backup(kept.home, kept.backup)
    await kept.note(RecordId("note:3"))
    await kept.share(NOTE, SAM)
    assert await kept.restored() == NotRevived()
    assert await kept.records() == before


async def test_a_note_that_was_forgotten_comes_back_for_its_owner_alone(kept: Kept) -> None:
    await kept.note(NOTE, KEY)
    await kept.share(NOTE, NADIA)
    write_backup(kept.home, kept.backup)
    await kept.forget(NOTE)
    assert await kept.restored() == NotRevived(returned=(NOTE,))
    assert (await kept.records())[NOTE].audience == OWNER_ONLY


async def test_what_was_shared_in_the_backup_and_is_not_now_stays_the_owners(kept: Kept) -> None:
    await kept.note(NOTE, for_=audience(person(NADIA), person(SAM)))
    write_backup(kept.home, kept.backup)
    await kept.note(NOTE, for_=audience(person(SAM)))
    assert (await kept.restored()).narrowed == (NOTE,)
    assert (await kept.records())[NOTE].audience == audience(person(SAM))


@pytest.mark.parametrize("how", ["forgotten", "deleted", "emptied"])
@pytest.mark.parametrize("author", [SAM, OWNER, TWIN])
async def test_a_message_that_is_gone_is_not_said_again(kept: Kept, how: str, author: PersonId) -> None:
    said = await kept.hear("1", "the gate code is 4711", author)
    await kept.hear("2", "hi")
    record = message_record(said)
    await kept.share(record, NADIA)
    write_backup(kept.home, kept.backup)
    if how == "forgotten":
        await kept.forget(record)
    else:
        async with kept.database() as database:
            there = Messages(database)
            await (
                there.delete(said) if how == "deleted" else there.edit(said, " ", NOON + timedelta(hours=1))
            )
    found = await kept.restored()
    assert "4711" not in str(await kept.said())
    assert await kept.said() == ["hi"]
    if author == OWNER:
        assert found == NotRevived(returned=(record,))
        mine = (await kept.records())[record]
        assert (mine.audience, mine.channel) == (OWNER_ONLY, None)
    else:
        assert found == NotRevived(forgotten=(record,))
        assert record not in await kept.records()
        assert b"4711" not in (kept.home.path / "twin.db").read_bytes()


async def test_history_that_was_forgotten_stays_so(kept: Kept) -> None:
    said = Message(MessageId("telegram:g/7"), GROUP.id, SAM, "long ago", NOON)
    async with kept.database() as database:
        await Archive(database).archive(GROUP, [said])
    write_backup(kept.home, kept.backup)
    await kept.forget(message_record(said.id))
    assert (await kept.restored()).forgotten == (message_record(said.id),)
    assert await kept.records() == {}


async def test_who_said_otherwise_since_keeps_the_newer_words(kept: Kept) -> None:
    said = await kept.hear("1", "the gate code is 4711")
    write_backup(kept.home, kept.backup)
    async with kept.database() as database:
        await Messages(database).upsert(replace(GROUP, members=frozenset({SAM})))
        await Messages(database).edit(said, "never mind", NOON + timedelta(hours=1))
    record = message_record(said)
    found = await kept.restored()
    assert found == NotRevived(reworded=(record,), narrowed=(record,))
    now = (await kept.records())[record]
    assert (now.text, now.audience) == ("never mind", audience(person(SAM)))
    assert await kept.said() == ["never mind"]
    assert b"4711" not in (kept.home.path / "twin.db").read_bytes()


async def test_the_newer_words_are_the_backups_where_an_older_home_was_replaced(
    kept: Kept, tmp_path: Path
) -> None:
    said = await kept.hear("1", "the gate code is 4711")
    write_backup(kept.home, tmp_path / "older.tar")
    async with kept.database() as database:
        await Messages(database).edit(said, "never mind", NOON + timedelta(hours=1))
    write_backup(kept.home, kept.backup)
    older = Home(tmp_path / "older")
    older.create()
    await restore(older, tmp_path / "older.tar", NOON)
    assert (await kept.restored(older)).reworded == ()
    assert await kept.said() == ["never mind"]


async def test_what_was_heard_and_forgotten_since_is_not_taken_from_the_platforms_history(kept: Kept) -> None:
    await kept.hear("1", "hi")
    write_backup(kept.home, kept.backup)
    said = await kept.hear("2", "the gate code is 4711")
    await kept.hear("3", "see you")
    await kept.forget(message_record(said))
    await kept.restored()
    async with kept.database() as database:
        facts = PlatformFacts(database)
        assert (await facts.early(said) or ("kept",))[0] is None
        assert await facts.early(MessageId("telegram:g/3")) is None


@pytest.mark.parametrize("there", ["nothing", "broken", "another"])
async def test_what_no_home_can_tell_is_said(kept: Kept, tmp_path: Path, there: str) -> None:
    await kept.note(NOTE, for_=audience(person(NADIA)))
    await kept.note(KEY)
    await kept.hear("1", "hi")
    write_backup(kept.home, kept.backup)
    new = Home(tmp_path / "new")
    new.create()
    if there == "broken":
        (new.path / "twin.db").write_bytes(b"no database" * 500)
    elif there == "another":
        await open_database(new.path).close()
    found = await kept.restored(new)
    assert found.unknown_messages == 1
    notes = await kept.records()
    if there == "another":
        assert found.returned == (NOTE, KEY)
        assert notes[NOTE].audience == OWNER_ONLY
    else:
        assert found.in_force == ("note:1 for person:nadia",)
        assert notes[NOTE].audience == audience(person(NADIA))


@pytest.mark.parametrize("record", [NOTE, RecordId("profile:key")])
async def test_a_draft_that_was_let_know_what_was_forgotten_is_stale(kept: Kept, record: RecordId) -> None:
    await kept.note(NOTE, KEY)
    profile = Profile(kept.home.profile_json)
    await profile.add_entry("key", "the key is there", audience(person(NADIA)))
    asked = await kept.hear("1", "where is the key?")
    async with kept.database() as database:
        desk = Desk(database)
        question = await desk.messages.get(asked)
        assert question is not None
        draft = await desk.put(question)
        assert draft is not None
        texts = dict.fromkeys((record, KEY), "the key is there")
        await database.write("drop", lambda c: sources.drop(c, int(draft.id)))
        await database.write("keep", lambda c: sources.keep(c, int(draft.id), texts, texts))
    write_backup(kept.home, kept.backup)
    await kept.forget(record)
    await kept.restored()
    async with kept.database() as database:
        (stale,) = await Desk(database, directory=Profile(kept.home.profile_json)).outbox.recover()
        assert (stale.id, stale.status) == (draft.id, DraftStatus.SUPERSEDED)
        assert stale.superseded_by == "record-withheld"


async def test_a_persona_that_says_other_things_here_is_named(kept: Kept) -> None:
    async with kept.database():
        write_backup(kept.home, kept.backup)
    work = kept.home.personas / "work.toml"
    work.write_text(f"{work.read_text()}\n# taken back since\n")
    (kept.home.personas / "identity.toml").unlink()
    assert (await restore(kept.home, kept.backup, NOON)).personas == ("identity", "work")
    assert (await restore(kept.home, kept.backup, NOON + timedelta(days=1))).personas == ()


ACTS = st.lists(
    st.tuples(st.sampled_from(["forget", "share", "narrow", "edit", "delete"]), st.integers(0, 5))
)


@given(ACTS, ACTS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nobody_hears_more_than_both_let_them(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[str, int]], since: list[tuple[str, int]]
) -> None:
    kept = await kept_in(tmp_path_factory.mktemp("home"))
    notes = [RecordId(f"note:{number}") for number in range(3)]
    await kept.note(*notes)
    heard = [await kept.hear(str(number), f"word {number}") for number in range(3)]
    ids = [*notes, *map(message_record, heard)]

    async def act(how: str, number: int) -> None:
        record, message = ids[number], heard[number % 3]
        if record not in await kept.records():
            return
        if how == "forget":
            await kept.forget(record)
        elif how == "share":
            await kept.share(record, PersonId(f"p{number}"))
        elif how == "narrow":
            await kept.note(notes[number % 3])
        else:
            async with kept.database() as database:
                there = Messages(database)
                at = NOON + timedelta(hours=1)
                await (there.delete(message) if how == "delete" else there.edit(message, "other words", at))

    for how, number in before:
        await act(how, number)
    backup = await kept.records()
    write_backup(kept.home, kept.backup)
    for how, number in since:
        await act(how, number)
    home = await kept.records()
    await kept.restored()
    after = await kept.records()
    assert {one for one in after if one.startswith("message:")} <= home.keys() & backup.keys()
    for one, now in after.items():
        allowed = home[one].audience if one in home else OWNER_ONLY
        assert now.audience <= allowed & backup[one].audience | OWNER_ONLY
        assert one not in home or not one.startswith("message:") or now.text == home[one].text
    assert {one for one in after if one.startswith("note:")} == {
        one for one in backup if one.startswith("note:")
    }
