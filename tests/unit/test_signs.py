# ruff: noqa: E501 (a row is a line)
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompt.quoting import neutral, quoted
from core.prompt.signs import visible

REAL = [
    "می‌خواهم به خانه بروم", "نمی‌دانم، کتاب‌هایم کجاست؟", "ه‍. ش.", "کوردستان‌ی", "क्‍ष और क्‌ष", "ശ്രീ അവന്‍ വന്നു",
    "শ্রী র‍্যাব", "සිංහල ශ්‍රී ලංකා", "ස්ක්‍රිප්ට්", "မြန်မာ", "ᠮᠣᠩᠭᠣᠯ᠎ᠠ ᠭᠠᠷ᠋", "葛󠄀城市", "שלום! ‏(abc)", "مرحبا ‎123‎ يوم",
    "👨‍👩‍👧‍👦", "👩🏽‍🚀", "❤️‍🔥 ❤️ ❤︎", "🏳️‍🌈 🏳️‍⚧️", "🏴‍☠️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿", "1️⃣ #️⃣ *️⃣", "🇩🇪🇮🇳",
    "👁️‍🗨️", "🙂‍↔️", "🧑‍🤝‍🧑", "⛓️‍💥", "©️ ™️ ‼️", "ﻻ ۝٣", "e\u0301 ñ Ω", "ไทย ລາວ ខ្មែរ", "한국어", "日本語、ですよ。",
]  # fmt: skip
EMOJI = ["👨", "👩", "👧", "🏽", "❤️", "🔥", "🚀", "☠️", "🏴", "1️⃣", "🙂"]
INVISIBLE = [
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202e", "\u2066", "\u2069", "\u2060", "\ufeff", "\u034f", "\u00ad",
    "\ufe0f", "\ufe0e", "\ufe00", "\U000e0100", "\U000e0041", "\U000e007f", "\u3164", "\u115f", "\u2063", "\x00", "\x1b",
    "\ud800", "\u180e",
]  # fmt: skip


@pytest.mark.parametrize("text", REAL)
def test_what_people_write_in_their_languages_stays(text: str) -> None:
    assert visible(text) == text
    assert neutral(text) == text


@given(st.lists(st.sampled_from(["👨", "👩", "👧", "👦", "🚀", "🔥", "❤️", "👩🏽"]), min_size=1, max_size=6))
def test_emoji_that_are_joined_stay_joined(emoji: list[str]) -> None:
    joined = "\u200d".join(emoji)
    assert visible(joined) == joined
    assert quoted(f"hi {joined} there") == f"hi {joined} there"


@given(
    st.lists(st.sampled_from(INVISIBLE), min_size=1, max_size=20).map("".join),
    st.sampled_from(["a", "pay", "5", ".", "z"]),
)
def test_nothing_invisible_survives_in_latin_text(hidden: str, word: str) -> None:
    assert visible(f"{word}{hidden}{word}") == word * 2
    assert visible(hidden) == ""


@given(
    st.lists(
        st.sampled_from([*INVISIBLE, *EMOJI, "ی", "क", "葛", "a", "\n"]) | st.text(max_size=3), max_size=30
    ).map("".join)
)
def test_no_run_of_signs_hides_text(text: str) -> None:
    seen = visible(text)
    assert visible(seen) == seen
    seen.encode("utf-8")
    rest = seen
    for flag in ("gbeng", "gbsct", "gbwls"):
        rest = rest.replace("".join(chr(0xE0000 + ord(one)) for one in flag) + "\U000e007f", "")
    longest = run = 0
    for sign in rest:
        unseen = unicodedata.category(sign) == "Cf" or sign in INVISIBLE or "\ufe00" <= sign <= "\ufe0f"
        run = run + 1 if unseen and not "\u0600" <= sign <= "\u0605" else 0
        longest = max(longest, run)
    assert longest <= 2


STYLED = """
    a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 23cf 23e9-23f3 23f8-23fa 24c2 25aa-25ab 25b6
    25c0 25fb-25fe 2600-2604 260e 2611 2614-2615 2618 261d 2620 2622-2623 2626 262a 262e-262f 2638-263a 2640 2642
    2648-2653 265f-2660 2663 2665-2666 2668 267b 267e-267f 2692-2697 2699 269b-269c 26a0-26a1 26a7 26aa-26ab 26b0-26b1 26bd-26be 26c4-26c5
    26c8 26ce-26cf 26d1 26d3-26d4 26e9-26ea 26f0-26f5 26f7-26fa 26fd 2702 2705 2708-270d 270f 2712 2714 2716 271d
    2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2764 2795-2797 27a1 27b0 27bf 2934-2935 2b05-2b07
    2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f170-1f171 1f17e-1f17f 1f202 1f237 1f321 1f336 1f37d 1f396 1f39e
    1f3cb 1f3f3 1f43f 1f441 1f4fd 1f549 1f56f-1f570 1f573 1f575 1f5a5 1f5e3 1f6cb 1f6e0 1f6f0 1f6f3
    """
"""The signs that Unicode's emoji variation sequences begin with, but for the keys, in ranges."""


def _styled() -> Iterator[str]:
    for part in STYLED.split():
        first, _, last = part.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


@pytest.mark.parametrize("style", ["\ufe0f", "\ufe0e"])
def test_every_sign_that_has_two_styles_keeps_the_one_it_was_given(style: str) -> None:
    for sign in _styled():
        text = f"hi {sign}{style} ok {sign}{style}"
        assert visible(text) == text, unicodedata.name(sign)


def test_a_style_of_anything_else_goes() -> None:
    for sign in map(chr, range(0x20, 0x3000)):
        if unicodedata.category(sign)[0] in "LPN" and sign not in _styled():
            assert visible(f"{sign}\ufe0f") == visible(sign)
