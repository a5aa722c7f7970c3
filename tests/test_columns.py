"""Proves that the columns of text and label are found where they are plain, and asked for where they are not."""

import pytest

from rnnsent.data.columns import label_column, text_column
from rnnsent.errors import DataError


def test_the_column_asked_for_is_taken() -> None:
    assert text_column(["text", "title"], "title", "here") == "title"
    assert label_column(["label", "score"], "score", "here", class_labels=["label"]) == "score"


def test_a_column_asked_for_that_is_not_there_is_an_error_with_the_columns() -> None:
    with pytest.raises(DataError, match=r"no column 'x'; it has a, b: choose one with --text-column"):
        text_column(["a", "b"], "x", "here")
    with pytest.raises(DataError, match="--label-column"):
        label_column(["a", "b"], "x", "here")


def test_usual_names_are_known_in_any_case() -> None:
    assert text_column(["id", "Review"], None, "here") == "Review"
    assert label_column(["id", "SENTIMENT"], None, "here") == "SENTIMENT"


def test_the_only_column_of_strings_is_the_text() -> None:
    assert text_column(["a", "b"], None, "here", strings=["b"]) == "b"


def test_the_only_class_label_is_the_label() -> None:
    assert label_column(["label", "kind"], None, "here", class_labels=["kind"]) == "kind"
    assert label_column(["label", "kind"], None, "here", class_labels=["kind", "label"]) == "label"


@pytest.mark.parametrize("columns", [["text", "sentence"], ["a", "b"]])
def test_an_unclear_text_column_is_asked_for(columns: list[str]) -> None:
    with pytest.raises(DataError, match="--text-column"):
        text_column(columns, None, "here", strings=columns)


@pytest.mark.parametrize("columns", [["label", "stars"], ["a", "b"]])
def test_an_unclear_label_column_is_asked_for(columns: list[str]) -> None:
    with pytest.raises(DataError, match="--label-column"):
        label_column(columns, None, "here")
