"""Where the rows of a table begin, and whether its first row names the columns. Knows cells, not files.

A title, comments and blank rows may precede the header; column names may be empty or repeated.
"""

import math
import operator
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
RULE = re.compile(r"[-+=:|\s]*-{2,}[-+=:|\s]*")
UNIT = re.compile(r"\[.*\]|\(.*\)")
MAX_NAME_CHARS = 60
MAX_NAME_WORDS = 5
MAX_CATEGORIES = 20
MIN_COLUMN = 20  # values that show what is usual in a column


@dataclass(frozen=True)
class Layout:
    """How the first rows of a table are to be read.

    Attributes:
        n_preamble: rows above the header, or above the first row if there is no header.
        has_header: None if it cannot be inferred.
        n_below: rows below the header that describe the columns.
        has_row_names: whether rows begin with a cell that the header lacks, as R writes them.
    """

    n_preamble: int
    has_header: bool | None
    n_below: int = 0
    has_row_names: bool = False


def find_layout(rows: Sequence[Cells], *, has_header: bool | None = None) -> Layout:
    """The layout of a table with these first rows.

    Args:
        has_header: what the user specifies; None guesses it.
    """
    n_preamble = _count_preamble(rows)
    if has_header is False:
        return Layout(_count_comments(rows), has_header)
    if n_preamble == len(rows):
        return Layout(n_preamble, has_header)
    first, below = list(rows[n_preamble]), rows[n_preamble + 1 :]
    n_below = _count_description(below)
    body = [row for row in below[n_below:] if any(map(str.strip, row))]
    has_row_names = _has_row_names(first, body)
    if has_row_names:
        first.insert(0, "")
    if has_header is None:
        has_header = True if n_below else _guess_header(first, body)
        if has_header is False and any(is_known_name(cell) for row in rows[:n_preamble] for cell in row):
            has_header = None  # a header with fewer cells than the rows
    if has_header is False:
        return Layout(_count_comments(rows), has_header)  # a row with few cells may be data
    return Layout(n_preamble, has_header, n_below, has_row_names)


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


def names_columns(row: Cells) -> bool:
    """Whether a row is clearly a header: all cells look like names, and at least two have usual ones."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return sum(map(is_known_name, cells)) > 1 and all(map(_looks_like_name, cells))


def _count_preamble(rows: Sequence[Cells]) -> int:
    """The rows above the header: blank ones, comments, and those with far fewer cells than the rest of the table."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = _mode([count for count in filled if count])
    if usual < 2:
        is_below_title = False  # whether a blank row separates it from a row without a name
        for index, (row, count) in enumerate(zip(rows[:MAX_PREAMBLE], filled, strict=False)):
            lacks_index = len(row) > 1 and not row[0].strip() and count == len(row) - 1  # as pandas writes it
            is_wider = index > 0 and len(row) > max(map(len, rows[:index]))
            if (count > 1 or lacks_index or is_wider) and any(map(is_known_name, row)):
                return index
            if is_below_title and count > 1 and count == max(filled):
                return index
            is_below_title = index > 0 and not count and not any(map(is_known_name, rows[index - 1]))
        return next((index for index, count in enumerate(filled) if count and not _is_comment(rows[index])), 0)
    first = None
    for index, (row, count) in enumerate(zip(rows[:MAX_PREAMBLE], filled, strict=False)):
        lacks_name = count == usual - 1 and len(row) >= usual  # for example that of the index of pandas
        is_named = not row[:1] or not row[0].strip() or any(map(is_known_name, row))
        is_wide = count >= max(2, math.ceil(usual * 0.6)) or (lacks_name and is_named)
        if names_columns(row):
            return index
        if is_wide and first is None and not (_is_comment(row) and count < usual):
            first = index
        if first is not None and count >= usual:
            return first
    return first or 0


def _count_comments(rows: Sequence[Cells]) -> int:
    """The blank rows and comments above the first row."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for index, (row, count) in enumerate(zip(rows, filled, strict=True)):
        if count and not (_is_comment(row) and count < max(filled)):
            return index
    return 0


def _count_description(below: Sequence[Cells]) -> int:
    """The rows below a header that describe the columns: the rule of a table in Markdown or of psql, the second row of
    SurveyMonkey, the second and third of Qualtrics, or units in brackets."""
    for index, row in enumerate(below[:3]):
        if any(cell.strip().startswith('{"ImportId"') for cell in row):
            return index + 1
    cells = [cell.strip() for cell in below[0] if cell.strip()] if below else []
    if not cells:
        return 0
    is_rule = all(RULE.fullmatch(cell) for cell in cells)
    is_survey = "Open-Ended Response" in cells or set(cells) == {"Response"}
    is_units = len(cells) > 1 and all(UNIT.fullmatch(cell) for cell in cells)
    return int(is_rule or is_survey or is_units)


def _has_row_names(first: Cells, body: Sequence[Cells]) -> bool:
    """Whether rows have one cell more than the first one, begin with increasing numbers, and do not end in a blank cell."""
    wider = [row for row in body if len(row) == len(first) + 1]
    numbers = [int(row[0]) for row in wider if row[0].isdecimal()]
    return (
        len(wider) == len(numbers) > 0.9 * len(body)
        and all(map(operator.lt, numbers, numbers[1:]))
        and all(map(str.strip, first))
        and sum(bool(row[-1].strip()) for row in wider) > len(wider) / 2
    )


def _is_comment(row: Cells) -> bool:
    return (
        bool(row) and row[0].lstrip().startswith("#") and not any(map(is_known_name, [row[0].lstrip("# "), *row[1:]]))
    )


def _guess_header(first: Cells, body: Sequence[Cells]) -> bool | None:
    """Whether the first row names the columns, by what it has and the others lack; None if that is unclear."""
    cells = [cell.strip() for cell in first]
    if not any(cells):
        return None
    if not body:
        return True if any(map(is_known_name, cells)) else None
    if _has_numbers_as_names(cells, body):
        return True
    if len(cells) > 1:  # where files are joined, a header is repeated
        body = [row for row in body if [cell.strip(" \ufeff") for cell in row] != cells]
    evidence = 0
    for index, cell in enumerate(cells):
        column = [row[index].strip() for row in body if index < len(row) and not is_missing(row[index], is_cell=True)]
        if column and not is_missing(cell, is_cell=True):
            evidence += _weigh_name(cell, column)
    # The first text of a single column may be one word, and the name of one of several a question.
    least, most = (2, -3) if len(cells) > 1 else (4, -2)
    return True if evidence >= least else False if evidence <= most else None


def _has_numbers_as_names(cells: Sequence[str], body: Sequence[Cells]) -> bool:
    """Whether the columns are called 0, 1, ... or 1, 2, ..., as pandas calls those without a name, and some have text."""
    names = cells if cells[0] else cells[1:]
    is_counted = any(names == list(map(str, range(start, start + len(names)))) for start in (0, 1))
    has_text = any(index < len(row) and len(row[index].split()) > 1 for row in body for index in range(len(cells)))
    return len(cells) > 1 and is_counted and has_text


def _weigh_name(cell: str, column: Sequence[str]) -> int:
    """How much a cell looks like the name of a column rather than like one of its values: above 0 for a name."""
    categories = Counter(column)
    has_categories = len(categories) <= min(MAX_CATEGORIES, len(column) / 2)
    if has_categories and cell.casefold() in map(str.casefold, categories):
        return -4
    if is_value(cell) or "://" in cell:
        return -2
    if is_known_name(cell):
        return 4
    if cell in categories:
        return -4
    if sum(map(is_value, column)) > 0.9 * len(column):
        return 2
    n_words = count_words(cell)
    if has_categories and len(column) > 3 and n_words > 3 * max(count_words(value) for value in column):
        return 2  # a question and its short answers
    usual_words = sorted(count_words(value) for value in column)[len(column) // 2]
    if usual_words >= 3:
        if n_words == 1:  # a short text is one word, too
            n_short = sum(count_words(value) == 1 for value in column)
            return 2 if len(column) >= MIN_COLUMN and n_short <= len(column) / 20 else int(len(column) > 3)
        if cell.endswith(("?", "？")) and sum(value.endswith(("?", "？")) for value in column) <= len(column) / 10:
            return 1  # the question of a survey
        if cell.endswith((".", "!", "?", "。", "！", "？")) or n_words > usual_words / 2 > 3:
            return -2
        words = {word.casefold() for value in column for word in value.split()}
        n_shared = sum(word.casefold() in words for word in cell.split())
        return -2 if n_shared >= n_words / 2 and n_words >= 3 else 0
    return 1 if has_categories and 1 < len(categories) <= len(column) / 4 and _looks_like_name(cell) else 0


def count_words(text: str) -> int:
    """The number of words; two East Asian characters, which no blanks divide, count as one."""
    n_wide = sum(ord(character) > 0x2E7F for character in text)
    return max(len(text.split()), n_wide // 2)


def _looks_like_name(cell: str) -> bool:
    return len(cell) <= MAX_NAME_CHARS and len(cell.split()) <= MAX_NAME_WORDS and not is_value(cell)


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date, which no column is named."""
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))


def _mode(values: Sequence[int]) -> int:
    """The most frequent value, the largest of several; 0 without values."""
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], value), default=0)
