from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import MemoryRecord
from memory.recall.ranking import Candidate, Unrelated, fuse
from tests.unit.memory_cases import NOON, record

NOISE = Unrelated(mean=0.2, spread=0.1)


def candidate(key: str, words: float, cosine: float | None, days: float = 0) -> Candidate[MemoryRecord]:
    return Candidate(replace(record(key, key), at=NOON - timedelta(days=days)), words, cosine)


def order(*candidates: Candidate[MemoryRecord], noise: Unrelated | None = NOISE) -> list[str]:
    return [one.id for one, _ in fuse(candidates, NOON, noise)]


def test_what_words_and_meaning_agree_on_comes_first() -> None:
    both = candidate("both", 5.0, 0.9)
    assert order(candidate("words", 5.0, 0.2), both, candidate("meaning", 0.0, 0.9))[0] == "both"


def test_the_newer_of_two_equals_comes_first() -> None:
    assert order(candidate("old", 3.0, 0.5, days=90), candidate("new", 3.0, 0.5)) == ["new", "old"]


def test_recency_does_not_outweigh_relevance() -> None:
    assert order(candidate("new", 1.0, 0.3), candidate("fits", 5.0, 0.8, days=900))[0] == "fits"


def test_what_is_near_only_by_chance_is_left_out() -> None:
    assert order(candidate("far", 0.0, 0.3)) == []
    assert order(candidate("near", 0.0, 0.9)) == ["near"]
    assert order(candidate("near", 0.0, 0.9), candidate("far", 0.0, 0.3)) == ["near"]


def test_a_match_by_words_alone_counts() -> None:
    assert order(candidate("word", 0.000001, None)) == ["word"]


def test_without_a_measure_of_chance_meaning_alone_recalls_nothing() -> None:
    assert order(candidate("near", 0.0, 0.99), candidate("word", 1.0, 0.1), noise=None) == ["word"]


NUMBERS = st.floats(0, 50)
COSINES = st.none() | st.floats(-1, 1)


@given(st.lists(st.tuples(NUMBERS, COSINES, st.floats(-10, 5000)), max_size=30))
def test_every_candidate_comes_at_most_once_best_first_and_all_that_have_the_words(
    found: list[tuple[float, float | None, float]],
) -> None:
    candidates = [candidate(str(i), *one) for i, one in enumerate(found)]
    ranked = fuse(candidates, NOON, NOISE)
    ids = [one.id for one, _ in ranked]
    assert len(set(ids)) == len(ids)
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert {one.record.id for one in candidates if one.words > 0} <= set(ids)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candidates_are_no_special_case(count: int) -> None:
    assert len(order(*(candidate(str(i), 1.0, 0.5) for i in range(count)))) == count
