"""Curves of an evaluation against examples that are easy to work out by hand."""

import numpy as np
import pytest

from rnnsent.evaluation.curves import (
    MAX_POINTS,
    MIN_COVERAGE,
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
    assert second.recall_at == {0.01: 0.5, 0.05: 0.5, 0.1: 0.5, 0.2: 0.5}
    assert second.precision_at == pytest.approx({0.5: 1, 0.8: 2 / 3, 0.9: 2 / 3, 0.95: 2 / 3})
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
    assert risk.risk_at == pytest.approx({0.2: 0, 0.4: 0, 0.6: 0.25, 0.8: 0.25, 0.9: 0.2, 1.0: 0.2})
    assert risk.accuracy_at_80 == 0.75


def test_no_coverage() -> None:
    """If the surest text is wrong, no coverage has a small risk."""
    risk = compute_risk_coverage(np.array([0, 1]), of_positive(0.9, 0.8))
    assert set(risk.coverage_at.values()) == {0.0}


def test_numbers_of_the_whole_curve() -> None:
    """Thinning changes the drawn points alone: every other number is that of all points."""
    random = np.random.default_rng(0)
    labels = random.integers(2, size=20_000)
    probabilities = of_positive(*np.clip(0.3 + 0.4 * labels + random.normal(scale=0.2, size=20_000), 0, 1))
    curve = compute_class_curves(labels, probabilities, ["bad", "good"])[1]
    scores = probabilities[:, 1]
    threshold = np.quantile(scores[labels == 0], 0.99, method="higher")
    assert curve.recall_at[0.01] == pytest.approx(np.mean(scores[labels == 1] > threshold), abs=2e-4)
    risk = compute_risk_coverage(labels, probabilities)
    surest = np.argsort(-probabilities.max(axis=1), kind="stable")[:16_000]
    wrong = probabilities.argmax(axis=1) != labels
    assert risk.risk_at[0.8] == pytest.approx(wrong[surest].mean(), abs=2e-4)
    assert risk.accuracy_at_80 == 1 - risk.risk_at[0.8]


def test_first_texts() -> None:
    """The risk among a few texts is not drawn."""
    risk = compute_risk_coverage(np.zeros(1_000, dtype=int), of_positive(*np.linspace(0, 1, 1_000)))
    assert risk.points[0][0] >= MIN_COVERAGE


@pytest.mark.parametrize("n", [1, 2, MAX_POINTS, MAX_POINTS + 1, 10_000])
def test_thin(n: int) -> None:
    """A thinned curve keeps its ends and its shape."""
    x = np.linspace(0, 1, n)
    points = thin(x, x**4)
    assert len(points) <= MAX_POINTS
    assert points[0] == (x[0], x[0] ** 4)
    assert points[-1] == (x[-1], x[-1] ** 4)
    thinned = np.interp(x, *zip(*points, strict=True))
    assert np.abs(thinned - x**4).max() < 0.005


@pytest.mark.parametrize("height", [1.0, 0.01])
def test_thin_keeps_corners(height: float) -> None:
    """A step is kept, whatever the range of the curve."""
    x = np.linspace(0, 1, 5_000)
    y = height * (x > 0.37)
    step = [point for point in thin(x, y) if 0.3 < point[0] < 0.4]
    assert step == [(x[1849], 0), (x[1850], height)]


def test_thin_noise() -> None:
    """Noise keeps as many points as are allowed."""
    assert len(thin(np.linspace(0, 1, 5_000), np.random.default_rng(0).random(5_000))) == MAX_POINTS
