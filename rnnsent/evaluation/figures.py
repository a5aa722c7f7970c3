"""The figures of an evaluation that gates can require, by name."""

from collections.abc import Sequence

from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.gates import BOUNDS, Figures, add_interval
from rnnsent.evaluation.metrics import Metrics

FRACTIONS = ("accuracy", "accuracy.lower", "accuracy.upper", "macro_f1", "roc_auc", "ece", "expected_calibration_error")
NUMBERS = ("log_loss", "n", "n_skipped")


def evaluation_figures(classes: Sequence[str]) -> dict[str, bool]:
    """The names of an evaluation's figures, each with whether it is a fraction between 0 and 1."""
    per_class = [
        *(
            f"{metric}.{name}{bound}"
            for metric in ("recall", "precision")
            for name in classes
            for bound in ("", *BOUNDS)
        ),
        *(f"f1.{name}" for name in classes),
    ]
    return dict.fromkeys([*FRACTIONS, *per_class], True) | dict.fromkeys(NUMBERS, False)


def compute_figures(evaluation: Evaluation) -> Figures:
    """The figures of an evaluation. Those of a class without a text, or that is not scored, are undefined."""
    metrics = evaluation.metrics
    figures: dict[str, float | None] = {
        "accuracy": metrics.accuracy,
        "accuracy.lower": metrics.accuracy_interval[0],
        "accuracy.upper": metrics.accuracy_interval[1],
        "macro_f1": metrics.macro_f1,
        "roc_auc": metrics.roc_auc,
        "ece": metrics.expected_calibration_error,
        "expected_calibration_error": metrics.expected_calibration_error,
        "log_loss": metrics.log_loss,
        "n": metrics.n,
        "n_skipped": evaluation.n_skipped,
    }
    for index, name in enumerate(metrics.per_class):
        _add_class(figures, metrics, index, name)
    return figures


def _add_class(figures: dict[str, float | None], metrics: Metrics, index: int, name: str) -> None:
    row = metrics.per_class[name]
    n_correct = metrics.confusion_matrix[index][index]
    n_true = sum(metrics.confusion_matrix[index])
    n_predicted = sum(counts[index] for counts in metrics.confusion_matrix)
    add_interval(figures, f"recall.{name}", n_correct, n_true)
    add_interval(figures, f"precision.{name}", n_correct, n_predicted)
    figures[f"f1.{name}"] = row["f1"] if n_true else None
