"""What a text states, sentence by sentence, and in which words. Pure."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from core.policy.questions import parted
from core.policy.topics import plain

_SENTENCE = re.compile(r"[^.!?…。！？؟۔।\n]+(?:[.:,](?=\d)[^.!?…。！？؟۔।\n]+)*[.!?…。！？؟۔।]*")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
"""Of the scripts that put no blanks between words: Thai to Burmese, kana, Han."""
_AMBIGUOUS = frozenset({"sei", "on", "once", "sex"})
"""More often "you are", "he", "at one time"."""
_SPELLED = re.compile(
    r"(?<![\w'])[^\W\d_](?:(?P<part>[\W_]{1,3})[^\W\d_](?:(?P=part)[^\W\d_])+|(?:[\W_]{1,3}[^\W\d_]){3,})(?![\w'])"
)
"""A word letter by letter: three with the same sign between them, or four with any."""
_FLAG_LETTERS = {0x1F1E6 + number: ord("a") + number for number in range(26)}
_KOREAN = re.compile("[가-힣]")
_PARTICLES = re.compile("(?:을|를|이|가|은|는|의|에|에서|에게|한테|도|만|로|으로|와|과)$")
_INFLECTED = 5
"""Letters that any ending may be taken from; four, of what is common in English."""
_COMMON_ENDINGS = ("es", "ed", "ing", "e")


def all_sentences(text: str) -> list[str]:
    """The sentences of a text as they are written, but for words written letter by letter."""
    found = (match.group().strip() for match in _SENTENCE.finditer(_written_out(text)))
    return [one for one in found if one]


def stated(text: str) -> list[str]:
    """The same, but for the clauses that ask."""
    return [part for sentence in all_sentences(text) for part in parted(sentence)[0]]


def asked(text: str) -> list[str]:
    """The clauses that ask, folded."""
    return [plain(part) for sentence in all_sentences(text) for part in parted(sentence)[1]]


def sentences(text: str) -> list[str]:
    """What a text states, folded for comparison."""
    return [plain(one) for one in stated(text)]


def _written_out(text: str) -> str:
    """Letters in a row are a word, and so are the letters of flags."""
    flagless = text.translate(_FLAG_LETTERS)
    return _SPELLED.sub(lambda match: "".join(filter(str.isalpha, match.group())), flagless)


def tells(word: str) -> bool:
    """Whether a folded word says something, and is no article, pronoun or particle."""
    return len(word) > 1 and empty_words().isdisjoint({word, word.rstrip("s"), word.replace("'", "")})


@lru_cache(maxsize=16384)
def stems(word: str) -> frozenset[str]:
    """What a folded word is compared by: itself, and what is left of it without an ending. Words that share
    one of them are forms of one word."""
    if _KOREAN.search(word):
        return frozenset({word, _PARTICLES.sub("", word)})
    whole = re.sub(r"'s?$", "", word)
    left = {whole, re.sub(r"(?<=\w\w\w)ie[sd]$", "y", whole)}
    left |= {whole.removesuffix("s")} if len(whole) > 2 else set()
    left |= {whole.removesuffix(one) for one in endings() if len(whole) - len(one) >= _INFLECTED}
    short = [one for one in _COMMON_ENDINGS if whole.endswith(one) and len(whole) - len(one) == 4]
    # "drive" and "driving" are one word, "plan" and "plane" are not.
    left |= {f"{whole.removesuffix(one)}-" for one in short}
    left |= {whole.removesuffix(one) for one in short if one != "e"}
    return frozenset(left)


def all_stems(words: Iterable[str]) -> frozenset[str]:
    """Those of several words."""
    return frozenset(one for word in words for one in stems(word))


def in_digits(text: str) -> str:
    """Numbers up to twelve as they are on a clock, whether written out or not."""
    numbers = number_words()
    return WORD.sub(lambda match: numbers.get(match.group(), match.group()), text)


@cache
def empty_words() -> frozenset[str]:
    """What says nothing that could be true or false by itself."""
    return frozenset(word for language in _file().values() for word in plain(language["empty"]).split())


@cache
def number_words() -> dict[str, str]:
    """A number from two to twelve in digits, by each of its names."""
    written = (enumerate(plain(language["numbers"]).split(), start=2) for language in _file().values())
    return {word: str(number) for words in written for number, word in words if word not in _AMBIGUOUS}


@cache
def endings() -> frozenset[str]:
    """What words are inflected by."""
    return frozenset(
        one for language in _file().values() for one in plain(language.get("endings", "")).split()
    )


@cache
def reactions() -> frozenset[str]:
    """Of the empty words those that answer nothing."""
    return frozenset(word for language in _file().values() for word in plain(language["reactions"]).split())


@cache
def open_phrases() -> re.Pattern[str]:
    """What leaves open what was asked ("i don't know", "let me see"), and kind words ("get well soon")."""
    lines = (
        plain(line)
        for language in _file().values()
        for line in f"{language['open'].strip()}\n{language.get('kind', '').strip()}".strip().split("\n")
    )
    phrases = sorted((phrase for line in lines for phrase in line.split(" | ")), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("empty_words.toml").read_text(encoding="utf-8"))
