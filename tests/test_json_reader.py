"""JSON is read whether a record is a line, an element of an array, or spans lines; a line that does not parse is reported."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.json_reader import looks_like_json, read_json
from rnnsent.data.lines import TextLines
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import RecordBatch
from rnnsent.data.rows import UnreadableRow
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError
from rnnsent.parallel import PAUSE
from tests.support.read_tables import open_content, read_content, read_table

RECORDS: list[dict[str, Any]] = [
    {"text": 'good, "really"\nyes', "label": "pos"},
    {"text": "bad [x] {y}", "label": None},
    {"text": "ok"},
]
LAYOUTS = {
    "lines": "".join(json.dumps(record) + "\n" for record in RECORDS),
    "CRLF, no final line end": "\r\n".join(map(json.dumps, RECORDS)),
    "blank lines": "\n \n".join(["", *map(json.dumps, RECORDS), ""]),
    "record separators": "".join("\x1e" + json.dumps(record) + "\n" for record in RECORDS),
    "array": json.dumps(RECORDS),
    "pretty array": json.dumps(RECORDS, indent=2),
    "array by lines": "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n",
    "pretty records": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    "tabs": json.dumps(RECORDS, indent="\t"),
    "blanks around": "\n\n  " + json.dumps(RECORDS) + "  \n\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["in.json", "in.jsonl", "in.ndjson", "in.csv"])
def test_layouts(tmp_path: Path, layout: str, name: str) -> None:
    """The content decides how records are laid out, whatever the name says, with and without a byte-order mark."""
    content = LAYOUTS[layout]
    for data in (content.encode(), b"\xef\xbb\xbf" + content.encode(), content.encode("utf-16")):
        assert list(open_content(tmp_path, data, name).rows) == RECORDS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pipe(layout: str) -> None:
    assert read_table(LAYOUTS[layout]) == [tuple(record.values()) for record in RECORDS]


def test_unreadable_lines(tmp_path: Path) -> None:
    """A line that does not parse keeps its place, and takes no other with it."""
    table = open_content(tmp_path, '{"a": 1}\n{"a"\n\n[2]\n{"a": 3}\n{"a": 4},\n{"a": "cut', "in.jsonl")
    rows = list(table.rows)
    assert rows[::3] == [{"a": 1}, {"a": 3}]
    assert rows[1] == UnreadableRow(2, "not JSON: Expecting ':' delimiter at column 5")
    assert [row.line for row in rows if isinstance(row, UnreadableRow)] == [2, 4, 6, 7]


@pytest.mark.parametrize("first", ["{", '{"text": "cut', '{"text": "cut",', "nul", '{"text": "x"} {}', "x" * 70_000])
def test_unreadable_first_line(tmp_path: Path, first: str) -> None:
    """A first line that does not parse is reported like any other."""
    assert read_content(tmp_path, first + '\n{"text": "good"}\n{"text": "bad"}\n', "in.jsonl") == [
        1,
        ("good",),
        ("bad",),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "x"}\n{"text"\n', r"in\.jsonl:2: not JSON"),
        ('{"text": "x"}\n\n[1]\n', r"in\.jsonl:3: each record must be an object"),
        ('{"text": "x", "label": ' + "9" * 5_000 + "}\n", r"in\.jsonl:1: "),
        ('{"text": ' + "[" * 200_000 + "\n", r"in\.jsonl(:1)?: .*"),
        ("{'text': 'x'}\n{'text': 'y'}\n", r"in\.jsonl:1: not JSON: .*double quotes"),
        ('[{"text": "x"}, {"text": "y"}', r"in\.jsonl: not JSON: the array is not closed; the file is incomplete, at .*1$"),
        ('[{"text": "x"}, {"text": "y', r"in\.jsonl: not JSON: Unterminated string"),
        ('[{"text": "x"},\n{"text": "y"},\n]', r"in\.jsonl: not JSON: .*, at or after line 3$"),
        ('[{"text": "x"}\n{"text": "y"}]', r"in\.jsonl: not JSON: a comma is missing between two records, at or after line 2$"),
        ('[{"text": "x"}]\n[{"text": "y"}]', r"in\.jsonl: not JSON: there is more after the array"),
        ('["x", "y"]', r"in\.jsonl:1: each record must be an object"),
        ('[\n["text", "label"],\n["x", "y"]\n]', r"in\.jsonl:2: each record must be an object"),
        ('// note\n[{"text": "x"}]', r"in\.jsonl:1: not JSON"),
        (b'{"text": "tr\xc3\xa8s bon caf\xc3\xa9"}\n{"text": "caf\xe9 \xff"}\n', r"in\.jsonl:2: has bytes that are not UTF-8; .*--encoding"),
    ],
    ids=range(14),
)  # fmt: skip
def test_error(tmp_path: Path, content: str | bytes, message: str) -> None:
    """What cannot be read is named by file and line, on one line."""
    with pytest.raises(DataError, match=message) as caught:
        list(open_content(tmp_path, content, "in.jsonl").readable_rows())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"data": RECORDS}, r"its records are in 'data'; take them out, for example: jq '\.\[\"data\"\]' "),
        ({"meta": {"n": 3}, "reviews": RECORDS}, "its records are in 'reviews'"),
        ({"type": "FeatureCollection", "features": RECORDS}, "its records are in 'features'"),
        ({"schema": {}, "data": RECORDS}, "its records are in 'data'"),
        ({"text": {"0": "x", "1": "y"}, "label": {"0": 1, "1": 2}}, "with a list or an object for each column or row"),
        ({"0": {"text": "x"}, "1": {"text": "y"}}, "with a list or an object for each column or row"),
        ({"columns": ["text"], "index": [0], "data": [["x"]]}, "with a list or an object for each column or row"),
    ],
    ids=["data", "meta", "GeoJSON", "table", "columns", "index", "split"],
)
def test_wrapper(tmp_path: Path, value: object, message: str, indent: int | None) -> None:
    """One object that holds the records, as services and pandas write it, is not taken for a record."""
    with pytest.raises(DataError, match=rf"in\.json is one object[;,].*{message}"):
        list(open_content(tmp_path, json.dumps(value, indent=indent), "in.json").rows)


@pytest.mark.parametrize("indent", [None, 1])
def test_one_record(tmp_path: Path, indent: int | None) -> None:
    """A record with lists of objects beside its text is one, though it is the only one."""
    record = {"full_text": "so good", "entities": {"urls": []}, "tags": [{"a": 1}]}
    assert read_content(tmp_path, json.dumps(record, indent=indent), "in.json") == [tuple(record.values())]
    two = "\n".join([json.dumps({"items": [{"text": "x"}]}, indent=indent)] * 2)
    assert len(read_content(tmp_path, two, "in.json")) == 2


@pytest.mark.parametrize("content", ["", "\n\n", "[]", " [ ] "])
def test_no_records(tmp_path: Path, content: str) -> None:
    assert read_content(tmp_path, content, "in.json") == []


def test_values(tmp_path: Path) -> None:
    """NaN, a repeated key and a lone surrogate are read as Python reads them."""
    content = '{"a": NaN, "b": 1e999, "c": "\\ud800", "d": 1, "d": 2}\n'
    (row,) = open_content(tmp_path, content, "in.json").rows
    assert repr(row) == r"{'a': nan, 'b': inf, 'c': '\ud800', 'd': 2}"


def test_long_array(tmp_path: Path) -> None:
    """An array of 5 MB on one line is read in linear time, from a file and from a pipe."""
    record = {"id": 12, "text": "a text of a common length, and of no interest", "label": "pos"}
    content = json.dumps([record] * 60_000)
    assert len(content) > 5_000_000
    assert sum(row == record for row in open_content(tmp_path, content, "in.json").rows) == 60_000
    assert len(read_table(content)) == 60_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"text": "x"}', True),
        ('{"text": "x"}\n{"text": "y"}\n', True),
        ('[{"text": "x"}]', True),
        ('[\n  {\n    "text": "x"\n  }\n]\n', True),
        ('{\n  "text": "x"\n}\n', True),
        ('[[1, "x"]]', True),
        ("{}", True),
        ('["a", "b"]\n["c"]\n', False),
        ("[Verse 1]\nla la la\n", False),
        ("[1] a note\n[2] another\n", False),
        ("{laughs} ok\n", False),
        ('{"laughs"} ok\n', False),
        ('"a quotation"\n', False),
        ("[1, 2, 3]\n", False),
        ("12\n", False),
        ("", False),
    ],
)
def test_looks_like_json(text: str, expected: bool) -> None:
    """Text that begins with a bracket is not JSON for that."""
    assert looks_like_json(text.splitlines(keepends=True), is_complete=True) == expected


def test_cut_sample() -> None:
    """JSON is recognized though the sample ends within a record."""
    for content in (json.dumps(RECORDS * 9), json.dumps(RECORDS * 9, indent=1), json.dumps(RECORDS[0], indent=1)):
        for end in range(len(content) // 3, len(content) - 1, 7):
            assert looks_like_json(content[:end].splitlines(keepends=True), is_complete=False), content[:end]


@pytest.mark.parametrize(
    "content",
    ['{"text": "a"}\n{"text": "b"}\n', '[{"text": "a"},\n{"text": "b"},\n', '{\n"text": "a"\n}\n{\n"text": "b"\n}\n'],
)
def test_pause(content: str) -> None:
    """Records are answered before the pipe closes."""
    reader, writer = os.pipe()
    os.write(writer, content.encode())
    batches = TableReader(ByteInput("stdin", reader), "json", ReadOptions()).batches()
    texts: list[str] = []
    while len(texts) < 2:
        batch = next(batches)
        texts += list(batch.texts) if isinstance(batch, RecordBatch) else []
    assert texts == ["a", "b"]
    assert next(batches) is PAUSE
    os.close(writer)
    os.close(reader)


def test_format() -> None:
    assert read_json(TextLines(iter([b'{"a": 1}\n'])), "in").format == "jsonl"
    assert read_json(TextLines(iter([b'[{"a": 1}]\n'])), "in").format == "json"
