"""Whether two names sound alike that are written in two scripts. Pure.

By what Unicode calls the letters: roughly, by their consonants and whether a vowel is first.
"""

import re
import unicodedata
from functools import lru_cache

_BY_FIRST_LETTER = ("GREEK", "ARABIC", "HEBREW")
"""Here a letter's name is its own word (LAMDA, KAF); elsewhere it is its sound."""
_NAMES = {
    "XI": "KS",
    "PSI": "PS",
    "CHI": "K",
    "RHO": "R",
    "SHIN": "S",
    "SHEEN": "S",
    "TSADI": "S",
    "QOF": "K",
}
_ALIKE = str.maketrans(
    {"X": "KS", "Z": "S", "R": "L", "D": "T"}
    | dict.fromkeys("CQG", "K")
    | dict.fromkeys("VWPF", "B")
    | dict.fromkeys("HYJ", "")
)
_VOWELS = re.compile("[AEIOU]+")
_LETTER = re.compile(
    r"(?P<script>\w+) .*?(?:LETTER|SYLLABLE) (?:FINAL |QAMATS )?(?P<name>[A-Z ]+?)(?: WITH .*)?"
)
_TWICE = re.compile(r"(.)\1+")
_FEWEST = 3


def sounds_like(name: str, other: str) -> bool:
    """Whether they are of two scripts, and sound alike."""
    if not name or not other or name.isascii() == other.isascii():
        return False
    sound = _sound(name)
    return len(sound) >= _FEWEST and sound == _sound(other)


@lru_cache(maxsize=1024)
def _sound(name: str) -> str:
    sounds = "".join(map(_letter, name)).upper()
    consonants = _VOWELS.sub("", sounds).translate(_ALIKE)
    return _TWICE.sub(r"\1", ("A" if _VOWELS.match(sounds) else "") + consonants)


def _letter(sign: str) -> str:
    if sign.isascii() or not sign.isalpha():
        return sign if sign.isalpha() else ""
    named = _LETTER.fullmatch(unicodedata.name(sign, ""))
    if named is None or " SMALL TU" in unicodedata.name(sign):
        return ""
    name = named["name"].split()[-1]
    if named["script"] == "CYRILLIC" and len(name) == 2:
        name = name.removeprefix("E")
    return _NAMES.get(name, name[0] if named["script"] in _BY_FIRST_LETTER else name)
