import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.graphemes import is_boundary, units
from bots.platforms.split import split_text

LETTERS = [
    *(
        "a",
        "é",
        "e\u0301",
        "👨\u200d👩\u200d👧\u200d👦",
        "👍🏽",
        "🇩🇪",
        "🇺🇳",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        "☀\ufe0e",
    ),
    *("ی\u200cخ", "क्षि", "กำ", "ที่", "한", "\u1112\u1161\u11ab", "が", "か\u3099", "ｶﾞ", "𝒳"),
    *("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "z\u0335\u0321\u0489"),
]
"""What each reader takes for one letter (or, with ZWNJ, for one word)."""
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=8)
"""At most 16 UTF-16 units each."""
gaps = st.sampled_from([" ", "  ", "\n", "\n\n"])


@given(st.text(), st.integers(1, 60))
def test_no_part_is_too_long_or_blank(text: str, limit: int) -> None:
    assert all(0 < len(part) <= limit and part.strip() for part in split_text(text, limit))


@given(st.lists(st.tuples(words, gaps)), st.integers(16, 80))
def test_words_come_out_whole_and_in_order(pieces: list[tuple[str, str]], limit: int) -> None:
    pieces = [(word.replace("`", "'"), gap) for word, gap in pieces]
    text = "".join(word + gap for word, gap in pieces)
    parts = split_text(text, limit)
    assert [word for part in parts for word in part.split()] == text.split()


@given(st.text(st.characters(codec="ascii"), max_size=400), st.integers(1, 40))
def test_nothing_but_space_and_fences_is_lost_or_made_up(text: str, limit: int) -> None:
    def bare(said: str) -> str:
        return re.sub(r"[\s`]", "", said)

    if "```" not in text:
        assert bare("".join(split_text(text, limit))) == bare(text)


def test_a_paragraph_is_the_best_place_to_break() -> None:
    assert split_text("One. Two.\n\nThree four.", 14) == ("One. Two.", "Three four.")


def test_a_sentence_is_better_than_a_word() -> None:
    assert split_text("One two three. Four five six", 20) == ("One two three.", "Four five six")


def test_a_link_stays_whole() -> None:
    link = "[the menu of the place](https://example.org/a/very/long/way)"
    assert split_text(f"some words before {link} and after", 64) == (
        "some words before",
        f"{link} and",
        "after",
    )


def test_a_code_block_stays_whole_where_it_fits() -> None:
    block = "```py\nfor x in y:\n    print(x)\n```"
    assert split_text(f"Look at this:\n{block}\nNice?", 40) == ("Look at this:", f"{block}\nNice?")


def test_a_code_block_that_is_too_long_is_closed_and_opened_again() -> None:
    lines = [f"line {number}" for number in range(12)]
    parts = split_text("```py\n" + "\n".join(lines) + "\n```", 40)
    assert all(part.startswith("```py\n") and part.endswith("\n```") and len(part) <= 40 for part in parts)
    assert [line for part in parts for line in part.split("\n")[1:-1]] == lines


@given(st.lists(st.sampled_from([*LETTERS, " "])), st.integers(20, 60))
def test_a_letter_is_never_cut(letters: list[str], limit: int) -> None:
    parts = split_text("".join(letters), limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(letters).replace(" ", "")
    for part in parts[1:]:
        assert not unicodedata.category(part[0]).startswith("M")
        assert part[0] not in "\u200c\u200d"
    at, ends = 0, set()
    for letter in letters:
        at += len(letter.strip())
        ends.add(at)
    at = 0
    for part in parts:
        at += len("".join(part.split()))
        assert at in ends


@given(st.lists(st.sampled_from(LETTERS), min_size=1))
def test_between_two_letters_there_is_a_boundary_alone(letters: list[str]) -> None:
    text, at = "".join(letters), 0
    for letter, following in zip(letters, [*letters[1:], ""], strict=True):
        assert not any(is_boundary(text, at + inside) for inside in range(1, len(letter)))
        at += len(letter)
        # A letter before ZWNJ, a virama's consonant: more is kept together than must be, never less.
        assert is_boundary(text, at) or following


@given(st.text(st.characters(categories=["Mn", "Me", "Mc", "Cf", "Zs", "Lo", "So"])), st.integers(8, 40))
def test_what_is_cut_is_whole_and_within_the_limit(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_letter_with_a_thousand_accents_is_bounded() -> None:
    zalgo = "so a" + "\u0301" * 5000 + " b"
    parts = split_text(zalgo, 2000)
    assert all(len(part) <= 2000 for part in parts)
    assert "".join(parts).replace(" ", "") == zalgo.replace(" ", "")


def test_an_accent_on_a_blank_goes_with_it() -> None:
    assert split_text("aaaa \u0301bbbb cc", 8) == ("aaaa \u0301bb", "bb cc")


def test_bold_text_stays_whole() -> None:
    assert split_text("aaa bbb **cc dd ee** ff", 16) == ("aaa bbb", "**cc dd ee** ff")


HOSTILE = [
    "[",
    "`",
    "a",
    "[a](",
    "\u0301",
    " \u0301",
    "🇩",
    "**a ",
    "[a](x",
    "(",
    "[a]((",
    "```",
    "👨\u200d",
    "a\u200c",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_no_time(piece: str) -> None:
    begun = time.process_time()
    assert split_text(piece * (100_000 // len(piece)), 2000)
    assert time.process_time() - begun < 1
