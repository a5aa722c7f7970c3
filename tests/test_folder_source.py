"""A folder with one folder per class is read with one text per file."""

from pathlib import Path

import pytest

from rnnsent.data.folder_source import FolderSource
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with the layout of the archive of the IMDB reviews."""
    files = {
        "train/pos/0_9.txt": "so good\n",
        "train/pos/1_8.txt": "fine",
        "train/neg/0_1.txt": "bad",
        "train/unsup/0_0.txt": "who knows",
        "test/pos/0_9.txt": "great",
        "test/neg/0_1.txt": "dull",
        "train/urls_pos.txt": "http://",
        "imdb.vocab": "the",
        "README": "read me",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_layout(archive: Path) -> None:
    """Every file is a text whose class is the name of its folder; the texts in unsup are unlabeled."""
    source = find_source(str(archive))
    assert source.splits == ["train", "test"]
    train = source.read("train")
    assert sorted(zip(train.texts, [train.classes[label] for label in train.labels], strict=True)) == [
        ("bad", "negative"),
        ("fine", "positive"),
        ("so good", "positive"),
    ]
    assert train.n_skipped == 1
    assert source.read("test").counts() == {"negative": 1, "positive": 1}
    assert sorted(source.read_texts("train")) == ["bad", "fine", "so good", "who knows"]


def test_class_folders_only(archive: Path) -> None:
    """A folder of class folders is a train split."""
    source = find_source(str(archive / "train"))
    assert source.splits == ["train"]
    assert source.read("train").counts() == {"negative": 1, "positive": 2}
    assert source.read("train").texts == find_source(str(archive)).read("train").texts


def test_label_map(archive: Path) -> None:
    """A label map applies to the names of the folders."""
    train = FolderSource("set", archive, {"pos": "good", "neg": None}).read("train")
    assert (train.texts, train.classes, train.n_skipped) == (["so good", "fine"], ("good",), 2)
    with pytest.raises(DataError, match=r"unknown classes 'unsup'; the classes are 'negative', 'positive'$"):
        FolderSource("set", archive, {"unsup": None}).read("train")


def test_fasttext_files(tmp_path: Path) -> None:
    """Folders of fastText files are not classes."""
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "a.txt").write_text("__label__pos x\n__label__neg y\n")
    assert find_source(str(tmp_path)).read("test").counts() == {"negative": 1, "positive": 1}
