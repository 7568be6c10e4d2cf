import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.split import split_text

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=12)
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


@pytest.mark.parametrize("text", ["[" * 100_000, "`" * 100_000, "a" * 100_000, "[a](" * 25_000])
def test_hostile_text_takes_no_time(text: str) -> None:
    assert split_text(text, 4000)
