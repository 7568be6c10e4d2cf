import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.cli import terminal

ANY = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1b]52;c;AAAA", "]52;c;AAAA"),  # nothing ends it: nothing after it may be hidden
        ("\x9b2Jgone?", "gone?"),
        ("a\rb\x08c\x00", "a\nbc"),
        ("abc\u202edef\u2066", "abcdef"),
        ("a\tb\u2028c\x85d", "a b\nc\nd"),
        ("שלום, naïve 👩\u200d👩", "שלום, naïve 👩\u200d👩"),
        ("half \ud83d", "half "),
    ],
)
def test_text_is_shown_without_what_would_command_the_terminal(written: str, shown: str) -> None:
    assert terminal.clean(written) == shown


@given(ANY)
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    shown = terminal.clean(text)
    assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cs") and one != "\n"]
    assert terminal.clean(shown) == shown
    shown.encode()


@given(ANY, st.integers(4, 40))
def test_wrapped_lines_fit_and_lose_no_word(text: str, columns: int) -> None:
    lines = terminal.wrap(text, columns)
    assert all(terminal.width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(terminal.clean(text).split())


@given(ANY, st.integers(4, 40))
def test_one_line_is_one_line_that_fits(text: str, columns: int) -> None:
    line = terminal.one_line(text, columns)
    assert "\n" not in line
    assert terminal.width(line) <= columns


def test_wide_characters_take_two_columns() -> None:
    assert terminal.width("東京 ok") == 7
    assert terminal.width("e\u0301") == 1
    assert terminal.wrap("東京都", 4) == ["東京", "都"]


def test_columns_are_aligned_and_the_last_one_is_cut() -> None:
    shown = terminal.table(("ID", "TEXT"), [("1", "short"), ("1000", "much too long to fit")], columns=20)
    assert shown.splitlines() == ["ID    TEXT", "1     short", "1000  much too long…"]


def test_a_cell_cannot_break_out_of_its_row() -> None:
    assert len(terminal.table(("A", "B"), [("x\ny\x1b[2J", "z\r\nw")], columns=40).splitlines()) == 2


def test_a_time_of_today_is_an_hour_and_any_other_has_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
    assert terminal.moment(at.isoformat(), now=at) == at.astimezone().strftime("%H:%M")
    assert terminal.moment("2025-03-12T12:00:00+00:00", now=at).startswith("2025-03-12 ")
    assert terminal.moment(None) == ""


def test_the_owners_own_times_are_shown_on_their_wall_whatever_the_machines_zone_is() -> None:
    assert terminal.wall("2026-11-24T08:00:00+01:00") == "Tue 2026-11-24 08:00"
    assert terminal.wall("2026-11-24T08:00:00-05:00") == "Tue 2026-11-24 08:00"
