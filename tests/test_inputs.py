"""What the arguments of predict mean: texts, files of lines, or a table."""

import os
from pathlib import Path

import pytest

from rnnsent.data.inputs import open_reader
from rnnsent.data.line_reader import LineReader
from rnnsent.data.records import TextReader
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError, SettingsError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("lines.txt", "log"):
        (tmp_path / name).write_text("")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("text\n")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "texts",
    [
        ["good"], ["good", "a/b", "1/10", ""], ["a text with lines.txt"], ["./so what"], ["x" * 5_000], ["a\0b"],
        ["really bad.csv"], ["-1"],
    ],
)  # fmt: skip
def test_texts(texts: list[str]) -> None:
    """Arguments that name no file are texts."""
    assert open_reader(texts) == TextReader(texts)


def test_files(folder: Path) -> None:
    assert open_reader(["-"]) == LineReader(["-"])
    assert open_reader(["log", "-", "lines.txt"], null=True) == LineReader(["log", "-", "lines.txt"], b"\0")
    os.mkfifo(folder / "pipe")
    assert open_reader(["pipe"]) == LineReader(["pipe"])


def test_table() -> None:
    """A table is the only argument."""
    reader = open_reader(["a.csv"])
    assert isinstance(reader, TableReader)
    assert (reader.name, reader.suffix, reader.columns) == ("a.csv", ".csv", ("text",))
    for arguments in (["a.csv", "b.csv"], ["a.csv", "-"], ["log", "a.csv"]):
        with pytest.raises(SettingsError, match="one table at a time"):
            open_reader(arguments)


@pytest.mark.parametrize("arguments", [["hello", "lines.txt"], ["-", "hello"], ["a.csv", "hello"]])
def test_mixed(arguments: list[str]) -> None:
    with pytest.raises(SettingsError, match="is a file and 'hello' is a text"):
        open_reader(arguments)


@pytest.mark.parametrize("argument", ["folder", "./folder", ".", "/"])
def test_folder(argument: str) -> None:
    with pytest.raises(DataError, match=r"is a folder.*predict -"):
        open_reader([argument])


@pytest.mark.parametrize("argument", ["./missing", "../missing", "/no/such", "~/missing", "missing.csv", "missing.txt"])
def test_missing_file(argument: str) -> None:
    """An argument that looks like a path is never scored as text."""
    with pytest.raises(DataError, match=r"no file named .*; to score this as text, pipe it: .*predict -"):
        open_reader(["good", argument])


def test_text_column_without_table() -> None:
    for arguments in (["good"], ["log"], ["-"]):
        with pytest.raises(SettingsError, match="--text-column names a column of a"):
            open_reader(arguments, text_column="body")


def test_undecodable_name(folder: Path) -> None:
    """A file is found whose name is not UTF-8; a text that is not UTF-8 has U+FFFD."""
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (folder / name).write_text("good\n")
    except OSError:
        pytest.skip("this file system refuses the name")
    assert open_reader([name]) == LineReader([name])
    assert open_reader([os.fsdecode(b"caf\xe9 noir")]) == TextReader(["caf\ufffd noir"])
