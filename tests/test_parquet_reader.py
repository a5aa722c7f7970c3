"""Parquet keeps its types and its schema, from a file and from a pipe; what is damaged is one line of error."""

import io
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.errors import DataError
from tests.support.read_tables import open_content, read_cells, read_content, read_table


def make_parquet(table: pyarrow.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def test_types(tmp_path: Path) -> None:
    content = make_parquet(pyarrow.table({"text": ["good", None], "label": [1, 0], "tags": [["a"], []]}))
    rows = [("good", 1, ["a"]), (None, 0, [])]
    for name in ("in.parquet", "in.pq", "in.csv", "in"):
        assert read_content(tmp_path, content, name) == rows
    assert read_table(content) == rows


def test_schema(tmp_path: Path) -> None:
    """The columns and types are known without any row."""
    schema = pyarrow.schema([("id", pyarrow.int8()), ("text", pyarrow.string())])
    table = open_content(tmp_path, make_parquet(schema.empty_table()), "in.parquet")
    assert (table.columns, table.schema, read_cells(table)) == (("id", "text"), schema, [])


def test_truncated(tmp_path: Path) -> None:
    """A truncated file is named in one line."""
    data = make_parquet(pyarrow.table({"text": ["good film"] * 1_000}))
    for length in (4, 9, len(data) // 2, len(data) - 1):
        with pytest.raises(DataError, match=r"in\.parquet: not a readable Parquet file: ") as caught:
            read_content(tmp_path, data[:length], "in.parquet")
        assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=r"in\.parquet is not a \.parquet file; export it as CSV or JSON Lines"):
        read_content(tmp_path, b"no parquet at all", "in.parquet")


def test_invalid_utf8(tmp_path: Path) -> None:
    """Strings that are not UTF-8 have U+FFFD."""
    buffers = [pyarrow.py_buffer(content) for content in (b"\0\0\0\0\1\0\0\0\4\0\0\0", b"\xffgut")]
    text = pyarrow.StringArray.from_buffers(2, *buffers)
    content = make_parquet(pyarrow.table({"text": text, "n": [1, 2]}))
    assert read_content(tmp_path, content, "in.parquet") == [("\ufffd", 1), ("gut", 2)]


def test_date(tmp_path: Path) -> None:
    """A date that Python cannot represent is one line of error."""
    content = make_parquet(pyarrow.table({"when": pyarrow.array([2**62], pyarrow.timestamp("us"))}))
    with pytest.raises(DataError, match=r"in\.parquet: a value cannot be read: .*; drop its column"):
        read_content(tmp_path, content, "in.parquet")


def test_two_columns(tmp_path: Path) -> None:
    content = make_parquet(pyarrow.table([["a"], ["b"]], names=["text", "text"]))
    with pytest.raises(DataError, match=r"in\.parquet: has two columns 'text'; rename one$"):
        read_content(tmp_path, content, "in.parquet")
