"""Labels and probabilities -> figures, by scikit-learn and SciPy. Knows no model and no text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 15
SHORTEST_BAND = 16  # tokens; each band of accuracy by length reaches twice as far as the one before


@dataclass(frozen=True)
class LengthBand:
    """Accuracy over the texts of `shortest` to `longest` tokens, both included."""

    shortest: int
    longest: int
    n: int
    accuracy: float


@dataclass(frozen=True)
class Metrics:
    """Figures of one evaluation, shares between 0 and 1. Rows of the confusion matrix are the true classes.

    `accuracy_interval` is the 95 % Wilson score interval (Wilson 1927). `roc_auc` is one-vs-rest, macro-averaged,
    for more than two classes, and None where a class has no text. `log_loss` is in nats. The expected calibration error
    is that of the predicted label's probability, in 15 bins (Guo et al. 2017).
    """

    n: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    log_loss: float
    expected_calibration_error: float
    roc_auc: float | None
    per_class: dict[str, dict[str, float]]
    confusion_matrix: list[list[int]]
    accuracy_by_length: list[LengthBand]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compute_metrics(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], classes: Sequence[str], lengths: NDArray[np.int64]
) -> Metrics:
    """All figures for N texts.

    Args:
        labels: (N,) true classes, N at least 1.
        probabilities: (N, K) predicted.
        lengths: (N,) tokens in each text.
    """
    from scipy.stats import binomtest
    from sklearn import metrics

    places = list(range(len(classes)))
    predicted = probabilities.argmax(axis=1)
    right = predicted == labels
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=places, zero_division=0.0
    )
    interval = binomtest(int(right.sum()), len(labels)).proportion_ci(0.95, method="wilson")
    return Metrics(
        n=len(labels),
        accuracy=float(right.mean()),
        accuracy_interval=(float(interval.low), float(interval.high)),
        macro_f1=float(metrics.f1_score(labels, predicted, average="macro", zero_division=0.0)),
        log_loss=float(metrics.log_loss(labels, probabilities, labels=places)),
        expected_calibration_error=_calibration_error(right, probabilities.max(axis=1)),
        roc_auc=_roc_auc(labels, probabilities),
        per_class={
            name: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for name, p, r, f, s in zip(classes, precision, recall, f1, support, strict=True)
        },
        confusion_matrix=metrics.confusion_matrix(labels, predicted, labels=places).tolist(),
        accuracy_by_length=_by_length(right, lengths),
    )


def _roc_auc(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float | None:
    from sklearn.metrics import roc_auc_score

    if len(np.unique(labels)) < probabilities.shape[1]:
        return None
    if probabilities.shape[1] == 2:
        return float(roc_auc_score(labels, probabilities[:, 1]))
    return float(roc_auc_score(labels, probabilities, multi_class="ovr"))


def _calibration_error(right: NDArray[np.bool_], confidences: NDArray[np.float64]) -> float:
    """The mean distance between how sure and how right the model is, over bins of confidence, by their texts."""
    bins = np.clip(np.ceil(confidences * CALIBRATION_BINS).astype(np.int64), 1, CALIBRATION_BINS)
    gaps = np.bincount(bins, weights=right - confidences, minlength=CALIBRATION_BINS + 1)
    return float(np.abs(gaps).sum() / len(right))


def _by_length(right: NDArray[np.bool_], lengths: NDArray[np.int64]) -> list[LengthBand]:
    bands, shortest, longest = [], 1, SHORTEST_BAND
    while shortest <= lengths.max():
        inside = (lengths >= shortest) & (lengths <= longest)
        if inside.any():
            bands.append(LengthBand(shortest, longest, int(inside.sum()), float(right[inside].mean())))
        shortest, longest = longest + 1, longest * 2
    return bands
