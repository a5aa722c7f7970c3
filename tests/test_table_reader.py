"""Tables keep every row and column in order, with the text of each row."""

from pathlib import Path

import pytest

from rnnsent.data import table_reader
from rnnsent.data.files import UnreadableRow
from rnnsent.data.records import RecordBatch
from rnnsent.data.table_reader import BATCH_ROWS, TableReader, is_table
from rnnsent.errors import DataError


def read(path: Path, *arguments: str | None) -> list[RecordBatch]:
    return list(TableReader(path, *arguments).batches())  # type: ignore[arg-type]


def test_is_table() -> None:
    assert is_table(Path("a.CSV"))
    assert not is_table(Path("a.txt"))


def test_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + "".join(f"{i},text {i}\n" for i in range(BATCH_ROWS + 3)), encoding="utf-8")
    batches = read(path)
    assert [len(batch.rows or ()) for batch in batches] == [BATCH_ROWS, 3]
    assert [text for batch in batches for text in batch.texts] == [f"text {i}" for i in range(BATCH_ROWS + 3)]
    assert batches[1].rows
    assert batches[1].rows[0] == {"id": str(BATCH_ROWS), "text": f"text {BATCH_ROWS}"}


def test_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x"}\n{"text": null}\n{}\n{"text": 7}\n', encoding="utf-8")
    (batch,) = read(path)
    assert batch.texts == ["x", "", "", "7"]
    assert len(batch.rows or ()) == 4


def test_text_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,title\nx,y\n", encoding="utf-8")
    assert read(path, "title")[0].texts == ["y"]
    with pytest.raises(DataError, match="no column 'nope'"):
        TableReader(path, "nope")


def test_columns(tmp_path: Path) -> None:
    """The columns of JSON Lines are those of the first row, known once it is read."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "id": 1}\n{"later": 2}\n', encoding="utf-8")
    reader = TableReader(path)
    assert reader.columns == ()
    list(reader.batches())
    assert reader.columns == ("text", "id")


def test_no_rows(tmp_path: Path) -> None:
    """A table without rows yields one empty batch, so that its header is written."""
    (tmp_path / "a.csv").write_text("id,text\n", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text("", encoding="utf-8")
    assert TableReader(tmp_path / "a.csv").columns == ("id", "text")
    assert read(tmp_path / "a.csv") == read(tmp_path / "a.jsonl", "text") == [RecordBatch([], [])]


def test_leading_bad_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unreadable rows are not collected without limit."""
    monkeypatch.setattr(table_reader, "MAX_LEADING_BAD_ROWS", 3)
    (tmp_path / "a.jsonl").write_text("{\n" * 4, encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl: none of its first 3 rows can be read: not JSON"):
        read(tmp_path / "a.jsonl", None, "skip")


def test_on_error(tmp_path: Path) -> None:
    """An unreadable row ends the reading, or keeps its place without a text."""
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,good\n2\n3,bad\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.csv:3: 1 fields, but .*; use --on-error skip to leave such rows without"):
        read(path)
    reader = TableReader(path, None, "skip")
    (batch,) = reader.batches()
    assert isinstance(batch, RecordBatch)
    assert batch.texts == ["good", "", "bad"]
    assert batch.rows
    assert batch.rows[1] == UnreadableRow(3, "1 fields, but the header has 2")
    assert (reader.n_unreadable, reader.first_unreadable) == (1, batch.rows[1])
