"""Everything that the report of an evaluation shows, as numbers: aggregates and a few texts. Knows no HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.duplicates import find_duplicates
from rnnsent.evaluation.curves import (
    ClassCurves,
    ReliabilityBin,
    RiskCoverage,
    compute_class_curves,
    compute_reliability,
    compute_risk_coverage,
)
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.intervals import wilson_interval
from rnnsent.evaluation.metrics import Metrics, expected_calibration_error
from rnnsent.evaluation.mistakes import Mistake, find_mistakes

MAX_MISTAKES, MAX_CONFLICTS = 20, 10
MAX_LOSS = 1e6  # of an epoch that is shown
ABSOLUTE_FOLDER = re.compile(r"(^|[=,])(?:[A-Za-z]:)?[/\\]+(?:[^/\\,=]+[/\\]+)*")


@dataclass(frozen=True)
class Epoch:
    """One epoch of the training, without the n-gram model."""

    epoch: float
    train_loss: float
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True)
class Conflict:
    """A text that occurs with several labels, and how often with each."""

    text: str
    labels: dict[str, int]


@dataclass(frozen=True)
class Report:
    """An evaluation in detail. Names and commands have no folders of the machine.

    Attributes:
        data: the data set and its split; a split that is the whole source is not named.
        classes: those that were scored; `model_classes` are all of the model's.
        created: the date of the model.
        command: how to repeat the evaluation.
        reliability: by confidence, after calibration.
        uncalibrated: the same before it, with the calibration error; None if the model does not record its calibration.
        length_intervals: the 95% interval of the accuracy of each length band of the metrics.
        mistakes: the most confident ones, at most MAX_MISTAKES.
        n_repeated: texts that also appear earlier in the split, up to case and whitespace.
        n_conflicts: different texts with several labels; `conflicts` are the first ones, at most MAX_CONFLICTS.
    """

    model: str
    data: str
    split: str
    is_whole_source: bool
    seen_in_training_as: str | None
    n_skipped: int
    classes: tuple[str, ...]
    model_classes: tuple[str, ...]
    created: str
    training_command: tuple[str, ...]
    command: tuple[str, ...]
    metrics: Metrics
    curves: tuple[ClassCurves, ...]
    reliability: tuple[ReliabilityBin, ...]
    uncalibrated: tuple[tuple[ReliabilityBin, ...], float] | None
    risk_coverage: RiskCoverage
    length_intervals: tuple[tuple[float, float], ...]
    history: tuple[Epoch, ...]
    mistakes: tuple[Mistake, ...]
    n_repeated: int
    n_conflicts: int
    conflicts: tuple[Conflict, ...]

    def to_dict(self) -> dict[str, Any]:
        """One JSON object."""
        return asdict(self)


def compute_report(evaluation: Evaluation, checkpoint: Checkpoint, command: Sequence[str] = ()) -> Report:
    """Compute all parts of the report of an evaluation of a model.

    Args:
        command: the command line that made the evaluation; by default the shortest one that repeats it.

    Raises:
        ModelError: the history of the training cannot be read.
    """
    scored = evaluation.scored
    rows = scored.is_predicted  # (N,)
    labels, probabilities = scored.labels[rows], scored.probabilities[rows]
    uncalibrated = None
    if scored.uncalibrated is not None:
        before = scored.uncalibrated[rows]
        uncalibrated = tuple(compute_reliability(labels, before)), expected_calibration_error(labels, before)
    duplicates = find_duplicates(scored.texts, scored.labels)
    return Report(
        model=evaluation.model,
        data=hide_folders(evaluation.data_name),
        split=evaluation.split,
        is_whole_source=evaluation.is_whole_source,
        seen_in_training_as=evaluation.seen_in_training_as,
        n_skipped=evaluation.n_skipped,
        classes=evaluation.classes,
        model_classes=checkpoint.classes,
        created=checkpoint.created[:10],
        training_command=tuple(map(hide_folders, checkpoint.command)),
        command=tuple(map(hide_folders, command or _shortest_command(evaluation))),
        metrics=evaluation.metrics,
        curves=tuple(compute_class_curves(labels, probabilities, scored.classes)),
        reliability=tuple(compute_reliability(labels, probabilities)),
        uncalibrated=uncalibrated,
        risk_coverage=compute_risk_coverage(labels, probabilities),
        length_intervals=tuple(
            wilson_interval(round(band.accuracy * band.n), band.n) for band in evaluation.metrics.accuracy_by_length
        ),
        history=_read_epochs(checkpoint.history),
        mistakes=tuple(find_mistakes(scored, MAX_MISTAKES)),
        n_repeated=duplicates.n_repeated,
        n_conflicts=len(duplicates.conflicts),
        conflicts=tuple(
            Conflict(text, {scored.classes[label]: count for label, count in counts.items()})
            for text, counts in duplicates.conflicts[:MAX_CONFLICTS]
        ),
    )


def hide_folders(argument: str) -> str:
    """An argument with the names of absolute paths alone; a report that is passed on should not show the machine."""
    return ABSOLUTE_FOLDER.sub(r"\1", argument)


def _shortest_command(evaluation: Evaluation) -> tuple[str, ...]:
    split = () if evaluation.is_whole_source else ("--split", evaluation.split)
    return ("rnnsent", "evaluate", evaluation.source, *split, "--model", evaluation.model, "--report", "report.html")


def _read_epochs(history: Sequence[Mapping[str, Any]]) -> tuple[Epoch, ...]:
    """The epochs that have all numbers; the history of a model is untrusted."""
    keys = ("epoch", "train_loss", "validation_loss", "validation_accuracy")
    return tuple(
        Epoch(**{key: float(line[key]) for key in keys})
        for line in history
        if all(isinstance(line.get(key), int | float) and abs(line[key]) < MAX_LOSS for key in keys)
    )
