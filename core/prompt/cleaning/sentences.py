"""Where sentences end. Pure.

A dot ends one where nothing else can be meant. Not to count one costs a sentence too many; to cut at one that
ends nothing sends half of one.
"""

import re
import unicodedata

# What ends one in scripts without blanks needs none behind it.
_END = re.compile(
    r"""(?<![.!?…])[.!?…؟۔।॥]++["'”’)\]»]*+(?:[^\S\n]*+\n\s*+|(?=\s|$))|[。！？｡]++["'”’)\]」』）]*+\s*+|\n++"""
)
_DOTS = (".", "…")
_QUOTING = "\"'“”„‘’«»()[]*_~¿¡"
_LONGEST_WORD = 40
_SURELY_WORDS = frozenset(("ok", "no", "ja", "it", "me", "you", "too", "yes", "lol", "bye"))
"""Of few letters, and short for nothing before a word."""
_SHORT = frozenset(
    """approx evtl inkl exkl incl excl resp vergl usw etc circa prof dept vols univ hauptstr aprox dott avda
    напр прим назв гражд""".split()  # noqa: SIM905 (a list of words reads better)
)
"""Of more letters, and yet short for something."""
_FEWEST_LETTERS, _FEWEST_OF_A_NAME = 4, 5
_VOWELS = frozenset("aeiouyаеиоуыэюяіїєαεηιουω")
_CASELESS_WORDS = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA")
"""Scripts that shorten nothing by a dot."""


def whole_sentences(text: str, most: int, *, cut_off: bool) -> str:
    """At most so many sentences (0: all); with `cut_off`, without the one that is half."""
    ends: list[int] = []
    in_code, position = False, 0
    for match in _END.finditer(text):
        if most > 0 and len(ends) >= most:
            break
        in_code ^= bool(text.count("```", position, match.end()) % 2)
        position = match.end()
        if not in_code and _ends(text, match):
            ends.append(match.end())
    if len(ends) >= most > 0:
        return text[: ends[most - 1]].strip()
    if cut_off:
        return text[: ends[-1]].strip() if ends else ""
    return text.strip()


def _ends(text: str, end: re.Match[str]) -> bool:
    """Whether what may end a sentence does."""
    if not end.group().startswith(_DOTS):
        return True
    before = text[max(0, end.start() - _LONGEST_WORD) : end.start()]
    word = before.split()[-1].strip(_QUOTING) if before.strip() else ""
    if "\n" in end.group():
        # The number of a list, alone on its line.
        return not (word.isdecimal() and before.rpartition("\n")[2].strip() == word)
    following = text[end.end() : end.end() + _LONGEST_WORD].lstrip().lstrip(_QUOTING)[:1]
    if following.isdecimal():
        return False
    if end.group()[1:2] == "." or end.group().startswith("…"):
        return not following or following.isupper()
    return _is_whole(word)


def _is_whole(word: str) -> bool:
    """Whether a word before a dot is surely one, and not short for another."""
    if not word or not (word[-1].isalnum() or unicodedata.category(word[-1])[0] == "M"):
        # A bracket, an emoji; "№." is before a number.
        return word[-1:] != "№"
    if unicodedata.name(word[-1], "").startswith(_CASELESS_WORDS):
        return True
    said = word.casefold()
    if said in _SURELY_WORDS:
        return True
    if not all(sign.isalpha() or sign in "'’-" or unicodedata.category(sign)[0] == "M" for sign in said):
        return False
    letters = sum(sign.isalpha() for sign in said)
    if letters < (_FEWEST_OF_A_NAME if word[0].isupper() else _FEWEST_LETTERS) or said in _SHORT:
        return False
    return not word[0].isascii() or not _VOWELS.isdisjoint(said)
