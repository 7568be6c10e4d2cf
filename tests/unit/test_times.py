"""Times as people write them, on the clock of the owner's wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.base.times import SPOKEN, ago, moment, timed
from core.errors import OwnerMustFix

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
"""A Thursday, 13:30 in Vienna."""


def wall(at: datetime) -> str:
    return f"{at.astimezone(VIENNA):%a %-d %b %Y %H:%M}"


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("2h", "Thu 12 Mar 2026 15:30"),
        ("in 2h", "Thu 12 Mar 2026 15:30"),
        ("in 2 hours", "Thu 12 Mar 2026 15:30"),
        ("1h30m", "Thu 12 Mar 2026 15:00"),
        ("in 1 hour and 30 minutes", "Thu 12 Mar 2026 15:00"),
        ("in half an hour", "Thu 12 Mar 2026 14:00"),
        ("in an hour", "Thu 12 Mar 2026 14:30"),
        ("in a week", "Thu 19 Mar 2026 13:30"),
        ("18:00", "Thu 12 Mar 2026 18:00"),
        ("at 18.15", "Thu 12 Mar 2026 18:15"),
        ("at 9", "Fri 13 Mar 2026 09:00"),
        ("6pm", "Thu 12 Mar 2026 18:00"),
        ("12am", "Fri 13 Mar 2026 00:00"),
        ("noon", "Fri 13 Mar 2026 12:00"),
        ("this evening", "Thu 12 Mar 2026 19:00"),
        ("tonight", "Thu 12 Mar 2026 20:00"),
        ("today", "Thu 12 Mar 2026 14:30"),
        ("tomorrow", "Fri 13 Mar 2026 09:00"),
        ("Tomorrow, 9:30", "Fri 13 Mar 2026 09:30"),
        ("tomorrow morning", "Fri 13 Mar 2026 09:00"),
        ("tomorrow in the evening", "Fri 13 Mar 2026 19:00"),
        ("at 9 tomorrow", "Fri 13 Mar 2026 09:00"),
        ("friday", "Fri 13 Mar 2026 09:00"),
        ("on Fri at 18:00", "Fri 13 Mar 2026 18:00"),
        ("thursday 18:00", "Thu 12 Mar 2026 18:00"),
        ("thursday 9:00", "Thu 19 Mar 2026 09:00"),
        ("2026-05-01", "Fri 1 May 2026 09:00"),
        ("2026-01-05", "Mon 5 Jan 2026 09:00"),
        ("2026-05-01 18:00", "Fri 1 May 2026 18:00"),
        ("2026-05-01T18:00", "Fri 1 May 2026 18:00"),
        ("1 May 18:00", "Fri 1 May 2026 18:00"),
        ("March 1", "Mon 1 Mar 2027 09:00"),
        ("3 january 2027 noon", "Sun 3 Jan 2027 12:00"),
        ("29 March 2:30", "Sun 29 Mar 2026 03:30"),
    ],
)
def test_a_time_is_the_one_on_the_owners_wall(said: str, when: str) -> None:
    assert wall(moment(said, NOW, VIENNA)) == when


@pytest.mark.parametrize(
    "said", ["", "soon", "25:00", "at 31", "13pm", "31 feb", "30 minutes ago", "in 2", "9", "call Sam", "w"]
)
def test_what_is_no_time_is_refused_with_how_to_write_one(said: str) -> None:
    with pytest.raises(OwnerMustFix, match="tomorrow 9:00"):
        moment(said, NOW, VIENNA)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OwnerMustFix, match="too far"):
        moment(" ".join(["in", *["9999w"] * 60]), NOW, VIENNA)


@pytest.mark.parametrize(
    ("said", "when", "what"),
    [
        ("in 2h call Sam", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("2h call Sam", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("tomorrow 9:00 send the invoice", "Fri 13 Mar 2026 09:00", "send the invoice"),
        ("me in 30 minutes to take the cake out", "Thu 12 Mar 2026 14:00", "take the cake out"),
        ("me to call Sam tomorrow at 9", "Fri 13 Mar 2026 09:00", "call Sam"),
        ("to water the plants on saturday.", "Sat 14 Mar 2026 09:00", "water the plants"),
        ("call Sam in 2 hours", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("friday 18:00: the 2nd half", "Fri 13 Mar 2026 18:00", "the 2nd half"),
        ("at 18:00 pay 30m rent of 2 May", "Thu 12 Mar 2026 18:00", "pay 30m rent of 2 May"),
        ("in 2h", "Thu 12 Mar 2026 15:30", ""),
    ],
)
def test_a_reminder_names_its_time_first_or_last(said: str, when: str, what: str) -> None:
    found = timed(said, NOW, VIENNA)
    assert found is not None
    assert (wall(found[0]), found[1]) == (when, what)


@pytest.mark.parametrize(
    "said",
    [
        "call Sam",
        "me what Sam said",
        "Friday's list",
        "tomorrowland tickets",
        "2hot.txt is big",
        "at 25:00 x",
        "",
    ],
)
def test_words_that_only_look_like_a_time_name_none(said: str) -> None:
    assert timed(said, NOW, VIENNA) is None


@given(st.text(max_size=60))
def test_whatever_is_said_is_read_or_not_but_breaks_nothing(said: str) -> None:
    found = timed(said, NOW, VIENNA)
    assert found is None or SPOKEN.search(said)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 366 * 24 * 60))
def test_a_time_of_day_is_the_next_one_ahead(hour: int, minute: int, after: int) -> None:
    now = NOW + timedelta(minutes=after)
    at = moment(f"{hour}:{minute:02}", now, VIENNA)
    assert now < at <= now + timedelta(hours=26)


def test_a_span_may_lie_behind() -> None:
    assert ago("2h", NOW, VIENNA) == NOW - timedelta(hours=2)


def test_since_a_day_is_since_its_beginning() -> None:
    assert wall(ago("2026-03-01", NOW, VIENNA)) == "Sun 1 Mar 2026 00:00"
