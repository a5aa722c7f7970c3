"""How sure a model may be by the length of a text: factors of the logits of its parts, in numpy. Knows no text.

Letters: P parts (the network, then the wide side), N texts. A temperature (Guo et al. 2017) that one number gives to
all texts is too high for short ones and too low for long ones, or the other way round; here it follows a power of the
length. The factor at REFERENCE tokens is folded into the weights.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

DECAY = "calibration.decay"  # (P,), the power of each part
REFERENCE = 100.0
# Lengths between which the power is believed; a shorter text counts as the shortest, a longer one as the longest.
SHORTEST, LONGEST = 8.0, 1_000.0
MOST_POWER = 8.0  # of a checkpoint; those that are fitted are within ±1


def log_lengths(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
    """The logarithm of each length, as a multiple of the reference, (N,)."""
    return np.log(np.clip(np.asarray(lengths, dtype=np.float64), SHORTEST, LONGEST) / REFERENCE)


def powers_of(weights: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """The power of each part, (2,): 0 where nothing was fitted, or where there is no such part."""
    powers = np.zeros(2, dtype=np.float32)
    fitted = weights.get(DECAY, powers)
    powers[: len(fitted)] = fitted
    return powers


def length_factors(power: float, lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the logits of a part are multiplied by for texts of these lengths, (N, 1)."""
    return np.exp(-power * log_lengths(lengths)).astype(np.float32)[:, None]
