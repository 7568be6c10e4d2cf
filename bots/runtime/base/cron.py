"""What is due when, and what wakes us then: the one place that knows APScheduler.

The arithmetic is pure. A cron expression speaks of the clock on the owner's wall, so it is stepped through
in wall time and only then made a moment: each time on the wall comes once, also where the clock is put
back; one that is skipped where it is put forward comes as much later as the clock was put.

Nothing that must survive a restart is a job here: SQLite holds what was done, a job only wakes us.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bots.runtime.base.schedule import Schedule
from bots.runtime.base.timing import Sleep, wait_for

if TYPE_CHECKING:
    from core.ports import Clock  # brings numpy along, which the settings do without

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""As cron numbers them; APScheduler begins with Monday, so it is given names."""
MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
FARTHEST_JUMP = timedelta(hours=2)
"""The most that a clock on the wall is put forward."""
LOOKS_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366))
"""The last time is looked for in ever longer spans, so that one that comes every minute is soon found."""
SOON = timedelta(seconds=2)
"""What is due and waits for a platform is looked at again: one that just starts takes about so long."""
LONGEST_QUIET = timedelta(days=8)
"""Where it is always quiet, somebody looks again after so long."""


class Cron:
    """Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday); where both days are
    restricted, either will do. Raises ValueError on anything else, and on what never comes."""

    def __init__(self, expression: str) -> None:
        fields = MACROS.get(expression.strip(), expression).lower().split()
        if len(fields) != 5:
            raise ValueError("a cron expression has five fields, as `0 8 * * mon-fri`")
        minute, hour, day, month, weekday = fields
        weekday = _weekdays(weekday)
        either = not day.startswith("*") and weekday != "*"
        days = [(day, "*"), ("*", weekday)] if either else [(day, weekday)]
        self._triggers = [_trigger(minute, hour, of_month, month, of_week) for of_month, of_week in days]
        if self.next(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None:
            raise ValueError("that day never comes")

    def next(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first time after `after`, in UTC."""
        return next(self._from(after, zone), None)

    def last(self, since: datetime, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The last time after `since`, `now` included, in UTC; None where there is none."""
        for span in (*LOOKS_BACK, now - since):
            begin = max(since, now - span)
            found = None
            for one in self._from(begin, zone):
                if one > now:
                    break
                found = one
            if found is not None or begin == since:
                return found
        return None

    def _from(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        wall = _wall(after, zone) - FARTHEST_JUMP
        while True:
            times = [trigger.get_next_fire_time(None, wall) for trigger in self._triggers]
            coming = [time for time in times if time is not None]
            if not coming:
                return
            wall = min(coming)
            moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
            if moment > after:
                yield moment
            wall += timedelta(minutes=1)


def quiet_until(quiet: Schedule, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None outside of them."""
    if not quiet.covers(now):
        return None
    today = now.astimezone(quiet.zone).date()
    ends = {
        datetime.combine(today + timedelta(days=days), span.ends, tzinfo=quiet.zone).replace(fold=fold)
        for span in quiet.spans
        for days in range(LONGEST_QUIET.days + 1)
        for fold in (0, 1)
    }
    moments = sorted(end.astimezone(UTC) for end in ends)
    return next(
        (moment for moment in moments if moment > now and not quiet.covers(moment)), now + LONGEST_QUIET
    )


async def keep(
    look: Callable[[], Awaitable[datetime | None]], clock: "Clock", every_s: float, sleep: Sleep
) -> None:
    """Call `look` for ever: at the moment that it names, and every so often all the same, since a machine
    that slept has missed its alarm."""
    alarm = Alarm()
    try:
        while True:
            soonest = await look()
            if soonest is not None:
                await alarm.set((soonest - clock.now()).total_seconds())
            await wait_for(alarm.rings, every_s, sleep)
            alarm.rings.clear()
    finally:
        alarm.close()


class Alarm:
    """Rings once; set again, it forgets what it was set to before."""

    def __init__(self) -> None:
        self.rings = asyncio.Event()
        self._scheduler: Any = None

    async def set(self, in_s: float) -> None:
        """Ring after so many seconds."""
        if self._scheduler is None:
            self._scheduler = await asyncio.to_thread(_scheduler)
            self._scheduler.start()
        self._scheduler.add_job(
            self._ring,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=max(in_s, 0.0)),
            id="next",
            replace_existing=True,
            misfire_grace_time=None,
        )

    def close(self) -> None:
        """Ring no more."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def _ring(self) -> None:
        self.rings.set()


def _scheduler() -> Any:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return AsyncIOScheduler(timezone=UTC)


def _trigger(minute: str, hour: str, day: str, month: str, weekday: str) -> Any:
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, second=0, timezone=UTC
    )


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows, as if it were UTC: so APScheduler knows of no daylight saving."""
    return at.astimezone(zone).replace(tzinfo=UTC, fold=0)


def _weekdays(field: str) -> str:
    if field == "*":
        return field
    chosen = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, to, last = span.partition("-")
        if span == "*":
            first, to, last = "0", "-", "6"
        low, high = _weekday(first), _weekday(last if to else "6" if step else first)
        high = 7 if high < low and high == 0 else high
        if high < low or (step and not step.isdecimal()) or step == "0":
            raise ValueError(f"{part!r} is no day of the week")
        chosen |= {number % 7 for number in range(low, high + 1, int(step or 1))}
    return ",".join(WEEKDAYS[number] for number in sorted(chosen))


def _weekday(name: str) -> int:
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    if name.isdecimal() and int(name) <= 7:
        return int(name)
    raise ValueError(f"{name!r} is no day of the week: 0 to 7, or sun to sat")
