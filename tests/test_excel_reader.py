"""Workbooks are read as tables, whatever their cells hold and wherever the table begins."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from rnnsent.errors import DataError, SettingsError
from tests.support.read_tables import open_content, read_cells, read_content, read_table, zip_files

ROWS: list[list[Any]] = [["id", "text", "label"], [1, "so good", "pos"], [2, "=so bad", "neg"], [3, "fine\nday", "pos"]]


def make_workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as workbook:
        for rows in sheets:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["in.xlsx", "in.xls", "in.csv", "in", "in.xlsx.zip"])
def test_workbook(tmp_path: Path, name: str) -> None:
    """A workbook is recognized by its content."""
    content = make_workbook(ROWS)
    table = open_content(tmp_path, zip_files(in_xlsx=content) if name.endswith("zip") else content, name)
    assert (table.format, table.columns, table.is_cell) == ("xlsx", ("id", "text", "label"), True)
    assert read_cells(table) == [tuple(row) for row in ROWS[1:]]


def test_pipe() -> None:
    assert read_table(make_workbook(ROWS)) == [tuple(row) for row in ROWS[1:]]


def test_types(tmp_path: Path) -> None:
    """Cells become JSON values: integers stay integers, and an empty cell stays empty."""
    row = ["so good", 5, 4.5, True, datetime.date(2024, 5, 1), None, "007", "5"]
    content = make_workbook([["text", "a", "b", "c", "d", "e", "f", "g"], row, row])
    assert read_content(tmp_path, content, "in.xlsx")[0] == ("so good", 5, 4.5, True, "2024-05-01", "", "007", "5")


def test_layout(tmp_path: Path) -> None:
    """A title, blank rows and blank columns around the table are not part of it."""
    content = make_workbook([["Survey 2024"], [], *([None, *row] for row in ROWS), [], []])
    table = open_content(tmp_path, content, "in.xlsx")
    assert [name for name in table.columns if not name.startswith("column_")] == ["id", "text", "label"]
    assert [row[-3:] for row in read_cells(table) if isinstance(row, tuple)] == [tuple(row) for row in ROWS[1:]]


def test_no_header(tmp_path: Path) -> None:
    """Without a header columns are called by number; what is unclear is asked about."""
    rows = [[i, f"text number {i} of many", "pos" if i % 2 else "neg"] for i in range(9)]
    table = open_content(tmp_path, make_workbook(rows), "in.xlsx")
    assert (table.columns, table.has_header, len(read_cells(table))) == (("1", "2", "3"), False, 9)
    unclear = make_workbook([["good", "x"], ["bad", "y"]])
    with pytest.raises(SettingsError, match=r"in\.xlsx: it is unclear whether the first row names the columns"):
        open_content(tmp_path, unclear, "in.xlsx")
    assert read_content(tmp_path, unclear, "in.xlsx", header=True) == [("bad", "y")]
    assert read_content(tmp_path, unclear, "in.xlsx", header=False) == [("good", "x"), ("bad", "y")]


def test_names(tmp_path: Path) -> None:
    """Names may be numbers, empty or repeated."""
    table = open_content(tmp_path, make_workbook([["text", "text", None, 2024], ["a b", "c d", "e", 1]]), "in.xlsx")
    assert table.columns == ("text", "text_2", "column_3", "2024")


def test_sheets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The first sheet with cells is read, and others are named."""
    assert read_content(tmp_path, make_workbook([], ROWS), "in.xlsx") == [tuple(row) for row in ROWS[1:]]
    assert not caplog.messages
    open_content(tmp_path, make_workbook(ROWS, ROWS, []), "in.xlsx")
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "only the sheet 'Sheet1' is read, not 'Sheet2'"
    ]


def test_empty(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in\.xlsx is empty; its first row must name the columns$"):
        open_content(tmp_path, make_workbook([]), "in.xlsx")
    assert read_content(tmp_path, make_workbook([["text", "label"]]), "in.xlsx") == []


def test_damaged(tmp_path: Path) -> None:
    """What only looks like a workbook is refused in one line."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x")
    for content in (buffer.getvalue(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 4):
        message = r"\A[^\n]*in\.xlsx is not a workbook that can be read \([^\n]*\); save it as CSV\Z"
        with pytest.raises(DataError, match=message):
            open_content(tmp_path, content, "in.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        "text\tlabel\nso good\tpos\nso bad\tneg\n",
        "text,label\nso good,pos\nso bad,neg\n",
        "text\tlabel\nso good\tpos\nso bad\tneg\n".encode("utf-16"),
        '[{"text": "so good", "label": "pos"}, {"text": "so bad", "label": "neg"}]',
    ],
    ids=["tsv", "csv", "utf-16", "json"],
)
def test_text_as_workbook(tmp_path: Path, content: str | bytes) -> None:
    """A text under the name of a workbook, as many programs export it, is read as what it is."""
    assert read_content(tmp_path, content, "in.xls") == [("so good", "pos"), ("so bad", "neg")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "<html><table><tr><td>text</td></tr></table></html>",
            r"in\.xls is an HTML or XML page, not a table; export it as ",
        ),
        ('<?xml version="1.0"?><Workbook/>', r"in\.xls is an HTML or XML page"),
        ("no table at all\n", r"in\.xls is not a \.xls file; export it as CSV or JSON Lines$"),
        ("", r"in\.xls is (empty|not a \.xls file)"),
    ],
)
def test_no_workbook(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_content(tmp_path, content, "in.xls")
