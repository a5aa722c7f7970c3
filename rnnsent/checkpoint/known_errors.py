"""What the evaluation of a model on its validation texts says of its errors: where to abstain, and which classes it mistakes.

The metrics of a checkpoint are untrusted, so every number is checked.
"""

from collections.abc import Mapping
from typing import Any

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import ModelError, SettingsError

VALIDATION = ":validation"  # the end of the key of such an evaluation
KEYS = ("threshold", "coverage", "error_bound")


def find_threshold(checkpoint: Checkpoint, max_error: float) -> float:
    """The lowest confidence at and above which the 95% bound of the error on validation texts is at most `max_error`.

    Raises:
        SettingsError: no confidence is that reliable; the message says what is.
        ModelError: the model has no such table, or an invalid one.
    """
    table = _read_table(checkpoint)
    reliable = [row for row in table if row["error_bound"] <= max_error]
    if not reliable:
        best = min(table, key=lambda row: row["error_bound"])
        raise SettingsError(
            f"an error of at most {max_error:.3g} cannot be promised: of the validation texts of {checkpoint.name!r}, the "
            f"{best['coverage']:.0%} that it is surest of have up to {best['error_bound']:.3g}; allow that much, or more"
        )
    return float(min(row["threshold"] for row in reliable))


def read_confusion_matrix(checkpoint: Checkpoint) -> list[list[float]] | None:
    """Counts on validation texts, (K, K): rows are true classes, columns are predicted ones, both in the model's order.

    None if the model does not record them for all of its classes.
    """
    for key, values in checkpoint.metrics.items():
        classes = values.get("classes", list(checkpoint.classes))
        matrix = values.get("confusion_matrix")
        if key.endswith(VALIDATION) and list(classes) == list(checkpoint.classes) and _is_matrix(matrix, len(classes)):
            return [[float(count) for count in row] for row in matrix]
    return None


def _is_matrix(matrix: Any, size: int) -> bool:
    rows = [matrix, *matrix] if isinstance(matrix, list) else []
    if not all(isinstance(row, list) and len(row) == size for row in rows) or not rows:
        return False
    return all(
        isinstance(count, int | float) and not isinstance(count, bool) and count >= 0 for row in matrix for count in row
    )


def _read_table(checkpoint: Checkpoint) -> list[Mapping[str, float]]:
    tables = [values["abstention"] for key, values in checkpoint.metrics.items() if _has_table(key, values)]
    if not tables:
        raise ModelError(
            f"{checkpoint.name!r} does not record its errors by confidence; train it again, or evaluate it on validation texts "
            "with --split validation"
        )
    table = tables[0]
    rows = table if isinstance(table, list) else []
    if not rows or not all(isinstance(row, dict) and all(_is_fraction(row.get(key)) for key in KEYS) for row in rows):
        raise ModelError(f"{checkpoint.path}: its table of errors by confidence is invalid; evaluate it again")
    return rows


def _has_table(key: str, values: Mapping[str, Any]) -> bool:
    return key.endswith(VALIDATION) and "abstention" in values


def _is_fraction(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
