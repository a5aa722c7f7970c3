"""The text column and the label column are inferred if possible; otherwise the error names the option."""

import pytest

from rnnsent.data.columns import find_label_column, find_text_column
from rnnsent.errors import DataError


def test_requested() -> None:
    """A requested column is used even if another one has a common name."""
    assert find_text_column(["text", "title"], "title", "data") == "title"
    assert find_label_column(["label", "score"], "score", "data", class_labels=["label"]) == "score"


def test_requested_missing() -> None:
    """The error for a column that does not exist lists the columns and names the option."""
    with pytest.raises(DataError, match=r"^data has no column 'x'; choose one with --text-column: a, b$"):
        find_text_column(["a", "b"], "x", "data")
    with pytest.raises(DataError, match="--label-column"):
        find_label_column(["a", "b"], "x", "data")


def test_common_names() -> None:
    """Common names are recognized in any case."""
    assert find_text_column(["id", "Review"], None, "data") == "Review"
    assert find_label_column(["id", "SENTIMENT"], None, "data") == "SENTIMENT"


def test_only_string_column() -> None:
    """The only column of strings is the text column."""
    assert find_text_column(["a", "b"], None, "data", strings=["b"]) == "b"


def test_only_class_label() -> None:
    """The only ClassLabel feature is the label column; of several, the one with a common name."""
    assert find_label_column(["label", "kind"], None, "data", class_labels=["kind"]) == "kind"
    assert find_label_column(["label", "kind"], None, "data", class_labels=["kind", "label"]) == "label"


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (["text", "sentence"], r"is ambiguous \(text or sentence\)"),
        (["a", "b"], "cannot be inferred"),
    ],
)
def test_text_not_inferred(columns: list[str], problem: str) -> None:
    """The error says why no text column was chosen and names the option."""
    with pytest.raises(DataError, match=rf"^data: the text column {problem}; choose one with --text-column: "):
        find_text_column(columns, None, "data", strings=columns)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (["label", "stars"], r"is ambiguous \(label or stars\)"),
        (["a", "b"], "cannot be inferred"),
    ],
)
def test_label_not_inferred(columns: list[str], problem: str) -> None:
    """The error says why no label column was chosen and names the option."""
    with pytest.raises(DataError, match=rf"^data: the label column {problem}; choose one with --label-column: "):
        find_label_column(columns, None, "data")
