"""Values -> the text of a line: CSV, TSV and JSON. Knows values, not predictions.

What is written reads back as what it was. `Cells` does so in every case; `SafeCells` guards what a spreadsheet would
run as a formula, which changes it (owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from numbers import Number
from typing import Any

PROBABILITY_DIGITS = 4

# A spreadsheet takes these at the beginning of a cell for a formula, or for the way to another cell.
FORMULA = re.compile("^(?=[=+\\-@\t\r\n])")
FORMULA_AFTER_A_BREAK = re.compile("(?:^|(?<=[\t\r\n]))(?=[=+\\-@\t\r\n])")
SURROGATE = re.compile("[\ud800-\udfff]")


class Cells:
    """Lines of cells as they are."""

    quoting: Any = csv.QUOTE_MINIMAL

    def csv_line(self, values: Sequence[object], delimiter: str = ",") -> str:
        line = io.StringIO()
        # With CRLF as its end the writer quotes a field that holds CR, which a reader takes for the end of a row.
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n", quoting=self.quoting).writerow(
            [self.cell(value) for value in values]
        )
        return line.getvalue().removesuffix("\r\n") + "\n"

    def tsv_line(self, values: Sequence[object], end: str) -> str:
        """Without quotes; the last value keeps its tabs, and the record's end is a blank in it."""
        return "\t".join(self.bare(str(value)) for value in values).replace(end, " ") + end

    def cell(self, value: Any) -> object:
        """A value as it stands in a quoted cell: lists, objects and truth values as JSON, bytes as UTF-8."""
        if value is None:
            return ""
        if isinstance(value, bytes):
            return _plain(value)
        if isinstance(value, (bool, list, tuple, dict)):
            return json.dumps(value, ensure_ascii=False, default=_plain)
        return value

    def bare(self, value: str) -> str:
        """A value as it stands without quotes."""
        return value


class SafeCells(Cells):
    """Lines whose cells no spreadsheet runs: an apostrophe stands before what could begin a formula, and every cell of
    text is quoted, whatever a spreadsheet parts cells at."""

    quoting = csv.QUOTE_NONNUMERIC

    def cell(self, value: Any) -> object:
        value = super().cell(value)
        return value if isinstance(value, Number) else FORMULA.sub("'", str(value))

    def bare(self, value: str) -> str:
        return FORMULA_AFTER_A_BREAK.sub("'", value)


def json_line(values: Any) -> str:
    """A lone surrogate, which UTF-8 cannot hold, is escaped as JSON has it."""
    line = json.dumps(values, ensure_ascii=False, default=_plain)
    return SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", line) + "\n"


def number(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.{PROBABILITY_DIGITS}f}"


def _plain(value: Any) -> str:
    """What a Parquet file may hold beside what JSON can: bytes, dates, decimal numbers."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
