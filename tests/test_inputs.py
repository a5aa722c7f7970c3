"""What the arguments of predict mean: texts, files of lines, or a table."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnsent.config import InputFormat
from rnnsent.data.inputs import open_reader as open_arguments
from rnnsent.data.line_reader import LineReader
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import Reader, RecordBatch, TextReader
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError, SettingsError


def open_reader(arguments: list[str], options: ReadOptions = ReadOptions(), *, null: bool = False) -> Reader:  # noqa: B008
    return open_arguments(arguments, options, null=null)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("lines.txt", "log", "stdin"):
        (tmp_path / name).write_text("")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("text\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def stdin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file as stdin, which is empty at first."""
    with (folder / "stdin").open("rb") as file:
        monkeypatch.setattr("sys.stdin", file)
        yield folder / "stdin"


@pytest.mark.parametrize(
    "texts",
    [
        ["good"], ["good", "a/b", "1/10", ""], ["a text with lines.txt"], ["x" * 5_000], ["a\0b"],
        ["-1"], ["and/or"], ["10/10"], ["I opened reviews.csv"], ["It was good in data/reviews, and elsewhere"], ["w/o sound"],
        ["http://example.com/reviews.csv"], ["two\nlines.txt"], ["yes/no", "either/or/both"], ["5/5 stars"], ["s/he"],
        ["C'est bien."], ["The end."], ["ok..."],
    ],
)  # fmt: skip
def test_texts(texts: list[str]) -> None:
    """Arguments that only resemble paths are texts."""
    assert open_reader(texts) == TextReader(texts)


def inputs_of(reader: Reader) -> list[str]:
    assert isinstance(reader, LineReader)
    return [source.name for source in reader.inputs]


def test_files(folder: Path) -> None:
    assert inputs_of(open_reader(["-"])) == ["stdin"]
    reader = open_reader(["log", "-", "lines.txt"], null=True)
    assert inputs_of(reader) == ["log", "stdin", "lines.txt"]
    assert isinstance(reader, LineReader)
    assert reader.separator == b"\0"


def test_table() -> None:
    """A table is the only argument."""
    reader = open_reader(["a.csv"])
    assert isinstance(reader, TableReader)
    assert (reader.name, reader.format, reader.columns) == ("a.csv", "csv", ("text",))
    for arguments in (["a.csv", "b.csv"], ["a.csv", "-"], ["log", "a.csv"]):
        with pytest.raises(SettingsError, match="one table at a time"):
            open_reader(arguments)


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "jsonl", "fasttext"])
def test_stdin_as_table(stdin: Path, kind: InputFormat) -> None:
    """Stdin is a table if the user says so, even an empty one of JSON."""
    contents = {"csv": "text,label\nx y,pos\n", "tsv": "text\tlabel\nx y\tpos\n", "fasttext": "__label__pos x y\n"}
    stdin.write_text(contents.get(kind, '{"text": "x y", "label": "pos"}\n'))
    reader = open_reader(["-"], ReadOptions(input_format=kind))
    assert isinstance(reader, TableReader)
    (batch,) = [batch for batch in reader.batches() if isinstance(batch, RecordBatch)]
    assert (batch.texts, reader.columns) == (["x y"], ("text", "label"))


def test_json_on_stdin(stdin: Path) -> None:
    """JSON on stdin is asked about, an error of usage."""
    stdin.write_text('{"text": "x y"}\n')
    with pytest.raises(SettingsError, match=r"^stdin looks like JSON, .*--input-format json, or --input-format lines"):
        open_reader(["-"])


def test_document(folder: Path) -> None:
    """A whole file is one text if the user says so."""
    (folder / "log").write_bytes("deux\nlignes très bonnes\n".encode("cp1252"))
    reader = open_reader(["log", "lines.txt"], ReadOptions(input_format="document", encoding="cp1252"))
    assert reader == TextReader(["deux\nlignes très bonnes\n", ""])


@pytest.mark.parametrize("arguments", [["hello", "lines.txt"], ["-", "hello"], ["a.csv", "hello"]])
def test_mixed(arguments: list[str]) -> None:
    with pytest.raises(SettingsError, match="is a file and 'hello' is a text"):
        open_reader(arguments)


@pytest.mark.parametrize("argument", ["folder", "./folder", ".", "/"])
def test_folder(argument: str) -> None:
    with pytest.raises(DataError, match=r"is a folder.*predict -"):
        open_reader([argument])


@pytest.mark.parametrize(
    "argument",
    [
        "./missing", "./so what", "../missing", "/no/such", "~/missing", "missing.csv", "missing.txt", "reviews.csv", "reviews.CSV.gz",
        "my reviews.xlsx", "data/reviews", "data/my reviews", "../reviews of May.jsonl",
    ],
)  # fmt: skip
def test_missing_file(argument: str) -> None:
    """An argument that looks like a path is never scored as text."""
    with pytest.raises(DataError, match=r"no file named .*; to score this as text, pipe it: .*predict -"):
        open_reader(["good", argument])


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (ReadOptions(text_columns=("body",)), "--text-column"),
        (ReadOptions(delimiter=";"), "--delimiter"),
        (ReadOptions(header=True), "--header"),
        (ReadOptions(on_error="skip"), "--on-error"),
    ],
)
def test_table_option_without_table(options: ReadOptions, name: str) -> None:
    with pytest.raises(
        SettingsError, match=f"^{name} is for tables, and the input is texts; a table has --input-format csv"
    ):
        open_reader(["good"], options)


def test_table_option_with_lines(stdin: Path) -> None:
    """What only a table has makes stdin one."""
    stdin.write_text("body,n\nso good,1\n")
    reader = open_reader(["-"], ReadOptions(text_columns=("body",)))
    assert isinstance(reader, TableReader)
    assert reader.columns == ("body", "n")


def test_undecodable_name(folder: Path) -> None:
    """A file is found whose name is not UTF-8; a text that is not UTF-8 has U+FFFD."""
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (folder / name).write_text("good\n")
    except OSError:
        pytest.skip("this file system refuses the name")
    assert inputs_of(open_reader([name])) == [name]
    assert open_reader([os.fsdecode(b"caf\xe9 noir")]) == TextReader(["caf\ufffd noir"])
