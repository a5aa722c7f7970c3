"""Classification metrics from labels and probabilities, by scikit-learn and SciPy. Knows no model and no text.

Shapes: N texts, K classes.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.abstention import compute_abstention
from rnnsent.evaluation.intervals import wilson_interval

N_CALIBRATION_BINS = 15
FIRST_BAND_TOKENS = 16  # upper limit of the first length band; every further limit is twice the one before


@dataclass(frozen=True)
class LengthBand:
    """Accuracy on the `n` texts of `min_tokens` to `max_tokens` tokens, both included."""

    min_tokens: int
    max_tokens: int
    n: int
    accuracy: float


@dataclass(frozen=True)
class Metrics:
    """Metrics of one evaluation, all fractions between 0 and 1 except `log_loss`.

    Attributes:
        n: number of texts.
        accuracy: fraction of texts whose predicted class is the true class.
        accuracy_interval: 95% confidence interval of the accuracy, by Wilson's score method (Wilson 1927).
        macro_f1: unweighted mean of the F1 scores of the classes.
        log_loss: mean negative log likelihood of the true classes, in nats.
        expected_calibration_error: ECE of the predicted classes' probabilities, in 15 bins (Guo et al. 2017).
        roc_auc: area under the ROC curve; for three or more classes the unweighted mean of one class against the rest.
            None if a class has no text.
        per_class: precision, recall, F1 and support of each class.
        confusion_matrix: (K, K) counts; rows are true classes, columns are predicted classes.
        accuracy_by_length: accuracy for bands of text length; bands without a text are left out.
        abstention: coverage and error above each of some thresholds of confidence (rnnsent.evaluation.abstention).
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
    abstention: list[dict[str, float]]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compute_metrics(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], classes: Sequence[str], lengths: NDArray[np.int64]
) -> Metrics:
    """Compute all metrics for N texts.

    Args:
        labels: (N,) indices of the true classes; N is at least 1.
        probabilities: (N, K) predicted probabilities.
        classes: the names of the K classes.
        lengths: (N,) numbers of tokens.
    """
    from sklearn import metrics

    indices = list(range(len(classes)))
    predicted = probabilities.argmax(axis=1)  # (N,)
    correct = predicted == labels  # (N,)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=indices, zero_division=0.0
    )
    return Metrics(
        n=len(labels),
        accuracy=float(correct.mean()),
        accuracy_interval=wilson_interval(int(correct.sum()), len(labels)),
        macro_f1=float(metrics.f1_score(labels, predicted, average="macro", zero_division=0.0)),
        log_loss=float(metrics.log_loss(labels, probabilities, labels=indices)),
        expected_calibration_error=expected_calibration_error(labels, probabilities),
        roc_auc=_roc_auc(labels, probabilities),
        per_class={
            name: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for name, p, r, f, s in zip(classes, precision, recall, f1, support, strict=True)
        },
        confusion_matrix=metrics.confusion_matrix(labels, predicted, labels=indices).tolist(),
        accuracy_by_length=_accuracy_by_length(correct, lengths),
        abstention=compute_abstention(labels, probabilities),
    )


def _roc_auc(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float | None:
    from sklearn.metrics import roc_auc_score

    if len(np.unique(labels)) < probabilities.shape[1]:
        return None
    if probabilities.shape[1] == 2:
        return float(roc_auc_score(labels, probabilities[:, 1]))
    return float(roc_auc_score(labels, probabilities, multi_class="ovr"))


def expected_calibration_error(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    """Mean absolute difference between accuracy and confidence over bins of confidence, weighted by texts per bin.

    Args:
        labels: (N,) indices of the true classes.
        probabilities: (N, K) predicted probabilities.
    """
    correct = probabilities.argmax(axis=1) == labels  # (N,)
    confidences = probabilities.max(axis=1)  # (N,)
    bins = np.clip(np.ceil(confidences * N_CALIBRATION_BINS).astype(np.int64), 1, N_CALIBRATION_BINS)
    gaps = np.bincount(bins, weights=correct - confidences, minlength=N_CALIBRATION_BINS + 1)
    return float(np.abs(gaps).sum() / len(correct))


def _accuracy_by_length(correct: NDArray[np.bool_], lengths: NDArray[np.int64]) -> list[LengthBand]:
    bands, min_tokens, max_tokens = [], 1, FIRST_BAND_TOKENS
    while min_tokens <= lengths.max():
        in_band = (lengths >= min_tokens) & (lengths <= max_tokens)
        if in_band.any():
            bands.append(LengthBand(min_tokens, max_tokens, int(in_band.sum()), float(correct[in_band].mean())))
        min_tokens, max_tokens = max_tokens + 1, max_tokens * 2
    return bands
