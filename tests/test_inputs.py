"""Proves what the words on the command line of predict mean, and that none of them is taken for what it is not."""

import os
from pathlib import Path

import pytest

from rnnsent.data.inputs import Inputs, sort_inputs
from rnnsent.errors import DataError, SettingsError


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("lines.txt", "log", "a.csv", "b.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "texts",
    [
        ["good"], ["good", "a/b", "1/10", ""], ["a text with lines.txt"], ["./so what"], ["x" * 5_000], ["a\0b"],
        ["really bad.csv"], ["-1"],
    ],
)  # fmt: skip
def test_words_that_name_no_file_are_texts(texts: list[str]) -> None:
    assert sort_inputs(texts) == Inputs(texts=tuple(texts))


def test_words_that_name_files_are_read_by_lines(place: Path) -> None:
    assert sort_inputs(["-"]) == Inputs(files=("-",))
    assert sort_inputs(["log", "-", "lines.txt"]) == Inputs(files=("log", "-", "lines.txt"))
    os.mkfifo(place / "pipe")
    assert sort_inputs(["pipe"]) == Inputs(files=("pipe",))


def test_a_table_is_the_whole_input() -> None:
    assert sort_inputs(["a.csv"]) == Inputs(table=Path("a.csv"))
    for words in (["a.csv", "b.csv"], ["a.csv", "-"], ["log", "a.csv"]):
        with pytest.raises(SettingsError, match="one table at a time"):
            sort_inputs(words)


@pytest.mark.parametrize("words", [["hello", "lines.txt"], ["-", "hello"], ["a.csv", "hello"]])
def test_texts_do_not_stand_beside_files(words: list[str]) -> None:
    with pytest.raises(SettingsError, match="is a file and 'hello' is a text"):
        sort_inputs(words)


@pytest.mark.parametrize("word", ["folder", "./folder", ".", "/"])
def test_a_folder_is_refused(word: str) -> None:
    with pytest.raises(DataError, match=r"is a folder.*predict -"):
        sort_inputs([word])


@pytest.mark.parametrize("word", ["./missing", "../missing", "/no/such", "~/missing", "missing.csv", "missing.txt"])
def test_a_word_that_plainly_names_a_file_is_no_text(word: str) -> None:
    with pytest.raises(DataError, match=r"there is no file .*predict -"):
        sort_inputs(["good", word])


def test_a_file_is_found_whose_name_is_no_utf8(place: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (place / name).write_text("good\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert sort_inputs([name]) == Inputs(files=(name,))
    assert sort_inputs([os.fsdecode(b"caf\xe9 noir")]) == Inputs(texts=("caf\ufffd noir",))
