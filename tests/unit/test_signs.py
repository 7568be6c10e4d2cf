# ruff: noqa: E501 (a row is a line)
import unicodedata

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
