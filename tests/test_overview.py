"""Proves that the figures of a data set are those counted by hand: classes, lengths, repeats and conflicting labels."""

import json
from pathlib import Path

import pytest

from rnnsent.data.overview import EXAMPLES_SHOWN, Overview, overview
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError


def overview_of(folder: Path, **splits: list[tuple[str, str]]) -> Overview:
    for name, rows in splits.items():
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return overview(find_source(str(folder)))


def test_classes_are_counted_by_split(tmp_path: Path) -> None:
    found = overview_of(tmp_path, train=[("a", "pos"), ("b", "pos"), ("c", "neg")], test=[("d", "neg")])
    assert {each.name: (each.texts, each.classes) for each in found.splits} == {
        "train": (3, {"negative": 1, "positive": 2}),
        "test": (1, {"negative": 1}),
    }
    assert found.location == str(tmp_path)


def test_rows_without_a_text_or_a_label_are_counted_as_left_out(tmp_path: Path) -> None:
    (split,) = overview_of(tmp_path, train=[("a", "pos"), (" ", "pos"), ("b", ""), ("c", "neg")]).splits
    assert (split.texts, split.left_out) == (2, 2)


def test_lengths_are_counted_in_words(tmp_path: Path) -> None:
    rows = [("one", "pos"), ("one two.", "neg"), ("it's five words, isn't it", "pos")]
    (split,) = overview_of(tmp_path, train=rows).splits
    assert (split.length_percentiles[50], split.length_percentiles[99]) == (3, pytest.approx(3 + 0.98 * 3))
    assert list(split.length_percentiles) == sorted(split.length_percentiles)


def test_texts_that_differ_in_case_and_blanks_alone_are_duplicates(tmp_path: Path) -> None:
    rows = [("A film", "pos"), ("a  FILM ", "pos"), ("a film", "pos"), ("b", "neg"), ("a film.", "neg")]
    (split,) = overview_of(tmp_path, train=rows).splits
    assert (split.duplicates, split.conflicting) == (2, 0)


def test_a_text_with_several_labels_is_conflicting_once(tmp_path: Path) -> None:
    rows = [("x", "pos"), ("X", "neg"), ("x", "neg"), ("y", "pos"), ("y", "pos"), ("z", "neg")]
    (split,) = overview_of(tmp_path, train=rows).splits
    assert (split.duplicates, split.conflicting) == (3, 1)


def test_texts_that_stand_in_two_splits_are_counted_once_a_pair(tmp_path: Path) -> None:
    found = overview_of(
        tmp_path,
        train=[("x", "pos"), ("x", "pos"), ("y", "neg")],
        test=[("X ", "neg"), ("y", "neg"), ("z", "pos")],
        validation=[("z", "pos"), ("w", "neg")],
    )
    assert {frozenset(pair.split("/")): count for pair, count in found.shared.items()} == {
        frozenset(("train", "test")): 2,
        frozenset(("train", "validation")): 0,
        frozenset(("test", "validation")): 1,
    }
    assert all(each.conflicting == 0 for each in found.splits)


def test_a_few_examples_of_each_class_are_shown_in_the_order_of_the_classes(tmp_path: Path) -> None:
    rows = [(f"text {i}", "pos" if i % 2 else "neg") for i in range(20)]
    (split,) = overview_of(tmp_path, train=rows).splits
    assert [label for label, _ in split.examples] == ["negative"] * EXAMPLES_SHOWN + ["positive"] * EXAMPLES_SHOWN
    assert split.examples[0] == ("negative", "text 0")


def test_a_split_without_labels_is_named_and_left_out(tmp_path: Path) -> None:
    found = overview_of(tmp_path, train=[("x", "pos"), ("y", "neg")], test=[("z", "-1")])
    assert ([each.name for each in found.splits], found.unlabelled) == (["train"], ["test"])
    assert json.loads(json.dumps(found.to_dict()))["unlabelled"] == ["test"]


def test_a_data_set_without_any_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no labelled text in any split \(train\)"):
        overview_of(tmp_path, train=[("x", "")])
