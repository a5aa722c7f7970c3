"""Confidence intervals of proportions, by SciPy."""


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95% confidence interval of a proportion by Wilson's score method (Wilson 1927); n is at least 1."""
    from scipy.stats import binomtest

    interval = binomtest(successes, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
