"""Proves that rows become labelled texts with agreeing class names, and that no text stands on both sides of a cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.examples import (
    Examples,
    class_name,
    cut_validation,
    make_examples,
    merge,
    require_two_classes,
    sorted_classes,
    with_classes,
)
from rnnsent.errors import DataError


def examples(texts: list[str], labels: list[object], names: list[str] | None = None) -> Examples:
    return make_examples(texts, labels, names, "here")


@pytest.mark.parametrize(
    ("value", "name"),
    [("neg", "negative"), ("Positive", "positive"), (1.0, "1"), (0, "0"), (True, "true"), (" Very  Bad ", "Very Bad")],
)
def test_a_class_has_one_spelling(value: object, name: str) -> None:
    assert class_name(value) == name


@pytest.mark.parametrize("missing", [None, "", "  ", -1, -1.0, "-1", float("nan")])
def test_a_row_without_a_label_is_left_out_and_counted(missing: object) -> None:
    found = examples(["x", "y"], [missing, "pos"])
    assert (found.texts, found.classes, found.left_out) == (["y"], ("positive",), 1)


def test_a_row_without_a_text_is_left_out_and_counted() -> None:
    found = make_examples([None, "", " \t", "y"], ["neg", "neg", "neg", "pos"], None, "here")
    assert (found.texts, found.left_out) == (["y"], 3)


def test_integer_labels_stand_for_the_names_given() -> None:
    found = examples(["x", "y"], [1, 0], ["neg", "pos"])
    assert found.classes == ("negative", "positive")
    assert found.labels.tolist() == [1, 0]


def test_a_label_outside_the_names_is_refused() -> None:
    with pytest.raises(DataError, match="here: label 2 is none of the classes"):
        examples(["x"], [2], ["neg", "pos"])


def test_a_text_that_is_no_text_is_refused() -> None:
    with pytest.raises(DataError, match="--text-column"):
        make_examples([3], ["pos"], None, "here")


def test_labels_that_are_all_different_cannot_be_classes() -> None:
    with pytest.raises(DataError, match="--label-column"):
        examples([f"text {i}" for i in range(30)], [f"id {i}" for i in range(30)])


@pytest.mark.parametrize("label", [[1], {"a": 1}])
def test_a_label_that_is_a_list_or_an_object_is_refused_or_named_but_no_crash(label: object) -> None:
    try:
        make_examples(["x"], [label], None, "here")
    except DataError as error:
        assert "here" in str(error)


def test_numbers_are_sorted_as_numbers_and_words_by_the_alphabet() -> None:
    assert sorted_classes(["10", "9", "-2"]) == ("-2", "9", "10")
    assert sorted_classes(["b", "10", "a"]) == ("10", "a", "b")


def test_a_class_named_by_two_signs_is_a_word() -> None:
    assert sorted_classes(["--1", "+1"]) == ("+1", "--1")


def test_merging_agrees_on_class_names_in_any_order() -> None:
    first = examples(["a", "b"], [0, 1], ["neg", "pos"])
    second = examples(["c", "d"], [0, 1], ["pos", "neg"])
    both = merge([("one", first), ("two", second)])
    assert [both.classes[label] for label in both.labels] == ["negative", "positive", "positive", "negative"]


def test_merging_sets_with_other_classes_names_both() -> None:
    with pytest.raises(DataError, match=r"one has .*'a'.* and two has .*'b'"):
        merge([("one", examples(["x"], ["a"])), ("two", examples(["y"], ["b"]))])


def test_a_class_that_is_not_wanted_is_refused() -> None:
    with pytest.raises(DataError, match="there has the classes 'c'"):
        with_classes(examples(["x"], ["c"]), ("a", "b"), "there")


def test_one_class_or_no_text_cannot_be_trained_on() -> None:
    with pytest.raises(DataError, match="one class only, 'a'"):
        require_two_classes(examples(["x"], ["a"]), "here")
    with pytest.raises(DataError, match="no labelled text"):
        require_two_classes(examples([], []), "here")


def test_a_fingerprint_tells_texts_labels_and_order_apart() -> None:
    one = examples(["x", "y"], ["a", "b"])
    assert one.fingerprint() == examples(["x", "y"], ["a", "b"]).fingerprint()
    others = [examples(["y", "x"], ["a", "b"]), examples(["x", "y"], ["b", "a"]), examples(["x", "\ud800"], ["a", "b"])]
    assert len({one.fingerprint(), *(each.fingerprint() for each in others)}) == 4


def test_a_class_with_one_text_cannot_be_cut() -> None:
    with pytest.raises(DataError, match=r"'b' has 1 distinct text"):
        cut_validation(examples(["x", "y", "z"], ["a", "a", "b"]), 0.1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_a_class_of_equal_texts_is_not_cut_away_from_training(seed: int) -> None:
    found = examples(["x", "x", "p", "q", "r"], ["a", "a", "b", "b", "b"])
    try:
        train, _ = cut_validation(found, 0.1, seed)
    except DataError:
        return
    assert min(train.counts().values()) > 0


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from("ab"), max_size=60), st.integers(0, 9), st.floats(0.05, 0.5))
def test_a_cut_keeps_every_text_once_and_each_class_in_proportion(labels: list[str], seed: int, share: float) -> None:
    labels = ["a", "a", "b", "b", *labels]
    found = examples([f"text {i}" for i in range(len(labels))], labels)
    train, validation = cut_validation(found, share, seed)
    assert sorted(train.texts + validation.texts) == sorted(found.texts)
    for name, count in found.counts().items():
        assert abs(validation.counts()[name] - share * count) <= 1
        assert train.counts()[name] > 0
    again = cut_validation(found, share, seed)
    assert np.array_equal(again[1].labels, validation.labels)
    assert again[1].texts == validation.texts


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("uvwxyz"), st.sampled_from("ab")), min_size=1), st.integers(0, 9))
def test_equal_texts_never_stand_on_both_sides(rows: list[tuple[str, str]], seed: int) -> None:
    rows = [("k", "a"), ("l", "a"), ("m", "b"), ("n", "b"), *rows]
    try:
        train, validation = cut_validation(examples([t for t, _ in rows], [c for _, c in rows]), 0.3, seed)
    except DataError:
        return
    assert not set(train.texts) & set(validation.texts)
