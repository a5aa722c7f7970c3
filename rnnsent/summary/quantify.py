"""Shares of classes, corrected for a model's known errors. Knows counts only.

The labels of a model are wrong in a known way: its confusion matrix on labeled texts says how many texts of each class get which
label. The corrected shares are those that make the observed labels most likely, found by expectation maximization, which keeps
them between 0 and 1 (as in D'Agostini 1995; in machine learning "adjusted count", Forman 2008). They assume that texts of a class
are mistaken here as often as in the labeled texts.

Letters: K classes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_ITERATIONS, TOLERANCE = 10_000, 1e-10
SMOOTHING = 0.5  # added to each cell of the confusion matrix


def correct_shares(counts: Sequence[int], confusion: Sequence[Sequence[float]]) -> NDArray[np.float64] | None:
    """The most likely true shares (K,) of classes whose labels have these counts; None without a label.

    Args:
        counts: (K,) labels of a model.
        confusion: (K, K) counts on labeled texts; rows are true classes, columns are labels.
    """
    observed = np.asarray(counts, dtype=np.float64)
    if not observed.sum():
        return None
    observed = observed / observed.sum()
    rates = np.asarray(confusion, dtype=np.float64) + SMOOTHING
    rates /= rates.sum(axis=1, keepdims=True)  # P(label | class)
    shares = np.full(len(observed), 1 / len(observed))
    for _ in range(MAX_ITERATIONS):
        expected = shares @ rates  # (K,) of labels
        updated = shares * (rates @ (observed / expected))
        if np.abs(updated - shares).max() < TOLERANCE:
            return updated
        shares = updated
    return shares
