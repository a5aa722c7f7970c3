"""The summary of a data set: classes, lengths, duplicates, and conflicting labels."""

import json
from pathlib import Path

import pytest

from rnnsent.data.sources import find_source
from rnnsent.data.summary import EXAMPLES_PER_CLASS, DatasetSummary, summarize
from rnnsent.errors import DataError


def summarize_splits(folder: Path, **splits: list[tuple[str, str]]) -> DatasetSummary:
    for name, rows in splits.items():
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return summarize(find_source(str(folder)))


def test_classes(tmp_path: Path) -> None:
    """Texts are counted by split and class."""
    summary = summarize_splits(tmp_path, train=[("a", "pos"), ("b", "pos"), ("c", "neg")], test=[("d", "neg")])
    assert {split.name: (split.texts, split.classes) for split in summary.splits} == {
        "train": (3, {"negative": 1, "positive": 2}),
        "test": (1, {"negative": 1}),
    }
    assert summary.location == str(tmp_path)


def test_skipped(tmp_path: Path) -> None:
    """Rows without a text or a label are counted as skipped."""
    (split,) = summarize_splits(tmp_path, train=[("a", "pos"), (" ", "pos"), ("b", ""), ("c", "neg")]).splits
    assert (split.texts, split.n_skipped) == (2, 2)


def test_lengths(tmp_path: Path) -> None:
    """Lengths are in words."""
    rows = [("one", "pos"), ("one two.", "neg"), ("it's five words, isn't it", "pos")]
    (split,) = summarize_splits(tmp_path, train=rows).splits
    assert (split.length_percentiles[50], split.length_percentiles[99]) == (3, pytest.approx(3 + 0.98 * 3))
    assert list(split.length_percentiles) == sorted(split.length_percentiles)


def test_duplicates(tmp_path: Path) -> None:
    """Texts that differ only in case and whitespace are duplicates."""
    rows = [("A film", "pos"), ("a  FILM ", "pos"), ("a film", "pos"), ("b", "neg"), ("a film.", "neg")]
    (split,) = summarize_splits(tmp_path, train=rows).splits
    assert (split.duplicates, split.conflicting) == (2, 0)


def test_conflicting(tmp_path: Path) -> None:
    """A text with several labels is counted once."""
    rows = [("x", "pos"), ("X", "neg"), ("x", "neg"), ("y", "pos"), ("y", "pos"), ("z", "neg")]
    (split,) = summarize_splits(tmp_path, train=rows).splits
    assert (split.duplicates, split.conflicting) == (3, 1)


def test_shared(tmp_path: Path) -> None:
    """A text in two splits is counted once per pair of splits."""
    summary = summarize_splits(
        tmp_path,
        train=[("x", "pos"), ("x", "pos"), ("y", "neg")],
        test=[("X ", "neg"), ("y", "neg"), ("z", "pos")],
        validation=[("z", "pos"), ("w", "neg")],
    )
    assert {frozenset(pair.split("/")): count for pair, count in summary.shared.items()} == {
        frozenset(("train", "test")): 2,
        frozenset(("train", "validation")): 0,
        frozenset(("test", "validation")): 1,
    }
    assert all(split.conflicting == 0 for split in summary.splits)


def test_examples(tmp_path: Path) -> None:
    """The first few texts of each class are examples, in the order of the classes."""
    rows = [(f"text {i}", "pos" if i % 2 else "neg") for i in range(20)]
    (split,) = summarize_splits(tmp_path, train=rows).splits
    expected = ["negative"] * EXAMPLES_PER_CLASS + ["positive"] * EXAMPLES_PER_CLASS
    assert [label for label, _ in split.examples] == expected
    assert split.examples[0] == ("negative", "text 0")


def test_unlabeled_split(tmp_path: Path) -> None:
    """A split without labels is only named."""
    summary = summarize_splits(tmp_path, train=[("x", "pos"), ("y", "neg")], test=[("z", "")])
    assert ([split.name for split in summary.splits], summary.unlabeled) == (["train"], ["test"])
    assert json.loads(json.dumps(summary.to_dict()))["unlabeled"] == ["test"]


def test_no_label(tmp_path: Path) -> None:
    """A data set without any label is rejected."""
    with pytest.raises(DataError, match=r"no labeled text in any split \(train\)"):
        summarize_splits(tmp_path, train=[("x", "")])
