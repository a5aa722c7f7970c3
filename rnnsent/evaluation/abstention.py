"""How often predictions are wrong above each confidence, for a model that may abstain below one (El-Yaniv and Wiener 2010)."""

import numpy as np
from numpy.typing import NDArray

N_LEVELS = 100  # of coverage
CONFIDENCE = 0.95  # of the bound of the error


def compute_abstention(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[dict[str, float]]:
    """For about a hundred thresholds in descending order: what lies at or above each of them.

    Each has the `threshold` of the predicted class's probability, the `coverage` of texts at or above it, their `error`, and
    `error_bound`, the upper 95% bound of that by Clopper and Pearson (1934).

    Args:
        labels: (N,), N at least 1.
        probabilities: (N, K).
    """
    from scipy.stats import beta

    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    confidence, wrong = confidence[order], (probabilities.argmax(axis=1) != labels)[order]
    n_errors = np.cumsum(wrong)
    last = np.flatnonzero(np.append(confidence[1:] < confidence[:-1], True))  # of the texts with one confidence
    targets = np.ceil(np.arange(1, N_LEVELS + 1) / N_LEVELS * len(labels)) - 1
    ends = last[np.unique(np.searchsorted(last, targets))]
    n, errors = ends + 1, n_errors[ends]
    bounds = np.where(errors < n, beta.ppf(CONFIDENCE, errors + 1, np.maximum(n - errors, 1)), 1.0)
    rows = zip(confidence[ends], n / len(labels), errors / n, bounds, strict=True)
    keys = ("threshold", "coverage", "error", "error_bound")
    return [dict(zip(keys, map(float, row), strict=True)) for row in rows]
