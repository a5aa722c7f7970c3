"""Rows of a table, and what a reader says about the table that they come from. Knows no format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rnnsent.config import InputFormat
from rnnsent.data.dialect import Dialect
from rnnsent.errors import DataError

Row = dict[str, Any]


@dataclass(frozen=True)
class UnreadableRow:
    """A row that does not parse: its first line, and why."""

    line: int
    error: str


@dataclass
class Table:
    """A table that is being read.

    Attributes:
        name: of its file, for messages.
        columns: the keys of its rows, which are unique; empty for JSON, whose rows have their own.
        rows: in order; an UnreadableRow for each that does not parse.
        dialect: of CSV and TSV.
        schema: the pyarrow.Schema of Parquet.
        is_cell: whether values are cells of CSV, TSV or a spreadsheet, which have no null of their own.
        is_waiting: whether the input has paused before the next row.
        has_header: whether the columns have names; otherwise they are numbers.
    """

    name: str
    format: InputFormat
    columns: tuple[str, ...]
    rows: Iterator[Row | UnreadableRow]
    dialect: Dialect | None = None
    schema: Any = None
    is_cell: bool = False
    is_waiting: Callable[[], bool] = bool
    has_header: bool = True

    def readable_rows(self) -> Iterator[Row]:
        """The rows. Raises DataError, which names file and line, for one that does not parse."""
        for row in self.rows:
            if isinstance(row, UnreadableRow):
                raise DataError(describe_unreadable(self.name, row))
            yield row


def describe_unreadable(name: str, row: UnreadableRow) -> str:
    return f"{name}:{row.line}: {row.error}"
