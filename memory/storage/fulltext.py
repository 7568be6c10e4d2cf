"""Search by words: which of a query's to ask the full-text index for, and only about what may be heard."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from memory.storage.port import Condition, Connection

COMMON = 3000
"""A word in more records than this says little and costs much; it is asked for only when nothing else is."""
TOGETHER = 2000
"""Words are asked for, the rarest first, until they are in this many records: each costs a microsecond."""
COMMON_SHARE = 0.08
"""So is one in more than this share of all, where the store is small..."""
RARE = 20
"""...but never one in this few."""
MOST_WORDS = 48
LONGEST_WORD = 64

EVERYWHERE = frozenset(
    re.findall(
        r"\w+",
        "a about after again all also am an and any are as at be been before being but by can could did do "
        "does doing don done dont even every for from get go going gonna good got had has have having he "
        "her here hers him his how i if in into is it its just know last let like ll make maybe me more "
        "most much my need no not now of off oh ok okay on one only or our out over re really right s said "
        "same say see she should so some still such sure t take than thanks that thats the their them then "
        "there these they thing think this those to too up us ve very want was we well were what when where "
        "which while who why will with would yeah yes you your",
    )
)
"""English words that hold a sentence together; where a store is small their numbers do not show it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query, and in how many records it is (counted as far as COMMON)."""

    text: str
    records: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has some of the words; `score` is BM25, the higher the better."""

    record: int
    score: float


class WordCounts:
    """How many records each word is in. Counts are kept until the store has grown by a tenth."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._total = 0

    def words(self, connection: Connection, query: str) -> tuple[list[Word], int]:
        """The words of a query, each once, and about how many records there are."""
        total = connection.execute("SELECT coalesce(max(number), 0) FROM records").fetchone()[0]
        if not self._total <= total <= self._total * 1.1:
            self._counts, self._total = {}, total
        return [Word(part, self._count(connection, part)) for part in split(query)], total

    def _count(self, connection: Connection, word: str) -> int:
        known = self._counts.get(word)
        if known is None:
            known = self._counts[word] = connection.count_matches(word, COMMON + 1)
        return known


def split(text: str) -> list[str]:
    """The first words of a text, each once, in lower case."""
    found = re.finditer(r"[^\W_]+", unicodedata.normalize("NFC", text[: MOST_WORDS * LONGEST_WORD]).lower())
    return list(dict.fromkeys(one.group()[:LONGEST_WORD] for one in found))[:MOST_WORDS]


def telling(words: Sequence[Word], total: int) -> list[Word]:
    """The words worth asking for, the rarest first: those that are not common."""
    limit = min(COMMON, max(RARE, int(total * COMMON_SHARE)))
    uncommon = (word for word in words if word.records <= limit and word.text not in EVERYWHERE)
    rarest = sorted(uncommon, key=lambda word: word.records)
    before = accumulate((word.records for word in rarest), initial=0)
    return [
        word
        for word, so_far in zip(rarest, before, strict=False)
        if so_far + word.records <= TOGETHER or not so_far
    ]


def weight(word: Word, total: int) -> float:
    """What a match of this word is worth: the inverse frequency as FTS5's own bm25 has it."""
    return max(math.log((max(total - word.records, 0) + 0.5) / (word.records + 0.5)), 1e-6)


def search(
    connection: Connection, words: Sequence[Word], total: int, where: Condition, limit: int
) -> list[Hit]:
    """The records that have these words, best first; only those that meet `where` are ranked.

    A query of common words alone is answered with the newest records that have any of them.
    """
    asked = telling(words, total)
    hits = _ask(connection, asked, where, limit, ranked=True)
    if hits or any(word.records for word in asked):
        return hits
    return _ask(connection, words, where, limit, ranked=False)


def _ask(
    connection: Connection, words: Sequence[Word], where: Condition, limit: int, *, ranked: bool
) -> list[Hit]:
    if not words:
        return []
    found = connection.match([word.text for word in words], where, limit, ranked=ranked)
    return [Hit(record, score) for record, score in found]
