"""Fits the calibration of a model: temperature scaling (Guo et al. 2017), with a temperature that depends on the length.

See `rnnsent.network.calibration` for how it is applied. Letters: M models, N texts, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnsent.network.calibration import log_lengths

MAX_SCALE = 20.0
MAX_EXPONENT = 1.0
EXPONENT_STRENGTH = 10.0  # of the prior of an exponent, relative to that of a scale


@dataclass(frozen=True)
class Prior:
    """What to expect before any text is seen: scales and exponents of the M models, as sure as `strength` texts are."""

    scales: Sequence[float]
    exponents: Sequence[float]
    strength: float = 1.0


def fit_calibration(
    logits: Sequence[NDArray[np.floating]],
    labels: NDArray[np.int64],
    lengths: Sequence[int],
    allowed: NDArray[np.bool_] | None = None,
    *,
    prior: Prior | None = None,
) -> tuple[list[float], list[float]]:
    """The scale and the length exponent of each model's logits with the least log loss of their sum.

    The scale of a single model is its inverse temperature; with several models it is also the weight of each. Scales
    are never negative. A Gaussian prior pulls them towards the expected ones, and the exponents more strongly, so that a few
    texts, all predicted correctly, do not make a model overconfident.

    Args:
        logits: (N, K) for each of the M models.
        labels: (N,) the true classes.
        lengths: (N,) number of tokens in each text.
        allowed: (N, K) the classes among which the model chooses for each text; None are all.
        prior: None expects equal weights and no effect of the length, as sure as one text is.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    stacked = np.stack([model_logits.astype(np.float64) for model_logits in logits])  # (M, N, K)
    rows = np.arange(len(labels))
    log_length = log_lengths(lengths)  # (N,)
    M = len(logits)
    excluded = None if allowed is None else ~allowed  # (N, K)
    prior = prior or Prior([1 / M] * M, [0.0] * M)
    initial = np.array([*prior.scales, *prior.exponents])  # (2M,)
    strength = prior.strength * np.array([1.0] * M + [EXPONENT_STRENGTH] * M)  # (2M,)

    def compute_loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The loss per text and its gradient (2M,)."""
        scales, exponents = parameters[:M, None], parameters[M:, None]  # (M, 1) both
        factors = np.exp(-exponents * log_length)  # (M, N)
        combined = np.einsum("mn,mnk->nk", scales * factors, stacked)  # (N, K)
        if excluded is not None:
            combined[excluded] = -np.inf
        normalizer = logsumexp(combined, axis=1, keepdims=True)  # (N, 1)
        probabilities = np.exp(combined - normalizer)  # (N, K)
        excess = factors * ((probabilities * stacked).sum(axis=2) - stacked[:, rows, labels])  # (M, N)
        loss = (normalizer[:, 0] - combined[rows, labels]).sum() + (strength * (parameters - initial) ** 2).sum()
        gradient = np.concatenate([excess.sum(axis=1), -(scales * excess * log_length).sum(axis=1)])
        gradient += 2 * strength * (parameters - initial)
        return float(loss) / len(labels), gradient / len(labels)

    bounds = [(0.0, MAX_SCALE)] * M + [(-MAX_EXPONENT, MAX_EXPONENT)] * M
    fitted = minimize(compute_loss, initial, jac=True, bounds=bounds).x
    return [float(scale) for scale in fitted[:M]], [float(exponent) for exponent in fitted[M:]]
