"""What parts who asks who is writing from the rest: networks of one hidden layer, learned with Adam."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

COPIES = 4
"""Networks that begin differently; what they come to is averaged."""
UNITS = 32
"""Of each."""
EPOCHS = 50
BATCH = 64
RATE = 2e-3
DECAY = 3e-3
DROPPED = 0.3
NOISE = 0.7
"""Standard deviations by which each vector is moved each time it is seen: none is learned by heart."""


class Learned(NamedTuple):
    """Weights for vectors as they are."""

    hidden: Rows
    offsets: Rows
    weights: Rows
    bias: float

    def margins(self, vectors: Rows) -> Rows:
        """How far each row lies on the asking side."""
        return np.asarray(np.maximum(vectors @ self.hidden + self.offsets, 0) @ self.weights + self.bias)


def fit(vectors: Rows, asks: Rows) -> Learned:
    """`asks` is 1.0 where a row asks, else 0.0. The same rows give the same network."""
    centre, spread = vectors.mean(0), vectors.std(0)
    rows = (vectors - centre) / spread
    copies = [_one(rows, asks, np.random.default_rng(seed)) for seed in range(COPIES)]
    hidden = np.hstack([layers[0] for layers in copies]) / spread[:, None]
    offsets, weights = (np.concatenate([layers[at] for layers in copies]) for at in (1, 2))
    bias = np.mean([layers[3] for layers in copies])
    return Learned(hidden, offsets - centre @ hidden, weights / COPIES, float(bias))


def _one(rows: Rows, asks: Rows, chance: np.random.Generator) -> list[Rows]:
    width = rows.shape[1]
    layers = [
        chance.normal(0, width**-0.5, (width, UNITS)),
        np.zeros(UNITS),
        chance.normal(0, UNITS**-0.5, UNITS),
        np.zeros(1),
    ]
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    step = 0
    for epoch in range(EPOCHS):
        order = chance.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            step += 1
            batch = order[start : start + BATCH]
            seen = rows[batch] + NOISE * chance.normal(size=(len(batch), width))
            slopes = _slopes(seen, asks[batch], layers, chance)
            for layer, slope, (first, second) in zip(layers, slopes, moments, strict=True):
                first += 0.1 * (slope - first)
                second += 0.001 * (slope**2 - second)
                pace = RATE * (1 - epoch / EPOCHS) / (1 - 0.9**step)
                layer -= pace * first / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return layers


def _slopes(seen: Rows, asks: Rows, layers: list[Rows], chance: np.random.Generator) -> list[Rows]:
    hidden, offsets, weights, bias = layers
    units = seen @ hidden + offsets
    kept = (chance.random(units.shape) > DROPPED) / (1 - DROPPED)
    active = np.maximum(units, 0) * kept
    wrong = (1 / (1 + np.exp(-(active @ weights + bias))) - asks) / len(asks)
    back = np.outer(wrong, weights) * kept * (units > 0)
    return [
        seen.T @ back + DECAY * hidden,
        back.sum(0),
        active.T @ wrong + DECAY * weights,
        np.array([wrong.sum()]),
    ]
