"""What the owner's guidance lets a draft say, and what not. Pure."""

from typing import NamedTuple

from core.policy.boundaries import denies, negates, says_no
from core.policy.questions import begins, clauses, holds, spoken_of
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
    """A clause that forbids ("don't say i'm in Paris") holds nothing, nor what follows until one turns."""
    lines: list[str] = []
    denials: list[str] = []
    for sentence in all_sentences(guidance):
        forbids = False
        for clause in map(plain, clauses(sentence)):
            if _turns(clause):
                forbids = False
            # "sag nicht, dass": the comma parts a no from what it is about
            if _forbids(clause) or (denials and not lines and begins("that").match(clause)):
                forbids = True
            if not forbids:
                (denials if negates(clause) else lines).append(clause)
    refusing = any(denies(one) for one in denials)
    return Wanted(tuple(lines), tuple(denials), any(holds("yes").search(one) for one in lines), refusing)


def _forbids(clause: str) -> bool:
    """Whether a clause says what not to say: it hides, or negates, not of the owner, and more than a no."""
    if holds("hides").search(clause):
        return True
    negation = says_no(clause)
    if negation is None:
        return False
    first = spoken_of("first").search(clause)
    if first and first.start() < negation.start():
        return False
    return bool(clause[negation.end() :].strip(" .!…。！"))


def _turns(clause: str) -> bool:
    """Whether another wish begins, and no "but not that"."""
    start = begins("turns").match(clause)
    return start is not None and says_no(clause[start.end() :][:8]) is None
