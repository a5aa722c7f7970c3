"""Format values as lines of CSV, TSV and JSON. Knows values, not predictions.

`CellWriter` is lossless: a reader gets the original values back. `FormulaSafeCellWriter` changes cells that a
spreadsheet would run as formulas (owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from numbers import Number
from typing import Any

PROBABILITY_DIGITS = 4

# Spreadsheets take a cell that begins with one of these for a formula, or end the cell at it.
FORMULA_START = re.compile("^(?=[=+\\-@\t\r\n])")
FORMULA_START_AFTER_BREAK = re.compile("(?:^|(?<=[\t\r\n]))(?=[=+\\-@\t\r\n])")
SURROGATE = re.compile("[\ud800-\udfff]")


class CellWriter:
    """Formats rows of cells without changing their values."""

    quoting: Any = csv.QUOTE_MINIMAL

    def csv_line(self, values: Sequence[object], delimiter: str = ",") -> str:
        """Format one row of CSV, ended by a newline."""
        line = io.StringIO()
        # With CRLF as its line terminator csv.writer also quotes fields with CR, which readers take for the end of a row.
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n", quoting=self.quoting).writerow(
            [self.cell(value) for value in values]
        )
        return line.getvalue().removesuffix("\r\n") + "\n"

    def tsv_line(self, values: Sequence[object], end: str) -> str:
        """Format one row of TSV without quotes. Tabs in the last value are kept; `end` within a value becomes a space."""
        return "\t".join(self.raw(str(value)) for value in values).replace(end, " ") + end

    def cell(self, value: Any) -> object:
        """Convert a value for csv.writer: lists, objects and booleans to JSON, bytes to text as UTF-8."""
        if value is None:
            return ""
        if isinstance(value, bytes):
            return _to_text(value)
        if isinstance(value, (bool, list, tuple, dict)):
            return json.dumps(value, ensure_ascii=False, default=_to_text)
        return value

    def raw(self, value: str) -> str:
        """Convert a value that is written without quotes."""
        return value


class FormulaSafeCellWriter(CellWriter):
    """Formats rows whose cells no spreadsheet runs as formulas.

    An apostrophe is put before a cell that would begin a formula. Every text cell is quoted, so that a spreadsheet
    with another delimiter does not split it into cells that do.
    """

    quoting = csv.QUOTE_NONNUMERIC

    def cell(self, value: Any) -> object:
        """Convert a value as `CellWriter.cell` does, and escape a formula; numbers are never formulas."""
        value = super().cell(value)
        return value if isinstance(value, Number) else FORMULA_START.sub("'", str(value))

    def raw(self, value: str) -> str:
        """Escape formulas at the start of a value and after each tab or line break in it."""
        return FORMULA_START_AFTER_BREAK.sub("'", value)


def json_line(values: Any) -> str:
    """Format one line of JSON. A lone surrogate, which UTF-8 cannot encode, becomes a JSON escape."""
    line = json.dumps(values, ensure_ascii=False, default=_to_text)
    return SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", line) + "\n"


def format_probability(probability: float | None) -> str:
    """Format a probability with PROBABILITY_DIGITS decimals; the empty string for None."""
    return "" if probability is None else f"{probability:.{PROBABILITY_DIGITS}f}"


def _to_text(value: Any) -> str:
    """Convert what a Parquet file can contain but JSON cannot: bytes, dates, decimal numbers."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
