"""Confidence intervals of proportions."""

import math

Z = 1.959963984540054  # standard deviations that hold 95% of a normal distribution


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95% confidence interval of a proportion by Wilson's score method (Wilson 1927); n is at least 1.

    A formula of three lines, so that `predict` and `summarize` need not load SciPy for it.
    """
    share, spread = successes / n, Z**2 / n
    center = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, min(center - half, share)), min(
        1.0, max(center + half, share)
    )  # rounding must not leave the share out
