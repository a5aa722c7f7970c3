"""How much each word moves a value: Owen values by sampling. Knows players and unions, no text and no network.

The Shapley value of a player is its mean marginal contribution over all orders in which the players can join (Shapley 1953). Owen
(1977) takes the orders in which unions of players join one after the other: words of a sentence are judged beside one another,
and sentences as a whole. Orders are sampled in pairs of an order and its reverse, which cancels most of the variance (Mitchell et
al. 2022). The contributions of every single order add up exactly, so their means do, however few orders are sampled.

Letters: P players, S sampled pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Value = Callable[[NDArray[np.bool_]], NDArray[np.float64]]  # coalitions (M, P) -> values (M,)


@dataclass(frozen=True)
class OwenValues:
    """The value without any player, the contribution of each player (P,), and its standard error (P,), NaN for one pair."""

    base: float
    contributions: NDArray[np.float64]
    errors: NDArray[np.float64]


def estimate_owen_values(
    value: Value, unions: Sequence[NDArray[np.intp]], n_pairs: int, generator: np.random.Generator
) -> OwenValues:
    """Sample contributions whose sum is the value of all players minus that of none.

    Args:
        value: of coalitions; called once.
        unions: the players 0 to P - 1, each in one union.
        n_pairs: S, at least 1.
    """
    n_players = sum(map(len, unions))
    orders = []
    for _ in range(n_pairs):
        parts = [generator.permutation(unions[index]) for index in generator.permutation(len(unions))]
        order = np.concatenate([np.empty(0, dtype=np.intp), *parts])
        orders += [order, order[::-1]]
    # After k steps of an order, its first k players have joined.
    ranks = np.argsort(np.array(orders), axis=1)  # (2S, P): when each player joins
    steps = np.arange(n_players + 1)
    coalitions = ranks[:, None, :] < steps[:, None]  # (2S, P + 1, P)
    values = value(coalitions.reshape(-1, n_players)).reshape(len(orders), n_players + 1)
    marginal = np.take_along_axis(np.diff(values, axis=1), ranks, axis=1)  # (2S, P)
    pairs = marginal.reshape(n_pairs, 2, n_players).mean(axis=1)  # (S, P)
    errors = pairs.std(axis=0, ddof=1) / np.sqrt(n_pairs) if n_pairs > 1 else np.full(n_players, np.nan)
    return OwenValues(float(values[0, 0]), pairs.mean(axis=0), errors)
