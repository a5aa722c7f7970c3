"""The sources of a training run become one corpus with a train and a validation split."""

import re
from pathlib import Path

import pytest

from rnnsent.data.corpus import read_corpus
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError
from tests.support.tables import two_class_rows, write_table


def test_validation(tmp_path: Path) -> None:
    """A source's own validation split is used unless a validation fraction is given; test is never read."""
    write_table(tmp_path / "train.csv", two_class_rows("x", 20))
    write_table(tmp_path / "valid.csv", two_class_rows("v", 6))
    (tmp_path / "test.csv").write_text("not,a,valid\ntable", encoding="utf-8")
    own_split = read_corpus([find_source(str(tmp_path))], validation_fraction=0, seed=0)
    assert (len(own_split.train), len(own_split.validation)) == (20, 6)
    from_train = read_corpus([find_source(str(tmp_path))], validation_fraction=0.2, seed=0)
    assert (len(from_train.train), len(from_train.validation)) == (16, 4)
    assert own_split.sources[0]["validation_from"] == "validation"
    assert from_train.sources[0]["validation_from"] == "train"
    assert own_split.sources[0]["train_fingerprint"] == from_train.sources[0]["train_fingerprint"]


def test_validation_in_train(tmp_path: Path) -> None:
    """The validation texts that also appear in train are counted."""
    write_table(tmp_path / "train.csv", two_class_rows("x", 20))
    write_table(tmp_path / "valid.csv", [*two_class_rows("v", 6), *two_class_rows("x", 3)])
    source = find_source(str(tmp_path))
    assert read_corpus([source], validation_fraction=0, seed=0).sources[0]["validation_in_train"] == 3
    assert read_corpus([source], validation_fraction=0.2, seed=0).sources[0]["validation_in_train"] == 0


def test_several_sources(tmp_path: Path) -> None:
    """Sources whose classes agree after normalization are merged."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x", 20))
    rows = [(text, "positive" if label == "pos" else "Negative") for text, label in two_class_rows("y")]
    second = write_table(tmp_path / "two.csv", rows)
    corpus = read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0, seed=0)
    texts = corpus.train.texts + corpus.validation.texts
    assert sorted(texts) == sorted(text for text, _ in two_class_rows("x", 20) + two_class_rows("y"))
    assert corpus.train.classes == ("negative", "positive")
    assert [record["location"] for record in corpus.sources] == [str(first), str(second)]


def test_different_classes(tmp_path: Path) -> None:
    """Sources with different classes are not merged, unless a label map makes them agree."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x"))
    rows = [(text, "good" if label == "pos" else "bad") for text, label in two_class_rows("y")]
    second = write_table(tmp_path / "two.csv", rows)
    with pytest.raises(DataError, match="classes agree"):
        read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0, seed=0)
    mapped = find_source(str(second), label_map={"good": "positive", "bad": "negative"})
    corpus = read_corpus([find_source(str(first)), mapped], validation_fraction=0, seed=0)
    assert corpus.train.classes == corpus.validation.classes == ("negative", "positive")


def test_skipped_rows(tmp_path: Path) -> None:
    """Skipped rows are counted when validation is taken from train."""
    path = write_table(tmp_path / "a.csv", [*two_class_rows("x"), ("unlabeled", ""), ("", "pos")])
    corpus = read_corpus([find_source(str(path))], validation_fraction=0.2, seed=0)
    assert corpus.sources[0]["n_skipped"] == 2


def test_class_too_small(tmp_path: Path) -> None:
    """The error for a class that cannot be split names the source."""
    path = write_table(tmp_path / "a.csv", [*two_class_rows("x"), ("alone", "rare")])
    with pytest.raises(DataError, match=rf"^{re.escape(str(path))}: the class 'rare' has 1 distinct text"):
        read_corpus([find_source(str(path))], validation_fraction=0, seed=0)


def test_one_class(tmp_path: Path) -> None:
    """One class cannot be trained on."""
    path = write_table(tmp_path / "a.csv", [("x", "pos"), ("y", "pos")])
    with pytest.raises(DataError, match="only one class"):
        read_corpus([find_source(str(path))], validation_fraction=0, seed=0)


def test_no_train_split(tmp_path: Path) -> None:
    """A source without a train split is rejected with the splits that it has."""
    write_table(tmp_path / "dev.csv", two_class_rows("d"))
    with pytest.raises(DataError, match=r"no train split; its splits are validation$"):
        read_corpus([find_source(str(tmp_path))], validation_fraction=0, seed=0)
