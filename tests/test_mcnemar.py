"""McNemar's test and how many texts it needs."""

import numpy as np
import pytest

from rnnsent.evaluation.mcnemar import Cells, estimate_texts_needed, find_smallest_difference, mcnemar


def measure_power(n: int, only_a: float, only_b: float) -> float:
    """The fraction of 1,000 samples of N texts in which the test finds a difference."""
    random = np.random.default_rng(0)
    draws = random.multinomial(n, [1 - only_a - only_b, only_a, only_b, 0], size=1_000)
    return float(np.mean([mcnemar(Cells(*map(int, draw))) < 0.05 for draw in draws]))


@pytest.mark.parametrize(
    ("only_a", "only_b", "p_value"),
    [(0, 0, 1.0), (1, 0, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 22 / 1024), (7, 7, 1.0)],
)
def test_p_value(only_a: int, only_b: int, p_value: float) -> None:
    """The exact test depends only on the texts on which one model is right."""
    for n_others in (0, 1_000):
        assert mcnemar(Cells(n_others, only_a, only_b, n_others)) == pytest.approx(p_value)
        assert mcnemar(Cells(n_others, only_b, only_a, n_others)) == pytest.approx(p_value)


@pytest.mark.parametrize(("only_a", "only_b"), [(80, 60), (10, 16), (120, 200)])
def test_power(only_a: int, only_b: int) -> None:
    """With the estimated number of texts, the test finds the difference about four times in five."""
    n = estimate_texts_needed(Cells(1_000 - only_a - only_b, only_a, only_b, 0))
    assert n is not None
    assert 0.77 < measure_power(n, only_a / 1_000, only_b / 1_000) < 0.84


def test_texts_needed() -> None:
    """The larger the difference, the fewer texts; no number of texts shows a difference of 0."""
    assert estimate_texts_needed(Cells(90, 5, 5, 0)) is None
    needed = [estimate_texts_needed(Cells(880, 60 - k, 60 + k, 0)) or 0 for k in (2, 5, 10)]
    assert needed == sorted(needed, reverse=True)
    assert estimate_texts_needed(Cells(5, 0, 0, 0)) is None
    assert estimate_texts_needed(Cells(0, 0, 5, 0)) == 6  # the test cannot reject with five texts


def test_smallest_difference() -> None:
    """The number of texts for a difference can show just this difference."""
    n = estimate_texts_needed(Cells(800, 80, 120, 0))
    assert n is not None
    discordant = n // 5
    assert find_smallest_difference(Cells(n - discordant, discordant, 0, 0)) == pytest.approx(0.04, rel=0.01)


def test_smallest_difference_power() -> None:
    """The smallest difference is found about four times in five, though the models never disagreed."""
    difference = find_smallest_difference(Cells(500, 0, 0, 100))
    assert difference is not None
    assert 0.8 <= measure_power(600, 0, difference) < 0.95


@pytest.mark.parametrize("n", [1, 5])
def test_too_few_texts(n: int) -> None:
    assert find_smallest_difference(Cells(n, 0, 0, 0)) is None
