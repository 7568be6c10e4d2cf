import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ports import Vectors
from memory.recall import vectors as vectors_module
from memory.recall.vectors import Keys, Mask, VectorIndex

DIMENSIONS = 16


def unit(count: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def keys(*rows: tuple[int, int, int, int]) -> Keys:
    columns = np.array(rows, np.int64).reshape(-1, 4)
    return Keys(*(columns[:, i].copy() for i in range(4)))


def filled(rows: list[tuple[int, int, int, int]], data: Vectors) -> VectorIndex:
    index = VectorIndex(DIMENSIONS)
    index.put(keys(*rows), data)
    return index


ROWS = st.lists(st.tuples(st.integers(1, 4), st.integers(-1, 3), st.integers(0, 9)), min_size=1, max_size=60)


@settings(deadline=None)
@given(
    rows=ROWS,
    block=st.integers(1, 20),
    short=st.integers(1, 8),
    audiences=st.none() | st.frozensets(st.integers(1, 4)),
    channel=st.integers(0, 3),
    since=st.integers(0, 9),
    inverted=st.booleans(),
    limit=st.integers(1, 20),
    removed=st.frozensets(st.integers(1, 60)),
)
def test_search_is_exact_over_what_the_mask_lets_through(
    rows: list[tuple[int, int, int]],
    block: int,
    short: int,
    audiences: frozenset[int] | None,
    channel: int,
    since: int,
    inverted: bool,
    limit: int,
    removed: frozenset[int],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors_module, "BLOCK", block)
        patch.setattr(vectors_module, "SHORT", short)
        numbered = [(i + 1, *row) for i, row in enumerate(rows)]
        data, query = unit(len(rows)), unit(1, seed=1)
        index = filled(numbered, data)
        for number in removed:
            index.remove(number)
        heard = None if audiences is None else np.array(sorted(audiences), np.int64)
        found, cosines = index.search(query, Mask(heard, channel, since, inverted), limit)
        every = index.cosines(query, [row[0] for row in numbered])

    def allowed(audience: int, where: int, time: int) -> bool:
        there = audiences is None or audience in audiences or (where == channel and time >= since)
        return there != inverted

    expected = {
        n: float(data[n - 1] @ query[0]) for n, *row in numbered if n not in removed and allowed(*row)
    }
    best = sorted(expected, key=lambda n: -expected[n])[:limit]
    assert found.tolist() == best
    assert cosines.tolist() == pytest.approx([expected[n] for n in best], abs=1e-5)
    assert [one is None for one in every] == [n in removed for n, *_ in numbered]
    assert len(index) == len(set(range(1, len(rows) + 1)) - removed)


def test_a_record_put_again_is_replaced() -> None:
    index = filled([(1, 1, 0, 0)], unit(1))
    index.put(keys((1, 2, 0, 0)), unit(1, seed=5))
    assert len(index) == 1
    query = unit(1, seed=5)
    assert index.search(query, Mask(np.array([1])), 5)[0].tolist() == []
    found, cosines = index.search(query, Mask(np.array([2])), 5)
    assert found.tolist() == [1]
    assert cosines[0] == pytest.approx(1.0, abs=1e-5)


def test_a_record_given_another_audience_is_found_by_that_one_alone() -> None:
    index = filled([(1, 1, 0, 0), (2, 1, 0, 0)], unit(2))
    index.regroup(keys((2, 7, 3, 5), (9, 7, 3, 5)))
    assert index.search(unit(1), Mask(np.array([1])), 5)[0].tolist() == [1]
    assert index.search(unit(1), Mask(np.array([7])), 5)[0].tolist() == [2]
    assert index.search(unit(1), Mask(np.array([8]), channel=3, since=5), 5)[0].tolist() == [2]
    assert index.search(unit(1), Mask(np.array([8]), channel=3, since=6), 5)[0].tolist() == []


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex(DIMENSIONS)
    assert index.search(unit(1), Mask(None), 5)[0].tolist() == []
    assert index.cosines(unit(1), [1, 10**9]) == [None, None]
    index.remove(5)
    assert len(index) == 0
