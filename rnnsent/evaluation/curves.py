"""Curves of an evaluation: ROC, precision and recall, reliability, risk and coverage. Knows no text.

Letters: N texts, K classes. The points of a curve are thinned for drawing; every other number is of the whole curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.intervals import wilson_interval

MAX_POINTS = 200
MAX_DEVIATION = 0.001  # of a thinned curve, as a fraction of its range: a third of a pixel on a chart of 300 pixels
N_BINS = 10  # of the reliability diagram
RATES = (0.01, 0.05, 0.1, 0.2)
RECALLS = (0.5, 0.8, 0.9, 0.95)
RISKS = (0.01, 0.02, 0.05)
COVERAGES = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
MIN_COVERAGE = 0.05  # of a point; the risk among fewer texts is chance

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ClassCurves:
    """The ROC and precision-recall curves of one class against the rest.

    Attributes:
        roc: (false positive rate, true positive rate), ascending.
        precision_recall: (recall, precision), by descending recall.
        roc_auc: area under the ROC curve.
        average_precision: mean of the precision over the recall.
        recall_at: the largest true positive rate with at most this false positive rate, for each of RATES.
        precision_at: the largest precision with at least this recall, for each of RECALLS.
    """

    name: str
    n: int
    roc: Points
    precision_recall: Points
    roc_auc: float
    average_precision: float
    recall_at: dict[float, float]
    precision_at: dict[float, float]


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
        points: (coverage, risk), ascending, from MIN_COVERAGE.
        coverage_at: the largest coverage with at most this risk, for each of RISKS; 0 if there is none.
        risk_at: the risk at the smallest coverage of at least this size, for each of COVERAGES.
        accuracy_at_80: the accuracy on the surest 80% of the texts.
    """

    points: Points
    coverage_at: dict[float, float]
    risk_at: dict[float, float]
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
                recall_at={rate: float(true_positive[false_positive <= rate].max()) for rate in RATES},
                precision_at={limit: float(precision[recall >= limit].max()) for limit in RECALLS},
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
    risk_at = {size: float(risks[np.searchsorted(coverages, size - 1e-12)]) for size in COVERAGES}
    is_point = coverages >= MIN_COVERAGE
    return RiskCoverage(
        points=thin(coverages[is_point], risks[is_point]),
        coverage_at={risk: float(coverages[risks <= risk].max(initial=0.0)) for risk in RISKS},
        risk_at=risk_at,
        accuracy_at_80=1 - risk_at[0.8],
    )


def thin(x: NDArray[np.floating], y: NDArray[np.floating]) -> Points:
    """At most MAX_POINTS points of a curve, with both ends.

    The next point is the one farthest from the lines through those chosen so far (Douglas and Peucker 1973), until none is
    farther than MAX_DEVIATION.
    """
    u, v = x / (np.ptp(x) or 1.0), y / (np.ptp(y) or 1.0)  # as drawn on axes that fit the curve
    rows = [0, len(x) - 1] if len(x) > 1 else [0]
    candidates = [_find_farthest(u, v, 0, len(x) - 1)]  # a heap, the farthest first
    while len(rows) < MAX_POINTS and -candidates[0][0] > MAX_DEVIATION:
        _, first, row, last = heappop(candidates)
        rows.append(row)
        heappush(candidates, _find_farthest(u, v, first, row))
        heappush(candidates, _find_farthest(u, v, row, last))
    rows.sort()
    return tuple(zip(x[rows].tolist(), y[rows].tolist(), strict=True))


def _find_farthest(
    x: NDArray[np.floating], y: NDArray[np.floating], first: int, last: int
) -> tuple[float, int, int, int]:
    """The point between two others that is farthest from the line through them: (-distance, first, row, last)."""
    if last - first < 2:
        return 0.0, first, first, last
    to_x, to_y = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    dx, dy = x[last] - x[first], y[last] - y[first]
    length = np.hypot(dx, dy)
    distances = np.abs(dx * to_y - dy * to_x) / length if length else np.hypot(to_x, to_y)
    row = int(distances.argmax())
    return -float(distances[row]), first, first + 1 + row, last
