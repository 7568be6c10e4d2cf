"""Who came since a backup was made hears nothing, by restoring it, of what was said before."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.home import Home
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.ids import message_record
from core.types import Conversation, ConversationId, Kind, PersonId, RecordId
from memory.state.platform_facts import PlatformFacts
from memory.storage import open_database
from tests.unit.kept_homes import GROUP, NADIA, SAM, Kept, kept_in
from tests.unit.memory_cases import NOON

TOLD = replace(GROUP, members=None, joiners_read_history=False)
"""A group that cannot be listed, where who comes cannot read back."""
LISTED = replace(GROUP, joiners_read_history=False)
EVE = PersonId("eve")
LATER = NOON + timedelta(hours=2)
RESTORED_AT = NOON + timedelta(days=1)


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    return await kept_in(tmp_path)


@pytest.mark.parametrize("where", [TOLD, LISTED])
async def test_who_came_since_the_backup_hears_nothing_of_before(kept: Kept, where: Conversation) -> None:
    record = message_record(await kept.hear("1", "the gate code is 4711", where=where))
    assert await kept.recalled(where, record)
    write_backup(kept.home, kept.backup)
    members = None if where.members is None else frozenset({SAM, EVE})
    there = replace(where, members=members, newest_join=LATER if members is None else None)
    await kept.becomes(there, LATER)
    assert not await kept.recalled(replace(where, members=members), record)
    await kept.restored()
    assert not await kept.recalled(replace(where, members=members), record)
    readers = await kept.readers(where)
    assert (readers.members, readers.newest_join) == (members, LATER)


async def test_where_nobody_came_since_all_is_recalled_as_before(kept: Kept) -> None:
    record = message_record(await kept.hear("1", "the gate code is 4711", where=TOLD))
    write_backup(kept.home, kept.backup)
    await kept.restored()
    assert await kept.recalled(TOLD, record)


async def test_a_channel_that_was_closed_since_stays_closed(kept: Kept) -> None:
    opened = replace(GROUP, members=None)
    record = message_record(await kept.hear("1", "the gate code is 4711", where=opened))
    write_backup(kept.home, kept.backup)
    closed = replace(opened, joiners_read_history=False, newest_join=LATER)
    await kept.becomes(closed, LATER)
    await kept.restored()
    assert not (await kept.readers(opened)).joiners_read_history
    assert not await kept.recalled(opened, record)


@pytest.mark.parametrize("there", ["nothing", "broken", "another"])
async def test_where_no_home_can_tell_everyone_in_a_group_counts_as_just_come(
    kept: Kept, tmp_path: Path, there: str
) -> None:
    sams = Conversation(ConversationId("telegram:s"), "telegram", "Sam", Kind.DIRECT, frozenset({SAM}))
    record = message_record(await kept.hear("1", "the gate code is 4711", where=TOLD))
    await kept.hear("2", "hi", where=replace(TOLD, id=ConversationId("telegram:g/2"), parent=TOLD.id))
    mine = message_record(await kept.hear("1", "the gate code is 4711", where=sams))
    write_backup(kept.home, kept.backup)
    new = Home(tmp_path / "new")
    new.create()
    if there == "broken":
        (new.path / "twin.db").write_bytes(b"no database" * 500)
    elif there == "another":
        await open_database(new.path).close()
    await kept.restored(new)
    assert (await kept.readers(TOLD)).newest_join == RESTORED_AT
    assert not await kept.recalled(TOLD, record)
    assert (await kept.readers(sams)).newest_join is None
    if there != "another":  # an empty home has let go of it
        assert await kept.recalled(sams, mine)


async def test_an_older_home_undoes_no_join_that_the_backup_knows(kept: Kept, tmp_path: Path) -> None:
    record = message_record(await kept.hear("1", "the gate code is 4711", where=LISTED))
    write_backup(kept.home, tmp_path / "older.tar")
    came = LISTED.members | {EVE} if LISTED.members else None
    await kept.becomes(replace(LISTED, members=came), LATER)
    write_backup(kept.home, kept.backup)
    older = Home(tmp_path / "older")
    older.create()
    await restore(older, tmp_path / "older.tar", NOON)
    await kept.restored(older)
    readers = await kept.readers(LISTED)
    assert (readers.members, readers.newest_join) == (came, LATER)
    assert not await kept.recalled(LISTED, record)


async def test_a_change_unseen_is_one_from_what_the_home_saw_last(kept: Kept) -> None:
    async with kept.database() as database:
        for key in ("count/1", "readers/discord:1", "offset"):
            await PlatformFacts(database).remember("telegram", key, "4")
    write_backup(kept.home, kept.backup)
    async with kept.database() as database:
        for key in ("count/1", "readers/discord:1", "offset"):
            await PlatformFacts(database).remember("telegram", key, "3")
    await kept.restored()
    async with kept.database() as database:
        facts = PlatformFacts(database)
        found = [await facts.recalled("telegram", key) for key in ("count/1", "readers/discord:1", "offset")]
    assert found == ["3", "3", "4"]


LISTS = st.none() | st.frozensets(st.sampled_from([SAM, NADIA, EVE]), min_size=1)
JOINS = st.lists(st.tuples(LISTS, st.booleans(), st.booleans()), max_size=4)
"""Each time who is listed, whether who comes can read back, and whether the platform tells of a join."""


@given(JOINS, JOINS, LISTS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nobody_hears_what_was_said_before_they_came(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[frozenset[PersonId] | None, bool, bool]],
    since: list[tuple[frozenset[PersonId] | None, bool, bool]],
    listed: frozenset[PersonId] | None,
) -> None:
    kept = await kept_in(tmp_path_factory.mktemp("home"))
    at = NOON
    ids: list[RecordId] = []

    async def pass_through(states: list[tuple[frozenset[PersonId] | None, bool, bool]]) -> None:
        nonlocal at
        for members, reads_back, told in states:
            at += timedelta(minutes=1)
            there = replace(GROUP, members=members, joiners_read_history=reads_back)
            await kept.becomes(replace(there, newest_join=at if told else None), at)
            ids.append(message_record(await kept.hear(str(len(ids)), "hi", where=there, at=at)))

    async def recalled() -> frozenset[RecordId]:
        """By who comes there now, as the platform tells of them."""
        return await kept.recalled(replace(GROUP, members=listed), *ids)

    await pass_through([(GROUP.members, False, False), *before])
    write_backup(kept.home, kept.backup)
    backup = await kept.readers(GROUP)
    await pass_through(since)
    home, by_home = await kept.readers(GROUP), await recalled()
    await kept.restored()
    after = await kept.readers(GROUP)
    assert await recalled() <= by_home
    assert after.joiners_read_history == (home.joiners_read_history and backup.joiners_read_history)
    for one in (home, backup):
        assert one.newest_join is None or (after.newest_join or NOON) >= one.newest_join
