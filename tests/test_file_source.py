"""A file, or a folder of files named by split, is read split by split."""

from pathlib import Path

import pytest

from rnnsent.data.file_source import FileSource
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError, SettingsError
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
    assert (train.texts, train.labels.tolist()) == (["a", "b"], [0, 1])
    assert train.classes == ("negative", "positive")


def test_files_without_split(tmp_path: Path) -> None:
    """Files whose names indicate no split are the train split if no other is."""
    write_table(tmp_path / "shop.csv", two_class_rows("s"))
    write_table(tmp_path / "cafe.csv", two_class_rows("c"))
    write_table(tmp_path / "test.csv", two_class_rows("t"))
    assert len(find_source(str(tmp_path)).read("train")) == 20


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """A folder as Kaggle unpacks it, and what else lies about in it."""
    folder = tmp_path / "kaggle"
    rows = [(f"{i},{i // 3}", f"The lamp was {'fine' if i % 2 else 'poor'} {i}", i % 2 * 4) for i in range(12)]
    files = {
        "train.csv": "PhraseId,SentenceId,Phrase,Sentiment\n"
        + "".join(f"{i},{text},{label}\n" for i, text, label in rows),
        "test.csv": "PhraseId,SentenceId,Phrase\n" + "".join(f"{i},{text}\n" for i, text, _ in rows),
        "sampleSubmission.csv": "PhraseId,Sentiment\n" + "".join(f"{i},2\n" for i in range(12)),
        "README.md": "# Data\n",
        "LICENSE.txt": "Do what you like, and more\n",
        "notes.txt": "The first line\nThe second line\n",
        ".hidden/train.csv": "text,label\nwrong,wrong\n",
        "__MACOSX/._train.csv": "text,label\nwrong,wrong\n",
        "predictions.csv": "Phrase,label,probability,probability_negative,probability_positive\nwrong,positive,0.9,0.1,0.9\n",
        "model/config.json": '{"text": "wrong", "label": "wrong"}',
        "model/model.safetensors": "",
        "model/metrics.json": '{"text": "wrong", "label": "wrong"}',
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def test_kaggle(kaggle: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of all files in a folder only its data are read, and what is left out is listed."""
    with caplog.at_level("INFO"):
        source = find_source(str(kaggle))
        assert source.splits == ["train", "test"]
    left_out = next(message for message in caplog.messages if "not used: " in message)
    assert "sampleSubmission.csv" in left_out
    assert "predictions.csv" in left_out
    train = source.read("train")
    assert (train.counts(), train.n_skipped) == ({"0": 6, "4": 6}, 0)
    assert train.origin == "train.csv: text 'Phrase', label 'Sentiment'"


def test_unlabeled_split(kaggle: Path) -> None:
    """A test split without the label column of the train split has texts and no labels."""
    source = find_source(str(kaggle))
    test = source.read("test")
    assert (len(test), test.n_skipped) == (0, 12)
    assert len(source.read_texts("test")) == 12


def test_different_files(tmp_path: Path) -> None:
    """Files of one split that are different tables are asked about."""
    write_table(tmp_path / "reviews.csv", two_class_rows("r"))
    (tmp_path / "users.csv").write_text("user,age\nx,1\ny,2\n")
    with pytest.raises(
        SettingsError, match=r"has files with different columns: .*reviews\.csv \(text, label\) and .*; give one of"
    ):
        find_source(str(tmp_path)).read("train")


def test_texts_of_json_lines(tmp_path: Path) -> None:
    """A row of JSON Lines without the text column has no text; a number is one."""
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"other": "b"}\n{"text": 3}\n{"text": "c"}\n')
    assert find_source(str(tmp_path / "a.jsonl")).read_texts("train") == ["a", "3", "c"]


@pytest.mark.parametrize("content", ["text\na b\nc d\n", "id,text\n1,a b\n2,c d\n", "id,text,label\n1,a b,\n2,c d,\n"])
def test_texts_without_labels(tmp_path: Path, content: str) -> None:
    """Unlabeled texts need no column of labels."""
    (tmp_path / "a.csv").write_text(content)
    assert find_source(str(tmp_path / "a.csv")).read_texts("train") == ["a b", "c d"]


def test_columns(tmp_path: Path) -> None:
    """The columns can be chosen, also by number; the error for columns that cannot be inferred names the option."""
    path = tmp_path / "a.csv"
    path.write_text("one,two\nx,a\ny,b\n", encoding="utf-8")
    for text, label in (("one", "two"), ("ONE", "2"), ("1", "Two")):
        options = ReadOptions(text_columns=(text,), label_column=label, header=True)
        assert find_source(str(path), options).read("train").texts == ["x", "y"]
    with pytest.raises(SettingsError, match="--label-column"):
        find_source(str(path), ReadOptions(header=True)).read("train")
    with pytest.raises(SettingsError, match="'one' cannot be both the text and the label"):
        find_source(str(path), ReadOptions(text_columns=("one",), label_column="one", header=True)).read("train")


def test_several_columns(tmp_path: Path) -> None:
    """A title and a body are one text."""
    path = tmp_path / "a.csv"
    path.write_text('title,review,rating\nFine,"A lovely lamp",5\nPoor,,1\n')
    examples = find_source(str(path), ReadOptions(text_columns=("title", "review"))).read("train")
    assert (examples.texts, examples.origin) == (
        ["Fine\nA lovely lamp", "Poor"],
        "text 'title' + 'review', label 'rating'",
    )


def test_on_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A short row has a text and no label; an unreadable one ends the reading, or is left out and counted."""
    path = tmp_path / "a.csv"
    path.write_text("text,label,note\na b,pos\nc d\ne,f,neg,x\ng h,neg,x\n")
    with pytest.raises(DataError, match=r"a\.csv:4: 4 fields, .*; use --on-error skip to leave such rows out$"):
        find_source(str(path)).read("train")
    examples = find_source(str(path), ReadOptions(on_error="skip")).read("train")
    assert (examples.texts, examples.n_without_label) == (["a b", "g h"], 1)
    assert [message.partition("; the first: ")[0] for message in caplog.messages] == ["left out 1 unreadable row"]


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
