"""What comes again and again, on the owner's wall."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.state.recurrence import WORKDAYS, Recurrence, Unit, recurrence

VIENNA = ZoneInfo("Europe/Vienna")
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def times(one: Recurrence, after: datetime, many: int = 4, zone: ZoneInfo = VIENNA) -> list[str]:
    found = [after]
    while len(found) <= many:
        found.append(one.next(found[-1], zone))
    return [f"{at.astimezone(zone):%a %-d %b %H:%M}" for at in found[1:]]


def starting(at: str) -> datetime:
    return datetime.fromisoformat(at)


@pytest.mark.parametrize(
    ("one", "after", "words", "coming"),
    [
        (
            Recurrence(1, Unit.WEEK, starting("2026-03-12T08:00"), WORKDAYS),
            NOON,
            "every weekday at 08:00",
            ["Fri 13 Mar 08:00", "Mon 16 Mar 08:00", "Tue 17 Mar 08:00", "Wed 18 Mar 08:00"],
        ),
        (
            Recurrence(2, Unit.WEEK, starting("2026-03-16T09:00"), (0, 3)),
            NOON,
            "every 2 weeks on Mon and Thu at 09:00",
            ["Mon 16 Mar 09:00", "Thu 19 Mar 09:00", "Mon 30 Mar 09:00", "Thu 2 Apr 09:00"],
        ),
        (
            Recurrence(1, Unit.MONTH, starting("2026-01-31T09:00")),
            datetime(2026, 2, 1, tzinfo=UTC),
            "every month on day 31 at 09:00",
            ["Sat 28 Feb 09:00", "Tue 31 Mar 09:00", "Thu 30 Apr 09:00", "Sun 31 May 09:00"],
        ),
        (
            Recurrence(1, Unit.YEAR, starting("2024-02-29T09:00")),
            NOON,
            "every year on 29 Feb at 09:00",
            ["Sun 28 Feb 09:00", "Tue 29 Feb 09:00", "Wed 28 Feb 09:00", "Thu 28 Feb 09:00"],
        ),
        (
            Recurrence(1, Unit.DAY, starting("2026-03-27T02:30")),
            NOON,
            "every day at 02:30",
            ["Fri 27 Mar 02:30", "Sat 28 Mar 02:30", "Sun 29 Mar 03:30", "Mon 30 Mar 02:30"],
        ),
        (
            Recurrence(1, Unit.DAY, starting("2026-10-24T02:30")),
            NOON,
            "every day at 02:30",
            ["Sat 24 Oct 02:30", "Sun 25 Oct 02:30", "Mon 26 Oct 02:30", "Tue 27 Oct 02:30"],
        ),
        (
            Recurrence(6, Unit.HOUR, NOON),
            NOON,
            "every 6 hours",
            ["Thu 12 Mar 19:00", "Fri 13 Mar 01:00", "Fri 13 Mar 07:00", "Fri 13 Mar 13:00"],
        ),
    ],
)
def test_each_time_on_the_wall_comes_once(
    one: Recurrence, after: datetime, words: str, coming: list[str]
) -> None:
    assert one.words() == words
    assert times(one, after) == coming


def test_it_stays_the_same_hour_for_an_owner_who_moves() -> None:
    one = Recurrence(1, Unit.DAY, starting("2026-03-12T09:00"))
    assert one.next(NOON, ZoneInfo("America/New_York")).hour == 13
    assert one.next(NOON, VIENNA).hour == 8


@given(
    st.integers(1, 40),
    st.sampled_from(Unit),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.sets(st.integers(0, 6)),
    st.integers(-400, 2000),
)
def test_it_is_written_and_read_and_goes_on_forwards(
    every: int, unit: Unit, begins: datetime, days: set[int], after: int
) -> None:
    starts = begins.replace(second=0, microsecond=0)
    if unit in (Unit.MINUTE, Unit.HOUR):
        starts = starts.replace(tzinfo=UTC)
    one = Recurrence(every, unit, starts, tuple(sorted(days)) if unit is Unit.WEEK else ())
    assert recurrence(one.rule(), one.starts.isoformat()) == one
    found = [NOON + timedelta(days=after)]
    for _ in range(5):
        found.append(one.next(found[-1], VIENNA))
    assert all(sooner < later for sooner, later in pairwise(found))
    local = [at.astimezone(VIENNA).replace(tzinfo=None) for at in found[1:]]
    assert unit in (Unit.MINUTE, Unit.HOUR) or min(local) >= starts
    # whoever looks just before finds the same one, so that none is left out
    assert one.next(found[3] - timedelta(seconds=1), VIENNA) == found[3]
