"""From what was found by words and by meaning to one order. Pure: the place to make recall better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

NEAR = 2.5
"""How many spreads above unrelated texts a cosine must be to count on its own."""
RECENCY = 0.2
"""What a record of this moment gets; half of it after HALF_LIFE. A spread of the scores is 1."""
HALF_LIFE = timedelta(days=30)


class Dated(Protocol):
    """What ranking must know of a record itself."""

    @property
    def at(self) -> datetime:
        """When it was said."""
        ...


Found = TypeVar("Found", bound=Dated)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Found]):
    """A record that was found. `words` is BM25, 0 for none; `cosine` None where it has no vector yet."""

    record: Found
    words: float
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Unrelated:
    """The cosines that an embedder gives to texts that have nothing to do with each other."""

    mean: float
    spread: float

    @property
    def floor(self) -> float:
        """Nearer than this is no chance."""
        return self.mean + NEAR * self.spread


def fuse(
    candidates: Sequence[Candidate[Found]], now: datetime, unrelated: Unrelated | None
) -> list[tuple[Found, float]]:
    """Best first, each with its score; what has none of the words and is near only by chance is left out.

    The sum of both scores in spreads from their mean over the candidates, and a little for the newer.
    Without `unrelated` a cosine alone is no reason to recall anything.
    """
    if not candidates:
        return []
    words = np.array([candidate.words for candidate in candidates])
    cosines = np.array([np.nan if candidate.cosine is None else candidate.cosine for candidate in candidates])
    ages = np.array([max((now - candidate.record.at) / HALF_LIFE, 0.0) for candidate in candidates])
    scores = _standardised(words) + _standardised(cosines) + RECENCY * 0.5**ages
    kept = words > 0
    if unrelated is not None:
        kept |= cosines >= unrelated.floor
    order = np.lexsort((ages, -scores))
    return [(candidates[i].record, float(scores[i])) for i in order.tolist() if kept[i]]


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """In spreads from the mean; 0 for what is not known."""
    known = ~np.isnan(values)
    spread = values[known].std() if known.any() else 0.0
    if spread == 0.0:
        return np.zeros_like(values)
    return np.where(known, (values - values[known].mean()) / spread, 0.0)
