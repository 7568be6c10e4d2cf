"""Whether words hold any of a time: whoever is reminded of them may have meant that one. Pure.

It fails closed: what is a time only at times is one here, and its owner is asked.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from bots.runtime.base.time_phrases import HOUR, NUMBER, ORDINAL, pieces_within

ENGLISH = re.compile(
    r"now|today\w*|tonight|tonite|to?mm?or+ow|tm(?:r|rw|w|orrow)|2mo?r+o?w?|yesterday|mornings?|noon|midday"
    r"|(?:after|fore)noons?|evenings?|evng|nights?|midnight|dawn|dusk|noonish|sun(?:rise|set|down)|bedtime|lunchtime"
    r"|dinnertime|teatime|(?:week|work)days?|weekends?|weeks?|wks?|days?|daily|weekly|monthly|yearly|hourly|nightly"
    r"|annual(?:ly)?|bi-?weekly|fortnight(?:s|ly)?|hours?|hrs?|minutes?|mins?|seconds?|secs?|months?|years?|yrs?"
    r"|quarters?|o['’]?clock|every(?:day)?|each|until|till?|before|after|soon|later|again|ago|always|once|twice"
    r"|thrice|whenever|starting|except|eo[dwm]|asap|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|july|september|sept|october|november|december"
    r"|christmas|xmas|easter|halloween|thanksgiving|times|early|next",
    re.IGNORECASE,
)
SPAN = re.compile(
    rf"\b(?:\d+|{NUMBER})\s*(?:[smhdwy]|[ap]\.?m|h\d\d|uhr|uur|heures?|horas?|ore)\b|\b\d{{1,2}}[:h.]\d\d\b"
    rf"|\b(?:\d{{1,2}}|{HOUR})[- ]?ish\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]"
    rf"|\b(?:at|around|circa|um|à|las?|alle|às|om|kl\.?|o|por)\s+(?:\d{{1,2}}|{HOUR})\b(?!\s*[%€$])"
    rf"|(?:\b(?:by|for|from|to|past)\s+|[@~]\s*)(?:\d{{1,2}}|{HOUR})\b(?!\s*[\w%€$£])|\bfirst\s+thing\b"
    rf"|\bin\s+(?:\d+|{NUMBER})\b(?!\s+[a-z]+s\b)"
    rf"|\bthe\s+{ORDINAL}$|\bon\s+the\s+{ORDINAL}|\b{ORDINAL}\s+of\b"
    r"|\b(?:at|over|during|around)\s+(?:lunch|dinner|breakfast|supper|brunch|work)\b"
    r"|\b(?:in|by|for|until|till|from|since|this|last|of|end|late|mid)\s+(?:march|april|may|june|august)\b"
    r"|\b(?:jan|feb|mar|march|apr|april|may|jun|june|jul|aug|august|sep|oct|nov|dec)\.?\s+\d"
    r"|\d\.?\s+(?:jan|feb|mar|march|apr|april|may|jun|june|jul|aug|august|sep|oct|nov|dec)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
STEM = 6
"""A foreign word of so many letters is known at the beginning of a longer one: `montag` in `montagabend`."""
NO_BLANKS = "\u0e00"
"""From here on scripts do without blanks, nearly all."""


def time_words(words: str) -> str:
    """The first of a time that stands in these words; empty where there is none."""
    if piece := next(pieces_within(words), ""):
        return piece
    if span := SPAN.search(words):
        return span[0]
    known, stems, signs = _foreign()
    for match in WORD.finditer(words):
        for part in (match[0], *re.split(r"['’-]", match[0])):
            word = _folded(part)
            if ENGLISH.fullmatch(part) or {word, word.removesuffix("s")} & known or word.startswith(stems):
                return match[0]
    return next((sign for sign in signs if sign in words), "")


@cache
def _foreign() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Words, beginnings of words, and, of scripts without blanks, what stands anywhere."""
    lines = Path(__file__).with_name("time_words.txt").read_text("utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()[1:]} - {"+"}
    signs = {word for word in words if max(word) >= NO_BLANKS}
    rest = frozenset(map(_folded, words - signs))
    return rest, tuple(word for word in sorted(rest) if len(word) >= STEM), tuple(sorted(signs))


def _folded(word: str) -> str:
    """As it is written by who leaves the accents out."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
