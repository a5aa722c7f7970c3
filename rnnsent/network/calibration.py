"""Calibration by text length: what the logits of the network and of the n-gram model are multiplied by.

One temperature for all texts (Guo et al. 2017) makes a model of reviews and sentences overconfident on the one and
underconfident on the other. Here the factor is a power of the length, with an exponent per component. The factor at
REFERENCE_LENGTH tokens is folded into the stored weights.

Letters: N texts, M components (the network, then the n-gram model).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXPONENTS = "calibration.exponents"  # (M,)
SCALES = "calibration.scales"  # (M,): the factors at REFERENCE_LENGTH, which are folded into the stored weights
REFERENCE_LENGTH = 100.0
# Shorter texts are scaled like the shortest, longer ones like the longest.
MIN_LENGTH, MAX_LENGTH = 8.0, 1_000.0
MIN_SCALE = 1e-6  # below, a component has no part in the result
MAX_EXPONENT = 8.0  # accepted in a checkpoint; fitted ones are within ±1


def log_lengths(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
    """The logarithm of each length relative to the reference, (N,)."""
    return np.log(np.clip(np.asarray(lengths, dtype=np.float64), MIN_LENGTH, MAX_LENGTH) / REFERENCE_LENGTH)


def length_exponents(weights: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """The exponent of each component, (2,); 0 if it was not fitted or there is no such component."""
    exponents = np.zeros(2, dtype=np.float32)
    fitted = weights.get(EXPONENTS, exponents)
    exponents[: len(fitted)] = fitted
    return exponents


def component_scales(weights: Mapping[str, NDArray[Any]]) -> NDArray[np.float64] | None:
    """What calibration multiplied the logits of each component by at the reference length, (M,).

    None if the model does not record it, or if a component has no part in the result.
    """
    scales = weights.get(SCALES)
    return scales.astype(np.float64) if scales is not None and (scales > MIN_SCALE).all() else None


def length_factors(exponent: float, lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """The factors of a component's logits for texts of these lengths, (N, 1)."""
    return np.exp(-exponent * log_lengths(lengths)).astype(np.float32)[:, None]
