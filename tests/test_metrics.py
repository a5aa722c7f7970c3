"""Proves every figure against one counted by hand."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.metrics import LengthBand, Metrics, compute_metrics

POSITIVE = [0.1, 0.6, 0.9, 0.8, 0.4]  # the probability of class 1
LABELS = [0, 0, 1, 1, 1]  # predicted: 0, 1, 1, 1, 0


def metrics_of(
    labels: list[int], probabilities: object, lengths: list[int] | None = None, classes: str = "ab"
) -> Metrics:
    given_lengths = np.array(lengths or [1] * len(labels))
    return compute_metrics(np.array(labels), np.array(probabilities, dtype=float), list(classes), given_lengths)


def two(positive: list[float]) -> list[list[float]]:
    return [[1 - p, p] for p in positive]


def test_two_classes_give_the_figures_counted_by_hand() -> None:
    found = metrics_of(LABELS, two(POSITIVE))
    assert (found.n, found.accuracy) == (5, 0.6)
    assert found.confusion_matrix == [[1, 1], [1, 2]]
    assert found.per_class == {
        "a": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
        "b": {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "f1": pytest.approx(2 / 3), "support": 3},
    }  # fmt: skip
    assert found.macro_f1 == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found.log_loss == pytest.approx(-sum(map(math.log, (0.9, 0.4, 0.9, 0.8, 0.4))) / 5)
    # Twice .9 and right, twice .6 and wrong, once .8 and right.
    assert found.expected_calibration_error == pytest.approx((2 * 0.1 + 2 * 0.6 + 0.2) / 5)
    assert found.roc_auc == pytest.approx(5 / 6)  # of the 6 pairs, only 0.4 stands below 0.6


def test_the_interval_is_wilsons() -> None:
    z, n, share = 1.959963984540054, 5, 0.6
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert metrics_of(LABELS, two(POSITIVE)).accuracy_interval == pytest.approx((centre - half, centre + half))


def test_the_interval_of_all_right_ends_at_one_and_is_no_point() -> None:
    low, high = metrics_of([0, 1], two([0.1, 0.9])).accuracy_interval
    assert high == pytest.approx(1)
    assert low == pytest.approx(2 / (2 + 1.959963984540054**2))


def test_three_classes_give_the_figures_counted_by_hand() -> None:
    probabilities = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]]
    found = metrics_of([0, 1, 2, 2], probabilities, classes="abc")
    assert found.confusion_matrix == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    # One against the rest: 0.8 is over all three; 0.5 too; of 0.4 and 0.1 against 0.1 and 0.3, 2 and half a pair of 4.
    assert found.roc_auc == pytest.approx((1 + 1 + 2.5 / 4) / 3)


def test_a_class_without_a_text_has_no_area_and_no_recall() -> None:
    found = metrics_of([0, 0], two([0.2, 0.7]))
    assert found.roc_auc is None
    assert found.per_class["b"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert found.confusion_matrix == [[1, 1], [0, 0]]


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    assert 10 < metrics_of([0, 1], two([1.0, 1.0])).log_loss < 100


def test_accuracy_is_told_by_bands_of_length_that_double() -> None:
    found = metrics_of(LABELS, two(POSITIVE), lengths=[1, 16, 17, 32, 200])
    assert found.accuracy_by_length == [
        LengthBand(1, 16, 2, 0.5),
        LengthBand(17, 32, 2, 1.0),
        LengthBand(129, 256, 1, 0.0),
    ]


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 999)), min_size=1, max_size=30))
def test_the_parts_add_up_to_the_whole(rows: list[tuple[int, int, int]]) -> None:
    labels = [label for label, _, _ in rows]
    probabilities = [[0.6 if k == predicted else 0.2 for k in range(3)] for _, predicted, _ in rows]
    found = metrics_of(labels, probabilities, lengths=[length for _, _, length in rows], classes="abc")
    right = sum(label == predicted for label, predicted, _ in rows)
    assert found.accuracy == pytest.approx(right / len(rows))
    assert np.trace(found.confusion_matrix) == right
    assert sum(map(sum, found.confusion_matrix)) == len(rows)
    assert [sum(row) for row in found.confusion_matrix] == [each["support"] for each in found.per_class.values()]
    assert sum(band.n for band in found.accuracy_by_length) == len(rows)
    assert sum(band.n * band.accuracy for band in found.accuracy_by_length) == pytest.approx(right)
    low, high = found.accuracy_interval
    assert 0 <= low <= found.accuracy <= high <= 1
    assert json.loads(json.dumps(found.to_dict()))["n"] == len(rows)
