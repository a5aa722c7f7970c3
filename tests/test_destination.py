"""Where predictions go: the default format for an input, the dialect that a table keeps, and what options exclude."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rnnsent.config import InputFormat
from rnnsent.data.dialect import Dialect
from rnnsent.data.inputs import open_reader
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import Reader
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.output import destination
from rnnsent.output.columns import TOKENS, RowLayout, RowTraceLayout, TextLayout, TraceLayout
from rnnsent.output.destination import OutputOptions, choose_destination
from rnnsent.output.formats import OutputFormat

pytestmark = pytest.mark.usefixtures("working_dir")

CONTENTS: dict[InputFormat, str] = {
    "csv": "id,text\n1,good film\n2,bad film\n",
    "tsv": "id\ttext\n1\tgood film\n2\tbad film\n",
    "jsonl": '{"id": 1, "text": "good film"}\n{"id": 2, "text": "bad film"}\n',
    "json": '[{"id": 1, "text": "good film"}, {"id": 2, "text": "bad film"}]',
}


@pytest.fixture
def open_input(working_dir: Path) -> Iterator[Callable[[str, str], Reader]]:
    """Return a function that writes a file and opens it as an input of predict."""

    def open_content(name: str, content: str) -> Reader:
        (working_dir / name).write_bytes(content.encode())
        return open_reader([name], ReadOptions(text_columns=("text",)))

    yield open_content


@pytest.mark.parametrize(("kind", "expected"), [("csv", "csv"), ("tsv", "tsv"), ("jsonl", "jsonl"), ("json", "json")])
def test_default_format(open_input, kind: InputFormat, expected: OutputFormat) -> None:
    """A table is returned in its own format, with a trace or without."""
    for trace in (False, True):
        reader = open_input(f"in.{kind}", CONTENTS[kind])
        chosen = choose_destination(reader, OutputOptions(parts=TOKENS if trace else None))
        assert (chosen.format, chosen.path, chosen.compression) == (expected, None, None)
        assert type(chosen.layout) is (RowTraceLayout if trace else RowLayout)


def test_layouts(open_input) -> None:
    """Texts have no columns, and tables none where people look at them."""
    texts = open_reader(["good"], ReadOptions())
    assert type(choose_destination(texts, OutputOptions()).layout) is TextLayout
    assert type(choose_destination(texts, OutputOptions(parts=TOKENS)).layout) is TraceLayout
    table = open_input("in.csv", CONTENTS["csv"])
    assert type(choose_destination(table, OutputOptions("table")).layout) is TextLayout
    assert type(choose_destination(table, OutputOptions("table", parts=TOKENS)).layout) is TraceLayout


@pytest.mark.parametrize(
    ("requested", "path", "is_kept"),
    [(None, None, True), ("csv", None, True), (None, "o.csv", True), (None, "o.csv.gz", True), (None, "o", True),
     ("csv", "o.dat", True), ("tsv", None, False), (None, "o.tsv", False), ("jsonl", None, False)],
)  # fmt: skip
def test_kept_dialect(
    open_input, working_dir: Path, requested: OutputFormat | None, path: str | None, is_kept: bool
) -> None:
    """A table keeps its dialect in its own format, and in no other."""
    reader = open_input("in.csv", "id;text\r\n1;good film\r\n2;bad film\r\n")
    options = OutputOptions(requested, working_dir / path if path else None)
    chosen = choose_destination(reader, options)
    dialect = chosen.cells.dialect
    if is_kept:
        assert dialect == Dialect(";", line_end="\r\n", header=("id", "text"))
    else:
        assert (dialect.line_end, dialect.header, chosen.layout.header) == ("\n", None, ("id", "text"))


def test_dialect_on_terminal(open_input, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets its own line ends, and no byte-order mark."""
    monkeypatch.setattr(destination, "is_terminal", lambda stream: True)
    reader = open_input("in.csv", "\ufeffid;text\r\n1;good film\r\n2;bad film\r\n")
    dialect = choose_destination(reader, OutputOptions("csv")).cells.dialect
    assert dialect == Dialect(";", header=("id", "text"))


def test_one_column(open_input) -> None:
    """A table of one column may have the delimiter in its values, and needs quotes once it has more columns."""
    reader = open_input("in.csv", 'text\n"so-called, good\na "bad, bad" film\nfine\n')
    dialect = choose_destination(reader, OutputOptions()).cells.dialect
    assert (dialect.delimiter, dialect.quoting) == (",", "minimal")


def test_excluded_options(open_input, working_dir: Path) -> None:
    reader = open_input("in.csv", CONTENTS["csv"])
    for options in (OutputOptions("jsonl", csv_safe=True), OutputOptions("table", csv_safe=True)):
        with pytest.raises(SettingsError, match=r"--csv-safe is for csv and tsv output, and this is"):
            choose_destination(reader, options)
    for name in ("xlsx", "parquet"):
        with pytest.raises(SettingsError, match=f"{name} cannot be written to stdout; use --output FILE"):
            choose_destination(reader, OutputOptions(name))


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format whose package is missing is refused at once, with the extra that has it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RnnsentError, match=r"xlsx output needs the extra: pip install 'rnnsent\[excel\]'"):
        OutputOptions(path=Path("out.xlsx"))
    OutputOptions(path=Path("out.csv"))
