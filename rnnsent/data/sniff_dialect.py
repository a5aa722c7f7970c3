"""How a delimited file is written, from its first lines: delimiter, quoting, what stands above the header. Reads no file.

Every candidate parses the lines; the one wins with which most lines belong to rows of one width. A spreadsheet's `sep=;` line
decides the delimiter at once.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from rnnsent.data.column_names import is_known_name
from rnnsent.data.dialect import Quoting
from rnnsent.data.header import MAX_CATEGORIES, find_layout, is_value
from rnnsent.data.read_options import ReadOptions

DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"  # of a table with one column, where a comma is text
SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
MAX_ROWS = 200
MIN_CONSISTENT = 0.5  # fraction of lines in rows of the usual width, below which a file is not delimited


@dataclass(frozen=True)
class ColumnValues:
    """What a column of numbers or of few categories has in the first rows; no categories for numbers."""

    categories: frozenset[str]

    def accepts(self, cell: str) -> bool:
        return cell in self.categories if self.categories else is_value(cell)


@dataclass(frozen=True)
class Sniffed:
    """What the first lines say.

    Attributes:
        delimiter: None for a table of one column.
        n_lines_before: lines above the header, or above the first row, a `sep=` line included.
        has_header: None if it cannot be told.
        width: the usual number of cells.
        first_row: the cells of the header, or of the first row.
        column_values: what the cells of each column have in common; None for free text.
    """

    delimiter: str | None
    quoting: Quoting
    escape: str | None
    n_lines_before: int
    n_skipped_lines: int
    has_header: bool | None
    width: int
    first_row: list[str]
    column_values: tuple[ColumnValues | None, ...]

    def csv_options(self) -> dict[str, Any]:
        return _csv_options(self.delimiter or NO_DELIMITER, self.quoting, self.escape)

    def swallows_rows(self, lines: Sequence[str]) -> bool:
        """Whether a row of several lines is rather an unclosed quote and whole rows below it.

        That is so if each line by itself has all cells, with the numbers and categories where the other rows have them.
        """
        if len(lines) < 2 or self.quoting == "none" or not any(self.column_values):
            return False
        options = _csv_options(self.delimiter or NO_DELIMITER, "none", None)
        for cells in csv.reader(lines, **options):
            if len(cells) != self.width:
                return False
            for cell, values in zip(cells, self.column_values, strict=False):
                if values is not None and not values.accepts(cell.strip(' "')):
                    return False
        return True


@dataclass(frozen=True)
class _Parsed:
    """The rows that a candidate makes of the lines."""

    delimiter: str | None
    quoting: Quoting
    escape: str | None
    rows: list[tuple[list[str] | None, int]]  # the cells, None if they do not parse, and the number of lines
    width: int
    consistency: float

    @property
    def has_known_names(self) -> bool:
        return any(cells and any(map(is_known_name, cells)) for cells, _ in self.rows[:5])


def sniff_dialect(lines: Sequence[str], options: ReadOptions, *, is_tsv: bool = False) -> Sniffed | None:
    """The dialect of a file that begins with these lines; None if they are blank.

    Args:
        is_tsv: whether the name says that tabs separate the cells.
    """
    n_before = 0
    delimiter = options.delimiter
    for index, line in enumerate(lines[:3]):
        if match := SEP_LINE.fullmatch(line):
            delimiter, n_before = delimiter or match[1], index + 1
    body = lines[n_before:]
    if not any(line.strip() for line in body):
        return None
    parsed = _choose(body, delimiter, is_tsv=is_tsv)
    rows = [cells or [] for cells, _ in parsed.rows]
    layout = find_layout(rows, has_header=options.header)
    n_skipped = sum(n_lines for _, n_lines in parsed.rows[: layout.n_preamble])
    return Sniffed(
        parsed.delimiter,
        parsed.quoting,
        parsed.escape,
        n_before + n_skipped,
        sum(n_lines for cells, n_lines in parsed.rows[: layout.n_preamble] if cells and any(map(str.strip, cells))),
        layout.has_header,
        parsed.width,
        rows[layout.n_preamble] if layout.n_preamble < len(rows) else [],
        _describe_columns([row for row in rows[layout.n_preamble + 1 :] if len(row) == parsed.width], parsed.width),
    )


def _choose(lines: Sequence[str], delimiter: str | None, *, is_tsv: bool) -> _Parsed:
    """The candidate with the most consistent rows; of equal ones the first."""
    text = "".join(lines)
    delimiters = (delimiter,) if delimiter else (("\t", *DELIMITERS) if is_tsv else DELIMITERS)
    quotings = list(_candidate_quotings(text))
    candidates = [
        _parse_sample(lines, delimiter, quoting, escape)
        for delimiter, (quoting, escape) in product(delimiters, quotings)
        if delimiter in text
    ]
    wide = [parsed for parsed in candidates if parsed.width > 1]
    literal = {parsed.delimiter for parsed in wide if parsed.quoting == "none" and _has_literal_quotes(parsed)}
    wide = [parsed for parsed in wide if parsed.delimiter not in literal or parsed.quoting == "none"]
    best = max(wide, key=_rank, default=None)
    if best and (delimiter or best.consistency >= MIN_CONSISTENT):
        return best
    single = [_parse_sample(lines, None, quoting, escape) for quoting, escape in quotings]
    return max(single, key=_rank)


def _describe_columns(rows: Sequence[list[str]], width: int) -> tuple[ColumnValues | None, ...]:
    described: list[ColumnValues | None] = []
    for index in range(width):
        cells = [row[index].strip() for row in rows]
        categories = frozenset(cells)
        if cells and all(map(is_value, cells)):
            described.append(ColumnValues(frozenset()))
        elif len(categories) <= min(MAX_CATEGORIES, len(cells) / 2):
            described.append(ColumnValues(categories))
        else:
            described.append(None)
    return tuple(described)


def _rank(parsed: _Parsed) -> tuple[float, ...]:
    return (round(parsed.consistency, 2), parsed.has_known_names, parsed.quoting != "none", parsed.escape is None)


def _candidate_quotings(text: str) -> Iterator[tuple[Quoting, str | None]]:
    yield "minimal", None
    if '\\"' in text:
        yield "minimal", "\\"
    if '"' in text:
        yield "none", None


def _parse_sample(lines: Sequence[str], delimiter: str | None, quoting: Quoting, escape: str | None) -> _Parsed:
    options = _csv_options(delimiter or NO_DELIMITER, quoting, escape)
    rows = list(_parse_rows(lines, options))
    widths = Counter[int]()
    for cells, n_lines in rows:
        if cells and any(map(str.strip, cells)):
            widths[len(cells)] += n_lines
    width = max(widths, key=lambda value: (widths[value], value), default=1)
    n_lines = sum(count for cells, count in rows if cells is None or any(map(str.strip, cells)))
    consistent = widths[width]
    if (
        delimiter is not None
        and quoting != "none"
        and all(_is_quoted(line, delimiter) for line in lines if line.strip())
    ):
        quoting = "all"
    return _Parsed(delimiter, quoting, escape, rows, width, consistent / n_lines if n_lines else 0.0)


def _parse_rows(lines: Sequence[str], options: dict[str, Any]) -> Iterator[tuple[list[str] | None, int]]:
    """The cells of each row and its number of lines. A row that does not parse is its first line."""
    start = 0
    while start < len(lines) and start < MAX_ROWS * 4:
        n_read = 0

        def read() -> Iterator[str]:
            nonlocal n_read
            for line in lines[start:]:  # noqa: B023 - consumed before start changes
                n_read += 1
                yield line

        cells: list[str] | None
        try:
            cells = next(csv.reader(read(), strict=True, **options), [])
        except csv.Error:
            cells, n_read = None, 1
        yield cells, max(n_read, 1)
        start += max(n_read, 1)


def _is_quoted(line: str, delimiter: str) -> bool:
    """Whether a line begins and ends with a quote, and quotes stand at its delimiters, as if every cell is quoted."""
    line = line.strip("\r\n")
    return line.startswith('"') and line.endswith('"') and f'"{delimiter}"' in line


def _has_literal_quotes(parsed: _Parsed) -> bool:
    """Whether quotes in a TSV file are ordinary characters: some cells of a column are in quotes without need, and others
    are not in quotes at all. `parsed` has the cells with their quotes."""
    if parsed.delimiter != "\t":
        return False
    rows = [cells for cells, _ in parsed.rows[1:] if cells and len(cells) == parsed.width]
    for column in zip(*rows, strict=True):
        in_quotes = [cell for cell in column if len(cell) > 1 and cell[0] == cell[-1] == '"']
        if any('""' not in cell[1:-1] for cell in in_quotes) and any(cell and cell[0] != '"' for cell in column):
            return True
    return False


def _csv_options(delimiter: str, quoting: Quoting, escape: str | None) -> dict[str, Any]:
    if quoting == "none":
        return {"delimiter": delimiter, "quoting": csv.QUOTE_NONE}
    if escape:
        return {"delimiter": delimiter, "doublequote": False, "escapechar": escape}
    return {"delimiter": delimiter}
