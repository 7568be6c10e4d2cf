import asyncio
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import audience, person, place
from core.types import Conversation, Kind, PersonId
from memory.archive.audiences import NOWHERE, Allowed, Audiences, audience_of, intern_audience, intern_channel
from memory.archive.messages import Messages
from memory.storage.port import Connection, Database, Work
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, said, talk


async def intern(db: Database, *principals: str) -> int:
    wanted = audience(*(person(PersonId(one)) for one in principals))
    return await db.write("intern", lambda connection: intern_audience(connection, wanted))


async def test_the_same_audience_has_one_number(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        assert await intern(db, "ann", "ben") == await intern(db, "ben", "ann") != await intern(db, "ann")
        numbers = [await db.write("place", lambda c: intern_channel(c, "slack:c")) for _ in range(2)]
        assert numbers[0] == numbers[1] != NOWHERE


async def allowed(db: Database, audiences: Audiences, conversation: Conversation) -> Allowed:
    return await db.read(lambda connection: audiences.allowed_in(connection, conversation))


async def heard(db: Database, audiences: Audiences, conversation: Conversation) -> frozenset[int]:
    return (await allowed(db, audiences, conversation)).audiences


async def test_what_may_be_heard_follows_circles_links_and_new_audiences(tmp_path: Path) -> None:
    directory = PlainDirectory(circles={"family": people("ann")})
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(directory)
        ann, account = talk("x:ann", people("ann")), talk("x:1", people("telegram:1"))
        first = await intern(db, "ann")
        assert await heard(db, audiences, ann) == {first}
        family = await db.write(
            "intern",
            lambda connection: intern_audience(connection, frozenset({"owner", "circle:family"})),  # type: ignore[arg-type]
        )
        assert await heard(db, audiences, ann) == {first, family}
        directory.circles, directory.version = {}, 2
        assert await heard(db, audiences, ann) == {first}
        assert await heard(db, audiences, account) == frozenset()
        directory.linked, directory.version = {PersonId("telegram:1"): PersonId("ann")}, 3
        assert await heard(db, audiences, account) == {first}


async def test_a_conversation_is_judged_by_the_stricter_of_what_is_known_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(PlainDirectory())
        old = talk("slack:g", people("ann"), Kind.GROUP, joiners_read_history=False)
        both, ann = await intern(db, "ann", "ben"), await intern(db, "ann")
        assert await heard(db, audiences, old) == {both, ann}
        joined = NOON + timedelta(minutes=1)
        await Messages(db).upsert(replace(old, members=people("ann", "ben"), newest_join=joined))
        assert await heard(db, audiences, old) == {both}
        assert audiences.current(old).newest_join == joined
        assert await heard(db, audiences, replace(old, members=None)) == frozenset()
        assert not (await allowed(db, audiences, replace(old, kind=Kind.OWNER))).everything


async def test_the_owners_own_dm_hears_everything_and_another_with_nobody_listed_does_not(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(PlainDirectory())
        await intern(db, "ann")
        assert (await allowed(db, audiences, talk("x:me", people(), Kind.OWNER))).everything
        nobody = await allowed(db, audiences, talk("x:g", people(), Kind.GROUP))
        assert not nobody.everything
        assert nobody.audiences == frozenset()


async def test_a_place_is_met_by_those_who_read_it_now(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        messages, audiences = Messages(db), Audiences(PlainDirectory())
        channel = talk("slack:c", people("ann", "ben"), Kind.GROUP)
        ann = talk("x:ann", people("ann"))
        there = await db.write(
            "intern", lambda connection: intern_audience(connection, audience(place("slack:c")))
        )
        assert await heard(db, audiences, ann) == frozenset()
        await messages.hear(channel, said(channel, 1, "hello", "ann"))
        assert there in await heard(db, audiences, ann)
        await messages.upsert(replace(channel, members=people("ben")))
        assert there not in await heard(db, audiences, ann)
        await messages.upsert(replace(channel, members=None))
        assert there not in await heard(db, audiences, talk("x:ben", people("ben")))


async def test_a_channel_is_read_by_those_whom_it_or_a_thread_of_it_was_last_heard_with(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "twin.db") as db:
        messages, audiences = Messages(db), Audiences(PlainDirectory())
        for name, members in (("slack:c/1", people("ann", "ben")), ("slack:c/2", people("ben", "cat"))):
            await messages.upsert(talk(name, members, Kind.GROUP, "slack:c"))
        await db.read(audiences.refresh)
        assert audiences.membership().channels == {"slack:c": people("ben", "cat")}
        await messages.upsert(talk("slack:c", people("ann"), Kind.GROUP))
        await db.read(audiences.refresh)
        assert audiences.membership().channels == {"slack:c": people("ann")}


async def test_numbers_that_were_left_out_or_come_late_are_taken_in_as_they_come(tmp_path: Path) -> None:
    """A sequence that was rolled back leaves a gap; of two transactions the later may be there first."""

    def numbered(number: int, *names: str) -> Work[object]:
        principals = json.dumps(sorted(audience(*(person(PersonId(name)) for name in names))))
        return lambda c: c.execute("INSERT INTO audiences VALUES (?, ?)", (number, principals))

    def channel(number: int, name: str) -> Work[object]:
        return lambda c: c.execute("INSERT INTO channels VALUES (?, ?)", (number, name))

    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(PlainDirectory())
        ann = talk("x:ann", people("ann"))
        for number, names in ((2, ["ann"]), (7, ["ann", "ben"]), (8, ["ben"])):
            await db.write("intern", numbered(number, *names))
        assert await heard(db, audiences, ann) == {2, 7}
        await db.write("late", numbered(5, "ann", "cat"))
        await db.write("later still", numbered(4, "cat"))
        assert await heard(db, audiences, ann) == {2, 5, 7}
        assert await heard(db, audiences, talk("x:cat", people("cat"))) == {4, 5}
        await db.write("next", numbered(9, "ann", "dan"))
        assert await heard(db, audiences, ann) == {2, 5, 7, 9}

        await db.write("channel", channel(3, "x:late"))
        assert (await allowed(db, audiences, ann)).channel == NOWHERE
        await db.write("late channel", channel(1, "x:ann"))
        assert (await allowed(db, audiences, ann)).channel == 1


async def test_what_another_process_commits_is_known_at_the_next_question(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db, opened(tmp_path / "twin.db") as theirs:
        audiences = Audiences(PlainDirectory())
        group = talk("slack:g", people("ann"), Kind.GROUP)
        await Messages(db).upsert(group)
        alone = await intern(db, "ann")
        assert await heard(db, audiences, group) == {alone}
        both = await intern(theirs, "ann", "ben")
        assert await heard(db, audiences, group) == {alone, both}
        await Messages(theirs).upsert(replace(group, members=people("ann", "ben")))
        assert await heard(db, audiences, group) == {both}


async def test_an_answer_is_that_of_the_snapshot_it_is_asked_in(tmp_path: Path) -> None:
    """Several threads read, each in a snapshot of its own: none makes another think that it is up to date."""
    async with opened(tmp_path / "twin.db") as db, opened(tmp_path / "twin.db") as theirs:
        audiences = Audiences(PlainDirectory())
        group = talk("slack:g", people("ann"), Kind.GROUP)
        await Messages(db).upsert(group)
        begun, joined = threading.Event(), threading.Event()

        def in_an_old_snapshot(connection: Connection) -> None:
            connection.version()
            begun.set()
            assert joined.wait(10)
            audiences.refresh(connection)

        reading = asyncio.ensure_future(db.read(in_an_old_snapshot))
        assert await asyncio.to_thread(begun.wait, 10)
        alone = await intern(theirs, "ann")
        await Messages(theirs).upsert(replace(group, members=people("ann", "ben")))
        joined.set()
        await reading
        assert alone not in await heard(db, audiences, group)
        answers = await asyncio.gather(*(heard(db, audiences, group) for _ in range(16)))
        assert set(answers) == {frozenset()}


async def test_many_at_once_get_the_same_answer(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(PlainDirectory())
        numbers = [await intern(db, "ann", f"other{i}") for i in range(5)]
        ann = talk("x:ann", people("ann"))
        assert (
            await asyncio.gather(*(heard(db, audiences, ann) for _ in range(8))) == [frozenset(numbers)] * 8
        )


@pytest.mark.parametrize(
    ("minutes", "reads_back", "heard_by"),
    [
        (-1, False, {"owner", "person:sam"}),
        (0, False, {"owner", "person:sam", "person:mia"}),
        (-1, True, {"owner", "person:sam", "person:mia"}),
    ],
)
def test_what_was_said_before_the_newest_join_is_surely_known_to_its_author_alone(
    minutes: int, reads_back: bool, heard_by: set[str]
) -> None:
    conversation = talk(
        members=people("sam", "mia"), kind=Kind.GROUP, joiners_read_history=reads_back, newest_join=NOON
    )
    at = NOON + timedelta(minutes=minutes)
    assert audience_of(conversation, PersonId("sam"), at) == heard_by
