"""Whether what somebody said is, as a whole, small talk, and of which kind. Pure.

A closed set: the phrases of `phrases.toml`, side by side, each perhaps to somebody (the owner by name, or
"all"), and between them marks and emoji of a fixed list. Whatever else stands in a text, be it a letter
that cannot be seen, makes it none. It errs towards none: none asks the owner.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from core.types import SmallTalk

LONGEST = 160
"""Characters; what is longer says more."""
MOST_PHRASES = 5
MOST_EMOJI = 4
MOST_WORDS = 10
"""Of one phrase."""
WEIGHT = (
    SmallTalk.ACKNOWLEDGEMENT,
    SmallTalk.GREETING,
    SmallTalk.BYE,
    SmallTalk.THANKS,
    SmallTalk.WISHES,
    SmallTalk.HOW_ARE_YOU,
)
"""The lightest first: of several kinds an answer is for the weightiest."""
ANSWERS = frozenset({SmallTalk.ACKNOWLEDGEMENT, SmallTalk.THANKS, SmallTalk.BYE, SmallTalk.WISHES})
"""Kinds that say yes or no, where something was asked just before."""

GREETS = frozenset({SmallTalk.GREETING, SmallTalk.WISHES, SmallTalk.HOW_ARE_YOU})
"""Kinds that may begin another talk: they are answered beside what waits from before, and not for it."""

_MARK = r"[!.,;…~。、！～،।•–—:\n？?؟¿¡]"
_QUESTION = frozenset("?？؟")
_QUIET = "!.,…~。、！～،·•–—"
"""Marks that may stand alone and ask nothing."""
_ELSEWHERE = frozenset("？؟")
"""Question marks of other scripts: a Latin phrase does not end in one."""
_RUN = re.compile(r"([a-zа-я])\1{2,}")
_ALIKE = str.maketrans("’‘`´-", "'''' ")


class _Item(NamedTuple):
    """What some words are: a phrase of a `kind`, or one of the roles that stand beside phrases."""

    role: str
    kind: SmallTalk | None = None


_VOCATIVE, _TAIL, _JOINED, _OPENER, _PHRASE, _ASKED, _ANSWER, _REPLY = (
    "vocative",
    "tail",
    "joined",
    "opener",
    "phrase",
    "asked",
    "answer",
    "reply",
)
_APART = {"asked": _ASKED, "answers": _ANSWER}
"""Sections of the file whose phrases have a role of their own beside their kind."""


def small_talk(text: str, owner: str = "") -> SmallTalk | None:
    """The weightiest kind of a text that is small talk as a whole; None for every other. `owner`: who may be
    greeted."""
    return max(kinds(text, owner), key=WEIGHT.index, default=None)


def kinds(text: str, owner: str = "") -> frozenset[SmallTalk]:
    """All the kinds in a text that is small talk as a whole; none in every other."""
    items = _items(text, _names(owner))
    if items is None or any(item.role == _REPLY for item in items) or not _stand_together(items):
        return frozenset()
    found = frozenset(item.kind for item in items if item.kind is not None)
    if found.isdisjoint({SmallTalk.THANKS, SmallTalk.WISHES}) and any(sign in text for sign in _grateful()):
        return frozenset()
    return found


def may_tell(text: str, owner: str = "") -> bool:
    """Whether small talk says by itself when, or yes ("morning!", "welcome"), where that was asked."""
    return any(item.role == _ANSWER for item in _items(text, _names(owner)) or ())


def could_answer(text: str, owner: str = "") -> bool:
    """Whether small talk may answer something: that, and thanks, a goodbye, wishes or an acknowledgement."""
    return may_tell(text, owner) or not kinds(text, owner).isdisjoint(ANSWERS)


def says_nothing(text: str) -> bool:
    """Whether a text is empty, or of no more than a few signs of the lists and marks that ask nothing."""
    left = _nothing().split(_folded(text))
    signs = {piece for piece in left[1::2] if piece in _emoji() or piece in _nods()}
    return not any(left[::2]) and len(signs) <= MOST_EMOJI


def may_answer(text: str) -> bool:
    """Whether a text is no more than an answer to small talk: such itself, or what returns it."""
    items = _items(text, frozenset())
    return items is not None and any(item.kind or item.role in (_REPLY, _TAIL) for item in items)


def small_talk_of(texts: Iterable[str], owner: str = "") -> SmallTalk | None:
    """The weightiest kind of several messages, each of which must be small talk; None for no message."""
    each = [small_talk(text, owner) for text in texts]
    if None in each:
        return None
    return max((kind for kind in each if kind is not None), key=WEIGHT.index, default=None)


def asks(text: str) -> bool:
    """Whether a text of ours asks something, by a mark of any script: what follows may be the answer."""
    return any(char in _QUESTION or "QUESTION" in unicodedata.name(char, "") for char in text)


def _items(text: str, names: frozenset[str]) -> list[_Item] | None:
    """All that stands in a text, in order; None as soon as something is not of the set."""
    if len(text) > LONGEST or unicodedata.normalize("NFC", text) != text:
        return None
    pieces = _joints().split(_folded(text))
    words, marks = pieces[::2], [*pieces[1::2], ""]
    if sum(mark in _emoji() for mark in marks) > MOST_EMOJI:
        return None
    items: list[_Item] = []
    asked = False
    for number, (chunk, mark) in enumerate(zip(words, marks, strict=True)):
        found = _chunk(tuple(chunk.split()), names)
        if found is None:
            return None
        if found:
            asked = mark in _QUESTION
            if not _marked(chunk, found, mark, opened=number > 0 and marks[number - 1] == "¿"):
                return None
        elif mark in _QUESTION and not asked:
            return None
        items.extend(found)
    return items


def _marked(chunk: str, items: list[_Item], mark: str, *, opened: bool) -> bool:
    """Whether a chunk may end in this mark: a question only with "how are you", a colon after a name."""
    last = [item for item in items if item.role != _VOCATIVE][-1:]
    question = mark in _QUESTION
    if (question or opened) and not (
        last and (last[0].kind is SmallTalk.HOW_ARE_YOU or last[0].role == _REPLY)
    ):
        return False
    if any(item.role == _ASKED for item in items) and not question:
        return False
    if mark in _ELSEWHERE and chunk.strip()[-1:].isascii():
        return False
    return mark != ":" or all(item.role == _VOCATIVE for item in items)


def _chunk(words: tuple[str, ...], names: frozenset[str]) -> list[_Item] | None:
    """The items that some words are, the longest first; None where some word belongs to none."""
    if not words:
        return []
    for end in range(min(len(words), MOST_WORDS), 0, -1):
        part = " ".join(words[:end])
        item = _Item(_VOCATIVE) if part in names else _item(part) or _item(_RUN.sub(r"\1", part))
        if item is not None:
            rest = _chunk(words[end:], names)
            if rest is not None:
                return [item, *rest]
    return None


def _stand_together(items: list[_Item]) -> bool:
    """Whether there is a phrase, and each of the others stands where it means nothing more."""
    is_phrase = [item.kind is not None for item in items]
    roles = [item.role for item in items]
    if not 1 <= sum(is_phrase) <= MOST_PHRASES or roles.count(_VOCATIVE) > 2:
        return False
    for place, item in enumerate(items):
        after = items[place + 1] if place + 1 < len(items) else None
        if item.role == _JOINED and not (place > 0 and after is not None and after.kind is not None):
            return False
        if item.role == _OPENER and not (after is not None and after.kind is SmallTalk.THANKS):
            return False
        polite = {SmallTalk.THANKS, SmallTalk.WISHES, SmallTalk.BYE}
        if item.role == _TAIL and not any(before.kind in polite for before in items[:place]):
            return False
    return True


@cache
def _names(owner: str) -> frozenset[str]:
    """How the owner may be called: by the whole name or its first word, with @ or without."""
    whole = " ".join(_folded(owner).split())
    first = whole.partition(" ")[0]
    return frozenset(f"{at}{name}" for name in (whole, first) if name for at in ("", "@"))


def _folded(text: str) -> str:
    return "".join(_small_letters().get(one, one) for one in text.translate(_ALIKE))


@cache
def _small_letters() -> dict[str, str]:
    """The capitals of the letters that phrases have; of no others: a look-alike stays what it is."""
    letters = {letter for pattern, _ in _patterns() for letter in pattern}
    capitals = {letter.upper(): letter for letter in letters if len(letter.upper()) == 1}
    return {**capitals, "I": "i", "İ": "i"}


@lru_cache(maxsize=1024)
def _item(words: str) -> _Item | None:
    """What these words are; the first of the list where they are several things."""
    return next((item for item, pattern in grammar().items() if pattern.fullmatch(words)), None)


@cache
def grammar() -> dict[_Item, re.Pattern[str]]:
    """All of the file: what words may be, phrases first, and by which pattern."""
    spelled: dict[_Item, list[str]] = {}
    for pattern, item in _patterns():
        spelled.setdefault(item, []).extend(_spellings(pattern))
    in_order = sorted(spelled, key=lambda item: item.kind is None)
    return {item: re.compile("|".join(dict.fromkeys(spelled[item]))) for item in in_order}


@cache
def _file() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


@cache
def _grateful() -> frozenset[str]:
    return frozenset(sign for line in _file()["signs"]["grateful"] for sign in line.split())


@cache
def _nods() -> frozenset[str]:
    return frozenset(sign for line in _file()["signs"]["nods"] for sign in line.split())


@cache
def _emoji() -> frozenset[str]:
    lists = _file()["signs"]
    return frozenset(
        sign for name, signs in lists.items() if name != "nods" for line in signs for sign in line.split()
    )


@cache
def _nothing() -> re.Pattern[str]:
    """What may stand in a text that says nothing."""
    signs = "|".join(map(re.escape, sorted(_emoji() | _nods(), key=len, reverse=True)))
    return re.compile(f"({signs}|[{''.join(_QUIET)}\\s\u200b])")


@cache
def _joints() -> re.Pattern[str]:
    """What stands between phrases: marks and the emoji of the list."""
    signs = "|".join(map(re.escape, sorted(_emoji(), key=len, reverse=True)))
    return re.compile(f"({signs}|{_MARK})")


@cache
def _patterns() -> list[tuple[str, _Item]]:
    patterns: list[tuple[str, _Item]] = []
    for language, lists in _file().items():
        if language == "signs":
            continue
        for name, written in lists.items():
            kind = SmallTalk(name) if name in set(SmallTalk) else None
            item = _Item(_APART.get(language, _PHRASE) if kind else name, kind)
            patterns.extend((pattern, item) for pattern in written)
    return patterns


def _spellings(pattern: str) -> Iterator[str]:
    """As written; and where the letters are Latin, without accents or apostrophes, as people type it."""
    # A hyphen is a mark, and parts a text: within a phrase the words beside it are compared.
    whole = pattern.replace("-", " ").replace("(", "(?:")
    yield whole
    bare = "".join(one for one in unicodedata.normalize("NFD", whole) if not unicodedata.combining(one))
    if bare.isascii():
        yield bare
        yield bare.replace("'", "")
