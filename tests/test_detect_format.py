"""The format of an input is told by its content first, then by its name; what looks like a table is never scored in silence."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.detect_format import detect_format
from rnnsent.data.read_options import ReadOptions
from rnnsent.errors import DataError, SettingsError
from tests.support.read_tables import open_pipe, write_file

CSV = "id,text,label\n1,so good,pos\n2,so bad,neg\n"
TSV = "id\ttext\tlabel\n1\tso good\tpos\n2\tso bad\tneg\n"
JSON = '{"text": "so good"}\n{"text": "so bad"}\n'
FASTTEXT = "__label__pos so good\n__label__neg so bad\n"
LINES = "So good, and cheap\nSo bad, but fine\nWell, well\n"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("in.csv", CSV, "csv"),
        ("in.csv", TSV, "csv"),
        ("in.csv", JSON, "json"),
        ("in.csv", FASTTEXT, "fasttext"),
        ("in.csv.gz", CSV, "csv"),
        ("in.tsv", TSV, "tsv"),
        ("in.tab", TSV, "tsv"),
        ("in.json", JSON, "json"),
        ("in.json", "no JSON", "json"),
        ("in.jsonl", JSON, "jsonl"),
        ("in.ndjson", "", "jsonl"),
        ("in.xls", TSV, "csv"),
        ("in.xls", JSON, "json"),
        ("in.parquet", CSV, "csv"),
        ("in.txt", LINES, "lines"),
        ("in.txt", FASTTEXT, "fasttext"),
        ("in.txt", TSV, "tsv"),
        ("in.txt", TSV.encode("utf-16"), "tsv"),
        ("in.log", LINES, "lines"),
        ("in", LINES, "lines"),
        ("in", "", "lines"),
        ("in.html", "<html>so good</html>", "lines"),
        ("in.ft", FASTTEXT, "fasttext"),
    ],
)
def test_file(tmp_path: Path, name: str, content: str | bytes, expected: str) -> None:
    source = ByteInput.open(write_file(tmp_path, name, content))
    assert detect_format(source, ReadOptions()) == expected


@pytest.mark.parametrize(
    "content", [JSON, json.dumps([{"text": "x"}]), json.dumps([{"text": "x"}] * 9, indent=2), '{\n "a": 1\n}']
)
@pytest.mark.parametrize("name", ["stdin", "in.txt"])
def test_json_as_lines(tmp_path: Path, content: str, name: str) -> None:
    """JSON where lines of text are expected is asked about; both answers are taken."""
    with open_pipe(content) as pipe:
        source = pipe if name == "stdin" else ByteInput.open(write_file(tmp_path, name, content))
        with pytest.raises(
            SettingsError, match=r"looks like JSON, not like lines of text; give --input-format json, or --input-f"
        ):
            detect_format(source, ReadOptions())
        assert detect_format(source, ReadOptions(input_format="json")) == "json"
        assert detect_format(source, ReadOptions(input_format="lines")) == "lines"
        assert detect_format(source, ReadOptions(), default=None) == "json"


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (CSV, "columns id, text, label"),
        (TSV, "columns id, text, label"),
        (CSV.replace(",", ";"), "columns id, text, label"),
        ("sep=;\n" + CSV.replace(",", ";"), "columns id, text, label"),
        ("text\nSo good, and cheap\nSo bad, but fine\n", "column text"),
        ("Tweet ID,Tweet content\n1,So good to see you\n2,So bad for us\n", "columns Tweet ID, Tweet content"),
    ],
)
def test_table_as_lines(caplog: pytest.LogCaptureFixture, content: str, columns: str) -> None:
    """Lines that look like CSV are scored with one warning that says what else they may be."""
    with open_pipe(content) as source:
        assert detect_format(source, ReadOptions()) == "lines"
    assert caplog.messages == [
        f"stdin: the lines look like CSV with the {columns}, and each is scored as a text; --input-format csv reads a table, "
        "--input-format lines silences this"
    ]
    caplog.clear()
    with open_pipe(content) as source:
        assert detect_format(source, ReadOptions(input_format="lines")) == "lines"
        assert detect_format(source, ReadOptions(input_format="csv")) == "csv"
    assert not caplog.messages


@pytest.mark.parametrize(
    "content",
    [
        LINES,
        "Good, bad\nFine, ok\nMeh, no\n",
        "I read the text, the label, and all\nSo it goes, well, yes\n",
        "The reviews\nSo good\nSo bad\n",
        '"So good," they said\n"So bad," we said\n',
        "[Verse 1]\nla la la\n",
        "text\n" * 9,
        "a\tb\nc\td\n",
        "5 stars | would buy\n1 star | never\n",
    ],
)
def test_lines(caplog: pytest.LogCaptureFixture, content: str) -> None:
    """Sentences with commas, quotes and brackets are lines without a warning."""
    with open_pipe(content) as source:
        assert detect_format(source, ReadOptions()) == "lines"
    assert not caplog.messages


@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(delimiter=";"),
        ReadOptions(header=False),
        ReadOptions(text_columns=("text",)),
        ReadOptions(label_column="x"),
    ],
)
def test_table_options(options: ReadOptions) -> None:
    """What only a table has makes lines of text one."""
    with open_pipe(LINES) as source:
        assert detect_format(source, options) == "csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_long_json(encoding: str) -> None:
    """JSON over many lines is recognized by its beginning, wherever that is cut: here in an escaped character."""
    records = json.dumps([{"text": "très bon, " + "é" * 20_000}, {"text": "mauvais"}], indent=4)
    with open_pipe(records.encode(encoding)) as source, pytest.raises(SettingsError, match="looks like JSON"):
        detect_format(source, ReadOptions(text_columns=("text",)))


def test_unicode_text() -> None:
    """What Excel calls Unicode text, UTF-16 with tabs, is a table even in a pipe."""
    with open_pipe(TSV.encode("utf-16")) as source:
        assert detect_format(source, ReadOptions()) == "tsv"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in", LINES, r"in: its format cannot be inferred; give it with --input-format, or as one of \.csv, \.tsv"),
        ("in.txt", CSV, r"in\.txt: its format cannot be inferred"),
        ("in.csv", "<!DOCTYPE html><html>x</html>", r"in\.csv is an HTML or XML page, not a table; export it as CSV"),
        ("in.csv", '<?xml version="1.0"?>', r"in\.csv is an HTML or XML page"),
        ("in.js", "window.YTD.tweets.part0 = [\n {}]", r"in\.js is JavaScript; remove what precedes its first \["),
        ("in.xlsx", "no workbook\n", r"in\.xlsx is not a \.xlsx file; export it as CSV or JSON Lines$"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: str, message: str, caplog: pytest.LogCaptureFixture) -> None:
    """What is not a table is refused where one is needed, without a warning."""
    with pytest.raises(DataError, match=message):
        detect_format(ByteInput.open(write_file(tmp_path, name, content)), ReadOptions(), default=None)
    assert not caplog.messages


def test_document() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with (
        open_pipe(buffer.getvalue()) as source,
        pytest.raises(DataError, match=r"^stdin is a \.docx document; save it as CSV or"),
    ):
        detect_format(source, ReadOptions())
