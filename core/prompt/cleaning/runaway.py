"""Text that a model could not end: cut to what was said before it went round. Pure."""

import re
import unicodedata

_LOOP = re.compile(r"(?P<unit>[\s\S]{1,120}?)(?P=unit){3,}")
_BYTES = 48
"""A phrase of several signs goes round where it fills so much."""
_SIGNS = 64
"""Nobody types one sign, or "haha", so often."""
_LONGEST = 6000
_ZWJ = "\u200d"
_JOINERS = f"\u200c{_ZWJ}"
_FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_SKINS_AND_TAGS = frozenset((*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)))
_VIRAMA = 9
"""The combining class of what ties two consonants of an Indic script together."""


def ended(text: str) -> str:
    """The text up to the first thing that is said over and over, once; empty where that is no word."""
    text = text[:_LONGEST]
    for loop in _LOOP.finditer(text):
        if _goes_round(loop["unit"], len(loop.group())):
            before = text[: _end_of_letter(text, loop.end("unit"))].rstrip(" \n,;-")
            alone = not text[: loop.start()].strip() and _is_one_word(loop["unit"])
            return before if any(_says(sign) for sign in before) and not alone else ""
    return text


def _end_of_letter(text: str, at: int) -> int:
    """Where what people see as one letter has ended: a flag is of two signs, a family of many."""
    while at < len(text) and _within(text, at):
        at += 1
    return at


def _within(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before == _ZWJ or after in _JOINERS or ord(after) in _SKINS_AND_TAGS:
        return True
    if unicodedata.category(after)[0] == "M" or (
        unicodedata.combining(before) == _VIRAMA and after.isalpha()
    ):
        return True
    halves = len(text[:at]) - len(text[:at].rstrip(_FLAG_HALVES))
    return bool(halves % 2) and after in _FLAG_HALVES


def _goes_round(unit: str, length: int) -> bool:
    bare = unit.strip()
    if not bare:
        return length >= _SIGNS
    if len(set(unit)) == 1 or len(unit.encode("utf-8", "replace")) <= 4:
        return length >= _SIGNS
    return len(unit.encode("utf-8", "replace")) * (length // len(unit)) >= _BYTES


def _is_one_word(unit: str) -> bool:
    """Whether it says nothing without the others: a word, number or letter; "haha" and "哈" are laughter."""
    word = unit.strip(" \n,;:.-")
    if not word.isalnum() or word.isdecimal():
        return word.isdecimal()
    return unit != word or (len(word) == 1 and word.lower() != word.upper())


def _says(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) in ("So", "Sk")
