"""A paired comparison of two evaluations."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from rnnsent.evaluation.compare import compare
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.mcnemar import Cells
from tests.support.evaluations import make_evaluation, make_scored

NAN = float("nan")


def draw_evaluations(
    n: int, classes: tuple[str, ...], seed: int, *, gain: float = 0.5
) -> tuple[Evaluation, Evaluation]:
    """Two evaluations of the same texts; the second model is better by what `gain` adds to the true class."""
    random = np.random.default_rng(seed)
    labels = random.integers(len(classes), size=n)
    signal = np.eye(len(classes))[labels]
    shared = random.normal(size=(n, len(classes)))
    evaluations = []
    for strength in (1.0, 1.0 + gain):
        logits = strength * signal + shared + 0.7 * random.normal(size=shared.shape)
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        evaluations.append(make_evaluation(make_scored(labels.tolist(), probabilities, classes=classes)))
    return evaluations[0], evaluations[1]


def test_cells() -> None:
    """Each text is in one cell, and the difference is B minus A."""
    probabilities_a = [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.2, 0.8]]
    probabilities_b = [[0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.9, 0.1]]
    labels = [0, 0, 0, 0]
    a, b = (make_evaluation(make_scored(labels, values)) for values in (probabilities_a, probabilities_b))
    comparison = compare(a, b)
    assert comparison.cells == Cells(both_right=1, only_a_right=1, only_b_right=1, both_wrong=1)
    assert (comparison.accuracy, comparison.difference, comparison.p_value) == ((0.5, 0.5), 0.0, 1.0)
    assert comparison.texts_needed is None


@pytest.mark.parametrize("classes", [("bad", "good"), ("a", "b", "c", "d", "e")])
def test_scores(classes: tuple[str, ...]) -> None:
    """The scores of both models are those of their evaluations."""
    a, b = draw_evaluations(300, classes, seed=0)
    comparison = compare(a, b)
    for index, evaluation in enumerate((a, b)):
        assert comparison.accuracy[index] == evaluation.metrics.accuracy
        assert comparison.accuracy_interval[index] == pytest.approx(evaluation.metrics.accuracy_interval)
        assert comparison.macro_f1[index] == pytest.approx(evaluation.metrics.macro_f1)
        assert comparison.log_loss[index] == pytest.approx(evaluation.metrics.log_loss)
    assert comparison.difference == pytest.approx(b.metrics.accuracy - a.metrics.accuracy)


def test_itself() -> None:
    """A model against itself has p 1, no difference and an empty interval."""
    a, _ = draw_evaluations(50, ("bad", "good"), seed=0)
    comparison = compare(a, a)
    assert comparison.p_value == 1
    assert comparison.interval == comparison.macro_f1_interval == comparison.log_loss_interval == (0, 0)
    assert comparison.texts_needed is None
    assert comparison.smallest_difference is not None


def test_significant() -> None:
    """A significant difference needs no more texts."""
    comparison = compare(*draw_evaluations(400, ("bad", "good"), seed=0, gain=2.0))
    assert comparison.is_significant
    assert comparison.difference > 0
    assert comparison.texts_needed is None


def test_one_text() -> None:
    """One text shows nothing."""
    a, b = (make_evaluation(make_scored([0], [[right, 1 - right]])) for right in (0.9, 0.1))
    comparison = compare(a, b)
    assert (comparison.n, comparison.difference, comparison.p_value) == (1, -1, 1)
    assert comparison.interval == (-1, -1)
    assert comparison.smallest_difference is None


def test_json() -> None:
    """The JSON object has no texts."""
    a, b = draw_evaluations(20, ("bad", "good"), seed=0)
    values = json.loads(json.dumps(compare(a, b).to_dict()))
    assert values["cells"].keys() == {"both_right", "only_a_right", "only_b_right", "both_wrong"}
    assert "scored" not in values


def test_order() -> None:
    """With the models exchanged, every difference has the other sign."""
    a, b = draw_evaluations(200, ("x", "y", "z"), seed=1)
    forward, backward = compare(a, b), compare(b, a)
    assert forward.p_value == backward.p_value
    assert forward.texts_needed == backward.texts_needed
    assert forward.interval == pytest.approx([-bound for bound in reversed(backward.interval)], abs=0.01)
    assert forward.log_loss_interval == pytest.approx(
        [-bound for bound in reversed(backward.log_loss_interval)], abs=0.01
    )


def test_without_prediction() -> None:
    """A text without a known token for one model counts as its mistake."""
    labels = [0, 0, 1]
    a = make_evaluation(make_scored(labels, [[0.9, 0.1], [NAN, NAN], [0.1, 0.9]]))
    b = make_evaluation(make_scored(labels, [[0.9, 0.1], [0.6, 0.4], [0.1, 0.9]]))
    comparison = compare(a, b)
    assert comparison.n_without_prediction == (1, 0)
    assert comparison.cells == Cells(both_right=2, only_a_right=0, only_b_right=1, both_wrong=0)
    assert comparison.log_loss[0] > comparison.log_loss[1]


def test_other_texts() -> None:
    a, b = draw_evaluations(20, ("bad", "good"), seed=0)
    for scored in (
        replace(b.scored, texts=["other", *b.scored.texts[1:]]),
        replace(b.scored, labels=1 - b.scored.labels),
        replace(b.scored, classes=("bad", "good", "other")),
    ):
        with pytest.raises(ValueError, match="same texts and classes"):
            compare(a, replace(b, scored=scored))


def test_every_cell() -> None:
    """Each combination of true class and two predictions counts once."""
    rows = list(product(range(2), repeat=3))
    a, b = (make_evaluation(make_scored([row[0] for row in rows], np.eye(2)[[row[k] for row in rows]])) for k in (1, 2))
    assert compare(a, b).cells == Cells(2, 2, 2, 2)
