"""Folders and files that are named for classes are read, with a text in each file or on each line."""

from pathlib import Path

import pytest

from rnnsent.data.folder_source import FolderSource
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError, SettingsError


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
    train = FolderSource("set", archive, label_map={"pos": "good", "neg": None}).read("train")
    assert (train.texts, train.classes, train.n_skipped) == (["so good", "fine"], ("good",), 2)
    with pytest.raises(DataError, match=r"unknown classes 'unsup'; the classes are "):
        FolderSource("set", archive, label_map={"unsup": None}).read("train")


def test_fasttext_files(tmp_path: Path) -> None:
    """Folders of fastText files are not classes."""
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "a.txt").write_text("__label__pos x\n__label__neg y\n")
    assert find_source(str(tmp_path)).read("test").counts() == {"negative": 1, "positive": 1}


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize(
    "names",
    [
        ("pos.txt", "neg.txt"), ("rt-polarity.pos", "rt-polarity.neg"), ("positive.txt", "negative.txt"),
        ("reviews_pos.txt", "reviews_neg.txt"), ("train-pos.txt", "train-neg.txt"), ("Positive", "Negative"), ("amazon.pos.txt", "amazon.neg.txt"),
    ],
)  # fmt: skip
def test_file_per_class(tmp_path: Path, names: tuple[str, str]) -> None:
    """A file that is named for a class has a text on each line."""
    write_files(
        tmp_path, {names[0]: "so good\nfine day\n\n", names[1]: "so bad\npoor thing\r\nawful", "README": "read me"}
    )
    examples = find_source(str(tmp_path)).read("train")
    assert examples.counts() == {"negative": 3, "positive": 2}
    assert sorted(examples.texts) == ["awful", "fine day", "poor thing", "so bad", "so good"]


def test_file_per_class_and_split(tmp_path: Path) -> None:
    write_files(
        tmp_path, {f"{split}/{name}.txt": f"{split} {name}\n" for split in ("train", "test") for name in ("pos", "neg")}
    )
    source = find_source(str(tmp_path))
    assert source.splits == ["train", "test"]
    assert sorted(source.read("test").texts) == ["test neg", "test pos"]


def test_legacy_encoding(tmp_path: Path) -> None:
    """Files of the last century are not UTF-8."""
    write_files(
        tmp_path,
        {
            "a.pos": "d\xe9licieux, tr\xe8s bon\n".encode("latin-1"),
            "a.neg": "d\xe9\xe7u, tr\xe8s mauvais\n".encode("latin-1"),
        },
    )
    assert sorted(find_source(str(tmp_path)).read("train").texts) == ["délicieux, très bon", "déçu, très mauvais"]


def test_few_long_files(tmp_path: Path) -> None:
    """Whether few files with many lines are a text each cannot be inferred; the user is asked, and both answers are taken."""
    lines = "".join(f"line {i}\n" for i in range(30))
    write_files(tmp_path, {f"{name}/{year}.txt": lines for name in ("pos", "neg") for year in (2023, 2024)})
    with pytest.raises(
        SettingsError, match=r"neg has few files with several lines each; --input-format lines .*document reads each"
    ):
        find_source(str(tmp_path)).read("train")
    assert len(find_source(str(tmp_path), ReadOptions(input_format="lines")).read("train")) == 120
    assert len(find_source(str(tmp_path), ReadOptions(input_format="document")).read("train")) == 4


def test_many_files(tmp_path: Path) -> None:
    """Many files are a text each, whatever their lines."""
    write_files(
        tmp_path, {f"{name}/{i}.txt": "two\nlines\n\nand\nmore\n" * 9 for name in ("pos", "neg") for i in range(25)}
    )
    assert find_source(str(tmp_path)).read("train").counts() == {"negative": 25, "positive": 25}
