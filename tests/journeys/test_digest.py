"""A digest by the clock of a twin that runs, through deaths and restarts."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bots.assembly import running
from bots.platforms.port import Health, Inbound
from bots.settings import DigestSettings, OwnerSettings
from core.errors import OwnerMustFix, Refused
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.types import PersonId
from memory.state.accounts import Accounts
from memory.state.digest_runs import DigestRuns
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.database import SqliteDatabase
from memory.storage.sqlite.migrations import migrate
from tests.journeys.conftest import World
from tests.waiting import PATIENCE_S

EIGHT = datetime(2026, 3, 13, 7, tzinfo=UTC)
"""The next eight o'clock in Vienna after the world's noon."""


@dataclass
class OwnersDM:
    """A platform that says nothing by itself, with a DM of the owner's."""

    name: str = "telegram"
    text_limit: int = 4000
    health: tuple[Health, str] = (Health.CONNECTED, "")
    told: list[str] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    stuck: bool = False

    async def run(self, inbound: Inbound) -> None:
        await asyncio.Event().wait()

    async def send(self, *_: object, **__: object) -> str:
        raise AssertionError("nothing is approved")

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        self.reached.set()
        if self.stuck:
            await asyncio.Event().wait()
        assert picture is not None
        self.told.append(text)


async def prepared(world: World) -> None:
    """The owner has paired their account, and has had their digest until now."""
    connection = connect(world.home.path / "twin.db")
    migrate(connection)
    connection.close()
    database = SqliteDatabase(world.home.path / "twin.db")
    accounts = Accounts(database, world.clock)
    code, _ = await accounts.new_code()
    assert await accounts.pair(PersonId("telegram:1"), code)
    await DigestRuns(database).begin("morning", world.clock.now())
    await database.close()
    world.settings = world.settings.model_copy(
        update={"owner": OwnerSettings(name="Alex", timezone="Europe/Vienna"), "digest": (DigestSettings(),)}
    )


async def looked(world: World, dm: OwnersDM, moment: datetime) -> None:
    """Time passes to a moment, in a twin that runs; returns once the DM was reached or nobody will."""
    world.clock.time = moment
    async with asyncio.timeout(PATIENCE_S):
        while not dm.reached.is_set():
            await world.sleeper.wake()
            await asyncio.sleep(0)


async def test_a_digest_reaches_the_dm_once_and_once_more_after_days_off(world: World) -> None:
    await prepared(world)
    dm = OwnersDM()
    for moment in (EIGHT, EIGHT + timedelta(days=4, hours=2)):
        dm.reached.clear()
        async with running(
            world.home,
            world.settings,
            resident=True,
            model=ScriptedChat("half seven?"),
            embedder=HashedEmbedder(),
            platforms=(dm,),
            clock=world.clock,
            sleep=world.sleeper,
        ) as twin:
            if not dm.told:
                await twin.hear("sam", "console:sam", "are you climbing on friday?")
            await looked(world, dm, moment)
            assert (await twin.status()).problems == ()
            async with asyncio.timeout(PATIENCE_S):
                while (times := (await twin.digests())[0]).state != "told":
                    await asyncio.sleep(0)
            assert times.last == EIGHT + timedelta(days=4 * (len(dm.told) - 1))
            assert f"{times.next:%a %H:%M}" == ("Sat 08:00" if len(dm.told) == 1 else "Wed 08:00")
    first, second = dm.told
    assert "draft 1 to Sam (console)" in first
    assert "climbing" not in first
    assert "Fri 13 Mar 08:00 to Tue 17 Mar 10:00" in second


async def test_a_twin_that_dies_while_it_tells_does_not_tell_again_but_says_so(world: World) -> None:
    await prepared(world)
    dm = OwnersDM(stuck=True)

    async def once(moment: datetime, hold: bool) -> tuple[str, ...]:
        async with running(
            world.home,
            world.settings,
            resident=True,
            model=ScriptedChat(""),
            embedder=HashedEmbedder(),
            platforms=(dm,),
            clock=world.clock,
            sleep=world.sleeper,
        ) as twin:
            if hold:
                await looked(world, dm, moment)
            return (await twin.status()).problems

    assert await once(EIGHT, hold=True) == ()
    dm.stuck = False
    (problem,) = await once(EIGHT, hold=False)
    assert "the digest morning of Fri 13 Mar 08:00 may not have arrived" in problem
    assert dm.told == []
    dm.reached.clear()
    assert await once(EIGHT + timedelta(days=1), hold=True) == ()
    (told,) = dm.told
    assert "Thu 12 Mar 13:00 to Sat 14 Mar 08:00" in told


async def test_a_reminder_that_recurs_outlives_the_process_and_is_ended(world: World) -> None:
    await prepared(world)
    async with world.twin() as twin:
        added = await twin.remind("send what is due tomorrow", at="every weekday at 8")
        assert (added.text, added.every) == ("send what is due tomorrow", "every weekday at 08:00")
        assert f"{added.at:%a %H:%M %Z}" == "Fri 08:00 CET"
    world.clock.pass_by(hours=24 * 3)
    async with world.twin() as twin:
        (kept,) = await twin.reminders()
        assert (kept.id, kept.every) == (added.id, added.every)
        assert "gone" in (await twin.unremind(kept.id)).said
        assert await twin.reminders() == ()
        with pytest.raises(Refused, match="no reminder"):
            await twin.unremind(kept.id)


async def test_a_reminder_says_its_time_in_its_own_words(world: World) -> None:
    await prepared(world)
    async with world.twin() as twin:
        assert (await twin.digests())[0].last is None
        added = await twin.remind("me to call Sam tomorrow at 9")
        assert (added.text, f"{added.at:%a %H:%M %Z}") == ("call Sam", "Fri 09:00 CET")
        assert await twin.reminders() == (added,)
        for wrong in ("call Sam", "in 2h", "yesterday", "2026-01-01 call Sam"):
            with pytest.raises(OwnerMustFix):
                await twin.remind(wrong)
