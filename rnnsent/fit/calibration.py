"""Scales the logits so that probabilities tell how often a model is right (temperature scaling, Guo et al. 2017)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LARGEST = 20.0


def fit_scales(parts: Sequence[NDArray[np.floating]], labels: NDArray[np.int64]) -> list[float]:
    """The factor of each part's logits (N, K) whose sum has the least log loss on labels (N,).

    For one part it is the inverse of the temperature; for several it is the weight of each as well. The loss is
    convex in the factors, and none of them is below 0. A prior as strong as one text holds them near equal shares, so
    that a handful of texts, all answered rightly, cannot make a model certain.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    stacked = np.stack([part.astype(np.float64) for part in parts])  # (P, N, K)
    of_label = stacked[:, np.arange(len(labels)), labels]  # (P, N)

    start = np.full(len(parts), 1 / len(parts))

    def loss(scales: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = np.tensordot(scales, stacked, axes=1)  # (N, K)
        normaliser = logsumexp(logits, axis=1, keepdims=True)
        expected = (np.exp(logits - normaliser) * stacked).sum(axis=2)  # (P, N)
        value = (normaliser[:, 0] - scales @ of_label).sum() + ((scales - start) ** 2).sum()
        slope = (expected - of_label).sum(axis=1) + 2 * (scales - start)
        return float(value) / len(labels), slope / len(labels)

    found = minimize(loss, start, jac=True, bounds=[(0.0, LARGEST)] * len(parts))
    return [float(scale) for scale in found.x]
