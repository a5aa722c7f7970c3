"""Where the rows of a table begin, and whether its first row names the columns. Knows cells, not files.

A title, comments and blank rows may stand above the header; columns may lack a name, or have the name of another.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rnnsent.data.column_names import is_known_name
from rnnsent.data.missing import is_missing

Cells = Sequence[str]

MAX_PREAMBLE = 20  # rows above the header
NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][+-]?\d+)?%?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2})?")
MAX_NAME_CHARS = 60
MAX_NAME_WORDS = 5
MAX_CATEGORIES = 20


@dataclass(frozen=True)
class Layout:
    """How the first rows of a table are to be read.

    Attributes:
        n_preamble: rows above the header, or above the first row if there is no header.
        has_header: None if it cannot be told.
    """

    n_preamble: int
    has_header: bool | None


def find_layout(rows: Sequence[Cells], *, has_header: bool | None = None) -> Layout:
    """The layout of a table with these first rows.

    Args:
        has_header: what the user says; None guesses it.
    """
    n_preamble = _count_preamble(rows)
    if has_header is None and n_preamble < len(rows):
        has_header = _guess_header(
            rows[n_preamble], [row for row in rows[n_preamble + 1 :] if any(map(str.strip, row))]
        )
    return Layout(n_preamble, has_header)


def name_columns(header: Cells) -> tuple[str, ...]:
    """A unique key for each column: its name, or its number for one without a name or with that of an earlier one."""
    names: list[str] = []
    for number, written in enumerate(header, start=1):
        name = written.strip() and written
        if not name:
            name = f"column_{number}"
        elif name in names:
            name = f"{name}_{number}"
        while name in names or (name != written and name in header):
            name += "_"
        names.append(name)
    return tuple(names)


def _count_preamble(rows: Sequence[Cells]) -> int:
    """The rows above the header: blank ones, comments, and those with far fewer cells than the rest of the table."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = _mode([count for count in filled if count])
    if usual < 2:
        return next((index for index, count in enumerate(filled) if count and not _is_comment(rows[index])), 0)
    for index, (row, count) in enumerate(zip(rows[:MAX_PREAMBLE], filled, strict=False)):
        if count >= max(2, math.ceil(usual * 0.6)) and not (_is_comment(row) and count < usual):
            return index
    return 0


def _is_comment(row: Cells) -> bool:
    return (
        bool(row) and row[0].lstrip().startswith("#") and not any(map(is_known_name, [row[0].lstrip("# "), *row[1:]]))
    )


def _guess_header(first: Cells, body: Sequence[Cells]) -> bool | None:
    """Whether the first row names the columns, by what it has and the others lack; None if nothing tells."""
    cells = [cell.strip() for cell in first]
    if not any(cells):
        return None
    if not body:
        is_name = [is_known_name(cell) or (len(cells) > 1 and _looks_like_name(cell)) for cell in cells if cell]
        return True if all(is_name) or any(map(is_known_name, cells)) else None
    evidence = 0
    for index, cell in enumerate(cells):
        column = [row[index].strip() for row in body if index < len(row) and not is_missing(row[index], is_cell=True)]
        if cell and column:
            evidence += _weigh_name(cell, column)
    return True if evidence >= 2 else False if evidence <= -2 else None


def _weigh_name(cell: str, column: Sequence[str]) -> int:
    """How much a cell looks like the name of a column rather than like one of its values: above 0 for a name."""
    categories = Counter(column)
    has_categories = len(categories) <= min(MAX_CATEGORIES, len(column) / 2)
    if has_categories and cell in categories:
        return -4
    if is_value(cell):
        return -2
    if is_known_name(cell):
        return 4
    if sum(map(is_value, column)) > 0.9 * len(column):
        return 2
    n_words = len(cell.split())
    usual_words = sorted(len(value.split()) for value in column)[len(column) // 2]
    if usual_words >= 3:
        if n_words == 1:
            return 2
        if cell.endswith((".", "!", "?")) or n_words > usual_words / 2 > 3:
            return -2
        words = {word.casefold() for value in column for word in value.split()}
        n_shared = sum(word.casefold() in words for word in cell.split())
        return -2 if n_shared >= n_words / 2 and n_words >= 3 else 0
    return 1 if has_categories and len(categories) > 1 and _looks_like_name(cell) else 0


def _looks_like_name(cell: str) -> bool:
    return len(cell) <= MAX_NAME_CHARS and len(cell.split()) <= MAX_NAME_WORDS and not is_value(cell)


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date, which no column is named."""
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))


def _mode(values: Sequence[int]) -> int:
    """The most frequent value, the largest of several; 0 without values."""
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], value), default=0)
