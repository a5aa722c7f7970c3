"""Workbooks (.xlsx, .xls, .xlsb, .ods) as rows, by the library python-calamine. The first sheet with cells is the table."""

import datetime
import logging
from collections.abc import Iterator, Sequence
from typing import IO, Any

from rnnsent.data.header import find_layout
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.rows import Row, Table
from rnnsent.data.table_columns import check_header, log_skipped, read_columns
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
SAMPLE_ROWS = 200


def read_excel(file: IO[bytes], name: str, options: ReadOptions) -> Table:
    """A table from a workbook.

    Raises:
        DataError: the library is not installed, or the file is not a workbook or has no cells.
        SettingsError: it is unclear whether the first row names the columns.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ModuleNotFoundError:
        raise DataError(
            f"{name} is a workbook, which needs an extra: pip install 'rnnsent[excel]'; or save it as CSV"
        ) from None
    try:
        with file:
            workbook = CalamineWorkbook.from_filelike(file)
            sheets = {sheet: workbook.get_sheet_by_name(sheet).to_python() for sheet in workbook.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{name} is not a workbook that can be read ({_first_line(error)}); save it as CSV") from None
    filled = {sheet: rows for sheet, rows in sheets.items() if any(_is_filled(row) for row in rows)}
    if not filled:
        raise DataError(f"{name} is empty; its first row must name the columns")
    sheet, cells = next(iter(filled.items()))
    if len(filled) > 1:
        LOG.warning("%s: only the sheet %r is read, not %s", name, sheet, ", ".join(map(repr, list(filled)[1:])))
    rows = [[_to_value(cell) for cell in row] for row in cells]
    texts = [list(map(_to_text, row)) for row in rows[:SAMPLE_ROWS]]
    layout = find_layout(texts, has_header=options.header)
    first_row = texts[layout.n_preamble] if layout.n_preamble < len(texts) else []
    has_header = check_header(layout.has_header, first_row, name)
    log_skipped(sum(map(_is_filled, rows[: layout.n_preamble])), "row", "above the first one", name)
    body = rows[layout.n_preamble :]
    while body and not _is_filled(body[-1]):
        body.pop()
    columns = read_columns(first_row if has_header else None, len(body[0]), name)
    if has_header:
        body = body[1 + layout.n_below :]
    return Table(name, "xlsx", columns, _to_rows(body, columns), is_cell=True, has_header=has_header)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _to_rows(rows: Sequence[Sequence[Any]], columns: tuple[str, ...]) -> Iterator[Row]:
    for row in rows:
        yield dict(zip(columns, row, strict=False))


def _to_value(cell: Any) -> Any:
    """The cell as JSON and other formats can represent it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return cell


def _to_text(value: Any) -> str:
    return "" if value is None else str(value)


def _is_filled(row: Sequence[Any]) -> bool:
    return any(_to_text(cell).strip() for cell in row)
