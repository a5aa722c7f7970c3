"""Metrics match values computed by hand."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.evaluation.metrics import LengthBand, Metrics, compute_metrics

POSITIVE = [0.1, 0.6, 0.9, 0.8, 0.4]  # probability of class 1
LABELS = [0, 0, 1, 1, 1]  # predicted: 0, 1, 1, 1, 0
Z = 1.959963984540054  # 97.5% quantile of the normal distribution


def compute(labels: list[int], probabilities: object, lengths: list[int] | None = None, classes: str = "ab") -> Metrics:
    lengths = lengths or [1] * len(labels)
    return compute_metrics(np.array(labels), np.array(probabilities, dtype=float), list(classes), np.array(lengths))


def binary(positive: list[float]) -> list[list[float]]:
    return [[1 - p, p] for p in positive]


def test_binary() -> None:
    metrics = compute(LABELS, binary(POSITIVE))
    assert (metrics.n, metrics.accuracy) == (5, 0.6)
    assert metrics.confusion_matrix == [[1, 1], [1, 2]]
    assert metrics.per_class == {
        "a": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
        "b": {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "f1": pytest.approx(2 / 3), "support": 3},
    }  # fmt: skip
    assert metrics.macro_f1 == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert metrics.log_loss == pytest.approx(-sum(map(math.log, (0.9, 0.4, 0.9, 0.8, 0.4))) / 5)
    # Confidence 0.9 twice, both correct; 0.6 twice, both wrong; 0.8 once, correct.
    assert metrics.expected_calibration_error == pytest.approx((2 * 0.1 + 2 * 0.6 + 0.2) / 5)
    assert metrics.roc_auc == pytest.approx(5 / 6)  # of the 6 pairs, only 0.4 < 0.6 is in the wrong order


def test_accuracy_interval() -> None:
    """The interval is Wilson's."""
    n, p = 5, 0.6
    center = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    assert compute(LABELS, binary(POSITIVE)).accuracy_interval == pytest.approx((center - half, center + half))


def test_accuracy_interval_all_correct() -> None:
    """The interval of a perfect accuracy ends at 1 and has a positive width."""
    low, high = compute([0, 1], binary([0.1, 0.9])).accuracy_interval
    assert high == pytest.approx(1)
    assert low == pytest.approx(2 / (2 + Z**2))


def test_three_classes() -> None:
    probabilities = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]]
    metrics = compute([0, 1, 2, 2], probabilities, classes="abc")
    assert metrics.confusion_matrix == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]
    assert metrics.macro_f1 == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    # One against the rest: class a: 0.8 ranks first; class b: 0.5 ranks first; class c: 0.4 and 0.1 against 0.1 and
    # 0.3 are 2 of 4 pairs in order and one tie, which counts as half a pair.
    assert metrics.roc_auc == pytest.approx((1 + 1 + 2.5 / 4) / 3)


def test_empty_class() -> None:
    """A class without texts has recall 0 and leaves the ROC AUC undefined."""
    metrics = compute([0, 0], binary([0.2, 0.7]))
    assert metrics.roc_auc is None
    assert metrics.per_class["b"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert metrics.confusion_matrix == [[1, 1], [0, 0]]


def test_log_loss_is_finite() -> None:
    """A wrong prediction of probability 1 costs much, but not infinitely much."""
    assert 10 < compute([0, 1], binary([1.0, 1.0])).log_loss < 100


def test_accuracy_by_length() -> None:
    """Every length band is twice as wide as the one before; empty bands are left out."""
    metrics = compute(LABELS, binary(POSITIVE), lengths=[1, 16, 17, 32, 200])
    assert metrics.accuracy_by_length == [
        LengthBand(1, 16, 2, 0.5),
        LengthBand(17, 32, 2, 1.0),
        LengthBand(129, 256, 1, 0.0),
    ]


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 999)), min_size=1, max_size=30))
def test_consistency(rows: list[tuple[int, int, int]]) -> None:
    """Confusion matrix, support and length bands add up to the number of texts and of correct predictions."""
    labels = [label for label, _, _ in rows]
    probabilities = [[0.6 if k == predicted else 0.2 for k in range(3)] for _, predicted, _ in rows]
    metrics = compute(labels, probabilities, lengths=[length for _, _, length in rows], classes="abc")
    n_correct = sum(label == predicted for label, predicted, _ in rows)
    assert metrics.accuracy == pytest.approx(n_correct / len(rows))
    assert np.trace(metrics.confusion_matrix) == n_correct
    assert sum(map(sum, metrics.confusion_matrix)) == len(rows)
    assert [sum(row) for row in metrics.confusion_matrix] == [row["support"] for row in metrics.per_class.values()]
    assert sum(band.n for band in metrics.accuracy_by_length) == len(rows)
    assert sum(band.n * band.accuracy for band in metrics.accuracy_by_length) == pytest.approx(n_correct)
    low, high = metrics.accuracy_interval
    assert 0 <= low <= metrics.accuracy <= high <= 1
    assert json.loads(json.dumps(metrics.to_dict()))["n"] == len(rows)
