"""What a dialect makes of the first lines of a delimited file. Knows neither options nor headers; reads no file."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from rnnsent.data.column_names import is_known_name
from rnnsent.data.dialect import Quoting

NO_DELIMITER = "\x1f"  # of a table with one column, where a comma is text
SPACE_BEFORE_QUOTE = re.compile(r'[,;\t|] +"')
LINE_BREAK = re.compile(r"\r\n|\r|\n")
QUOTED = re.compile(r'".*"', re.DOTALL)
QUOTED_AFTER_SPACE = re.compile(r' +".*"', re.DOTALL)
NEEDS_QUOTES = re.compile(r'[",;\t\r\n]')
BACKSLASH_BEFORE_QUOTE = re.compile(r'.*\\".*', re.DOTALL)
BACKSLASH_BEFORE_BREAK = re.compile(r"\\[\n\t]")
MAX_ROWS = 200
MIN_ROWS = 3


@dataclass(frozen=True)
class Candidate:
    """A dialect to read lines with.

    Attributes:
        delimiter: None for a table of one column.
        skips_space: whether blanks after a delimiter belong to no cell, so that a quote may follow them.
    """

    delimiter: str | None
    quoting: Quoting
    escape: str | None = None
    skips_space: bool = False

    def csv_options(self) -> dict[str, Any]:
        """The options of the `csv` module."""
        options: dict[str, Any] = {"delimiter": self.delimiter or NO_DELIMITER, "skipinitialspace": self.skips_space}
        if self.quoting == "none":
            options["quoting"] = csv.QUOTE_NONE
        if self.escape:
            options |= {"doublequote": False, "escapechar": self.escape}
        return options

    def can_read(self, row: str) -> bool:
        """Whether a row that the `csv` module has read is well-formed: with an escape, the module accepts anything after
        the quote that closes a cell."""
        return self.escape is None or self.quoting == "none" or _match_escaped(self.delimiter or NO_DELIMITER)(row)


@cache
def _match_escaped(delimiter: str) -> Callable[[str], bool]:
    """Whether a row has cells in quotes, in which a backslash stands before each quote, and others, which begin with none."""
    quoted = r'"(?:[^"\\]|\\.)*"'
    unquoted = rf'(?:[^"\\{re.escape(delimiter)}\r\n]|\\.)(?:[^\\{re.escape(delimiter)}\r\n]|\\.)*'
    cell = f"(?:{quoted}|{unquoted}|)"
    pattern = re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*[\r\n]*", re.DOTALL)
    return lambda row: pattern.fullmatch(row) is not None


@dataclass(frozen=True)
class ParsedSample:
    """The rows that a candidate makes of the lines.

    Attributes:
        rows: the cells, None if they do not parse, and the number of lines.
        width: the number of cells of most lines.
        consistency: the fraction of the lines in rows of this width.
    """

    candidate: Candidate
    rows: list[tuple[list[str] | None, int]]
    width: int
    consistency: float

    @property
    def has_known_names(self) -> bool:
        return any(cells and any(map(is_known_name, cells)) for cells, _ in self.rows[:5])

    @property
    def splits_sentences(self) -> bool:
        """Whether most cells but the first of each row begin with a blank, as those of sentences with commas do."""
        later = [cell for cells, _ in self.rows for cell in (cells or ())[1:] if cell.strip()]
        return sum(cell[0].isspace() for cell in later) > len(later) / 2

    @property
    def first_row(self) -> list[str]:
        """The first row with a cell that is not blank."""
        return next((cells for cells, _ in self.rows if cells and any(map(str.strip, cells))), [])

    @property
    def n_unreadable(self) -> int:
        return sum(cells is None for cells, _ in self.rows)

    def is_as_consistent(self, other: "ParsedSample") -> bool:
        """Whether as many lines are in rows of the usual width, and all rows parse that do with the other candidate."""
        return self.consistency >= other.consistency and self.n_unreadable <= other.n_unreadable

    def rank(self) -> tuple[float, ...]:
        """Larger for a better candidate."""
        candidate = self.candidate
        return (
            round(self.consistency, 2),
            self.has_known_names,
            not self.splits_sentences,
            self.width if len(self.rows) < MIN_ROWS else 0,  # a few lines are consistent with most delimiters
            candidate.quoting != "none",
            candidate.escape is None,
            not candidate.skips_space,
        )


def propose_dialects(text: str, delimiter: str | None) -> Iterator[Candidate]:
    """The candidates for a text and a delimiter, the most usual first."""
    yield Candidate(delimiter, "minimal")
    if '\\"' in text:
        yield Candidate(delimiter, "minimal", "\\")
    if delimiter and SPACE_BEFORE_QUOTE.search(text):
        yield Candidate(delimiter, "minimal", skips_space=True)
    if '"' in text and delimiter not in (",", ";"):
        yield Candidate(delimiter, "none")
    if delimiter == "\t" and BACKSLASH_BEFORE_BREAK.search(text):
        yield Candidate(delimiter, "none", "\\")


def parse_sample(lines: Sequence[str], candidate: Candidate) -> ParsedSample:
    rows = list(_parse_rows(lines, candidate))
    filled = [(cells, n_lines) for cells, n_lines in rows if cells and not _is_blank_or_comment(cells)]
    widths = {
        width: sum(n_lines for cells, n_lines in filled if _has_width(cells, width))
        for width in {len(cells) for cells, _ in filled}
    }
    width = max(widths, key=lambda value: (widths[value], value), default=1)
    n_lines = sum(count for cells, count in rows if cells is None or not _is_blank_or_comment(cells))
    delimiter = candidate.delimiter
    if delimiter and candidate.quoting != "none" and all(_is_quoted(line, delimiter) for line in lines if line.strip()):
        candidate = replace(candidate, quoting="all")
    return ParsedSample(candidate, rows, width, widths.get(width, 0) / n_lines if n_lines else 0.0)


def _is_blank_or_comment(cells: Sequence[str]) -> bool:
    return not any(map(str.strip, cells)) or (len(cells) == 1 and cells[0].lstrip().startswith("#"))


def _has_width(cells: Sequence[str], width: int) -> bool:
    """Whether a row has so many cells; more of them may be blank beside two others."""
    return len(cells) == width or (len(cells) > width > 1 and not any(map(str.strip, cells[width:])))


def drop_wrong_quoting(parsed: Sequence[ParsedSample]) -> list[ParsedSample]:
    """The candidates of one delimiter without those that take quotes for what they are not.

    Quotes are ordinary characters if some cells of a column are in quotes without need and others are not in quotes. They
    are not if more cells are in quotes than rows fail to parse with them. A blank before a quoted cell is not part of it,
    and neither is a backslash before a quote if all rows parse without it.
    """
    literal = [item for item in parsed if item.candidate.quoting == "none"]
    quoted = [item for item in parsed if item.candidate.quoting != "none"]
    is_quoted = any(map(_has_quoted_row, literal))
    best = max((item.consistency for item in literal), default=0.0)
    swallows = any(_swallows_rows(item, is_doubtful=item.consistency > best) for item in quoted)
    if not is_quoted and (swallows or any(map(_has_literal_quotes, literal))):
        return literal
    if any(_count_cells(item, QUOTED_AFTER_SPACE) for item in quoted if not item.candidate.skips_space):
        quoted = [item for item in quoted if item.candidate.skips_space] or quoted
    if any(_count_cells(item, BACKSLASH_BEFORE_QUOTE) for item in quoted if not item.candidate.escape):
        quoted = [
            item for item in quoted if item.candidate.escape and all(map(item.is_as_consistent, quoted))
        ] or quoted
    n_unreadable = min((item.n_unreadable for item in quoted), default=0)
    return quoted + [item for item in literal if item.candidate.escape or _count_cells(item, QUOTED) < n_unreadable]


def _parse_rows(lines: Sequence[str], candidate: Candidate) -> Iterator[tuple[list[str] | None, int]]:
    """The cells of each row and its number of lines. A row that does not parse is its first line."""
    start = end = 0

    def read() -> Iterator[str]:
        nonlocal end
        while end < len(lines):
            end += 1
            yield lines[end - 1]

    reader = csv.reader(read(), strict=True, **candidate.csv_options())
    while start < len(lines) and start < MAX_ROWS * 4:
        cells: list[str] | None
        try:
            cells = next(reader, [])
        except csv.Error:
            cells = None
        if cells is None or (cells and not candidate.can_read("".join(lines[start:end]))):
            cells, end = None, start + 1
            reader = csv.reader(read(), strict=True, **candidate.csv_options())
        yield cells, end - start
        start = end


def _is_quoted(line: str, delimiter: str) -> bool:
    """Whether a line begins and ends with a quote, and quotes stand at its delimiters, as if every cell is quoted."""
    line = line.strip("\r\n")
    return line.startswith('"') and line.endswith('"') and f'"{delimiter}"' in line


def _has_quoted_row(parsed: ParsedSample) -> bool:
    """Whether all cells of a row are quoted; then the quotes are not part of the text, since a class or a number has none."""
    return any(len(cells) > 1 and all(map(QUOTED.fullmatch, cells)) for cells, _ in parsed.rows if cells)


def _has_literal_quotes(parsed: ParsedSample) -> bool:
    """Whether quotes in TSV are ordinary characters: some cells of a column are in quotes without need, as no spreadsheet
    writes them, and others are not in quotes. `parsed` has the cells with their quotes."""
    if parsed.candidate.delimiter != "\t":
        return False
    rows = [cells for cells, _ in parsed.rows if cells]
    whole = [cells[: parsed.width] for cells in rows[1:] if _has_width(cells, parsed.width)]
    for column in zip(*whole, strict=True):
        in_quotes = [cell[1:-1] for cell in column if QUOTED.fullmatch(cell) and not cell.endswith('\\"')]
        if any(NEEDS_QUOTES.search(cell) is None for cell in in_quotes) and any(
            cell and '"' not in (cell[0], cell[-1]) for cell in column
        ):
            return True
    return False


def _swallows_rows(parsed: ParsedSample, *, is_doubtful: bool) -> bool:
    """Whether a cell of TSV has line breaks and tabs, and most lines of its row have all cells: an unclosed quote has
    swallowed rows.

    Args:
        is_doubtful: whether other lines do not have all cells, so that two lines may have a tab each by chance.
    """
    if parsed.candidate.delimiter != "\t" or parsed.width < 2:
        return False
    for cells, _ in parsed.rows:
        if not any("\t" in cell and LINE_BREAK.search(cell) for cell in cells or ()):
            continue
        lines = [line for line in LINE_BREAK.split("\t".join(cells or ())) if line.strip()]
        n_whole = sum(line.count("\t") >= parsed.width - 1 for line in lines)
        is_clear = len(lines) > 2 or (len(lines) == 2 and (parsed.width > 2 or not is_doubtful))
        if is_clear and n_whole > len(lines) / 2:
            return True
    return False


def _count_cells(parsed: ParsedSample, pattern: re.Pattern[str]) -> int:
    return sum(pattern.fullmatch(cell) is not None for cells, _ in parsed.rows for cell in cells or ())
