"""Finds the text column and the label column of a table. Knows the names and types of columns, not their values."""

from collections.abc import Sequence

from rnnsent.errors import DataError

TEXT_NAMES = (
    "text", "sentence", "review", "content", "comment", "tweet", "document", "message", "body", "utterance", "question", "phrase",
    "review_body", "review_text", "reviewtext",
)  # fmt: skip
LABEL_NAMES = ("label", "labels", "sentiment", "class", "category", "target", "rating", "stars", "polarity")


def find_text_column(
    columns: Sequence[str], requested: str | None, source_name: str, *, strings: Sequence[str] | None = None
) -> str:
    """The text column: the requested one, else the only one with a common name, else the only one of strings.

    Args:
        source_name: names the source in errors.
        strings: the columns that contain strings; None if the types are unknown.

    Raises:
        DataError: the requested column does not exist, or the text column cannot be inferred.
    """
    if requested is not None:
        return require_column(requested, columns, source_name)
    common = [name for name in columns if name.casefold() in TEXT_NAMES]
    if len(common) == 1:
        return common[0]
    if not common and strings is not None and len(strings) == 1:
        return strings[0]
    raise _cannot_infer("text", common, columns, source_name)


def find_label_column(
    columns: Sequence[str], requested: str | None, source_name: str, *, class_labels: Sequence[str] = ()
) -> str:
    """The label column: the requested one, else the only ClassLabel feature, else the only one with a common name.

    Args:
        source_name: names the source in errors.
        class_labels: the columns that are a ClassLabel feature of the `datasets` library.

    Raises:
        DataError: the requested column does not exist, or the label column cannot be inferred.
    """
    if requested is not None:
        return require_column(requested, columns, source_name, "--label-column")
    if len(class_labels) == 1:
        return class_labels[0]
    common = [name for name in (class_labels or columns) if name.casefold() in LABEL_NAMES]
    if len(common) == 1:
        return common[0]
    raise _cannot_infer("label", common or class_labels, columns, source_name)


def require_column(requested: str, columns: Sequence[str], source_name: str, option: str = "--text-column") -> str:
    """The requested column. Raises DataError if it does not exist."""
    if requested in columns:
        return requested
    raise DataError(f"{source_name} has no column {requested!r}; choose one with {option}: {', '.join(columns)}")


def _cannot_infer(role: str, candidates: Sequence[str], columns: Sequence[str], source_name: str) -> DataError:
    if candidates:
        problem = f"the {role} column is ambiguous ({' or '.join(candidates)})"
    else:
        problem = f"the {role} column cannot be inferred"
    return DataError(f"{source_name}: {problem}; choose one with --{role}-column: {', '.join(columns)}")
