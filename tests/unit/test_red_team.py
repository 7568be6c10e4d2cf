"""A small red team in the suite: nothing gets through, and with a guard taken away something does."""

import pytest

from tests.bench.red_team.parts import PARTS, attack

SENDING, _, EARS, ALSO_EARS, ACTS, FORGING = range(len(PARTS))
SMALL = {SENDING: 40, EARS: 30, ALSO_EARS: 30, ACTS: 60, FORGING: 120}


@pytest.mark.parametrize("part", SMALL)
def test_nothing_gets_through(part: int) -> None:
    results = attack(part, SMALL[part], seed=3)
    assert {name: several for name, several in results.breaches.items() if several} == {}
    assert results.attempts.total() >= SMALL[part]
    assert all(results.served)
    assert not results.readable or sum(results.readable) / len(results.readable) > 0.8


@pytest.mark.parametrize(
    ("part", "broken", "figure"),
    [(SENDING, "sending", "sent_unauthorised"), (EARS, "ears", "leaked"), (FORGING, "forging", "forged")],
)
def test_without_its_guard_the_figure_is_not_0(part: int, broken: str, figure: str) -> None:
    assert attack(part, SMALL[part] // 2, seed=3, broken=broken).breaches[figure]
