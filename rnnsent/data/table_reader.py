"""A table in a file -> batches of rows with their texts. Keeps every column and row in order; a row that cannot be read
keeps its place."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rnnsent.config import OnError
from rnnsent.data.columns import find_text_column, require_column
from rnnsent.data.files import FORMATS, Row, UnreadableRow, open_rows
from rnnsent.data.records import RecordBatch
from rnnsent.errors import DataError
from rnnsent.parallel import Pause

BATCH_ROWS = 2_048
MAX_LEADING_BAD_ROWS = 100_000  # unreadable rows held in memory until the first readable one


def is_table(path: Path) -> bool:
    file_format = FORMATS.get(path.suffix.lower())
    return file_format is not None and file_format.is_table


class TableReader:
    """A table file, which may have no rows.

    Args:
        column: the text column; None infers it.
        on_error: whether a row that cannot be read ends the reading or is kept without a text.

    Raises:
        DataError: the file cannot be opened, or its header lacks the column. While reading: a row cannot be read, or
            the text column of JSON Lines is missing or unclear.
    """

    def __init__(self, path: Path, column: str | None = None, on_error: OnError = "stop") -> None:
        self.name, self.suffix = str(path), path.suffix.lower()
        self.n_unreadable = 0
        self.first_unreadable: UnreadableRow | None = None
        self._path, self._column, self._on_error = path, column, on_error
        self._header, self._rows = open_rows(path)
        self.columns = self._header.columns
        if column is not None and self.columns:
            require_column(column, self.columns, self.name)

    def batches(self) -> Iterator[RecordBatch | Pause]:
        rows, first = self._peek()
        column = ""
        if first is not None:
            self.columns = self.columns or tuple(first)
            strings = [name for name, value in first.items() if isinstance(value, str)]
            column = find_text_column(list(first), self._column, self.name, strings=strings)
        is_empty = True
        while batch := list(islice(rows, BATCH_ROWS)):
            is_empty = False
            yield RecordBatch([_text_of(row, column) for row in batch], batch)
        if is_empty:
            yield RecordBatch([], [])

    def schema(self) -> Any:
        """The file's own types for Parquet, strings for CSV and TSV, and the types that fit all rows for JSON Lines."""
        import pyarrow

        from rnnsent.data.arrow import infer_schema

        if self._header.schema is not None:
            return self._header.schema
        if self._header.columns:
            return pyarrow.schema([(name, pyarrow.string()) for name in self._header.columns])
        if not self._path.is_file():
            raise DataError(
                f"{self.name}: Parquet needs the types of all rows first, and a pipe can be read only once; use a file"
            )
        rows = (row for row in open_rows(self._path)[1] if not isinstance(row, UnreadableRow))
        return infer_schema(rows, BATCH_ROWS, self.name)

    def _peek(self) -> tuple[Iterator[Row | UnreadableRow], Row | None]:
        """All rows, and the first that can be read, which tells the columns."""
        rows = self._checked_rows()
        leading: list[Row | UnreadableRow] = []
        for row in rows:
            leading.append(row)
            if not isinstance(row, UnreadableRow):
                return chain(leading, rows), row
            if len(leading) > MAX_LEADING_BAD_ROWS:
                raise DataError(
                    f"{self.name}: none of its first {MAX_LEADING_BAD_ROWS:,} rows can be read: {row.error}"
                )
        return iter(leading), None

    def _checked_rows(self) -> Iterator[Row | UnreadableRow]:
        for row in self._rows:
            if isinstance(row, UnreadableRow):
                if self._on_error == "stop":
                    remedy = "use --on-error skip to leave such rows without a label"
                    raise DataError(f"{self.name}:{row.line}: {row.error}; {remedy}")
                self.n_unreadable += 1
                self.first_unreadable = self.first_unreadable or row
            yield row


def _text_of(row: Row | UnreadableRow, column: str) -> str:
    """The text of a row; an empty cell is an empty text."""
    value = None if isinstance(row, UnreadableRow) else row.get(column)
    return "" if value is None else value if isinstance(value, str) else str(value)
