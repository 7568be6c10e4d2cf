"""Texts that go into every prompt, whoever listens, and what looks like a secret in them. Pure."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.audience import PUBLIC
from core.types import MemoryRecord, Person, Persona

LEAST_BITS = 3.2
"""Of each character of a key that a machine made; words have fewer."""
SHORTEST_ENTRY = 6
"""Characters; what is shorter stands in other texts by chance."""

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PHONE = re.compile(r"(?<![\w+])(?<!\d )(?:\+|00?)[1-9](?:[ ()/.-]{0,2}\d){6,13}(?!\d)")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_PASSWORD = re.compile(
    r"\b(?:pass(?:word|code|phrase|wort)?|pw|pwd|pin|kennwort|contrase\u00f1a|mot de passe|secret|token"
    r"|api[ _-]?key)\b\s*(?:[:=]|\bis\b|\bist\b)\s*\S",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?<![\w-])[\w+/=-]{16,}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Unfiltered:
    """One text that has no audience, and where it is written."""

    where: str
    text: str


def of_people(people: Iterable[Person]) -> Iterator[Unfiltered]:
    """What the owner calls people."""
    for known in people:
        yield Unfiltered(f"profile.json: people: {known.id}: name", known.name)


def of_persona(persona: Persona) -> Iterator[Unfiltered]:
    """All of a persona but its examples."""
    where = f"personas/{persona.name}"
    yield Unfiltered(f"{where}: identity", persona.identity)
    yield Unfiltered(f"{where}: voice", persona.voice)
    yield Unfiltered(f"{where}: disclosure", persona.disclosure)
    for number, boundary in enumerate(persona.boundaries, start=1):
        yield Unfiltered(f"{where}: boundaries[{number}]", boundary)


def of_titles(titles: Mapping[str, str]) -> Iterator[Unfiltered]:
    """What conversations are called."""
    for conversation, title in titles.items():
        yield Unfiltered(f"the title of {conversation}", title)


def suspicions(texts: Iterable[Unfiltered], entries: Collection[MemoryRecord]) -> list[str]:
    """A line for each that looks like a secret: where it is and what it looks like, never what it says."""
    narrow = {
        _plain(entry.text): entry.id
        for entry in entries
        if PUBLIC not in entry.audience and len(_plain(entry.text)) >= SHORTEST_ENTRY
    }
    lines = []
    for unfiltered in texts:
        lines += [f"{unfiltered.where} holds what looks like {kind}" for kind in looks_like(unfiltered.text)]
        said = _plain(unfiltered.text)
        repeated = [entry for text, entry in narrow.items() if text in said]
        lines += [f"{unfiltered.where} says what only some may hear: {entry}" for entry in repeated]
    return list(dict.fromkeys(lines))


def looks_like(text: str) -> list[str]:
    """What in a text looks like a secret, by kind."""
    return [kind for kind, is_there in SHAPES.items() if is_there(text)]


def _is_iban(text: str) -> bool:
    return any(_iban_checks(beginning) for match in _IBAN.findall(text) for beginning in _beginnings(match))


def _beginnings(matched: str) -> Iterator[str]:
    """What was matched, and less of it: a word that follows may look like a part of it."""
    letters = re.sub(r"\s", "", matched).upper()
    return (letters[:length] for length in range(len(letters), 14, -1))


def _iban_checks(letters: str) -> bool:
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    return any(_luhn(re.sub(r"\D", "", match)) for match in _CARD.findall(text))


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return set(digits) != {"0"} and sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_key(text: str) -> bool:
    return any(_bits(word) >= LEAST_BITS and _mixed(word) for word in _KEY.findall(text))


def _mixed(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)


def _bits(word: str) -> float:
    """The entropy of a word's characters, in bits for each."""
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


SHAPES: Mapping[str, Callable[[str], bool]] = {
    "a bank account": _is_iban,
    "a card's number": _is_card,
    "a phone number": lambda text: _PHONE.search(text) is not None,
    "an e-mail address": lambda text: _EMAIL.search(text) is not None,
    "a password": lambda text: _PASSWORD.search(text) is not None,
    "a key": _is_key,
}
"""Every kind that is looked for."""
