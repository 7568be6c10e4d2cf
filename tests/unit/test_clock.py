"""What is due when: the clock on the owner's wall, over the days when it is changed."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.runtime.base.cron import Alarm, Cron, keep, quiet_until
from bots.runtime.base.schedule import schedule
from tests.fakes import NOON, FixedClock
from tests.waiting import PATIENCE_S, Sleeper

VIENNA = ZoneInfo("Europe/Vienna")
SPRING = datetime(2026, 3, 29, tzinfo=VIENNA)
"""At 02:00 it is 03:00."""
AUTUMN = datetime(2026, 10, 25, tzinfo=VIENNA)
"""At 03:00 it is 02:00 again."""


def times(expression: str, begin: datetime, end: datetime, zone: ZoneInfo = VIENNA) -> list[datetime]:
    found, cron = [], Cron(expression)
    at = cron.next(begin - timedelta(microseconds=1), zone)
    while at is not None and at < end:
        found.append(at.astimezone(zone))
        at = cron.next(at, zone)
    return found


def on(day: datetime, expression: str) -> list[str]:
    midnight = datetime.combine(day.date() + timedelta(days=1), time(), tzinfo=VIENNA)
    return [f"{one:%H:%M}" for one in times(expression, day, midnight)]


def test_a_time_that_the_clock_skips_comes_once_that_day() -> None:
    assert on(SPRING, "30 2 * * *") == ["03:30"]
    assert on(SPRING, "0 8 * * *") == ["08:00"]
    assert on(SPRING, "30 2,3 * * *") == ["03:30"]


def test_a_time_that_the_clock_shows_twice_comes_once_that_day() -> None:
    assert on(AUTUMN, "30 2 * * *") == ["02:30"]
    (only,) = times("30 2 * * *", AUTUMN, AUTUMN + timedelta(days=1))
    assert only.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_eight_in_the_morning_is_eight_on_the_wall_before_and_after() -> None:
    for day in (SPRING, AUTUMN):
        found = times("0 8 * * *", day - timedelta(days=1), day + timedelta(days=2))
        assert [f"{one:%H:%M}" for one in found] == ["08:00"] * 3
    utc = [one.astimezone(UTC).hour for one in times("0 8 * * *", SPRING - timedelta(days=1), SPRING)]
    assert utc == [7]
    assert [one.astimezone(UTC).hour for one in times("0 8 * * *", SPRING, SPRING + timedelta(hours=20))] == [
        6
    ]


@given(
    st.sampled_from(["30 2 * * *", "0 3 * * *", "59 1 * * *", "15 2 * * *"]),
    st.sampled_from([SPRING, AUTUMN]),
    st.lists(st.integers(0, 2 * 24 * 60 * 60), min_size=1, max_size=30),
)
@settings(max_examples=40, deadline=None)
def test_whenever_somebody_looks_each_day_comes_once(
    expression: str, day: datetime, looks: list[int]
) -> None:
    """As a twin that is on and off: what was last done is all that it remembers."""
    cron, done, handled = Cron(expression), day.astimezone(UTC), []
    for after in sorted({*looks, 2 * 24 * 60 * 60}):
        now = day.astimezone(UTC) + timedelta(seconds=after)
        due = cron.last(done, now, VIENNA)
        if due is not None:
            assert done < due <= now
            handled.append(due)
            done = due
    expected = times(expression, day + timedelta(microseconds=1), now + timedelta(microseconds=1))
    assert set(handled) <= {one.astimezone(UTC) for one in expected}
    assert handled[-1] == expected[-1]
    assert len({one.astimezone(VIENNA).date() for one in handled}) == len(handled)


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("0", "Sun"),
        ("7", "Sun"),
        ("sun", "Sun"),
        ("1", "Mon"),
        ("1-5", "Mon Tue Wed Thu Fri"),
        ("mon-fri", "Mon Tue Wed Thu Fri"),
        ("5-7", "Fri Sat Sun"),
        ("fri-sun", "Fri Sat Sun"),
        ("0-2", "Mon Tue Sun"),
        ("*/2", "Tue Thu Sat Sun"),
        ("1/2", "Mon Wed Fri"),
        ("MON,3", "Mon Wed"),
        ("*", "Mon Tue Wed Thu Fri Sat Sun"),
    ],
)
def test_the_days_of_the_week_are_numbered_as_cron_does(weekday: str, days: str) -> None:
    monday = datetime(2026, 3, 2, tzinfo=VIENNA)
    found = times(f"0 8 * * {weekday}", monday, monday + timedelta(days=7))
    assert " ".join(f"{one:%a}" for one in found) == days


def test_where_both_days_are_restricted_either_will_do() -> None:
    march = datetime(2026, 3, 1, tzinfo=VIENNA)
    found = times("0 8 13 * mon", march, march + timedelta(days=30))
    assert [one.day for one in found] == [2, 9, 13, 16, 23, 30]


def test_the_short_names_are_known() -> None:
    monday = datetime(2026, 3, 2, tzinfo=VIENNA)
    assert [f"{one:%a %H}" for one in times("@weekly", monday, monday + timedelta(days=8))] == ["Sun 00"]


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "0 8 * *", "0 8 * * * *", "60 8 * * *", "0 24 * * *", "0 8 0 * *", "0 8 * 13 *", "0 8 * * 8"),
        *("0 8 * * fri-mon", "0 8 * * */0", "0 8 * * 1-", "x 8 * * *", "0 8 31 2 *", "0 8 * * mo", "@noon"),
    ],
)
def test_what_is_no_cron_expression_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Cron(wrong)


def test_after_a_month_off_only_the_last_time_is_due() -> None:
    now = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
    assert Cron("* * * * *").last(now - timedelta(days=31), now, VIENNA) == now.replace(second=0)
    assert Cron("0 8 * * *").last(now - timedelta(days=31), now, VIENNA) == datetime(
        2026, 5, 1, 6, tzinfo=UTC
    )
    assert Cron("0 0 1 1 *").last(now - timedelta(days=31), now, VIENNA) is None
    assert Cron("0 0 29 2 *").last(now - timedelta(days=2000), now, VIENNA) == datetime(
        2024, 2, 28, 23, tzinfo=UTC
    )


def test_what_is_due_now_is_due() -> None:
    eight = datetime(2026, 3, 2, 7, tzinfo=UTC)
    cron = Cron("0 8 * * *")
    assert cron.last(eight - timedelta(seconds=1), eight, VIENNA) == eight
    assert cron.last(eight, eight, VIENNA) is None
    assert cron.next(eight, VIENNA) == eight + timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-02T21:59", None),
        ("2026-03-02T22:00", "2026-03-03T07:00"),
        ("2026-03-02T23:59", "2026-03-03T07:00"),
        ("2026-03-03T00:00", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", None),
    ],
)
def test_quiet_hours_reach_over_midnight(at: str, until: str | None) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=VIENNA)
    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=VIENNA)
    assert quiet_until(schedule(["22:00-07:00"], VIENNA), now.astimezone(UTC)) == expected


def test_quiet_hours_that_meet_are_one() -> None:
    friday = datetime(2026, 3, 6, 23, tzinfo=VIENNA)
    quiet = schedule(["22:00-07:00", "Sat-Sun"], VIENNA)
    assert quiet_until(quiet, friday) == datetime(2026, 3, 9, 7, tzinfo=VIENNA)
    assert quiet_until(schedule([], VIENNA), friday) is None


def test_where_it_is_always_quiet_somebody_looks_again_in_the_end() -> None:
    later = quiet_until(schedule(["Mon-Sun"], VIENNA), NOON)
    assert later is not None
    assert later > NOON + timedelta(days=7)


@given(st.integers(0, 3 * 24 * 60), st.sampled_from([SPRING, AUTUMN]), st.integers(0, 23), st.integers(0, 23))
@settings(deadline=None)
def test_quiet_hours_end_when_they_are_over(minutes: int, day: datetime, start: int, end: int) -> None:
    now = day.astimezone(UTC) - timedelta(days=1) + timedelta(minutes=minutes)
    quiet = schedule([f"{start:02}:30-{end:02}:30"], VIENNA)
    until = quiet_until(quiet, now)
    if until is None:
        assert not quiet.covers(now)
    elif start != end:
        assert now < until <= now + timedelta(hours=26)
        assert not quiet.covers(until)


async def test_the_alarm_rings_and_forgets_what_it_was_set_to_before() -> None:
    alarm = Alarm()
    await alarm.set(3600)
    await alarm.set(-5)
    async with asyncio.timeout(PATIENCE_S):
        await alarm.rings.wait()
    alarm.close()


async def test_it_looks_at_the_moment_that_it_named_and_every_so_often_all_the_same() -> None:
    clock, sleeper, looked = FixedClock(), Sleeper(), asyncio.Queue[int]()
    named = [NOON, None]

    async def look() -> datetime | None:
        looked.put_nowait(len(named))
        return named.pop(0) if named else None

    kept = asyncio.ensure_future(keep(look, clock, 30, sleeper))
    async with asyncio.timeout(PATIENCE_S):
        assert await looked.get() == 2
        assert await looked.get() == 1  # the alarm rang: nobody has woken the sleeper
        await sleeper.wake()
        assert await looked.get() == 0
    assert set(sleeper.asked) == {30}
    kept.cancel()
    await asyncio.gather(kept, return_exceptions=True)
