"""The line between who asks who is writing and the rest: logistic regression, by Newton's method."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


def fit(vectors: Rows, asks: Rows, penalty: float, steps: int = 12) -> tuple[Rows, float]:
    """The weights and the bias; `asks` is 1.0 where a row asks, else 0.0."""
    centre = vectors.mean(0)
    rows = np.hstack([vectors - centre, np.ones((len(vectors), 1))])
    ridge = np.diag([penalty] * vectors.shape[1] + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(steps):
        chances = 1 / (1 + np.exp(-(rows @ weights)))
        slope = rows.T @ (chances - asks) / len(asks) + ridge @ weights
        curve = (rows * (chances * (1 - chances))[:, None]).T @ rows / len(asks) + ridge
        weights -= np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
    return weights[:-1], float(weights[-1] - centre @ weights[:-1])
