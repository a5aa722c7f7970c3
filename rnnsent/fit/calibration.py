"""Scales the logits so that probabilities tell how often a model is right (temperature scaling, Guo et al. 2017)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.model.calibration import log_lengths

LARGEST = 20.0  # factor
STEEPEST = 1.0  # power of the length
PRIOR_TEXTS = 10.0  # how many texts a power of 1 has to be worth


def fit_scales(
    parts: Sequence[NDArray[np.floating]], labels: NDArray[np.int64], lengths: Sequence[int]
) -> tuple[list[float], list[float]]:
    """The factor of each part's logits (N, K), and the power of the length that it falls by, with the least log loss.

    For one part the factor is the inverse of the temperature; for several it is the weight of each as well. None of
    them is below 0. A prior as strong as one text holds the factors near equal shares, and a stronger one the powers
    near 0, so that a handful of texts, all answered rightly, cannot make a model certain.

    Args:
        labels: (N,) the true classes.
        lengths: (N,) tokens of each text.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    stacked = np.stack([part.astype(np.float64) for part in parts])  # (P, N, K)
    rows = np.arange(len(labels))
    distance = log_lengths(lengths)  # (N,)
    P = len(parts)
    start = np.concatenate([np.full(P, 1 / P), np.zeros(P)])
    prior = np.concatenate([np.ones(P), np.full(P, PRIOR_TEXTS)])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scales, powers = values[:P, None], values[P:, None]  # (P, 1) both
        fall = np.exp(-powers * distance)  # (P, N)
        logits = np.einsum("pn,pnk->nk", scales * fall, stacked)  # (N, K)
        normaliser = logsumexp(logits, axis=1, keepdims=True)
        shares = np.exp(logits - normaliser)  # (N, K)
        excess = fall * ((shares * stacked).sum(axis=2) - stacked[:, rows, labels])  # (P, N)
        value = (normaliser[:, 0] - logits[rows, labels]).sum() + (prior * (values - start) ** 2).sum()
        slope = np.concatenate([excess.sum(axis=1), -(scales * excess * distance).sum(axis=1)])
        slope += 2 * prior * (values - start)
        return float(value) / len(labels), slope / len(labels)

    bounds = [(0.0, LARGEST)] * P + [(-STEEPEST, STEEPEST)] * P
    found = minimize(loss, start, jac=True, bounds=bounds).x
    return [float(scale) for scale in found[:P]], [float(power) for power in found[P:]]
