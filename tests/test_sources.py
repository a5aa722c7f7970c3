"""A command-line argument refers to a path, a short name, or a Hub id."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from rnnsent.data.catalog import BUNDLED_SENTENCES, CATALOG, Entry
from rnnsent.data.file_source import FileSource
from rnnsent.data.folder_source import FolderSource
from rnnsent.data.hub import HubSource
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sources import find_source, find_split
from rnnsent.errors import DataError
from tests.support.tables import two_class_rows, write_table


def test_bundled_sentences() -> None:
    """The bundled sentences have no text in both splits."""
    source = find_source("sentences")
    train, test = source.read("train"), source.read("test")
    assert (len(train), len(test)) == (2_420, 580)
    assert train.classes == test.classes == ("negative", "positive")
    assert not set(train.texts) & set(test.texts)
    assert source.location == "bundled"


def test_file_before_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An existing file is preferred to a short name of the same spelling."""
    monkeypatch.chdir(tmp_path)
    assert isinstance(find_source("imdb"), HubSource)
    Path("imdb").write_text("")
    assert isinstance(find_source("imdb"), FileSource)


def test_catalog_entry() -> None:
    """A short name has the columns and class names of its entry; class names belong to the entry's label column."""
    source = find_source("sst5")
    assert isinstance(source, HubSource)
    assert (source.repo_id, source.options.text_columns, source.options.label_column) == (
        "SetFit/sst5",
        ("text",),
        "label",
    )
    assert source.class_names == CATALOG["sst5"].class_names
    other = find_source("sst5", ReadOptions(label_column="label_text"))
    assert isinstance(other, HubSource)
    assert other.class_names is None


def test_hub_config() -> None:
    """A Hub id may name a configuration."""
    source = find_source("owner/name:part")
    assert isinstance(source, HubSource)
    assert (source.repo_id, source.config) == ("owner/name", "part")


@pytest.mark.parametrize("name", ["absent.csv", "./absent", "/absent/x", "a/b/c"])
def test_missing_path(name: str) -> None:
    """A name that can only be a path is not looked up on the Hub."""
    with pytest.raises(DataError, match=rf"^{name}: no such file or folder$"):
        find_source(name)


def test_unknown_name() -> None:
    """The error for an unknown name lists the short names and the other possibilities."""
    with pytest.raises(DataError, match=r"unknown data set 'x': use a short name \(sentences, .*\), a Hub id "):
        find_source("x")


def test_find_split(tmp_path: Path) -> None:
    """A split is found by an alias of its name."""
    write_table(tmp_path / "dev.csv", two_class_rows("d"))
    source = find_source(str(tmp_path))
    assert find_split(source, "validation") == "validation"
    assert find_split(source, "test") is None


@pytest.mark.parametrize("label_map", [{"neg": "bad"}, {}])
def test_label_map(tmp_path: Path, label_map: Mapping[str, str | None]) -> None:
    """find_source passes the label map to every kind of source."""
    path = write_table(tmp_path / "a.csv", two_class_rows("x"))
    for label in ("neg", "pos"):
        (tmp_path / "folders" / label).mkdir(parents=True)
        (tmp_path / "folders" / label / "0.txt").write_text("text")
    sources = [find_source(name, label_map=label_map) for name in (str(path), str(tmp_path / "folders"), "owner/name")]
    assert [type(source) for source in sources] == [FileSource, FolderSource, HubSource]
    assert [source.label_map for source in sources] == [label_map] * 3
    assert sources[0].read("train").classes == ("bad" if label_map else "negative", "positive")


def test_label_map_of_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog entry's label map is the default for its label column; an argument replaces it."""
    label_map = {"negative": "bad", "positive": "good"}
    entry = Entry(str(BUNDLED_SENTENCES), "text", "label", "sentences", label_map=label_map)
    monkeypatch.setitem(CATALOG, "renamed", entry)
    assert find_source("renamed").read("test").classes == ("bad", "good")
    assert find_source("renamed", label_map={}).read("test").classes == ("negative", "positive")
    assert find_source("renamed", ReadOptions(label_column="text")).label_map == {}
