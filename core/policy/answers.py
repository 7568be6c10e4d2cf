"""Whether an answer in empty words ("yes i did") states something of what was asked. Pure.

What does not is a closed set: reactions, and words that leave it open. Every other answer to a question that
a yes, a person, a place or a time answers is a claim, and as true as what is known makes the question.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from core.policy.boundaries import denies, negates
from core.policy.guidance import Wanted
from core.policy.questions import any_of, asks, begins, is_question, languages, phrases
from core.policy.small_talk import small_talk
from core.policy.statements import (
    WORD,
    all_sentences,
    all_stems,
    in_digits,
    open_phrases,
    reactions,
    stems,
    tells,
)
from core.policy.topics import plain
from core.types import SmallTalk

EXACT_NUMBER = re.compile(r"\d+(?:[:.,]\d+)*")
_HARMLESS = "😀😃😄😁😆😅😂🤣😊🥰😍😘😢😭😱😮😯😲😳🤯🤔🙄😬😔😞😟😕🙁😥😰😨😩😫😤😡🥺🤷🎉🥳"
_SIGNS = re.compile(f"(?![{_HARMLESS}\U0001f3fb-\U0001f3ff♀♂])[\u2600-\u27bf\U0001f000-\U0001faff]")
"""Emoji but faces that laugh, weep or wonder: a thumb, a ring or a wink answers."""
_NUMERIC = re.compile(r"[\d½¼¾%+]")


class Question(NamedTuple):
    """A question that a fact answers, folded."""

    text: str
    denies: bool


def questions(heard: str, *, marked: bool = True) -> tuple[Question, ...]:
    """What was asked that a yes, a person, a place or a time answers; no small talk, and no view. But for
    `marked`, whatever was said: it may be a question too."""
    said = (plain(one) for one in all_sentences(heard))
    facts = (one for one in said if not _of_view(one) and small_talk(one) is None and WORD.search(one))
    return tuple(Question(one, denies(one)) for one in facts if not marked or asks(one))


def _of_view(sentence: str) -> bool:
    """Whether a view or a story is asked for: empty words are no more than a view."""
    return bool(begins("views").match(sentence)) and not begins("counts").match(sentence)


def asked_of(sentence: str, now: tuple[Question, ...], before: str) -> tuple[Question, ...]:
    """What a folded sentence may answer: what is asked `now`; a bare yes or no all that was said `before`."""
    return now or (questions(before, marked=False) if bare().fullmatch(sentence) else ())


def states(sentence: str, asked: Sequence[Question]) -> bool:
    """Whether a folded sentence of empty words says that something is so."""
    if not asked:
        return bool(_ellipsis().fullmatch(sentence)) and not _view_again().fullmatch(sentence)
    if _SIGNS.search(sentence):
        return True
    return small_talk(sentence) in {None, SmallTalk.ACKNOWLEDGEMENT}


def answers_nothing(sentence: str) -> bool:
    """Whether it is of the closed set that answers nothing."""
    if _SIGNS.search(sentence) or _NUMERIC.search(sentence):
        return False
    return reactions().issuperset(WORD.findall(open_phrases().sub(" ", sentence)))


def refused(sentence: str, asked: Sequence[Question], forbids: Callable[[str], bool]) -> bool:
    """Whether it is a plain no, and all that was asked for is what a rule forbids."""
    if not (denies(sentence) and _refusal().fullmatch(open_phrases().sub(" ", sentence))):
        return False
    requests = [one for one in asked if asks(one.text) or forbids(one.text)]
    return bool(requests) and all(forbids(one.text) for one in requests)


def held(sentence: str, asked: Sequence[Question], known: Iterable[str], wanted: Wanted) -> bool:
    """Whether the owner's guidance says the same yes or no, or what is known answers what was asked so."""
    denied = denies(sentence)
    if (wanted.says_no if denied else wanted.says_yes) or sentence.strip(" .!…") in wanted.lines:
        return True
    if not denied and negates(sentence):
        return False
    lines = [line for text in known for line in map(plain, all_sentences(text))]
    return bool(asked) and all(_known(one, lines, denied=denied) for one in asked)


def _known(question: Question, lines: Iterable[str], *, denied: bool) -> bool:
    """Whether one line has every word of the question, and says yes or no as the answer does."""
    text = in_digits(question.text)
    words = [word for word in WORD.findall(text) if tells(word)]
    numbers = set(EXACT_NUMBER.findall(text))
    if not (words or numbers) or question.denies:
        return False
    for line in lines:
        if denies(line) != denied or is_question(line):
            continue
        digits = in_digits(line)
        said = all_stems(WORD.findall(digits))
        if numbers.issubset(EXACT_NUMBER.findall(digits)) and not any(
            map(said.isdisjoint, map(stems, words))
        ):
            return True
    return False


@cache
def _refusal() -> re.Pattern[str]:
    """A plain no, with nothing beside it: "no, sorry", "i'd rather not"."""
    words = [*languages("refusal"), *sorted(reactions(), key=len, reverse=True)]
    signs = any_of(phrases("signs", "refusal"))
    between = r"[\s,.!…~。，、！:;()-]*"
    return re.compile(rf"{between}(?:(?:{any_of(words)}(?!\w)|{signs}){between})+")


@cache
def bare() -> re.Pattern[str]:
    """What by itself answers whatever was asked before."""
    return re.compile(rf"(?:{any_of([*languages('yes'), *languages('no')])}(?!\w)[\s,.!…]*)+")


@cache
def _ellipsis() -> re.Pattern[str]:
    """A fact whose words were another's: "yes i did that", "it is mine"."""
    of = {
        key: any_of(phrases("ellipsis", key))
        for key in (
            *("subjects", "adverbs", "auxiliaries", "after", "deeds", "objects"),
            *("things", "states", "mine", "persons", "whereabouts", "last"),
        )
    }
    forms = (
        rf"{of['subjects']}(?: {of['adverbs']})* ?{of['auxiliaries']}(?: not|n't)?(?: {of['after']})*",
        rf"(?:i|we)(?:'ve| have)? {of['deeds']}(?: {of['objects']})?",
        rf"{of['things']} {of['states']}",
        of["mine"],
        rf"{of['persons']} {of['whereabouts']}",
    )
    before = any_of(phrases("en", "before"))
    return re.compile(rf"(?:{before}[, ]+)*(?:{'|'.join(forms)})(?: {of['last']})?[.!… ]*")


@cache
def _view_again() -> re.Pattern[str]:
    """The same said back: no fact where nothing was asked."""
    return re.compile(rf"(?:(?:oh|yes|yeah|ha+)[, ]+)*{any_of(phrases('ellipsis', 'views'))}[.!… ]*")
