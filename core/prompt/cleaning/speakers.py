# ruff: noqa: E501 (a pattern is a line)
"""Lines of a script whose speaker may be anybody: a name before a colon, in brackets, or beside a clock. Pure."""

import re
import unicodedata
from collections.abc import Callable, Collection
from itertools import pairwise

from core.lookalikes import COLONS
from core.prompt.cleaning.plain_labels import ACTED, PLAIN_LABELS

_COLON = f"[:{COLONS}]"
_WORD = r"[^\W\d_](?:[^\W_]|[’'.\-\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]){0,19}"
_WHO = rf"(?P<who>{_WORD}(?: (?:{_WORD}|\d))?)"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp][Mm])?"
_PICTURE = r"(?:[^\w\s\"'“”„«»()\[\]{}<>*_`@#:;.,!?/\\|-]{1,4} ?)?"
_LABELLED = re.compile(
    rf" {{0,4}}(?:[-•>] |\d[.)] |{_TIME} )?{_PICTURE}[*_\[<(`\"“「【{{]{{0,3}}{_WHO}[*_\]>)`\"”」】}}]{{0,3}}(?: \([^()\n]{{1,20}}\))? ?(?:{_COLON}[*_]{{0,3}} +|[{COLONS}])(?=\S)"
)
# Beside a clock a name needs no capital.
_CLOCKED = re.compile(
    rf" {{0,4}}(?:[\[(](?:[\d./-]{{1,10}},? )?{_TIME}[\])] ?[-–<]?[*_]{{0,2}}{_WHO}[*_]{{0,2}}(?:{_COLON}|>) |"
    rf"[*_]{{0,2}}(?P<before>{_WORD}(?: {_WORD})?)[*_]{{0,2}} ?[\[(]{_TIME}[\])] ?(?:{_COLON}|\Z))"
)
_TAGGED = re.compile(r" {0,4}<(?P<who>[^\W\d_][\w|`^\\-]{1,20})> +(?=\S)")
_BRACKETED = re.compile(rf" {{0,4}}[\[【]{_WHO}[\]】] ?(?=\S)")
_HEADING = re.compile(rf"[*_]{{2,3}}{_WHO}[*_]{{2,3}} *\Z")
_ABOVE_TIME = re.compile(rf"{_WHO}(?: ?[—–-] ?{_TIME})? *\Z")
_TIME_ALONE = re.compile(rf" *{_TIME} *\Z")
_LONGEST = {"CJK": 3, "HANGUL": 4, "HIRAGANA": 6, "KATAKANA": 8}
"""Signs of a name where there are no capitals; more are words."""
_LONGEST_UNCASED = 10
_NOBODY = frozenset(
    ("me", "ich", "moi", "yo", "eu", "io", "ik", "jag", "я", "我", "私", "僕", "俺", "나", "저", "أنا", "मैं")
)
_OF_THE_CHAT = frozenset(("assistant", "user", "me"))


def before_others(
    text: str,
    names: Collection[str],
    begins_as_owner: Callable[[str], bool],
    addresses: Callable[[str, int], bool],
) -> str:
    """Of a script with speakers who are not in the chat, the owner's first turn, or what is said before any
    label. Labels of which each stands once, and none asks, are a list ("Will: the heir\\nKate: the spare")."""
    lines = text.split("\n")
    turns = {number: turn for number, line in enumerate(lines) if (turn := _turn(lines, number))}
    others = {number: turn for number, turn in turns.items() if not begins_as_owner(f"{lines[number]}\n")}
    if 0 in turns and 0 not in others:
        # Its label comes off first.
        return text
    first = next((number for number, (who, _) in others.items() if _is_name(who)), None)
    if first is None or (first and lines[first - 1].rstrip("*_ ").endswith((":", "："))):
        return text
    speakers = [who.casefold() for who, _ in turns.values()]
    known = {part.casefold() for name in names for part in name.split()} | _OF_THE_CHAT
    # Who calls several by name may call one twice in a row; a script takes turns.
    again = len(set(speakers)) < len(speakers) and all(one != other for one, other in pairwise(speakers))
    asks = any(lines[number].rstrip().endswith(("?", "？", "؟")) for number in turns)
    if len(set(speakers)) > 1 and not (again or asks or known & set(speakers)):
        return text
    if len(turns) == 1 and addresses(lines[first], others[first][1]):
        return text
    if first:
        return "\n".join(lines[:first])
    mine = next((number for number in turns if begins_as_owner(f"{lines[number]}\n")), None)
    return "" if mine is None else "\n".join(lines[mine:])


def _turn(lines: list[str], number: int) -> tuple[str, int] | None:
    """Who is named as a line's speaker, and where what they say begins."""
    line, following = lines[number], lines[number + 1 : number + 2]
    match = _CLOCKED.match(line) or _TAGGED.match(line)
    if match:
        who = match["who"] or match["before"]
        return None if who.casefold() in ACTED | PLAIN_LABELS else (who.title(), match.end())
    match = _LABELLED.match(line)
    if match is None and following and following[0].strip():
        match = _HEADING.match(line)
        headed = _ABOVE_TIME.match(line)
        if headed and (_TIME_ALONE.match(following[0]) or line != headed["who"].rstrip()):
            match = headed
    if match is None and not number:
        match = _BRACKETED.match(line)
        match = match if match and _is_name(match["who"]) else None
    return (match["who"], match.end()) if match else None


def _is_name(who: str) -> bool:
    """Whether a label is none of a thing: its words are capitalised, or of a script without capitals and few."""
    words = who.split()
    if any(word.rstrip(".").casefold() in PLAIN_LABELS | _NOBODY for word in words):
        return False
    if words[0][0].isupper():
        return len(who) > 1 and all(word[0].isupper() or word.isdecimal() for word in words)
    if len(words) > 1 or unicodedata.category(words[0][0]) != "Lo":
        return False
    script = unicodedata.name(words[0][0], "").split()[0]
    return len(words[0]) <= _LONGEST.get(script, _LONGEST_UNCASED)
