"""Class names are normalized, compared in every spelling, sorted, and listed in messages."""

import pytest

from rnnsent.data.labels import (
    class_name,
    fold_class,
    format_counts,
    match_classes,
    merge_spellings,
    name_spellings,
    sort_classes,
)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("neg", "negative"),
        ("Positive", "positive"),
        (1.0, "1"),
        ("1.0", "1"),
        (2.5, "2.5"),
        (0, "0"),
        (True, "true"),
        (" Very  Bad ", "Very Bad"),
    ],
)
def test_class_name(value: object, name: str) -> None:
    """A class has one name, however a data set writes it."""
    assert class_name(value) == name


def test_sort_numbers() -> None:
    """Class names are sorted as numbers if all of them are numbers, otherwise alphabetically."""
    assert sort_classes(["10", "9", "-2"]) == ("-2", "9", "10")
    assert sort_classes(["10", "2.5", "3"]) == ("2.5", "3", "10")
    assert sort_classes(["b", "10", "a"]) == ("10", "a", "b")


def test_sort_two_signs() -> None:
    """A name with two signs is not a number."""
    assert sort_classes(["--1", "+1"]) == ("+1", "--1")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Happy", "happy "),
        ("1", "1.00"),
        ("+1", "1"),
        ("1.5", "1.50"),
        ("TRUE", "True"),
        ("very  bad", "Very\u00a0bad"),
        ("é", "e\u0301"),
    ],
)
def test_fold(first: str, second: str) -> None:
    """Spellings of a class differ in case, blanks and the format of a number."""
    assert fold_class(first) == fold_class(second)


def test_fold_different() -> None:
    """Classes that are not the same are not folded together."""
    assert len({fold_class(name) for name in ("1", "-1", "10", "1.5", "a1", "a")}) == 6


def test_name_spellings() -> None:
    """A class is named by its most frequent spelling, and by the first one of several."""
    assert name_spellings({"HAPPY": 3, "happy ": 5, "Happy": 4, "sad": 1, "Sad": 1}) == {
        "HAPPY": "happy", "Happy": "happy", "happy ": "happy", "Sad": "Sad", "sad": "Sad",
    }  # fmt: skip
    assert name_spellings({"1": 1, "1.00": 9, "Neg": 2, "NEGATIVE": 3}) == {
        "1": "1", "1.00": "1", "Neg": "negative", "NEGATIVE": "negative",
    }  # fmt: skip


def test_match_classes() -> None:
    """A name means the class that is spelled the same, else the only one in another spelling."""
    assert match_classes(["a", "A", "B", "c"], ["A", "a", "b"]) == {"a": "a", "A": "A", "B": "b", "c": None}
    assert match_classes(["a"], ["A ", "A"]) == {"a": None}


def test_merge_spellings() -> None:
    """Parts of a data set that spell a class differently get one name for it, unless a part has both as classes."""
    assert merge_spellings([{"Good": 3, "bad": 2}, {"good": 4}]) == ("bad", "good")
    assert merge_spellings([{"A": 3, "a": 2}, {"a": 4}]) == ("A", "a")


def test_format_counts() -> None:
    """Counts follow the class, which is in quotes unless it is a word; a long list is shortened."""
    assert format_counts({"negative": 1_234, "0": 5, "very bad": 6}) == "negative 1,234, '0' 5, 'very bad' 6"
    counts = format_counts({f"class{i}": i for i in range(13)})
    assert counts.endswith(", class9 9 and 3 more classes 33")
