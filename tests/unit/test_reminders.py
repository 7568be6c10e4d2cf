"""What the owner is reminded of: once, or each time anew, in their DM, not in quiet hours."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.platforms.port import Health
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.changes import Changes
from bots.runtime.base.cron import SOON
from bots.runtime.base.schedule import schedule
from bots.runtime.delivery.owner_dms import OwnerDms
from core.errors import Refused, TryAgain
from core.types import PersonId
from memory.state.accounts import Accounts
from memory.state.recurrence import Recurrence, Unit
from memory.state.reminders import Reminders
from tests.desk import Desk, open_desk
from tests.fakes import NOON
from tests.unit.test_digest import OwnersDM


@dataclass
class Nightstand:
    desk: Desk
    dm: OwnersDM
    reminders: Reminders
    reminding: ReminderNotices

    @property
    def told(self) -> list[str]:
        return [text for _, text, _ in self.dm.told]


@asynccontextmanager
async def nightstand(
    folder: Path, *, quiet: Sequence[str] = (), paired: bool = True
) -> AsyncIterator[Nightstand]:
    async with open_desk(folder) as desk:
        accounts, dm, reminders = Accounts(desk.database, desk.clock), OwnersDM(), Reminders(desk.database)
        if paired:
            code, _ = await accounts.new_code()
            assert await accounts.pair(PersonId("telegram:1"), code)
        quiet_hours = schedule(quiet, ZoneInfo("UTC"))
        reminding = ReminderNotices(reminders, OwnerDms([dm], accounts), quiet_hours, desk.clock, Changes())
        yield Nightstand(desk, dm, reminders, reminding)


async def test_a_reminder_is_told_once_at_its_time(tmp_path: Path) -> None:
    async with nightstand(tmp_path) as here:
        await here.reminders.add("call Sam", NOON + timedelta(hours=1))
        assert await here.reminding.look() == NOON + timedelta(hours=1)
        assert here.told == []
        here.desk.clock.pass_by(hours=2)
        assert await here.reminding.look() is None
        await here.reminding.look()
        assert here.told == ["You wanted to be reminded: call Sam"]
        assert await here.reminders.open() == []


@pytest.mark.parametrize(
    ("failure", "times"), [(TryAgain("slow"), 1), (Refused("closed"), 1), (OSError(), 0)]
)
async def test_only_what_was_not_told_for_certain_is_told_again(
    tmp_path: Path, failure: Exception, times: int
) -> None:
    async with nightstand(tmp_path) as here:
        await here.reminders.add("call Sam", NOON)
        here.dm.fails = [failure]
        await here.reminding.look()
        await here.reminding.look()
        assert len(here.told) == times


async def test_it_waits_for_a_platform_and_for_the_end_of_quiet_hours(tmp_path: Path) -> None:
    async with nightstand(tmp_path, quiet=["11:00-13:00"]) as here:
        here.dm.state = Health.RECONNECTING
        await here.reminders.add("call Sam", NOON)
        assert await here.reminding.look() == NOON + timedelta(hours=1)
        here.desk.clock.pass_by(hours=1)
        assert await here.reminding.look() == NOON + timedelta(hours=1) + SOON
        assert here.told == []
        here.dm.state = Health.CONNECTED
        await here.reminding.look()
        assert len(here.told) == 1


async def test_without_a_dm_it_stays_listed_until_it_is_let_go(tmp_path: Path) -> None:
    async with nightstand(tmp_path, paired=False) as here:
        one = await here.reminders.add("call Sam", NOON)
        assert await here.reminding.look() is None
        assert await here.reminders.open() == [one]
        await here.reminders.end(one.id)
        assert await here.reminders.open() == []
        with pytest.raises(Refused, match="no reminder"):
            await here.reminders.end(one.id)
        with pytest.raises(Refused, match="no reminder"):
            await here.reminders.take(one, NOON)


DAILY = Recurrence(1, Unit.DAY, datetime(2026, 3, 12, 13))  # noqa: DTZ001 (a time on the wall)
HOURLY = Recurrence(1, Unit.HOUR, NOON + timedelta(hours=1))
HOUR = timedelta(hours=1)


async def test_one_that_recurs_is_told_each_time_until_it_is_ended(tmp_path: Path) -> None:
    async with nightstand(tmp_path) as here:
        one = await here.reminders.add("take the pills", NOON, DAILY)
        assert await here.reminding.look() == NOON + HOUR
        for day in range(1, 4):
            here.desk.clock.pass_by(hours=1 if day == 1 else 24)
            assert await here.reminding.look() == NOON + HOUR + timedelta(days=day)
            await here.reminding.look()
            assert here.told == ["You wanted to be reminded: take the pills"] * day
        await here.reminders.end(one.id)
        here.desk.clock.pass_by(hours=48)
        assert await here.reminding.look() is None
        assert len(here.told) == 3


async def test_however_often_it_was_missed_it_is_told_once(tmp_path: Path) -> None:
    async with nightstand(tmp_path) as here:
        await here.reminders.add("take the pills", NOON, DAILY)
        await here.reminders.add("drink water", NOON, HOURLY)
        here.desk.clock.pass_by(hours=24 * 5)
        assert await here.reminding.look() == NOON + timedelta(days=5, hours=1)
        assert len(here.told) == 2


async def test_quiet_hours_hold_one_that_recurs_and_the_next_comes_at_its_own_time(tmp_path: Path) -> None:
    async with nightstand(tmp_path, quiet=["12:30-14:30"]) as here:
        await here.reminders.add("take the pills", NOON, DAILY)
        here.desk.clock.pass_by(hours=1)
        assert await here.reminding.look() == NOON + timedelta(hours=2.5)
        assert here.told == []
        here.desk.clock.pass_by(hours=2)
        assert await here.reminding.look() == NOON + timedelta(hours=25)
        assert len(here.told) == 1


@pytest.mark.parametrize("failure", [TryAgain("slow"), Refused("closed")])
async def test_what_was_not_told_for_certain_is_told_again_and_ended_all_the_same(
    tmp_path: Path, failure: Exception
) -> None:
    async with nightstand(tmp_path) as here:
        await here.reminders.add("drink water", NOON, HOURLY)
        here.desk.clock.pass_by(hours=1)
        here.dm.fails = [failure]
        await here.reminding.look()
        assert here.told == []
        await here.reminding.look()
        await here.reminding.look()
        assert len(here.told) == 1


async def test_a_clock_that_was_ahead_silences_none_that_recurs(tmp_path: Path) -> None:
    async with nightstand(tmp_path) as here:
        await here.reminders.add("take the pills", NOON, DAILY)
        here.desk.clock.pass_by(hours=24 * 365)
        await here.reminding.look()
        here.desk.clock.pass_by(hours=-24 * 364)
        assert await here.reminding.look() == NOON + timedelta(days=1, hours=1)
        here.desk.clock.pass_by(hours=1)
        await here.reminding.look()
        assert len(here.told) == 2
        here.desk.clock.time -= timedelta(seconds=2)
        await here.reminding.look()
        assert len(here.told) == 2


async def test_a_reminder_that_recurs_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    every_two = Recurrence(2, Unit.WEEK, datetime(2026, 3, 16, 9), (0, 3))  # noqa: DTZ001
    async with nightstand(tmp_path) as here:
        for recurs in (DAILY, HOURLY, every_two, None):
            one = await here.reminders.add("x", NOON, recurs)
            assert one.recurs == recurs
            assert one in await here.reminders.open()
