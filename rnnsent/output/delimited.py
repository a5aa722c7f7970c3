"""Format values as rows of CSV and TSV, and as JSON. Knows values, not predictions.

`CellWriter` is lossless: a reader of the dialect gets the original values back. `FormulaSafeCellWriter` changes cells that
a spreadsheet would run as formulas (owasp.org/www-community/attacks/CSV_Injection).
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from numbers import Number
from typing import Any

from rnnsent.data.dialect import Dialect
from rnnsent.errors import DataError

PROBABILITY_DIGITS = 4
BYTE_ORDER_MARK = "\ufeff"
QUOTE = '"'

# Spreadsheets take a cell that begins with one of these for a formula, or end the cell at it.
FORMULA_START = re.compile("^(?=[=+\\-@\t\r\n])")
FORMULA_START_AFTER_BREAK = re.compile("(?:^|(?<=[\t\r\n]))(?=[=+\\-@\t\r\n])")
SURROGATE = re.compile("[\ud800-\udfff]")
MAX_QUOTED_LENGTH = 40  # characters of a value in an error


class CellWriter:
    """Formats rows of cells in a dialect without changing their values."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        breaks = re.escape(dialect.delimiter) + "\r\n"
        self._separators = re.compile(f"[{breaks}]")
        special = f"{QUOTE}{re.escape(dialect.escape or '')}"
        self._special = re.compile(f"^{BYTE_ORDER_MARK}|[{breaks}{special}]")
        self._special_in_row = re.compile(f"[{BYTE_ORDER_MARK}\r\n{special}]")

    def row(self, values: Sequence[object]) -> str:
        """Format one row. Raises DataError for a value that a dialect without quotes cannot represent."""
        cells = [*map(self.cell, values)]
        row = self.dialect.delimiter.join(map(str, cells))
        if not self.is_plain(row, len(cells)):
            row = self.dialect.delimiter.join(map(self._format, cells))
        return row + self.dialect.line_end

    def tsv_line(self, values: Sequence[object], end: str) -> str:
        """Format one line of TSV without quotes. Tabs in the last value are kept; `end` within a value becomes a space."""
        return "\t".join(self.raw(str(value)) for value in values).replace(end, " ") + end

    def cell(self, value: Any) -> object:
        """Convert a value for a cell: lists, objects and booleans to JSON, bytes to text as UTF-8."""
        if value is None:
            return ""
        if isinstance(value, (str, float)):
            return value
        if isinstance(value, bytes):
            return to_text(value)
        if isinstance(value, (bool, list, tuple, dict)):
            return json_text(value)
        return value

    def raw(self, value: str) -> str:
        """Convert a value that is written without quotes."""
        return value

    def is_plain(self, row: str, n_cells: int) -> bool:
        """Whether a row without quotes, as most are, is already what a reader splits into these cells."""
        return (
            self.dialect.quoting == "minimal"
            and row.count(self.dialect.delimiter) == n_cells - 1
            and self._special_in_row.search(row) is None
        )

    def needs_quotes(self, cell: object, text: str) -> bool:
        """Whether a cell, of which `text` is written, is written in quotes."""
        if self.dialect.quoting == "none":
            if self._separators.search(text):
                shown = text if len(text) <= MAX_QUOTED_LENGTH else text[: MAX_QUOTED_LENGTH - 1] + "…"
                raise DataError(
                    f"{shown!r} has a delimiter or a line break, and the cells of this table are never in quotes; "
                    "write another format, for example with --format jsonl"
                )
            return False
        return self.dialect.quoting == "all" or self._special.search(text) is not None

    def _format(self, cell: object) -> str:
        text = str(cell)
        return self._quote(text) if self.needs_quotes(cell, text) else text

    def _quote(self, text: str) -> str:
        escape = self.dialect.escape
        if escape:
            text = text.replace(escape, escape + escape)
        return QUOTE + text.replace(QUOTE, (escape or QUOTE) + QUOTE) + QUOTE


class FormulaSafeCellWriter(CellWriter):
    """Formats rows whose cells no spreadsheet runs as formulas.

    An apostrophe is put before a cell that would begin a formula. Every text cell is quoted, with its quotes doubled, in
    any dialect: a spreadsheet knows no other way, and one with another delimiter would split the cell into cells that do.
    """

    def __init__(self, dialect: Dialect) -> None:
        quoting = "minimal" if dialect.quoting == "none" else dialect.quoting
        super().__init__(replace(dialect, quoting=quoting, escape=None))

    def cell(self, value: Any) -> object:
        """Convert a value as `CellWriter.cell` does, and escape a formula; numbers are never formulas."""
        value = super().cell(value)
        return value if isinstance(value, Number) else FORMULA_START.sub("'", str(value))

    def raw(self, value: str) -> str:
        """Escape formulas at the start of a value and after each tab or line break in it."""
        return FORMULA_START_AFTER_BREAK.sub("'", value)

    def is_plain(self, row: str, n_cells: int) -> bool:
        return False

    def needs_quotes(self, cell: object, text: str) -> bool:
        return not isinstance(cell, Number) or super().needs_quotes(cell, text)


def json_text(values: Any) -> str:
    """Format JSON on one line. A lone surrogate, which UTF-8 cannot encode, becomes a JSON escape; NaN is null."""
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, default=to_text)
    except ValueError:
        text = json.dumps(_replace_nan(values), ensure_ascii=False, default=to_text)
    return SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def format_probability(probability: float | None) -> str:
    """Format a probability with PROBABILITY_DIGITS decimals; the empty string for None."""
    return "" if probability is None else f"{probability:.{PROBABILITY_DIGITS}f}"


def to_text(value: Any) -> str:
    """Convert what a Parquet file can contain but JSON cannot: bytes, dates, decimal numbers."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _replace_nan(value: Any) -> Any:
    """The value with None in place of each number that JSON lacks: NaN and infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_replace_nan(item) for item in value]
    if isinstance(value, dict):
        return {name: _replace_nan(item) for name, item in value.items()}
    return value
