"""A workbook of predictions has every row, column and text, runs nothing, and says so if something does not fit."""

import datetime
import gc
import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from rnnsent.data.dialect import Dialect
from rnnsent.data.records import RecordBatch
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError
from rnnsent.output import xlsx_writer
from rnnsent.output.columns import AddedColumns, RowLayout
from rnnsent.output.delimited import CellWriter
from rnnsent.output.terminal import Output, open_file
from rnnsent.output.writer import WriterOptions
from rnnsent.output.xlsx_writer import XlsxWriter
from rnnsent.prediction import PredictedBatch, Prediction

BLANK = Prediction("", None, None, None, 0, None)


class Table:
    """What a row layout needs from a reader."""

    name = "in.jsonl"

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns


def write(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ("value",)) -> bytes:
    stream = io.BytesIO()
    options = WriterOptions(AddedColumns(("bad", "good")), CellWriter(Dialect()))
    with XlsxWriter(Output(stream), RowLayout(cast(TableReader, Table(columns))), options) as writer:
        for row in rows:
            writer.write(PredictedBatch(RecordBatch([""], [row]), [BLANK]))
        if not rows:
            writer.write(PredictedBatch(RecordBatch([], []), []))
    return stream.getvalue()


def read(content: bytes) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    (name,) = workbook.sheet_names
    return workbook.get_sheet_by_name(name).to_python()


def values(content: bytes) -> list[Any]:
    return [row[0] for row in read(content)[1:]]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=9),
        min_size=1,
        max_size=9,
    )
)
def test_texts(texts: list[str]) -> None:
    """Any text is read back: control characters too, and what looks like the escape of one."""
    assert values(write([{"value": f"x{text}x"} for text in texts])) == [f"x{text}x" for text in texts]


HOSTILE = [
    "=1+1", "+1", "-1", "@x", "{=1}", "http://example.com", "mailto:x@y", "internal:Sheet1!A1", "007", "1e5", "TRUE",
    "<r><t>x</t></r>", "<r><b/></r>", "&amp;", "a\rb\n\tc", "\x00\x1b[0m", "_x0041_", " a ",
]  # fmt: skip


def test_text_stays_text() -> None:
    """No text becomes a formula, a link, a number or XML."""
    content = write([{"value": text} for text in HOSTILE])
    assert values(content) == HOSTILE
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert not [name for name in archive.namelist() if name.startswith("xl/worksheets/_rels")]


def test_types() -> None:
    """Numbers, booleans and dates are such cells; what Excel cannot represent is text, and null is an empty cell."""
    when = datetime.datetime(2026, 1, 2, 3, 4, 5)
    cells = {
        None: "", float("nan"): "", 7: 7.0, 0.1: 0.1, 10**15: 1e15, Decimal("1.5"): 1.5, True: True, datetime.date(2026, 1, 2): datetime.date(2026, 1, 2),
        when: when, when.replace(tzinfo=datetime.UTC): "2026-01-02 03:04:05+00:00", 2**60: str(2**60),
        datetime.date(1700, 1, 1): "1700-01-01", b"caf\xc3\xa9": "café", float("inf"): "inf",
    }  # fmt: skip
    assert values(write([{"value": value} for value in cells])) == list(cells.values())
    assert values(write([{"value": value} for value in (["a", None], {"b": 1}, "\ud800\uffff")])) == [
        '["a", null]', '{"b": 1}', "\ufffd\ufffd"
    ]  # fmt: skip


def test_header() -> None:
    """A table without rows has its header."""
    assert read(write([])) == [["value", "label", "probability", "probability_bad", "probability_good"]]


def test_long_text() -> None:
    """A text that does not fit a cell is an error that names row and column, and not cut."""
    for text in ("x" * 32_767, "😀" * 16_383 + "x"):
        assert values(write([{"value": text}])) == [text]
    for text in ("x" * 32_768, "😀" * 16_384):
        with pytest.raises(DataError, match=r"in\.jsonl: row 2 has 32,768 characters in 'value', .* 32,767; .*\.csv"):
            write([{"value": "x"}, {"value": text}])


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that does not fit a sheet is an error."""
    assert (xlsx_writer.MAX_ROWS, xlsx_writer.MAX_COLUMNS) == (2**20, 2**14)
    monkeypatch.setattr(xlsx_writer, "MAX_ROWS", 3)
    assert len(values(write([{"value": "x"}] * 2))) == 2
    with pytest.raises(DataError, match=r"in\.jsonl: a workbook has at most 3 rows; write another format"):
        write([{"value": "x"}] * 3)
    with pytest.raises(DataError, match=r"a workbook has at most 16,384 columns"):
        write([], [f"c{i}" for i in range(16_381)])


def test_late_column() -> None:
    with pytest.raises(DataError, match="row 2 has the column 'later', which the first row lacks"):
        write([{"value": 1}, {"value": 1, "later": 2}])


def test_reproducible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Equal rows give equal bytes, and the temporary files are removed, also after an error."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rows = [{"value": "x"}, {"value": 1.5}]
    assert write(rows) == write(rows)
    with pytest.raises(DataError):
        write([{"value": "x" * 40_000}])
    assert list(tmp_path.iterdir()) == []


def test_full_disk() -> None:
    """A full disk is one error, and nothing is written when the library's objects are destroyed."""
    options = WriterOptions(AddedColumns(("bad", "good")), CellWriter(Dialect()))
    layout = RowLayout(cast(TableReader, Table(["value"])))
    with (
        pytest.raises(OSError, match="No space left on device") as raised,
        open_file(Path("/dev/full")) as output,
        XlsxWriter(output, layout, options) as writer,
    ):
        writer.write(PredictedBatch(RecordBatch(["x"], [{"value": "x"}]), [BLANK]))
    del writer
    gc.collect()
    assert raised.value.filename == "/dev/full"
