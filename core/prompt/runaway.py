"""Text that a model could not end: cut to what was said before it went round. Pure."""

import re
import unicodedata

_LOOP = re.compile(r"(?P<unit>[\s\S]{1,120}?)(?P=unit){3,}")
_BYTES = 48
"""A phrase of several signs goes round where it fills so much."""
_SIGNS = 64
"""Nobody types one sign, or "haha", so often."""
_LONGEST = 6000


def ended(text: str) -> str:
    """The text up to the first thing that is said over and over, once; empty where that is no word."""
    text = text[:_LONGEST]
    for loop in _LOOP.finditer(text):
        if _goes_round(loop["unit"], len(loop.group())):
            before = (text[: loop.start()] + loop["unit"]).rstrip(" \n,;-")
            return before if any(_says(sign) for sign in before) else ""
    return text


def _goes_round(unit: str, length: int) -> bool:
    bare = unit.strip()
    if not bare:
        return length >= _SIGNS
    if len(set(unit)) == 1 or len(unit.encode("utf-8", "replace")) <= 4:
        return length >= _SIGNS
    return len(unit.encode("utf-8", "replace")) * (length // len(unit)) >= _BYTES


def _says(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) in ("So", "Sk")
