"""Proves that every row and column of a table is kept in order, beside the text that predict reads."""

from pathlib import Path

import pytest

from rnnsent.data import tables
from rnnsent.data.files import Unreadable
from rnnsent.data.tables import WINDOW, added_names, is_table, read_table
from rnnsent.errors import DataError


def test_tables_are_told_by_their_suffix() -> None:
    assert is_table(Path("a.CSV"))
    assert not is_table(Path("a.txt"))


def test_rows_come_in_windows_in_order(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + "".join(f"{i},text {i}\n" for i in range(WINDOW + 3)), encoding="utf-8")
    windows = list(read_table(path, None).windows)
    assert [len(window.rows) for window in windows] == [WINDOW, 3]
    assert [text for window in windows for text in window.texts] == [f"text {i}" for i in range(WINDOW + 3)]
    assert windows[1].rows[0] == {"id": str(WINDOW), "text": f"text {WINDOW}"}


def test_a_cell_with_nothing_in_it_is_an_empty_text(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x"}\n{"text": null}\n{}\n{"text": 7}\n', encoding="utf-8")
    (window,) = read_table(path, None).windows
    assert window.texts == ["x", "", "", "7"]
    assert len(window.rows) == 4


def test_the_column_asked_for_is_read_and_must_be_there(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,title\nx,y\n", encoding="utf-8")
    assert next(read_table(path, "title").windows).texts == ["y"]
    with pytest.raises(DataError, match="no column 'nope'"):
        read_table(path, "nope")


def test_added_columns_never_hide_those_of_the_table() -> None:
    assert added_names(["text"], ["a"]) == ["label", "probability", "probability_a"]
    assert added_names(["label"], ["a"])[0] == "predicted_label"
    assert added_names(["label", "predicted_label"], ["a"])[0] == "predicted_predicted_label"


def test_a_table_without_rows_still_has_its_columns(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n", encoding="utf-8")
    table = read_table(path, None)
    assert (table.header.columns, list(table.windows)) == (("id", "text"), [])
    path = tmp_path / "a.jsonl"
    path.write_text("", encoding="utf-8")
    assert list(read_table(path, "text").windows) == []


def test_rows_that_cannot_be_read_are_not_gathered_without_end(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "MOST_BEFORE_THE_FIRST", 3)
    (tmp_path / "a.jsonl").write_text("{\n" * 4, encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl: none of its first 3 rows can be read: not JSON"):
        list(read_table(tmp_path / "a.jsonl", None, "skip").windows)


def test_a_row_that_cannot_be_read_stops_the_reading_or_stands_in_its_place(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,good\n2\n3,bad\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.csv:3: 1 fields .*; --on-error skip leaves such rows without a label"):
        list(read_table(path, None).windows)
    table = read_table(path, None, "skip")
    (window,) = table.windows
    assert window.texts == ["good", "", "bad"]
    assert window.rows[1] == Unreadable(3, "1 fields where the header has 2")
    assert (table.seen.unreadable, table.seen.first_unreadable) == (1, window.rows[1])
