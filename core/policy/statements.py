"""What a text states, sentence by sentence, and in which words. Pure."""

import re
import tomllib
from functools import cache
from pathlib import Path

from core.policy.topics import plain

_SENTENCE = re.compile(r"[^.!?…。！？؟۔।\n]+(?:[.:,](?=\d)[^.!?…。！？؟۔।\n]+)*[.!?…。！？؟۔।]*")
_QUESTION = ("?", "？", "؟", ";")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
"""Of the scripts that put no blanks between words: Thai to Burmese, kana, Han."""
_AMBIGUOUS = frozenset({"sei", "on", "once", "sex"})
"""More often "you are", "he", "at one time"."""


def all_sentences(text: str) -> list[str]:
    """The sentences of a text as they are written."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [one for one in found if one]


def stated(text: str) -> list[str]:
    """The same, but for questions."""
    return [one for one in all_sentences(text) if not one.endswith(_QUESTION)]


def sentences(text: str) -> list[str]:
    """The same, folded for comparison."""
    return [plain(one) for one in stated(text)]


def tells(word: str) -> bool:
    """Whether a folded word says something, and is no article, pronoun or particle."""
    return len(word) > 1 and empty_words().isdisjoint({word, word.rstrip("s"), word.replace("'", "")})


def stem(word: str) -> str:
    """What a word is compared by: five letters, and no plural."""
    return word.rstrip("s")[:5]


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
def reactions() -> frozenset[str]:
    """Of the empty words those that answer nothing."""
    return frozenset(word for language in _file().values() for word in plain(language["reactions"]).split())


@cache
def open_phrases() -> re.Pattern[str]:
    """What leaves open what was asked: "i don't know", "let me see"."""
    lines = (plain(line) for language in _file().values() for line in language["open"].strip().split("\n"))
    phrases = sorted((phrase for line in lines for phrase in line.split(" | ")), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("empty_words.toml").read_text(encoding="utf-8"))
