"""Which clause of a sentence asks, and which says something, mark or no mark. Pure."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from core.policy.topics import plain

MARKS = ("?", "？", "؟", ";", "\u037e")
_GREEK = re.compile("[\u0370-\u03ff]")
_JOINT = re.compile(
    r"(?:(?<!\d)[,;:]|[,;:](?!\d)|[，、；：،؛—–…()（）「」\"“”]|\s-+\s|--|(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff])\s+)+"
)
"""Marks between clauses; and blanks, in scripts that put none between words."""
_COORDINATES = re.compile(
    r"\s(?=(?:and|but|so|und|aber|et|mais|y|pero|ma|mas|en|maar|и|а|но|ale|ve|ama|och|men)\s)", re.IGNORECASE
)
_NEGATES = re.compile(r"(?<!\w)(?:not?|\w+n'?t|nicht|pas|no|non|não|niet|не|нет|nie|olmasın|inte)(?!\w)")
_NO_MARK = re.compile(r"[\s.!?…。！？؟;~]+$")


@cache
def phrases(section: str, key: str) -> tuple[str, ...]:
    """Phrases of a section of the file, the longest first; of an apostrophe with it and without."""
    written = plain(_file().get(section, {}).get(key, "").replace("\n", " | ")).split("|")
    found = {phrase.strip() for phrase in written if phrase.strip()}
    return _longest_first(found | {one.replace("'", "") for one in found})


@cache
def languages(key: str) -> tuple[str, ...]:
    """The same over all languages that have words."""
    spoken = _file().keys() - {"signs", "ellipsis", "persons"}
    return _longest_first(one for name in spoken for one in phrases(name, key))


def _longest_first(several: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(sorted(set(several)), key=len, reverse=True))


def any_of(several: Iterable[str]) -> str:
    """A pattern of any of these."""
    return f"(?:{'|'.join(map(re.escape, several))})"


@cache
def begins(key: str) -> re.Pattern[str]:
    """What begins with a phrase of a list, perhaps behind "and" or "hey"."""
    signs = phrases("signs", key) if key in {"views", "why"} else ()
    foreign = f"|{any_of(signs)}" if signs else ""
    return re.compile(
        rf"[¿¡]?(?:{any_of(languages('links'))}[, ]+)*[¿¡]?(?:{any_of(languages(key))}(?!\w){foreign})"
    )


@cache
def holds(key: str) -> re.Pattern[str]:
    """What holds a phrase of a list anywhere."""
    signs = "".join(f"|{re.escape(sign)}" for sign in phrases("signs", key))
    return re.compile(rf"(?<!\w){any_of(languages(key))}(?!\w){signs}")


def is_question(sentence: str) -> bool:
    """Whether a sentence ends in the mark of a question."""
    return sentence.endswith(MARKS) and (sentence[-1] not in ";\u037e" or bool(_GREEK.search(sentence)))


def asks(folded: str) -> bool:
    """Whether a folded sentence is a question, with its mark or without."""
    bare = folded.rstrip(" .!…。！~")
    return is_question(bare) or bool(begins("asks").match(bare) or _unmarked().search(bare))


def clauses(sentence: str) -> list[str]:
    """The parts of a sentence between its commas, dashes and colons, and before "and" and "but"."""
    parts = (part for piece in _JOINT.split(sentence) for part in _COORDINATES.split(piece))
    return [part.strip() for part in parts if any(map(str.isalnum, part)) or _sign(part)]


def parted(sentence: str) -> tuple[list[str], list[str]]:
    """What a sentence states and what it asks. Only a clause that asks is a question: every other states, and
    so does one in the order of a statement about oneself, a yes, and a "why wouldn't i"."""
    if not is_question(sentence):
        return [sentence], []
    parts = clauses(sentence)
    parts = [*parts[:-1], *(half for part in parts[-1:] for half in _halves(part))]
    said: list[str] = []
    asked: list[str] = []
    for number, part in enumerate(parts):
        folded = _NO_MARK.sub("", plain(part))
        if _is_yes(folded) or _of_course(folded) or _of_oneself(folded):
            said.append(_NO_MARK.sub("", part))
        elif number == len(parts) - 1 or _inverted().match(folded):
            asked.append(part)
            said.extend(_within(folded))
        else:
            said.append(part)
    return said, asked


def _halves(part: str) -> list[str]:
    """A clause, and the question that follows it with no comma: "at home why", "at the airport can you"."""
    if _inverted().match(plain(part)) or begins("certain").match(plain(part)):
        return [part]
    found = _follows().search(part)
    if found and plain(part[: found.start()]) in languages("links"):
        return [part]
    return [part[: found.start()], part[found.end() :]] if found else [part]


@cache
def _inverted() -> re.Pattern[str]:
    """How a question begins for certain: "when do you", "hast du"; "was" alone is English or German."""
    opening = any_of({*languages("asks"), *languages("views"), *languages("why")})
    person = any_of({*persons("second"), *persons("subject"), "it", "they", "he", "she", "the"})
    links = any_of(languages("links"))
    certain = rf"(?:{opening} ){{1,2}}{person}(?!\w)|{any_of(languages('why'))}$"
    return re.compile(rf"[¿¡]?(?:{links}[, ]+)*[¿¡]?(?:{certain})")


@cache
def _follows() -> re.Pattern[str]:
    """Where a question begins behind something else."""
    second = any_of(persons("second"))
    last = any_of([*languages("why"), *languages("tags"), *persons("second")])
    return re.compile(
        rf"\s+(?=(?:{last})[\s?？]*$)|\s+(?={any_of(languages('asks'))} {second}(?!\w))", re.IGNORECASE
    )


def _sign(part: str) -> bool:
    return any(ord(one) > 0x2000 for one in part)


@cache
def _yes() -> re.Pattern[str]:
    every = any_of([*languages("yes"), *languages("no")])
    return re.compile(rf"(?:{every}(?!\w)[\s,.!…]*)+")


def _is_yes(folded: str) -> bool:
    return bool(_yes().fullmatch(folded))


def _of_course(folded: str) -> bool:
    """ "Why wouldn't i", "how could i not", "why not": a yes."""
    opens = begins("views").match(folded) or begins("why").match(folded) or re.match(r"who\b", folded)
    if opens and _NEGATES.search(folded):
        return not spoken_to().search(folded)
    return bool(re.match(rf"(?:would|did|do|have)(?:n't)? i {any_of(phrases('ellipsis', 'never'))}", folded))


def _of_oneself(folded: str) -> bool:
    """Whether a clause has the order of a statement: a first person before all, and no sign that asks."""
    return bool(_subject().match(folded)) and not _asking_signs().search(folded)


def _within(folded: str) -> list[str]:
    """What a question takes as known of oneself: "did you hear that i quit", "my new tattoo"."""
    if told := _told().search(folded):
        return [folded[told.end() :]]
    if before := _TOLD_BEFORE.match(folded):
        return [before["told"] or before["said"]]
    found = _embedded().search(folded)
    return [folded[found.start() :].strip()] if found else []


@cache
def _subject() -> re.Pattern[str]:
    links = any_of(languages("links"))
    return re.compile(
        rf"(?:{links} )*(?:{any_of(persons('subject'))}(?!\w)|我|私|僕|俺|나[는도]?(?!\w)|내가|저는)"
    )


@cache
def _told() -> re.Pattern[str]:
    that = any_of(languages("that"))
    first = any_of(persons("first"))
    signs = "(?<=知道|听说|聽說)(?=我)"
    return re.compile(rf"(?:^|(?<=\w) ){that} ?(?={first}(?!\w))|{signs}|^guess (?=who)|^who told you ")


@cache
def _embedded() -> re.Pattern[str]:
    """A first person that no auxiliary stands before: "should i" asks, "did you know i" tells."""
    lookbehinds = "".join(rf"(?<!\b{word} )" for word in phrases("ellipsis", "inverts"))
    return re.compile(
        rf"(?<=\w ){lookbehinds}(?:(?:i|i'(?:m|ve|ll|d)|we|we're|we've)(?= )|my (?=\w))|(?<=知道|听说|聽說)我"
    )


_TOLD_BEFORE = re.compile(
    r"(?P<told>.+?)(?:の|って|こと)(?:は|を)?(?:知って|聞いた)|(?P<said>.+) [거걸] (?:알|들)"
)


@cache
def _asking_signs() -> re.Pattern[str]:
    signs = any_of([*phrases("signs", "asks")])
    return re.compile(rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af].*{signs}")


@cache
def _unmarked() -> re.Pattern[str]:
    reports = rf"{any_of(phrases('en', 'reports'))} {any_of(phrases('en', 'whether'))}|yes or no"
    return re.compile(
        rf"{any_of(phrases('signs', 'ends'))}$|هل .*$|(?<!\w)m[ıiuü]\w*$|"
        rf"(?<!\w)(?:{reports})(?!\w)|[, ]{any_of(languages('tags'))}$"
    )


@cache
def persons(key: str) -> list[str]:
    """Words of a person: `first`, `second`, or `subject` (the first where it does something)."""
    return sorted(set(plain(_file()["persons"][key]).split()), key=len, reverse=True)


@cache
def spoken_of(key: str) -> re.Pattern[str]:
    """Where a text has a word of a person."""
    signs = any_of(plain(_file()["persons"][f"{key}-signs"]).split())
    return re.compile(rf"(?<!\w){any_of(persons(key))}(?!\w)|{signs}")


def spoken_to() -> re.Pattern[str]:
    """Where a text addresses somebody."""
    return spoken_of("second")


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
