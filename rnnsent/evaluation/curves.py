"""Curves of an evaluation: ROC, precision and recall, reliability, risk and coverage. Knows no text.

Letters: N texts, K classes. A curve is thinned to at most MAX_POINTS points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.gates import wilson_interval

MAX_POINTS = 120
N_BINS = 10  # of the reliability diagram
RISKS = (0.01, 0.02, 0.05)

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ClassCurves:
    """The ROC and precision-recall curves of one class against the rest.

    Attributes:
        roc: (false positive rate, true positive rate), ascending.
        precision_recall: (recall, precision), by descending recall.
        roc_auc: area under the ROC curve.
        average_precision: mean of the precision over the recall.
    """

    name: str
    n: int
    roc: Points
    precision_recall: Points
    roc_auc: float
    average_precision: float


@dataclass(frozen=True)
class ReliabilityBin:
    """The texts whose prediction has a probability within (low, high], and how many of them are right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class RiskCoverage:
    """The risk (fraction of mistakes) among the texts that the model is most sure of, by their fraction (coverage).

    Attributes:
        points: (coverage, risk), ascending.
        coverage_at: the largest coverage with at most this risk, for each of RISKS; 0 if there is none.
        accuracy_at_80: the accuracy on the surest 80% of the texts.
    """

    points: Points
    coverage_at: dict[float, float]
    accuracy_at_80: float


def compute_class_curves(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> list[ClassCurves]:
    """The curves of each class that some but not all of the texts have.

    Args:
        labels: (N,) indices of the true classes.
        probabilities: (N, K).
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

    curves = []
    for index, name in enumerate(classes):
        is_class, scores = labels == index, probabilities[:, index]
        if is_class.all() or not is_class.any():
            continue
        false_positive, true_positive, _ = roc_curve(is_class, scores)
        precision, recall, _ = precision_recall_curve(is_class, scores)
        curves.append(
            ClassCurves(
                name=name,
                n=int(is_class.sum()),
                roc=thin(false_positive, true_positive),
                precision_recall=thin(recall, precision),
                roc_auc=float(roc_auc_score(is_class, scores)),
                average_precision=float(average_precision_score(is_class, scores)),
            )
        )
    return curves


def compute_reliability(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[ReliabilityBin]:
    """The bins of the reliability diagram that have a text."""
    confidences = probabilities.max(axis=1)  # (N,)
    correct = probabilities.argmax(axis=1) == labels  # (N,)
    index = np.clip(np.ceil(confidences * N_BINS).astype(int) - 1, 0, N_BINS - 1)  # (N,)
    bins = []
    for k in range(N_BINS):
        rows = index == k
        if n := int(rows.sum()):
            n_correct = int(correct[rows].sum())
            bins.append(
                ReliabilityBin(
                    low=k / N_BINS,
                    high=(k + 1) / N_BINS,
                    n=n,
                    confidence=float(confidences[rows].mean()),
                    accuracy=n_correct / n,
                    interval=wilson_interval(n_correct, n),
                )
            )
    return bins


def compute_risk_coverage(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> RiskCoverage:
    """Risk by coverage. Texts of equal confidence are answered together, so their order does not matter."""
    confidences = probabilities.max(axis=1)  # (N,)
    wrong = probabilities.argmax(axis=1) != labels  # (N,)
    order = np.argsort(-confidences, kind="stable")
    is_last = np.append(np.diff(confidences[order]) != 0, True)  # (N,): of the texts of one confidence
    n_answered = np.flatnonzero(is_last) + 1
    risks = np.cumsum(wrong[order])[is_last] / n_answered
    coverages = n_answered / len(labels)
    at_80 = int(np.searchsorted(coverages, 0.8 - 1e-12))
    return RiskCoverage(
        points=thin(coverages, risks),
        coverage_at={risk: float(coverages[risks <= risk].max(initial=0.0)) for risk in RISKS},
        accuracy_at_80=float(1 - risks[at_80]),
    )


def thin(x: NDArray[np.floating], y: NDArray[np.floating]) -> Points:
    """At most MAX_POINTS points of a curve at regular distances along it, with both ends."""
    if len(x) > MAX_POINTS:
        length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
        wanted = np.searchsorted(length, np.linspace(0, length[-1], MAX_POINTS))
        rows = np.unique(np.concatenate([[0], np.minimum(wanted, len(x) - 1), [len(x) - 1]]))[:MAX_POINTS]
        rows[-1] = len(x) - 1
        x, y = x[rows], y[rows]
    return tuple(zip(x.tolist(), y.tolist(), strict=True))
