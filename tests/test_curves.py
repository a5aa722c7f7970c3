"""Curves of an evaluation against examples that are easy to work out by hand."""

import numpy as np
import pytest

from rnnsent.evaluation.curves import (
    MAX_POINTS,
    compute_class_curves,
    compute_reliability,
    compute_risk_coverage,
    thin,
)


def of_positive(*values: float) -> np.ndarray:
    """Probabilities (N, 2) from those of the second class."""
    return np.array([[1 - value, value] for value in values])


def test_roc() -> None:
    """Two texts of a class above and below one of the other class: the area is a half."""
    first, second = compute_class_curves(np.array([1, 0, 1]), of_positive(0.9, 0.6, 0.2), ["bad", "good"])
    assert (second.name, second.n, second.roc_auc) == ("good", 2, 0.5)
    assert second.roc == ((0, 0), (0, 0.5), (1, 0.5), (1, 1))
    assert second.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert second.precision_recall[0] == pytest.approx((1, 2 / 3))
    assert second.precision_recall[-1] == (0, 1)
    assert first.roc_auc == 0.5


def test_absent_class() -> None:
    """A class that no text has, or every text, has no curve."""
    probabilities = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3]])
    assert [curve.name for curve in compute_class_curves(np.array([0, 1]), probabilities, ["a", "b", "c"])] == [
        "a",
        "b",
    ]
    assert compute_class_curves(np.array([0, 0]), probabilities, ["a", "b", "c"]) == []


def test_reliability() -> None:
    """A bin includes its upper end; its confidence and accuracy are means."""
    bins = compute_reliability(np.array([1, 1, 0, 0]), of_positive(0.9, 0.85, 0.82, 0.05))
    assert [(row.low, row.high, row.n) for row in bins] == [(0.8, 0.9, 3), (0.9, 1.0, 1)]
    assert bins[0].confidence == pytest.approx((0.9 + 0.85 + 0.82) / 3)
    assert bins[0].accuracy == pytest.approx(2 / 3)
    assert bins[1].accuracy == 1
    assert bins[0].interval[0] < 2 / 3 < bins[0].interval[1]


def test_risk_coverage() -> None:
    """The surest texts come first, and texts of equal confidence together."""
    risk = compute_risk_coverage(np.array([1, 0, 1, 1, 0]), of_positive(0.9, 0.2, 0.7, 0.3, 0.4))
    np.testing.assert_allclose(risk.points, [(0.2, 0), (0.4, 0), (0.8, 0.25), (1, 0.2)])
    assert risk.coverage_at == {0.01: 0.4, 0.02: 0.4, 0.05: 0.4}
    assert risk.accuracy_at_80 == 0.75


def test_no_coverage() -> None:
    """If the surest text is wrong, no coverage has a small risk."""
    risk = compute_risk_coverage(np.array([0, 1]), of_positive(0.9, 0.8))
    assert set(risk.coverage_at.values()) == {0.0}


@pytest.mark.parametrize("n", [1, 2, MAX_POINTS, MAX_POINTS + 1, 10_000])
def test_thin(n: int) -> None:
    """A thinned curve keeps its ends and its shape."""
    x = np.linspace(0, 1, n)
    points = thin(x, x**4)
    assert len(points) <= MAX_POINTS
    assert points[0] == (x[0], x[0] ** 4)
    assert points[-1] == (x[-1], x[-1] ** 4)
    thinned = np.interp(x, *zip(*points, strict=True))
    assert np.abs(thinned - x**4).max() < 0.01
