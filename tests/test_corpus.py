"""The sources of a training run become one corpus with a train and a validation split."""

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
    own_split = read_corpus([find_source(str(tmp_path))], validation_fraction=0)
    assert (len(own_split.train), len(own_split.validation)) == (20, 6)
    from_train = read_corpus([find_source(str(tmp_path))], validation_fraction=0.2)
    assert (len(from_train.train), len(from_train.validation)) == (17, 3)
    assert own_split.sources[0]["validation_from"] == "validation"
    assert from_train.sources[0]["validation_from"] == "train"
    assert own_split.sources[0]["train_fingerprint"] == from_train.sources[0]["train_fingerprint"]


def test_validation_in_train(tmp_path: Path) -> None:
    """The validation texts that also appear in train are counted."""
    write_table(tmp_path / "train.csv", two_class_rows("x", 20))
    write_table(tmp_path / "valid.csv", [*two_class_rows("v", 6), *two_class_rows("x", 3)])
    source = find_source(str(tmp_path))
    assert read_corpus([source], validation_fraction=0).sources[0]["validation_in_train"] == 3
    assert read_corpus([source], validation_fraction=0.2).sources[0]["validation_in_train"] == 0


def test_several_sources(tmp_path: Path) -> None:
    """Sources whose classes agree after normalization are merged."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x", 20))
    rows = [(text, "positive" if label == "pos" else "Negative") for text, label in two_class_rows("y")]
    second = write_table(tmp_path / "two.csv", rows)
    corpus = read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0)
    texts = corpus.train.texts + corpus.validation.texts
    assert sorted(texts) == sorted(text for text, _ in two_class_rows("x", 20) + two_class_rows("y"))
    assert corpus.train.classes == ("negative", "positive")
    assert [record["location"] for record in corpus.sources] == [str(first), str(second)]


def test_different_classes(tmp_path: Path) -> None:
    """Sources with different classes are not merged, unless a label map makes them agree."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x"))
    rows = [(text, "funny" if label == "pos" else "sad") for text, label in two_class_rows("y")]
    second = write_table(tmp_path / "two.csv", rows)
    with pytest.raises(DataError, match="classes agree"):
        read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0)
    mapped = find_source(str(second), label_map={"funny": "positive", "sad": "negative"})
    corpus = read_corpus([find_source(str(first)), mapped], validation_fraction=0)
    assert corpus.train.classes == corpus.validation.classes == ("negative", "positive")


def test_skipped_rows(tmp_path: Path) -> None:
    """Skipped rows are counted when validation is taken from train."""
    path = write_table(tmp_path / "a.csv", [*two_class_rows("x"), ("unlabeled", ""), ("", "pos")])
    corpus = read_corpus([find_source(str(path))], validation_fraction=0.2)
    assert corpus.sources[0]["n_skipped"] == 2


def test_rare_class(tmp_path: Path, log: list[str]) -> None:
    """A class with too few distinct texts is left out, also of validation, with a warning."""
    rows = [*two_class_rows("x"), ("alone", "rare"), ("alone", "rare")]
    write_table(tmp_path / "train.csv", rows)
    write_table(tmp_path / "valid.csv", [*two_class_rows("v"), ("other", "rare")])
    corpus = read_corpus([find_source(str(tmp_path))], validation_fraction=0)
    assert corpus.train.counts() == corpus.validation.counts() == {"negative": 5, "positive": 5}
    assert corpus.sources[0]["n_skipped"] == 3
    warning = "left out the classes with fewer than 2 distinct texts: rare 1; --min-class-size changes that"
    assert [line for line in log if "distinct" in line] == [f"warning: {tmp_path}: {warning}"]
    with pytest.raises(DataError, match="fewer than two classes have 6 distinct texts to train on: negative 5, pos"):
        read_corpus([find_source(str(tmp_path))], validation_fraction=0, min_class_size=6)


def test_rare_class_kept(tmp_path: Path) -> None:
    """With a minimum of 1, a class of one text is trained on and not validated."""
    path = write_table(tmp_path / "a.csv", [*two_class_rows("x"), ("alone", "rare")])
    corpus = read_corpus([find_source(str(path))], validation_fraction=0.2, min_class_size=1)
    assert corpus.train.counts()["rare"] == 1
    assert [count > 0 for count in corpus.validation.counts().values()] == [True, True, False]


def test_rare_class_of_other_source(tmp_path: Path) -> None:
    """A class that only one source has does not matter if it is left out."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x"))
    second = write_table(tmp_path / "two.csv", [*two_class_rows("y"), ("alone", "rare")])
    corpus = read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0)
    assert corpus.train.classes == ("negative", "positive")


def test_spellings_of_splits(tmp_path: Path) -> None:
    """A class has one spelling in train, in validation and in every source, and in the fingerprints of all of them."""
    write_table(tmp_path / "a" / "train.csv", [(f"x {i}", ("Good", "bad")[i % 2]) for i in range(10)])
    write_table(tmp_path / "a" / "valid.csv", [(f"v {i}", ("good", "BAD")[i % 2]) for i in range(4)])
    other = write_table(tmp_path / "b.csv", [(f"y {i}", ("GOOD", "Bad")[i % 2]) for i in range(10)])
    sources = [find_source(str(tmp_path / "a")), find_source(str(other))]
    corpus = read_corpus(sources, validation_fraction=0)
    assert corpus.train.classes == corpus.validation.classes == ("Good", "bad")
    alone = read_corpus([find_source(str(other))], validation_fraction=0, base_classes=("bad", "Good"))
    assert alone.train.classes == ("bad", "Good")
    assert alone.sources[0]["train_fingerprint"] == corpus.sources[1]["train_fingerprint"]


@pytest.mark.parametrize("labels", [("0", "1"), ("P", "N"), ("Extremely Negative", "very positive"), ("1", "5", "4")])
def test_recognized_classes(tmp_path: Path, log: list[str], labels: tuple[str, ...]) -> None:
    """Sources whose classes are the same under other names are merged, and take the names of a base model."""
    first = write_table(tmp_path / "one.csv", two_class_rows("x"))
    second = write_table(tmp_path / "two.csv", [(f"y {i}", labels[i % len(labels)]) for i in range(20)])
    corpus = read_corpus([find_source(str(first)), find_source(str(second))], validation_fraction=0)
    assert corpus.train.classes == ("negative", "positive")
    assert [line for line in log if line.startswith(f"{second}: mapped the labels ")]


def test_base_classes(tmp_path: Path) -> None:
    """Classes take the names of the base model if each of them is one of its classes, else they keep their own."""
    numbers = find_source(str(write_table(tmp_path / "one.csv", [(f"x {i}", str(i % 2)) for i in range(10)])))
    stars = find_source(str(write_table(tmp_path / "two.csv", [(f"x {i}", "1245"[i % 4]) for i in range(20)])))
    options = {"validation_fraction": 0, "base_classes": ("positive", "negative")}
    assert read_corpus([numbers], **options).train.classes == ("positive", "negative")
    assert read_corpus([stars], **options).train.classes == ("1", "2", "4", "5")


def test_label_map(tmp_path: Path) -> None:
    """A label map applies to all sources; each key is a class of one of them."""
    first = write_table(tmp_path / "one.csv", [(f"x {i}", "12345"[i % 5]) for i in range(30)])
    second = write_table(tmp_path / "two.csv", two_class_rows("y"))
    sources = [find_source(str(first), label_map={}), find_source(str(second), label_map={})]
    label_map = {"1-2": "bad", "3": None, "4-5": "good", "neg": "bad", "pos": "good"}
    corpus = read_corpus(sources, validation_fraction=0, label_map=label_map)
    assert corpus.train.classes == ("bad", "good")
    assert corpus.sources[0]["label_map"] == "1-2=bad,3=,4-5=good,neg=bad,pos=good"
    assert corpus.sources[0]["n_skipped"] == 6
    with pytest.raises(DataError, match="unknown classes 'other'"):
        read_corpus(sources, validation_fraction=0, label_map={"other": "bad"})


def test_described(tmp_path: Path, log: list[str]) -> None:
    """The columns, classes and left-out rows of a source are told, and its spellings that were merged."""
    rows = [*two_class_rows("x"), ("more", "POS"), ("no label", ""), ("", "pos"), ("", "")]
    path = write_table(tmp_path / "a.csv", rows)
    read_corpus([find_source(str(path))], validation_fraction=0)
    assert [line for line in log if line.startswith(str(path))] == [
        f"{path}: text 'text', label 'label': negative 5, positive 6; left out 3 rows "
        "(2 without a text, 1 without a label)",
        f"{path}: merged the spellings 'POS', 'pos' into 'positive'",
    ]


def test_one_class(tmp_path: Path) -> None:
    """One class cannot be trained on."""
    path = write_table(tmp_path / "a.csv", [("x", "pos"), ("y", "pos")])
    with pytest.raises(DataError, match="only one class"):
        read_corpus([find_source(str(path))], validation_fraction=0)


def test_no_train_split(tmp_path: Path) -> None:
    """A source without a train split is rejected with the splits that it has."""
    write_table(tmp_path / "dev.csv", two_class_rows("d"))
    with pytest.raises(DataError, match=r"no train split; its splits are validation$"):
        read_corpus([find_source(str(tmp_path))], validation_fraction=0)
