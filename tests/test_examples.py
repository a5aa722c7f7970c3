"""Rows become labeled texts with consistent class names."""

import pytest

from rnnsent.data.examples import (
    Examples,
    align_classes,
    choose_merged_classes,
    make_examples,
    map_classes,
    merge,
    merge_files,
)
from rnnsent.errors import DataError


def examples_of(texts: list[str], labels: list[object], class_names: list[str] | None = None) -> Examples:
    return make_examples(texts, labels, class_names, "data")


def labels_by_name(examples: Examples) -> list[str]:
    return [examples.classes[label] for label in examples.labels]


@pytest.mark.parametrize("missing", [None, "", "  ", float("nan")])
def test_missing_label(missing: object) -> None:
    """A row without a label is skipped and counted."""
    examples = examples_of(["x", "y"], [missing, "pos"])
    assert (examples.texts, examples.classes, examples.n_without_label) == (["y"], ("positive",), 1)


def test_missing_text() -> None:
    """A row without a text is skipped and counted, whether or not it has a label."""
    examples = make_examples([None, "", " \t", float("nan"), "y"], ["neg", None, "neg", "neg", "pos"], None, "data")
    assert (examples.texts, examples.n_without_text, examples.n_without_label) == (["y"], 4, 0)


def test_missing_cells() -> None:
    """A cell of a table may say that it is empty; in JSON the same word is a text or a class."""
    texts, labels = ["NA", "x", "y", "z"], ["a", "null", "n/a", "none"]
    cells = make_examples(texts, labels, None, "data", is_cell=True)
    assert (cells.texts, cells.classes, cells.n_without_text, cells.n_without_label) == (["z"], ("none",), 1, 2)
    assert make_examples(texts, labels, None, "data").texts == texts


@pytest.mark.parametrize("label", [-1, "-1", -1.0])
def test_minus_one(label: object) -> None:
    """-1 is a class, unless the data set declares its classes: then it means unlabeled, as on the Hub."""
    assert examples_of(["x", "y"], [label, 1]).classes == ("-1", "1")
    declared = examples_of(["x", "y"], [label, 1], ["neg", "pos"])
    assert (declared.texts, declared.n_without_label) == (["y"], 1)


def test_integer_labels() -> None:
    """Integer labels are indices into the class names."""
    examples = examples_of(["x", "y"], [1, 0], ["neg", "pos"])
    assert examples.classes == ("negative", "positive")
    assert examples.labels.tolist() == [1, 0]


def test_label_without_class() -> None:
    """An integer label beyond the class names is rejected."""
    with pytest.raises(DataError, match="data: label 2 is not one of the classes"):
        examples_of(["x"], [2], ["neg", "pos"])


def test_text_not_string() -> None:
    """A text column that does not contain strings is rejected."""
    with pytest.raises(DataError, match="--text-column"):
        make_examples([3], ["pos"], None, "data")


def test_too_many_classes() -> None:
    """Labels that are nearly all different are rejected as classes."""
    with pytest.raises(DataError, match="--label-column"):
        examples_of([f"text {i}" for i in range(30)], [f"id {i}" for i in range(30)])


@pytest.mark.parametrize("label", [[1], {"a": 1}])
def test_nested_label(label: object) -> None:
    """A list or an object is not a label."""
    with pytest.raises(DataError, match=r"^data: the label column contains .* choose another with --label-column$"):
        make_examples(["x"], [label], None, "data")


def test_map_rename() -> None:
    """A label map renames classes; a class that it does not name stays as it is."""
    examples = map_classes(examples_of(["x", "y", "z"], ["neg", "pos", "other"]), {"neg": "bad", "Pos": "good"}, "data")
    assert examples.classes == ("bad", "other", "good")
    assert labels_by_name(examples) == ["bad", "good", "other"]
    assert (examples.texts, examples.n_skipped) == (["x", "y", "z"], 0)


def test_map_fold() -> None:
    """Several classes may map to one; the order of the classes stays."""
    stars = examples_of(["a", "b", "c", "d", "e"], [4, 0, 1, 2, 3], ["1", "2", "3", "4", "5"])
    label_map = {"1": "negative", "2": "negative", "3": "neutral", "4": "positive", "5": "positive"}
    examples = map_classes(stars, label_map, "data")
    assert examples.classes == ("negative", "neutral", "positive")
    assert labels_by_name(examples) == ["positive", "negative", "negative", "neutral", "positive"]


def test_map_drop() -> None:
    """The rows of a class that maps to None are skipped and counted."""
    examples = map_classes(examples_of(["x", "y", "", "z"], ["neg", "neu", "neu", "pos"]), {"neutral": None}, "data")
    assert (examples.texts, examples.classes, examples.n_skipped) == (["x", "z"], ("negative", "positive"), 2)
    assert labels_by_name(examples) == ["negative", "positive"]


def test_map_unknown_class() -> None:
    """A label map with an unknown class is rejected with the classes that exist."""
    examples = examples_of(["x", "y"], ["neg", "pos"])
    with pytest.raises(DataError, match=r"^data: .* unknown classes 'bad'; the classes are negative 1, positive 1$"):
        map_classes(examples, {"bad": "negative"}, "data")


def test_map_class_of_other_split() -> None:
    """A label map may name a class that only another split has."""
    examples = examples_of(["x"], ["pos"])
    assert map_classes(examples, {"neg": "bad", "pos": "good"}, "data", lambda: {"negative"}).classes == ("good",)


def test_map_range() -> None:
    """A range of numbers maps all classes in it."""
    examples = map_classes(
        examples_of(["a", "b", "c", "d"], [1, 2, 3, 5]), {"1-2": "negative", "3": None, "4-5": "positive"}, "data"
    )
    assert (labels_by_name(examples), examples.n_dropped) == (["negative", "negative", "positive"], 1)


@pytest.mark.parametrize(
    ("labels", "names", "spellings"),
    [
        (["1", 1, "1.0", 1.0, "1 ", "0"], ["1"] * 5 + ["0"], {"1": {"1", "1.0", "1 "}}),
        (
            ["Happy", "happy ", "HAPPY", "Happy", "sad"],
            ["Happy"] * 4 + ["sad"],
            {"Happy": {"Happy", "happy ", "HAPPY"}},
        ),
        ([True, "True", "TRUE", "true", False], ["true"] * 4 + ["false"], {"true": {"true", "True", "TRUE"}}),
        (["pos", "Positive", "neg"], ["positive", "positive", "negative"], {"positive": {"pos", "Positive"}}),
        (["1.5", "1.50", "1.5", "2"], ["1.5"] * 3 + ["2"], {"1.5": {"1.5", "1.50"}}),
    ],
)
def test_spellings(labels: list[object], names: list[str], spellings: dict[str, set[str]]) -> None:
    """Spellings that differ in case, blanks or the format of a number are one class."""
    examples = examples_of([f"text {i}" for i in range(len(labels))], labels)
    assert (labels_by_name(examples), examples.spellings) == (names, spellings)


def test_declared_spellings() -> None:
    """Classes that the data set declares are not merged, and their labels may be numbers or names."""
    examples = examples_of(["w", "x", "y", "z"], [0, 1.0, "a", "B"], ["A", "a", "b"])
    assert (labels_by_name(examples), examples.spellings) == (["A", "a", "a", "b"], {})


def test_spellings_in_files() -> None:
    """A class that is spelled differently in two files is one class, named as in most of the rows."""
    merged = merge_files([examples_of(["a", "b"], ["Good", "bad"]), examples_of(["c", "d"], ["good", "good"])])
    assert labels_by_name(merged) == ["good", "bad", "good", "good"]
    assert merged.spellings == {"good": {"Good", "good"}}


def test_spellings_in_sources() -> None:
    """A source, a validation split or a data set to evaluate is aligned with the classes in any spelling."""
    merged = merge(
        [("one", examples_of(["a", "b"], ["Good", "bad"])), ("two", examples_of(["c", "d"], ["BAD", "good"]))],
        ("Good", "bad"),
    )
    assert (merged.classes, labels_by_name(merged)) == (("Good", "bad"), ["Good", "bad", "bad", "Good"])
    assert align_classes(examples_of(["x"], ["1"]), ("0.0", "1.0"), "data").labels.tolist() == [1]


def test_map_then_merge() -> None:
    """Sources whose classes differ can be merged once a label map has made them agree."""
    first = examples_of(["a", "b"], ["neg", "pos"])
    second = map_classes(examples_of(["c", "d"], ["1", "5"]), {"1": "negative", "5": "positive"}, "two")
    merged = merge([("one", first), ("two", second)], first.classes)
    assert labels_by_name(merged) == ["negative", "positive", "negative", "positive"]


def test_merge_any_order() -> None:
    """Merging aligns classes that are in a different order."""
    first = examples_of(["a", "b"], [0, 1], ["neg", "pos"])
    second = examples_of(["c", "d"], [0, 1], ["pos", "neg"])
    merged = merge([("one", first), ("two", second)], first.classes)
    assert labels_by_name(merged) == ["negative", "positive", "positive", "negative"]


def test_merge_different_classes() -> None:
    """The error for different classes names both sources."""
    with pytest.raises(DataError, match=r"one has .*'a'.* and two has .*'b'"):
        choose_merged_classes([("one", examples_of(["x"], ["a"])), ("two", examples_of(["y"], ["b"]))])


def test_numbers_of_fewer_classes() -> None:
    """Numbers mean the same only if there are as many: 1 is positive beside 0, and neutral beside 0 and 2."""
    two, three = examples_of(["x", "y"], ["0", "1"]), examples_of(["x", "y", "z"], ["0", "1", "2"])
    with pytest.raises(DataError, match=r"three has the classes '0', '1', '2' and two has '0', '1'"):
        choose_merged_classes([("two", two), ("three", three)])


def test_align_unknown_class() -> None:
    """A text whose class is not in the target classes is rejected."""
    with pytest.raises(DataError, match=r"data has the classes c 1, .* with --label-map c=, or rename"):
        align_classes(examples_of(["x"], ["c"]), ("a", "b"), "data")


def test_fingerprint() -> None:
    """The fingerprint depends on the texts, their labels, and their order."""
    examples = examples_of(["x", "y"], ["a", "b"])
    assert examples.fingerprint() == examples_of(["x", "y"], ["a", "b"]).fingerprint()
    others = [
        examples_of(["y", "x"], ["a", "b"]),
        examples_of(["x", "y"], ["b", "a"]),
        examples_of(["x", "\ud800"], ["a", "b"]),
    ]
    assert len({examples.fingerprint(), *(other.fingerprint() for other in others)}) == 4
