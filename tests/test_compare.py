"""A paired comparison: cells, intervals, the exact test, and the number of texts that it would take."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from sklearn.metrics import f1_score

from rnnsent.evaluation.compare import compare
from rnnsent.evaluation.mcnemar import Cells, estimate_texts_needed, find_smallest_difference, mcnemar
from rnnsent.evaluation.evaluate import Evaluation
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


@pytest.mark.parametrize(
    ("only_a", "only_b", "p_value"),
    [(0, 0, 1.0), (1, 0, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 22 / 1024), (7, 7, 1.0)],
)
def test_mcnemar(only_a: int, only_b: int, p_value: float) -> None:
    """The exact test depends only on the texts on which one model is right."""
    for n_others in (0, 1_000):
        assert mcnemar(Cells(n_others, only_a, only_b, n_others)) == pytest.approx(p_value)


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


def test_interval() -> None:
    """The intervals from counts are those of drawing whole texts with replacement, within the error of the draws."""
    a, b = draw_evaluations(150, ("x", "y", "z"), seed=2)
    comparison = compare(a, b)
    labels = a.scored.labels
    predicted = [evaluation.scored.probabilities.argmax(axis=1) for evaluation in (a, b)]
    random = np.random.default_rng(5)
    accuracies, scores = [], []
    for _ in range(2_000):
        rows = random.integers(len(labels), size=len(labels))
        truth, first, second = labels[rows], predicted[0][rows], predicted[1][rows]
        accuracies.append((second == truth).mean() - (first == truth).mean())
        scores.append(f1_score(truth, second, average="macro") - f1_score(truth, first, average="macro"))
    assert comparison.interval == pytest.approx(np.percentile(accuracies, [2.5, 97.5]), abs=0.012)
    assert comparison.macro_f1_interval == pytest.approx(np.percentile(scores, [2.5, 97.5]), abs=0.012)


def test_texts_needed() -> None:
    """With the estimated number of texts, the test finds the difference about four times in five."""
    cells = Cells(both_right=800, only_a_right=80, only_b_right=60, both_wrong=60)
    n = estimate_texts_needed(cells)
    assert n is not None
    random = np.random.default_rng(0)
    draws = random.multinomial(n, np.array([800, 80, 60, 60]) / 1000, size=1_000)
    power = np.mean([mcnemar(Cells(*map(int, draw))) < 0.05 for draw in draws])
    assert 0.75 < power < 0.85


def test_texts_needed_bounds() -> None:
    """The larger the difference, the fewer texts; no number of texts shows a difference of 0."""
    assert estimate_texts_needed(Cells(90, 5, 5, 0)) is None
    needed = [estimate_texts_needed(Cells(880, 60 - k, 60 + k, 0)) or 0 for k in (2, 5, 10)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] > 25 * needed[2] / 1.5


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
