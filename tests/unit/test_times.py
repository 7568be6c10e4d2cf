"""Times as people write them, on the clock of the owner's wall."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.base.time_words import time_words
from bots.runtime.base.times import Timed, Unclear, ago, moment, timed, when
from core.errors import OwnerMustFix
from tests.bench.reminders import ours
from tests.bench.reminders.table import Phrase, phrases

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
"""A Thursday, 13:30 in Vienna."""


def wall(at: datetime) -> str:
    return f"{at.astimezone(VIENNA):%a %-d %b %Y %H:%M}"


@pytest.mark.parametrize(
    ("said", "at"),
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
        ("29 March 02:30", "Sun 29 Mar 2026 03:30"),
        ("2 h", "Thu 12 Mar 2026 15:30"),
        ("24h", "Fri 13 Mar 2026 13:30"),
    ],
)
def test_a_time_is_the_one_on_the_owners_wall(said: str, at: str) -> None:
    assert wall(moment(said, NOW, VIENNA)) == at


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
    ("said", "at", "what"),
    [
        ("in 2h call Sam", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("2h call Sam", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("tomorrow 9:00 send the invoice", "Fri 13 Mar 2026 09:00", "send the invoice"),
        ("me in 30 minutes to take the cake out", "Thu 12 Mar 2026 14:00", "take the cake out"),
        ("me to call Sam tomorrow at 9", "Fri 13 Mar 2026 09:00", "call Sam"),
        ("to water the plants on saturday.", "Sat 14 Mar 2026 09:00", "water the plants"),
        ("call Sam in 2 hours", "Thu 12 Mar 2026 15:30", "call Sam"),
        ("friday 18:00: the 2nd half", "Fri 13 Mar 2026 18:00", "the 2nd half"),
        ("at 18:00 “pay 30m rent of 2 May”", "Thu 12 Mar 2026 18:00", "pay 30m rent of 2 May"),
        ('"be there at 9" tomorrow', "Fri 13 Mar 2026 09:00", "be there at 9"),
        ("in 2h", "Thu 12 Mar 2026 15:30", ""),
        ("friday at 9 - .env -v and -5 °C", "Fri 13 Mar 2026 09:00", ".env -v and -5 °C"),
        ("friday... call Sam", "Fri 13 Mar 2026 09:00", "call Sam"),
    ],
)
def test_a_reminder_names_its_time_first_or_last(said: str, at: str, what: str) -> None:
    found = timed(said, NOW, VIENNA)
    assert isinstance(found, Timed)
    assert (wall(found.at), found.text) == (at, what)


@pytest.mark.parametrize(
    "said",
    [
        "call Sam",
        "me what Sam said",
        "tomorrowland tickets",
        "2hot.txt is big",
        "",
    ],
)
def test_words_that_only_look_like_a_time_name_none(said: str) -> None:
    assert timed(said, NOW, VIENNA) is None


@pytest.mark.parametrize("phrase", phrases("table", "held_out"), ids=lambda phrase: phrase.said)
def test_a_phrase_means_what_the_table_says(phrase: Phrase) -> None:
    assert ours.read(phrase.said) == phrase.means


UNCLEAR = """
    tomorrow eightish call Sam / at 17:00 UTC call Sam / at 5pm London time call Sam / never on sunday
    bins on alternate mondays / friday at nine, ten call Sam
    Friday's list / at 25:00 x / on 30 feb call Sam
    2 days at 9 call Sam / in 2-3 days call Sam / in 2 days at 9 or 10 call Sam
    in 2 days around 9 call Sam / after 2 days at 9 call Sam / by 21h call Sam
    call Sam 21h / at 21 uhr call Sam / at 21 hours call Sam
    13h call Sam / two days after tomorrow call Sam / day after friday call Sam
    a day after tomorrow call Sam / every day at 9 for a week call Sam / everyday at 9 call Sam
    every day 9 call Sam / monday to friday at 9 call Sam / every 15th and 30th pay
    every last friday call Sam / every monday at 9 and friday at 10 run / every day from tomorrow run
    every day tomorrow run / every hour at 9 drink / every month on monday pay
    every weekend clean / once a week call Sam / tomorrow from 9 to 10 call Sam
    tomorrow 9-10 call Sam / tomorrow by 9 call Sam / tomorrow call Sam by 9
    tomorrow not before 9 call Sam / tomorrow first thing call Sam / tomorrow at lunch call Sam
    tomorrow if it rains call Sam / tomorrow and friday call Sam / in an hour or two call Sam
    in a year and a half call Sam / half an hour before 9 call Sam / at ten past call Sam
    at 5 call Sam / tonight at 1 call Sam / at 12 at night call Sam
    this evening at 9 am call Sam / friday 14 march call Sam / tomorrow next week call Sam
    tommorow call Sam / tmrw 9am call Sam / call Sam sat
    this tuesday call Sam / early tomorrow run / friday ask Sam about sunday
    at 9 ask for 2 hours of help / call Sam on wednesday and friday / at 9 llamar a Sam manana
    at 9 ubermorgen Sam / call Sam montags at 9 / at 9 Freitagabend Sam
    at 9 appeler Sam à 10h / at 9 Sam alle 10 / at 9 明日 Sam
    at 9 завтра Сэм / at 9 jutro Sam / call Sam lundi at 9
    at 9 chiama Sam stasera / às 9 amanhã at 9 / om 10 uur at 9 bellen
"""


@pytest.mark.parametrize("said", re.split(r" / |\n *", UNCLEAR.strip()))
def test_what_may_mean_two_times_or_has_words_of_one_left_is_asked_back(said: str) -> None:
    found = timed(said, NOW, VIENNA)
    assert isinstance(found, Unclear)
    assert found.why.endswith("“quotes”")


def test_asking_back_says_what_was_understood() -> None:
    for said, understood in (
        (
            "tomorrow at 9 call Sam on friday",
            "I read “tomorrow at 9” as Fri 13 Mar 09:00, but what of “on friday”?",
        ),
        ("every day at 9 until may", "I read “every day at 9” as every day at 09:00, but what of “until”?"),
        ("next friday call Sam", "“next friday”: that may be 13 March or 20 March."),
        ("at 3 call Sam", "“at 3”: that may be 03:00 or 15:00; write which."),
    ):
        found = timed(said, NOW, VIENNA)
        assert isinstance(found, Unclear)
        assert understood in found.why


PLAIN = (
    *("buy 2 tickets", "call Sam about the boiler", "water the plants", "may I borrow it", "read chapter 7"),
    *("send https://example.org/a?b=3 to Sam", "I am done", "everything is fine", "see Martin in general"),
)


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_a_time_is_left_as_it_is(text: str) -> None:
    assert time_words(text) == ""
    assert timed(f"friday at 18:00 {text}", NOW, VIENNA) == Timed(moment("friday 18:00", NOW, VIENNA), text)


@given(st.text(max_size=60))
def test_whatever_is_said_is_read_or_not_but_breaks_nothing(said: str) -> None:
    found = timed(said, NOW, VIENNA)
    assert found is None or isinstance(found, Unclear) or found.text in " ".join(said.split())


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 366 * 24 * 60))
def test_a_time_of_day_is_the_next_one_ahead(hour: int, minute: int, after: int) -> None:
    now = NOW + timedelta(minutes=after)
    at = moment(f"{hour:02}:{minute:02}", now, VIENNA)
    assert now < at <= now + timedelta(hours=26)


def test_a_span_may_lie_behind() -> None:
    assert ago("2h", NOW, VIENNA) == NOW - timedelta(hours=2)


def test_since_a_day_is_since_its_beginning() -> None:
    assert wall(ago("2026-03-01", NOW, VIENNA)) == "Sun 1 Mar 2026 00:00"


@given(st.integers(0, 5), st.integers(0, 59), st.integers(0, 6 * 60))
def test_in_the_hours_that_the_clock_is_changed_nothing_is_set_into_the_past(
    hour: int, minute: int, after: int
) -> None:
    for night in (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)):
        now = night + timedelta(minutes=after)
        for said in (
            f"{hour:02}:{minute:02}",
            f"at {hour:02}:{minute:02}",
            f"every day at {hour:02}:{minute:02}",
        ):
            assert now < when(said, now, VIENNA).at <= now + timedelta(hours=26)


def test_of_an_hour_that_comes_twice_it_is_the_next_and_one_that_is_skipped_comes_later() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert moment("02:45", first, VIENNA) == first + timedelta(minutes=15)
    assert moment("02:45", second, VIENNA) == second + timedelta(minutes=15)
    assert wall(moment("02:15", second, VIENNA)) == "Mon 26 Oct 2026 02:15"
    assert wall(moment("2026-03-29 02:30", NOW, VIENNA)) == "Sun 29 Mar 2026 03:30"
    assert wall(moment("in 20 days", NOW, VIENNA)) == "Wed 1 Apr 2026 13:30"


def test_a_moment_does_not_recur() -> None:
    with pytest.raises(OwnerMustFix, match="tomorrow 9:00"):
        moment("every day at 9", NOW, VIENNA)
