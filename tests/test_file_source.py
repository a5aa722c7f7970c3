"""A file, or a folder of files named by split, is read split by split."""

from pathlib import Path

import pytest

from rnnsent.data.file_source import FileSource
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError
from tests.support.tables import two_class_rows, write_table


def test_file(tmp_path: Path) -> None:
    """A file is a train split."""
    source = find_source(str(write_table(tmp_path / "reviews.csv", two_class_rows("x"))))
    assert source.splits == ["train"]
    assert source.read("train").counts() == {"negative": 5, "positive": 5}


def test_folder(tmp_path: Path) -> None:
    """The names of the files in a folder tell their splits; a file may have only some of the classes."""
    write_table(tmp_path / "train-0.csv", [("a", "neg")])
    write_table(tmp_path / "train-1.csv", [("b", "pos")])
    write_table(tmp_path / "other.csv", [("c", "neg")])
    write_table(tmp_path / "deep" / "test.csv", two_class_rows("t"))
    (tmp_path / "README.md").write_text("not data", encoding="utf-8")
    source = find_source(str(tmp_path))
    assert source.splits == ["train", "test"]
    train = source.read("train")
    assert (train.texts, train.labels.tolist()) == (["c", "a", "b"], [0, 0, 1])
    assert train.classes == ("negative", "positive")


def test_texts_of_json_lines(tmp_path: Path) -> None:
    """A row of JSON Lines without the text column, or with another type in it, has no text."""
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"other": "b"}\n{"text": 3}\n{"text": "c"}\n')
    assert find_source(str(tmp_path / "a.jsonl")).read_texts("train") == ["a", "c"]


def test_columns(tmp_path: Path) -> None:
    """The columns can be chosen; the error for columns that cannot be inferred names the option."""
    path = tmp_path / "a.csv"
    path.write_text("one,two\nx,a\ny,b\n", encoding="utf-8")
    assert find_source(str(path), ReadOptions(text_columns=("one",), label_column="two")).read("train").texts == ["x", "y"]
    with pytest.raises(DataError, match="--label-column"):
        find_source(str(path)).read("train")


def test_label_map(tmp_path: Path) -> None:
    """A label map applies to all files of a split, and may name a class that only another split has."""
    write_table(tmp_path / "train-0.csv", [("a", "1"), ("b", "2")])
    write_table(tmp_path / "train-1.csv", [("c", "3"), ("d", "4")])
    write_table(tmp_path / "test.csv", [("e", "4")])
    label_map = {"1": "negative", "2": None, "4": "positive", "3": "positive"}
    source = FileSource("set", tmp_path, label_map=label_map)
    train, test = source.read("train"), source.read("test")
    assert (train.texts, train.labels.tolist(), train.n_skipped) == (["a", "c", "d"], [0, 1, 1], 1)
    assert (train.classes, test.classes) == (("negative", "positive"), ("positive",))


def test_label_map_unknown_class(tmp_path: Path) -> None:
    """The error for an unknown class in a label map lists the classes of all splits."""
    write_table(tmp_path / "train.csv", [("a", "1"), ("b", "2")])
    write_table(tmp_path / "test.csv", [("c", "3")])
    source = FileSource("set", tmp_path, label_map={"9": "positive"})
    with pytest.raises(DataError, match=r"^set \(test\): .* unknown classes '9'; the classes are '1', '2', '3'$"):
        source.read("test")


def test_no_file(tmp_path: Path) -> None:
    """A folder without a file in a supported format is rejected."""
    with pytest.raises(DataError, match="no file in a supported format"):
        _ = find_source(str(tmp_path)).splits


def test_no_rows(tmp_path: Path) -> None:
    """A file without rows is rejected."""
    with pytest.raises(DataError, match="has no rows"):
        find_source(str(write_table(tmp_path / "a.csv", []))).read("train")
