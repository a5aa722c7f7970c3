"""A table in a file -> windows of rows and their texts, for predict. Every column and row is kept, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rnnsent.data.columns import text_column
from rnnsent.data.files import TABLES, Row, read_rows

WINDOW = 1_024  # rows scored at once

LABEL, PROBABILITY = "label", "probability"


@dataclass(frozen=True)
class Window:
    """Consecutive rows and the text of each; a cell with nothing in it is an empty text."""

    rows: list[Row]
    texts: list[str]


def is_table(path: Path) -> bool:
    return path.suffix.lower() in TABLES


def read_table(path: Path, column: str | None) -> Iterator[Window]:
    """Yield the rows of a table in windows.

    Args:
        column: the column of texts; None takes the one that is plainly it.

    Raises:
        DataError: the file cannot be read, a row does not parse, or the column is not there or not clear.
    """
    rows = read_rows(path)
    chosen = ""
    while window := list(islice(rows, WINDOW)):
        if not chosen:
            strings = [name for name, value in window[0].items() if isinstance(value, str)]
            chosen = text_column(list(window[0]), column, str(path), strings=strings, option="--column")
        yield Window(window, [_text(row.get(chosen)) for row in window])


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
