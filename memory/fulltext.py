"""Search by words: SQLite's full-text index, asked only about what may be heard."""

import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

COMMON = 3000
"""A word in more records than this says little and costs much; it is asked for only when nothing else is.
The words of a query that are asked for, the rarest first, are together in no more than these."""
COMMON_SHARE = 0.08
"""So is one in more than this share of all, where the store is small..."""
RARE = 20
"""...but never one in this few."""
MOST_WORDS = 48
LONGEST_WORD = 64

Parameters = tuple[str | int, ...]


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

    def words(self, connection: sqlite3.Connection, query: str) -> tuple[list[Word], int]:
        """The words of a query, each once, and about how many records there are."""
        total = connection.execute("SELECT coalesce(max(number), 0) FROM records").fetchone()[0]
        if not self._total <= total <= self._total * 1.1:
            self._counts, self._total = {}, total
        return [Word(one, self._count(connection, one)) for one in split(query)], total

    def _count(self, connection: sqlite3.Connection, word: str) -> int:
        known = self._counts.get(word)
        if known is None:
            known = self._counts[word] = connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM records_text WHERE records_text MATCH ? LIMIT ?)",
                (quoted([word]), COMMON + 1),
            ).fetchone()[0]
        return known


def split(text: str) -> list[str]:
    """The first words of a text, each once, in lower case."""
    found = re.finditer(r"[^\W_]+", unicodedata.normalize("NFC", text[: MOST_WORDS * LONGEST_WORD]).lower())
    return list(dict.fromkeys(one.group()[:LONGEST_WORD] for one in found))[:MOST_WORDS]


def quoted(words: Iterable[str]) -> str:
    """An expression that matches any of these words; they hold letters and digits alone."""
    return " OR ".join(f'"{word}"' for word in words)


def telling(words: Sequence[Word], total: int) -> list[Word]:
    """The words worth asking for, the rarest first: those that are not common."""
    limit = min(COMMON, max(RARE, int(total * COMMON_SHARE)))
    rarest = sorted((word for word in words if word.records <= limit), key=lambda word: word.records)
    together = accumulate(word.records for word in rarest)
    return [word for word, so_far in zip(rarest, together, strict=True) if so_far <= COMMON]


def weight(word: Word, total: int) -> float:
    """What a match of this word is worth: BM25's inverse frequency, never negative."""
    return math.log(1 + (max(total - word.records, 0) + 0.5) / (word.records + 0.5))


def search(
    connection: sqlite3.Connection,
    words: Sequence[Word],
    total: int,
    where: str,
    parameters: Parameters,
    limit: int,
) -> list[Hit]:
    """The records that have these words, best first; only those that meet `where` are ranked.

    A query of common words alone is answered with the newest records that have any of them.
    """
    asked = telling(words, total)
    ranked = ("-bm25(records_text)", "score DESC")
    hits = _ask(connection, asked, ranked, where, parameters, limit)
    if hits or any(word.records for word in asked):
        return hits
    newest = ("1e-6", "record DESC")
    return _ask(connection, words, newest, where, parameters, limit)


def _ask(
    connection: sqlite3.Connection,
    words: Sequence[Word],
    score_and_order: tuple[str, str],
    where: str,
    parameters: Parameters,
    limit: int,
) -> list[Hit]:
    if not words:
        return []
    score, order = score_and_order
    rows = connection.execute(
        f"SELECT records_text.rowid AS record, {score} AS score"  # noqa: S608
        " FROM records_text CROSS JOIN records ON records.number = records_text.rowid"
        f" WHERE records_text MATCH ? AND {where} ORDER BY {order} LIMIT ?",
        (quoted(word.text for word in words), *parameters, limit),
    )
    return [Hit(row["record"], row["score"]) for row in rows]
