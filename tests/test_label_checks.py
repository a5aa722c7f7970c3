"""The user is told which classes are used and what is doubtful about them."""

import pytest

from rnnsent.data.examples import Examples, make_examples, map_classes
from rnnsent.data.label_checks import check_classes, describe_examples, find_doubts, log_examples, suggest_names
from rnnsent.errors import DataError, SettingsError


def examples_of(labels: list[object]) -> Examples:
    return make_examples([f"text {i}" for i in range(len(labels))], labels, None, "data", origin="text 'a', label 'b'")


def test_describe() -> None:
    """Columns, classes and left-out rows are one line, and each reason is counted."""
    assert describe_examples("data", examples_of(["neg", "pos", "pos"])) == [
        "data: text 'a', label 'b': negative 1, positive 2"
    ]
    examples = make_examples(["x", "y", "", "z"], ["a", None, "b", "c"], None, "data")
    assert describe_examples("data", map_classes(examples, {"c": None}, "data")) == [
        "data: a 1; left out 3 rows (1 without a text, 1 without a label, 1 by the label map)"
    ]
    assert describe_examples("data", make_examples(["x", ""], ["a", "b"], None, "data")) == [
        "data: a 1; left out 1 row without a text"
    ]
    assert describe_examples("data", make_examples(["x"], [""], None, "data")) == [
        "data: no labeled text; left out 1 row without a label"
    ]


def test_describe_spellings() -> None:
    """The spellings that were merged are a line of their own."""
    assert describe_examples("data", examples_of(["HAPPY", "Happy", "happy ", "Happy", "1.0", "1"]))[1:] == [
        "data: merged the spellings '1', '1.0' into '1'; 'HAPPY', 'Happy', 'happy ' into 'Happy'"
    ]


def test_log(log: list[str]) -> None:
    """Warnings follow the description."""
    log_examples("data", examples_of(["a"] * 10 + ["Label"]))
    assert log == [
        "data: text 'a', label 'b': Label 1, a 10",
        "warning: data: 1 row has the class 'Label', which is the usual name of a label column; if this is a header that "
        "was read as data, leave it out with --label-map Label=",
    ]


def test_declared(log: list[str]) -> None:
    """Classes that the data set declares are not doubtful."""
    names = [f"label {i}" for i in range(30)]
    log_examples("data", make_examples(["x", "y"], [0, 1], names, "data"))
    assert len(log) == 1


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        ("positve", "positive"),
        ("positivee", "positive"),
        ("postiive", "positive"),
        ("positibe", "positive"),
        ("Animals", "animal"),
    ],
)
def test_typo(rare: str, common: str) -> None:
    """A rare class that differs in a letter or in a plural ending may be a typing error."""
    assert find_doubts("data", {rare: 2, common: 10, "negative": 9}) == [
        f"data: {rare!r} (2) may be a typing error for {common!r} (10); --label-map {rare}={common} merges them"
    ]


@pytest.mark.parametrize(
    "counts",
    [{"positve": 5, "positive": 10}, {"bat": 1, "cat": 99}, {"class1": 1, "class2": 99}, {"positive": 99, "negative": 1}, {"12345": 1, "12346": 99}],
)  # fmt: skip
def test_no_typo(counts: dict[str, int]) -> None:
    """Frequent, short and numbered classes are what they are."""
    assert find_doubts("data", counts) == []


def test_header() -> None:
    """A class called like a label column is doubtful only if it is rare."""
    assert find_doubts("data", {"sentiment": 50, "plot": 40}) == []
    assert len(find_doubts("data", {"sentiment": 1, "plot": 4})) == 1


def test_many_classes() -> None:
    """Many classes are doubtful, and are not searched for typing errors."""
    counts = {f"class {chr(97 + i)}": 10**i for i in range(21)}
    assert find_doubts("data", counts) == [
        "data has 21 classes; if these are not classes, choose another --label-column"
    ]


def test_measurements() -> None:
    """Many different fractions are not classes, unless a label map makes classes of them."""
    examples = examples_of([i / 40 for i in range(40)])
    with pytest.raises(
        SettingsError, match=r"^data: the label column has 40 different numbers, 0 to 0.975, which are "
    ):
        check_classes("data", examples)
    check_classes("data", map_classes(examples, {"0-0.475": "low", "0.5-0.975": "high"}, "data"))
    check_classes("data", examples_of([i / 2 for i in range(10)] * 3))


def test_ids() -> None:
    """Numbers that are nearly all different are not classes."""
    with pytest.raises(DataError, match="30 different values in 30 rows, too many to be classes"):
        check_classes("data", examples_of(list(range(30))))


def test_suggest_names(log: list[str]) -> None:
    """Ratings are warned of; the usual numbers of sentiments get a hint."""
    suggest_names("data", ("1", "2", "3", "4", "5"))
    suggest_names("data", ("0", "1"))
    suggest_names("data", ("negative", "positive"))
    assert log == [
        "warning: data: the labels 1, 2, 3, 4, 5 look like ratings; --label-map 1-2=negative,3=neutral,4-5=positive makes "
        "sentiment classes of them",
        "data: if the labels 0, 1 are sentiments, --label-map 0=negative,1=positive gives them names",
    ]
