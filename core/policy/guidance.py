"""What the owner's guidance lets a draft say, and what not. Pure."""

import re
from typing import NamedTuple

from core.policy.boundaries import denies, negates, says_no
from core.policy.questions import any_of, clauses, holds, languages, spoken_of
from core.policy.statements import all_sentences
from core.policy.topics import plain


class Wanted(NamedTuple):
    """What guidance holds, folded."""

    lines: tuple[str, ...]
    """Clauses that a draft may state."""
    denials: tuple[str, ...]
    """Clauses that a draft may deny: "i'm not in"."""
    says_yes: bool
    says_no: bool


def wanted(guidance: str) -> Wanted:
    """A clause that forbids holds nothing ("don't say i'm in Paris"), nor do those behind it until one turns."""
    lines: list[str] = []
    denials: list[str] = []
    for sentence in all_sentences(guidance):
        forbids = False
        for clause in map(plain, clauses(sentence)):
            if _turns().match(clause) and not _NOT_THAT.match(clause):
                forbids = False
            if _forbids(clause):
                forbids = True
            elif denials and not lines and _that().match(clause):
                forbids = True
            if not forbids:
                (denials if negates(clause) else lines).append(clause)
    refusing = any(denies(one) for one in denials)
    return Wanted(tuple(lines), tuple(denials), any(holds("yes").search(one) for one in lines), refusing)


_NOT_THAT = re.compile(
    r"(?:and|but|aber|mais|pero|ma|mas|maar|но|ale|ama|men) (?:not|nicht|pas|no|non|não|niet|не|nie|inte)(?!\w)"
)


def _forbids(clause: str) -> bool:
    """Whether a clause says what not to say: it negates, and not of the owner, nor with a plain no."""
    negation = says_no(clause)
    if negation is None:
        return False
    first = spoken_of("first").search(clause)
    if first and first.start() < negation.start():
        return False
    return bool(clause[negation.end() :].strip(" .!…。！"))


def _that() -> re.Pattern[str]:
    return re.compile(rf"{any_of(languages('that'))}(?!\w)")


def _turns() -> re.Pattern[str]:
    return re.compile(
        r"(?:but|just|say|tell|aber|sag|sage|mais|dis|pero|di|ma|mas|diga|maar|zeg|но|скажи|ale|powiedz|ama|söyle|men|säg)(?!\w)"
    )
