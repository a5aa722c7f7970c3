"""Everything that the report of an evaluation shows, as numbers. Knows no HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.duplicates import Duplicates, find_duplicates
from rnnsent.evaluation.curves import (
    ClassCurves,
    ReliabilityBin,
    RiskCoverage,
    compute_class_curves,
    compute_reliability,
    compute_risk_coverage,
)
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.gates import wilson_interval
from rnnsent.evaluation.metrics import expected_calibration_error
from rnnsent.evaluation.mistakes import Mistake, find_mistakes

MAX_MISTAKES = 20


@dataclass(frozen=True)
class Report:
    """An evaluation in detail.

    Attributes:
        reliability: by confidence after calibration.
        uncalibrated: the same before it, with the calibration error; None if the model does not record its calibration.
        length_intervals: the 95% interval of the accuracy of each length band of the metrics.
        history: the training of the model, by epoch.
    """

    evaluation: Evaluation
    checkpoint: Checkpoint
    curves: list[ClassCurves]
    reliability: list[ReliabilityBin]
    uncalibrated: tuple[list[ReliabilityBin], float] | None
    risk_coverage: RiskCoverage
    length_intervals: list[tuple[float, float]]
    history: list[Mapping[str, Any]]
    mistakes: list[Mistake]
    duplicates: Duplicates


def compute_report(evaluation: Evaluation, checkpoint: Checkpoint) -> Report:
    """Compute all parts of the report of an evaluation of a model.

    Raises:
        ModelError: the history of the training cannot be read.
    """
    scored = evaluation.scored
    rows = scored.is_predicted  # (N,)
    labels, probabilities = scored.labels[rows], scored.probabilities[rows]
    uncalibrated = None
    if scored.uncalibrated is not None:
        before = scored.uncalibrated[rows]
        uncalibrated = compute_reliability(labels, before), expected_calibration_error(labels, before)
    return Report(
        evaluation=evaluation,
        checkpoint=checkpoint,
        curves=compute_class_curves(labels, probabilities, scored.classes),
        reliability=compute_reliability(labels, probabilities),
        uncalibrated=uncalibrated,
        risk_coverage=compute_risk_coverage(labels, probabilities),
        length_intervals=[
            wilson_interval(round(band.accuracy * band.n), band.n) for band in evaluation.metrics.accuracy_by_length
        ],
        history=checkpoint.history,
        mistakes=find_mistakes(scored, MAX_MISTAKES),
        duplicates=find_duplicates(scored.texts, scored.labels),
    )
