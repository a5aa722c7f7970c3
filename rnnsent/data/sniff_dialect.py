"""How a delimited file is written, from its first lines: delimiter, quoting, lines above the header. Reads no file.

Every candidate parses the lines; the one wins with which most lines belong to rows of one width. A spreadsheet's `sep=;` line
decides the delimiter at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rnnsent.data.column_names import TEXT_TIERS, is_known_name, tier_of
from rnnsent.data.header import MAX_CATEGORIES, find_layout, is_value, names_columns
from rnnsent.data.parse_sample import Candidate, ParsedSample, drop_wrong_quoting, parse_sample, propose_dialects
from rnnsent.data.read_options import ReadOptions

DELIMITERS = (",", ";", "\t", "|")
SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
MIN_CONSISTENT = 0.5  # fraction of lines in rows of the usual width, below which a file is not delimited
MIN_SENTENCES = 0.7  # the same if the cells begin with blanks, as after a comma in a sentence
UNUSUAL_DELIMITER = re.compile(r"(?<=\S)(?: {2,}|\t{2,}|[^\w\s\"',;|.()?-]+|[\x00-\x08\x0e-\x1f])(?=\S)")
MIN_UNUSUAL = 0.9  # fraction of lines in rows of the header's width, for a delimiter that few files have


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
        candidate: the dialect.
        n_lines_before: lines above the header, or above the first row, a `sep=` line included.
        n_skipped_lines: those of them that are not blank.
        n_rows_below: rows below the header that describe the columns.
        has_header: None if it cannot be inferred.
        has_row_names: whether rows begin with a cell that the header lacks.
        width: the usual number of cells.
        first_row: the cells of the header, or of the first row.
        column_values: what the cells of each column have in common; None for free text.
        problem: why the table cannot be read, and what to do.
    """

    candidate: Candidate
    n_lines_before: int
    n_skipped_lines: int
    n_rows_below: int
    has_header: bool | None
    has_row_names: bool
    width: int
    first_row: list[str]
    column_values: tuple[ColumnValues | None, ...]
    problem: str = ""

    @property
    def delimiter(self) -> str | None:
        """None for a table of one column."""
        return self.candidate.delimiter

    def swallows_rows(self, lines: Sequence[str]) -> bool:
        """Whether a row of several lines is rather an unclosed quote and whole rows below it.

        That is so if each line alone has all cells, with the numbers and categories where the other rows have them.
        """
        if len(lines) < 2 or self.candidate.quoting == "none" or not any(self.column_values):
            return False
        for line in lines:
            cells = _split(line, self.delimiter)
            if len(cells) != self.width:
                return False
            for cell, values in zip(cells, self.column_values, strict=False):
                if values is not None and not values.accepts(cell.strip(' "')):
                    return False
        return True


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
    parsed, problem = _choose(body, delimiter, is_tsv=is_tsv)
    starts = accumulate((n_lines for _, n_lines in parsed.rows), initial=0)
    rows = [
        _split(body[start], parsed.candidate.delimiter) if cells is None else cells
        for start, (cells, _) in zip(starts, parsed.rows, strict=False)
    ]
    layout = find_layout(rows, has_header=options.header)
    below = rows[layout.n_preamble + 1 + layout.n_below :]
    above = parsed.rows[: layout.n_preamble]
    return Sniffed(
        candidate=parsed.candidate,
        n_lines_before=n_before + sum(n_lines for _, n_lines in above),
        n_skipped_lines=sum(n_lines for cells, n_lines in above if cells and any(map(str.strip, cells))),
        n_rows_below=layout.n_below,
        has_header=layout.has_header,
        has_row_names=layout.has_row_names,
        width=parsed.width,
        first_row=rows[layout.n_preamble] if layout.n_preamble < len(rows) else [],
        column_values=_describe_columns([row for row in below if len(row) == parsed.width], parsed.width),
        problem=problem,
    )


def _split(line: str, delimiter: str | None) -> list[str]:
    """The cells of a line in which quotes are ordinary characters."""
    line = line.rstrip("\r\n")
    return line.split(delimiter) if delimiter else [line]


def _choose(lines: Sequence[str], delimiter: str | None, *, is_tsv: bool) -> tuple[ParsedSample, str]:
    """The candidate with the most consistent rows, of equal ones the first; and why the lines cannot be read with it."""
    delimiters = (delimiter,) if delimiter else (("\t", *DELIMITERS) if is_tsv else DELIMITERS)
    candidates = _parse_all(lines, delimiters)
    wide = [parsed for parsed in candidates if parsed.width > 1 or delimiter]
    best = max(wide, key=ParsedSample.rank, default=None)
    if delimiter and best:
        return best, ""
    is_delimited = best is not None and best.consistency >= (MIN_SENTENCES if best.splits_sentences else MIN_CONSISTENT)
    is_clear = best is not None and best.has_known_names and best.consistency >= MIN_UNUSUAL
    if not delimiter and not is_clear:
        unusual, problem = _find_unusual_delimiter(lines)
        if problem or unusual:
            return max(_parse_all(lines, (unusual,)), key=ParsedSample.rank), problem
    if best and is_delimited and not _is_one_text_column(lines, best):
        return best, _describe_rivals(best, wide)
    if named := [item for item in candidates if any(cells and names_columns(cells) for cells, _ in item.rows[:5])]:
        return max(named, key=ParsedSample.rank), ""
    return max(_parse_all(lines, (None,)), key=ParsedSample.rank), ""


def _describe_rivals(best: ParsedSample, others: Sequence[ParsedSample]) -> str:
    """Why the delimiter is unclear, if another one divides one or two lines as well; otherwise nothing."""
    chosen = best.candidate.delimiter
    rivals = [item.candidate.delimiter for item in others if item.rank() == best.rank()]
    if len(best.rows) > 2 or best.has_known_names or {*rivals} == {chosen}:
        return ""
    return f"it is unclear whether {' or '.join(map(repr, dict.fromkeys(rivals)))} divides its cells"


def _parse_all(lines: Sequence[str], delimiters: Sequence[str | None]) -> list[ParsedSample]:
    text = "".join(lines)
    parsed: list[ParsedSample] = []
    for delimiter in dict.fromkeys(delimiters):
        if delimiter is None or delimiter in text:
            candidates = propose_dialects(text, delimiter)
            parsed += drop_wrong_quoting([parse_sample(lines, candidate) for candidate in candidates])
    return parsed


def _is_one_text_column(lines: Sequence[str], best: ParsedSample) -> bool:
    """Whether the first line names a column of texts, and the delimiter occurs in the texts below it."""
    first = next(line for line in lines if line.strip()).strip(' "\r\n')
    has_header_below = any(cells and names_columns(cells) for cells, _ in best.rows[:5])
    has_one_name = tier_of(first, TEXT_TIERS) is not None and (best.candidate.delimiter or "") not in first
    return has_one_name and not has_header_below


def _find_unusual_delimiter(lines: Sequence[str]) -> tuple[str | None, str]:
    """A delimiter that few files have, if it divides the first line into names of columns and the others into as many cells;
    or why the lines cannot be read."""
    filled = [line.rstrip("\r\n") for line in lines if line.strip()]
    for found in dict.fromkeys(UNUSUAL_DELIMITER.findall(filled[0])):
        is_repeated = found[0] in " \t" and len(found) > 1
        separator = re.compile({" ": " {2,}", "\t": "\t+"}[found[0]] if is_repeated else re.escape(found))
        names = [name.strip(' "') for name in separator.split(filled[0].strip())]
        n_alike = sum(len(separator.split(line.strip())) == len(names) for line in filled)
        if sum(map(is_known_name, names)) < 2 or n_alike < MIN_UNUSUAL * len(filled) or len(filled) < 2:
            continue
        if is_repeated:
            return (
                None,
                "its columns look aligned with blanks; export it as CSV, or as TSV with one tab between two cells",
            )
        if len(found) > 1:
            return (
                None,
                f"its columns look separated by {found!r}, which is more than one character; replace it, for example by a tab",
            )
        return found, ""
    return None, ""


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
