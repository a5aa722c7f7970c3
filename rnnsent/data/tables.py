"""A table in a file -> windows of rows and their texts, for predict. Every column and row is kept, in order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from rnnsent.data.columns import existing_column, text_column
from rnnsent.data.files import TABLES, Header, Row, open_rows

WINDOW = 2_048  # rows scored at once

Answers = TypeVar("Answers")

LABEL, PROBABILITY = "label", "probability"


@dataclass(frozen=True)
class Window:
    """Consecutive rows and the text of each; a cell with nothing in it is an empty text."""

    rows: list[Row]
    texts: list[str]


@dataclass(frozen=True)
class Table:
    """A table's columns, where the file names them before its rows, and the windows of its rows."""

    path: Path
    header: Header
    windows: Iterator[Window]


def is_table(path: Path) -> bool:
    return path.suffix.lower() in TABLES


def read_table(path: Path, column: str | None) -> Table:
    """Open a table, which may have no rows.

    Args:
        column: the column of texts; None takes the one that is plainly it.

    Raises:
        DataError: the file cannot be read, a row does not parse, or the column is not there or not clear; for a row
            and for a column that no header names, when the windows are read.
    """
    header, rows = open_rows(path)
    if column is not None and header.columns:
        existing_column(column, header.columns, str(path), "--column")
    return Table(path, header, _windows(path, rows, column))


def _windows(path: Path, rows: Iterator[Row], column: str | None) -> Iterator[Window]:
    chosen = ""
    while window := list(islice(rows, WINDOW)):
        if not chosen:
            strings = [name for name, value in window[0].items() if isinstance(value, str)]
            chosen = text_column(list(window[0]), column, str(path), strings=strings, option="--column")
        yield Window(window, [_text(row.get(chosen)) for row in window])


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
