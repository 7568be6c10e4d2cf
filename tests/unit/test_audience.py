import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import audience, person, place
from core.types import Conversation, Kind, PersonId
from memory.archive.audiences import NOWHERE, Audiences, audience_of, intern_audience, intern_channel
from memory.archive.messages import Messages
from memory.storage.sqlite import Database
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, said, talk


async def intern(db: Database, *principals: str) -> int:
    wanted = audience(*(person(PersonId(one)) for one in principals))
    return await db.write("intern", lambda connection: intern_audience(connection, wanted))


async def test_the_same_audience_has_one_number(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        assert await intern(db, "ann", "ben") == await intern(db, "ben", "ann") != await intern(db, "ann")
        numbers = [await db.write("place", lambda c: intern_channel(c, "slack:c")) for _ in range(2)]
        assert numbers[0] == numbers[1] != NOWHERE


async def heard(audiences: Audiences, conversation: Conversation) -> frozenset[int]:
    return (await audiences.allowed(conversation)).audiences


async def test_what_may_be_heard_follows_circles_links_and_new_audiences(tmp_path: Path) -> None:
    directory = PlainDirectory(circles={"family": people("ann")})
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(db, directory)
        ann, account = talk("x:ann", people("ann")), talk("x:1", people("telegram:1"))
        first = await intern(db, "ann")
        assert await heard(audiences, ann) == {first}
        family = await db.write(
            "intern",
            lambda connection: intern_audience(connection, frozenset({"owner", "circle:family"})),  # type: ignore[arg-type]
        )
        assert await heard(audiences, ann) == {first, family}
        directory.circles, directory.version = {}, 2
        assert await heard(audiences, ann) == {first}
        assert await heard(audiences, account) == frozenset()
        directory.linked, directory.version = {PersonId("telegram:1"): PersonId("ann")}, 3
        assert await heard(audiences, account) == {first}


async def test_a_conversation_is_judged_by_the_stricter_of_what_is_known_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(db, PlainDirectory())
        old = talk("slack:g", people("ann"), Kind.GROUP, joiners_read_history=False)
        both, ann = await intern(db, "ann", "ben"), await intern(db, "ann")
        assert await heard(audiences, old) == {both, ann}
        joined = NOON + timedelta(minutes=1)
        await Messages(db).upsert(replace(old, members=people("ann", "ben"), newest_join=joined))
        assert await heard(audiences, old) == {both}
        assert audiences.current(old).newest_join == joined
        assert await heard(audiences, replace(old, members=None)) == frozenset()
        assert not (await audiences.allowed(replace(old, kind=Kind.OWNER))).everything


async def test_the_owners_own_dm_hears_everything_and_another_with_nobody_listed_does_not(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(db, PlainDirectory())
        await intern(db, "ann")
        assert (await audiences.allowed(talk("x:me", people(), Kind.OWNER))).everything
        nobody = await audiences.allowed(talk("x:g", people(), Kind.GROUP))
        assert not nobody.everything
        assert nobody.audiences == frozenset()


async def test_a_place_is_met_by_those_who_read_it_now(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        messages, audiences = Messages(db), Audiences(db, PlainDirectory())
        channel = talk("slack:c", people("ann", "ben"), Kind.GROUP)
        ann = talk("x:ann", people("ann"))
        there = await db.write(
            "intern", lambda connection: intern_audience(connection, audience(place("slack:c")))
        )
        assert await heard(audiences, ann) == frozenset()
        await messages.hear(channel, said(channel, 1, "hello", "ann"))
        assert there in await heard(audiences, ann)
        await messages.upsert(replace(channel, members=people("ben")))
        assert there not in await heard(audiences, ann)
        await messages.upsert(replace(channel, members=None))
        assert there not in await heard(audiences, talk("x:ben", people("ben")))


async def test_a_thread_widens_nobodys_reach_into_its_channel(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        messages, audiences = Messages(db), Audiences(db, PlainDirectory())
        for name, members in (("slack:c/1", people("ann", "ben")), ("slack:c/2", people("ben", "cat"))):
            await messages.upsert(talk(name, members, Kind.GROUP, "slack:c"))
        await audiences.refresh()
        assert audiences.membership().channels == {"slack:c": people("ben")}
        await messages.upsert(talk("slack:c", people("ann"), Kind.GROUP))
        await audiences.refresh()
        assert audiences.membership().channels == {"slack:c": people("ann")}


async def test_many_at_once_get_the_same_answer(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        audiences = Audiences(db, PlainDirectory())
        numbers = [await intern(db, "ann", f"other{i}") for i in range(5)]
        ann = talk("x:ann", people("ann"))
        assert await asyncio.gather(*(heard(audiences, ann) for _ in range(8))) == [frozenset(numbers)] * 8


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
