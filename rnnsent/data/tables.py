"""A table in a file -> windows of rows and their texts, for predict. Every column and row is kept, in order, and a row
that cannot be read keeps its place."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from rnnsent.config import OnError
from rnnsent.data.columns import existing_column, text_column
from rnnsent.data.files import TABLES, Header, Row, Unreadable, open_rows
from rnnsent.errors import DataError

WINDOW = 2_048  # rows scored at once
MOST_BEFORE_THE_FIRST = 100_000  # rows unread that wait in memory for the first that can be read

Answers = TypeVar("Answers")

LABEL, PROBABILITY = "label", "probability"


@dataclass(frozen=True)
class Window:
    """Consecutive rows and the text of each; a cell with nothing in it is an empty text, and so is a row unread."""

    rows: list[Row | Unreadable]
    texts: list[str]


@dataclass
class Seen:
    """What the rows read so far told: the columns of the first that could be read, and what could not."""

    columns: tuple[str, ...] = ()
    unreadable: int = 0
    first_unreadable: Unreadable | None = None


@dataclass(frozen=True)
class Table:
    """A table's columns, where the file names them before its rows, and the windows of its rows."""

    path: Path
    header: Header
    windows: Iterator[Window]
    seen: Seen = field(default_factory=Seen)

    @property
    def columns(self) -> tuple[str, ...]:
        """The header's, or where there is none those of the first row, once a window was read."""
        return self.header.columns or self.seen.columns


def is_table(path: Path) -> bool:
    return path.suffix.lower() in TABLES


def read_table(path: Path, column: str | None, on_error: OnError = "stop") -> Table:
    """Open a table, which may have no rows.

    Args:
        column: the column of texts; None takes the one that is plainly it.
        on_error: whether a row that does not parse ends the reading, or stands in its place as Unreadable.

    Raises:
        DataError: the file cannot be read, a row does not parse, or the column is not there or not clear; for a row
            and for a column that no header names, when the windows are read.
    """
    header, rows = open_rows(path)
    if column is not None and header.columns:
        existing_column(column, header.columns, str(path), "--column")
    seen = Seen()
    return Table(path, header, _windows(path, _judged(path, rows, on_error, seen), column, seen), seen)


def _judged(path: Path, rows: Iterator[Row | Unreadable], on_error: OnError, seen: Seen) -> Iterator[Row | Unreadable]:
    for row in rows:
        if isinstance(row, Unreadable):
            if on_error == "stop":
                remedy = "; --on-error skip leaves such rows without a label"
                raise DataError(f"{path}:{row.line}: {row.error}{remedy}")
            seen.unreadable += 1
            seen.first_unreadable = seen.first_unreadable or row
        yield row


def _windows(path: Path, rows: Iterator[Row | Unreadable], column: str | None, seen: Seen) -> Iterator[Window]:
    rows, first = _with_first(path, rows)
    chosen = ""
    if first is not None:
        seen.columns = tuple(first)
        strings = [name for name, value in first.items() if isinstance(value, str)]
        chosen = text_column(list(first), column, str(path), strings=strings, option="--column")
    while window := list(islice(rows, WINDOW)):
        yield Window(window, ["" if isinstance(row, Unreadable) else _text(row.get(chosen)) for row in window])


def _with_first(path: Path, rows: Iterator[Row | Unreadable]) -> tuple[Iterator[Row | Unreadable], Row | None]:
    """All rows, and the first that can be read, by which the columns are known."""
    before: list[Row | Unreadable] = []
    for row in rows:
        before.append(row)
        if not isinstance(row, Unreadable):
            return chain(before, rows), row
        if len(before) > MOST_BEFORE_THE_FIRST:
            raise DataError(f"{path}: none of its first {MOST_BEFORE_THE_FIRST:,} rows can be read: {row.error}")
    return iter(before), None


def answered(
    windows: Iterator[Window], answer: Callable[[Iterator[list[str]]], Iterator[Answers]]
) -> Iterator[tuple[Window, Answers]]:
    """Each window with what `answer` makes of its texts; it takes all windows at once, so that it can read ahead."""
    ahead: deque[Window] = deque()

    def texts() -> Iterator[list[str]]:
        for window in windows:
            ahead.append(window)
            yield window.texts

    for found in answer(texts()):
        yield ahead.popleft(), found


def added_names(columns: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Names of the columns that predictions add: label, probability and probability_CLASS, all with the prefix
    `predicted_` where the table has one of them already."""
    names = [LABEL, PROBABILITY, *(f"{PROBABILITY}_{name}" for name in classes)]
    prefix = ""
    while {prefix + name for name in names} & set(columns):
        prefix += "predicted_"
    return [prefix + name for name in names]


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)
