"""McNemar's test of two models on the same texts, and how many texts it needs. Knows no texts."""

from dataclasses import dataclass
from math import ceil, sqrt

LEVEL = 0.05  # of significance; intervals are of 95%
POWER = 0.8  # of the test whose number of texts is estimated


@dataclass(frozen=True)
class Cells:
    """The numbers of texts by which of two models is right."""

    both_right: int
    only_a_right: int
    only_b_right: int
    both_wrong: int

    @property
    def n(self) -> int:
        return self.both_right + self.only_a_right + self.only_b_right + self.both_wrong

    @property
    def n_discordant(self) -> int:
        """The texts on which exactly one of the two is right."""
        return self.only_a_right + self.only_b_right


def mcnemar(cells: Cells) -> float:
    """The p-value of the exact test (McNemar 1947): a two-sided binomial test of the discordant texts; 1 without any."""
    from scipy.stats import binomtest

    return float(binomtest(cells.only_b_right, cells.n_discordant).pvalue) if cells.n_discordant else 1.0


def estimate_texts_needed(cells: Cells) -> int | None:
    """The number of texts with which the test finds the observed difference with a probability of 80%.

    It is assumed that other texts have the same difference, and the same fraction of discordant texts. The formula is
    that of Connor (1987) with the continuity correction that the exact test needs. None if the difference is 0.
    """
    difference = abs(cells.only_b_right - cells.only_a_right) / cells.n
    if not difference:
        return None
    spread = _spread(difference, cells.n_discordant / cells.n)
    # Solves n * difference - 1 = spread * sqrt(n); the 1 is the continuity correction.
    return ceil(((spread + sqrt(spread**2 + 4 * difference)) / (2 * difference)) ** 2)


def find_smallest_difference(cells: Cells) -> float | None:
    """The smallest difference in accuracy that the test finds on N texts with a probability of 80%.

    The fraction of discordant texts is the observed one, or the difference itself if that is larger. None if the texts
    are too few for any difference.
    """
    from scipy.optimize import brentq

    n, discordant = cells.n, cells.n_discordant / cells.n

    def excess(difference: float) -> float:
        return n * difference - 1 - sqrt(n) * _spread(difference, max(discordant, difference))

    return float(brentq(excess, 0.0, 1.0)) if excess(1.0) >= 0 else None


def _spread(difference: float, discordant: float) -> float:
    from scipy.stats import norm

    quantiles = norm.ppf([1 - LEVEL / 2, POWER])
    return float(quantiles[0] * sqrt(discordant) + quantiles[1] * sqrt(max(discordant - difference**2, 0.0)))
