"""Where a text may be cut: between what people see as letters, never within one. Pure.

https://www.unicode.org/reports/tr29 by the categories that Python knows. Where those say less than the
report's own table, more is kept together than it asks for, and never less.
"""

import unicodedata

JOINERS = "\u200c\u200d"
"""ZWNJ holds a Persian word together, ZWJ a family."""
EXTENDING = (
    *((0xDC00, 0xDFFF), (0x1160, 0x11FF), (0xD7B0, 0xD7FB), (0x0E33, 0x0E33), (0x0EB3, 0x0EB3)),
    *((0xFF9E, 0xFF9F), (0x1F3FB, 0x1F3FF), (0xE0020, 0xE007F)),
)
"""Beside the combining marks: second halves, Hangul vowels and finals, SARA AM, skin tones, tags."""
PREPENDED = ((0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2))
INITIALS = ((0x1100, 0x115F), (0xA960, 0xA97C))
SYLLABLES = (*INITIALS, (0xAC00, 0xD7A3))
FLAG_HALVES = ((0x1F1E6, 0x1F1FF),)
VIRAMA = 9
"""The combining class of what ties two consonants of an Indic script together."""


def extends(char: str) -> bool:
    """Whether it belongs to what is before it."""
    return char in JOINERS or unicodedata.category(char).startswith("M") or _within(char, EXTENDING)


def is_boundary(text: str, at: int) -> bool:
    """Whether one letter has ended, and another has not begun, before the code point `at`."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return before + after != "\r\n"
    if extends(after) or before in JOINERS or _within(before, PREPENDED):
        return False
    if unicodedata.combining(before) == VIRAMA and after.isalpha():
        return False
    if _within(before, INITIALS) and _within(after, SYLLABLES):
        return False
    return not (_within(after, FLAG_HALVES) and _halves_before(text, at) % 2)


def last_boundary(text: str, at: int) -> int:
    """The last boundary at or before `at`; 0 where the first letter is longer."""
    while not is_boundary(text, at):
        at -= 1
    return at


def units(text: str) -> int:
    """The length in UTF-16 code units, as Telegram counts; no platform counts more."""
    return len(text) + sum(char > "\uffff" for char in text)


def fitting(text: str, limit: int) -> int:
    """How many code points from the beginning are at most `limit` UTF-16 units."""
    left = limit
    for at, char in enumerate(text[: limit + 1]):
        left -= 1 + (char > "\uffff")
        if left < 0:
            return at
    return len(text)


def _halves_before(text: str, at: int) -> int:
    start = at
    while start and _within(text[start - 1], FLAG_HALVES):
        start -= 1
    return at - start


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(char) <= last for first, last in ranges)
