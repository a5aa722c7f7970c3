"""CSV and TSV as rows. `sniff_dialect` finds the dialect; this module reads the file with it.

A short row is filled with empty cells, as spreadsheets do. A row that does not parse is reported by its first line, and takes
no other row with it: not even if its quote is never closed.
"""

import csv
import logging
import re
from collections.abc import Iterable, Iterator

from rnnsent.data.dialect import Dialect
from rnnsent.data.lines import ESCAPED_BYTES, NOT_UTF8, TextLines
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.rows import Row, Table, UnreadableRow
from rnnsent.data.sniff_dialect import Sniffed, sniff_dialect
from rnnsent.data.table_columns import check_header, log_skipped, read_columns
from rnnsent.errors import DataError, SettingsError

LOG = logging.getLogger(__name__)
MAX_FIELD_CHARS = 1 << 26  # an unclosed quote would read the whole file into memory


def read_delimited(
    lines: TextLines, name: str, options: ReadOptions, *, is_tsv: bool = False, has_bom: bool = False
) -> Table:
    """A table from the lines of a CSV or TSV file.

    Raises:
        DataError: the file is empty, or its header cannot be read.
        SettingsError: it is unclear whether the first row names the columns.
    """
    csv.field_size_limit(MAX_FIELD_CHARS)
    sniffed = sniff_dialect(lines.sample(), options, is_tsv=is_tsv)
    if sniffed is None:
        raise DataError(f"{name} is empty; its first line must name the columns")
    if sniffed.problem:
        raise SettingsError(f"{name}: {sniffed.problem}; --delimiter overrides this")
    has_header = check_header(sniffed.has_header, sniffed.first_row, name)
    log_skipped(sniffed.n_skipped_lines, "line", "above the first row", name)
    lines.skip(sniffed.n_lines_before)
    parser = _parse_rows(lines, sniffed)
    header = _read_header(parser, sniffed, name) if has_header else None
    columns = read_columns(header, sniffed.width, name)
    candidate = sniffed.candidate
    dialect = Dialect(candidate.delimiter or ",", candidate.quoting, candidate.escape, lines.line_end, has_bom, header)
    return Table(
        name=name,
        format="tsv" if dialect.delimiter == "\t" else "csv",
        columns=columns,
        rows=_to_rows(lines, parser, columns, header, name),
        dialect=dialect,
        is_cell=True,
        is_waiting=lines.is_waiting,
        has_header=header is not None,
    )


def _read_header(parser: Iterator[list[str] | UnreadableRow], sniffed: Sniffed, name: str) -> tuple[str, ...]:
    """The cells of the header; rows below it that describe the columns are skipped.

    Raises:
        DataError: there is none, or it cannot be read.
    """
    first = next(parser, None)
    if first is None:
        raise DataError(f"{name} is empty; its first line must name the columns")
    if isinstance(first, UnreadableRow):
        raise DataError(f"{name}:{first.line}: {first.error}")
    for _ in range(sniffed.n_rows_below):
        next(parser)
    log_skipped(sniffed.n_rows_below, "line", "below the header", name)
    return ("", *first) if sniffed.has_row_names else tuple(first)


def _to_rows(
    lines: TextLines,
    parser: Iterator[list[str] | UnreadableRow],
    columns: tuple[str, ...],
    header: tuple[str, ...] | None,
    name: str,
) -> Iterator[Row | UnreadableRow]:
    width = len(columns)
    names = list(header) if header and width > 1 else []
    last_name = names[-1] if names else None
    n_repeated = 0
    for cells in parser:
        if isinstance(cells, UnreadableRow):
            yield cells
        elif len(cells) == width:
            if cells[-1] == last_name and [cells[0].lstrip("\ufeff"), *cells[1:]] == names:
                n_repeated += 1  # where files are joined
                continue
            yield dict(zip(columns, cells))  # noqa: B905 - as many, and this is where the time goes
        elif len(cells) < width:
            if len(cells) > 1 or any(map(str.strip, cells)):
                yield dict(zip(columns, [*cells, *[""] * (width - len(cells))], strict=True))
        elif not any(map(str.strip, cells[width:])):
            yield dict(zip(columns, cells[:width], strict=True))
        else:
            yield UnreadableRow(
                lines.row_number,
                f"{len(cells)} fields, but the table has {width} columns; quote a field with a delimiter in it",
            )
    if n_repeated:
        LOG.warning(
            "%s: skipped %s that repeats the header", name, "a row" if n_repeated == 1 else f"{n_repeated} times a row"
        )


def _parse_rows(lines: TextLines, sniffed: Sniffed) -> Iterator[list[str] | UnreadableRow]:
    """The cells of each row; blank lines are none. An unreadable row is its first line only."""
    candidate, row = sniffed.candidate, lines.current_row
    is_escaped = candidate.escape is not None
    source: Iterable[str] = _keep_backslashes(lines, candidate.delimiter or "") if is_escaped else lines
    reader = csv.reader(source, strict=True, **candidate.csv_options())
    while True:
        row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"{error}; double a quote inside a quoted field, and close each field's quote"
        else:
            if not cells:
                continue
            if is_escaped and not candidate.can_read("".join(row)):
                problem = "a quoted field goes on after its quote; put a backslash before a quote inside it"
            elif lines.is_damaged and ESCAPED_BYTES.search("".join(cells)):
                problem = NOT_UTF8
            elif len(row) > 1 and sniffed.swallows_rows(row):
                problem = "a quote that opens here is closed rows later; close it, or double it"
            else:
                yield cells
                continue
        number = lines.row_number
        lines.push_back()
        yield UnreadableRow(number, problem)


def _keep_backslashes(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Double the backslashes that escape nothing, as in `C:\\temp` and in the `\\N` of MySQL, since the `csv` module drops them."""
    escape = re.compile(rf"\\([\"\\\r\n{re.escape(delimiter)}])?")
    for line in lines:
        yield escape.sub(lambda match: match[0] if match[1] else r"\\", line) if "\\" in line else line
