"""Bootstrap intervals from counts of triples, compared with those from whole texts."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from rnnsent.evaluation.bootstrap import PairedScores, bootstrap_mean

N = 150


def draw_predictions(K: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """True classes and the predictions of two models, (N,) each; B is right more often, and the index K means that there is none."""
    random = np.random.default_rng(seed)
    labels = random.integers(K, size=N)
    a, b = (np.where(random.random(N) < right, labels, random.integers(K + 1, size=N)) for right in (0.5, 0.7))
    return labels, a, b


def macro_f1(labels: NDArray[np.int64], predicted: NDArray[np.int64], K: int) -> float:
    """The mean F1 of the classes, each of which occurs."""
    right = [((labels == k) & (predicted == k)).sum() for k in range(K)]
    total = [(labels == k).sum() + (predicted == k).sum() for k in range(K)]
    return float(np.mean(2 * np.array(right) / np.array(total)))


@pytest.mark.parametrize("K", [2, 3])
def test_intervals(K: int) -> None:
    """The intervals are those of drawing whole texts with replacement, within the error of the draws."""
    labels, a, b = draw_predictions(K, seed=2)
    interval, macro_f1_interval = PairedScores(labels, a, b, K).intervals()
    random = np.random.default_rng(5)
    accuracies, scores = [], []
    for _ in range(2_000):
        rows = random.integers(N, size=N)
        truth, first, second = labels[rows], a[rows], b[rows]
        accuracies.append((second == truth).mean() - (first == truth).mean())
        scores.append(macro_f1(truth, second, K) - macro_f1(truth, first, K))
    assert interval == pytest.approx(np.percentile(accuracies, [2.5, 97.5]), abs=0.012)
    assert macro_f1_interval == pytest.approx(np.percentile(scores, [2.5, 97.5]), abs=0.012)


@pytest.mark.parametrize("K", [2, 40])
def test_macro_f1(K: int) -> None:
    """The macro F1 is that of scikit-learn, of a class without a text or a prediction too."""
    labels, a, b = draw_predictions(K, seed=0)
    a, b = a % K, b % K
    pair = PairedScores(labels, a, b, K)
    for model, predicted in enumerate((a, b)):
        assert pair.macro_f1(pair.counts[None], model) == pytest.approx(f1_score(labels, predicted, average="macro"))


def test_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many resamples are drawn at a time changes nothing."""
    pair = PairedScores(*draw_predictions(3, seed=1), 3)
    intervals = pair.intervals()
    monkeypatch.setattr("rnnsent.evaluation.bootstrap.BATCH_NUMBERS", 70_000)
    assert pair.intervals() == intervals


def test_mean() -> None:
    """The interval of a mean is about that of the normal distribution."""
    values = np.random.default_rng(0).normal(size=1_000)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert bootstrap_mean(values) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.005)
    assert bootstrap_mean(np.zeros(3)) == (0, 0)
