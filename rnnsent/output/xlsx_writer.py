"""Excel workbooks of one sheet, by the library XlsxWriter. Text stays text: it becomes no formula, link or number.

The rows are in temporary files until the workbook is complete, not in memory.
"""

import datetime
import math
import re
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from rnnsent.errors import DataError
from rnnsent.output.columns import Layout, flatten, number_records
from rnnsent.output.compression import DiscardableStream
from rnnsent.output.delimited import json_text, to_text
from rnnsent.output.terminal import Output
from rnnsent.output.writer import Writer, WriterOptions
from rnnsent.prediction import PredictedBatch

MAX_ROWS, MAX_COLUMNS, MAX_CELL_LENGTH = 1_048_576, 16_384, 32_767  # of a sheet, and UTF-16 units of a cell
MAX_EXACT_INTEGER = 10**15  # a cell's number has 15 digits
MIN_YEAR = 1901  # Excel counts days from 1900, which it takes for a leap year
REMEDY = "write another format, for example .csv or .parquet"
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # XlsxWriter escapes other control characters
WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
CREATED = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)  # the same in every workbook, so that equal ones are equal


class TextWorksheet(Worksheet):  # type: ignore[misc]  # untyped
    """A sheet without rich strings: XlsxWriter would copy a text of the form <r>...</r> into the file as XML."""

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, True, attributes)


class XlsxWriter(Writer):
    """Raises DataError for what a sheet cannot hold: too many rows or columns, or too long a text."""

    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        super().__init__(output, layout, options)
        self._folder = tempfile.TemporaryDirectory(prefix="rnnsent-")
        self._stream = DiscardableStream(output.binary)
        self._workbook = Workbook(self._stream, {**WORKBOOK_OPTIONS, "tmpdir": self._folder.name})
        self._workbook.set_properties({"created": CREATED})
        self._sheet = self._workbook.add_worksheet(worksheet_class=TextWorksheet)
        self._date = self._workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._datetime = self._workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._columns: Sequence[str] = ()
        self._n_rows = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._workbook.close()
        except FileCreateError as failure:
            raise failure.args[0] from None  # an OSError
        finally:
            self._stream.is_discarded = True
            self._sheet._opt_close()
            self._folder.cleanup()

    def write(self, batch: PredictedBatch) -> None:
        if not self._n_rows:  # the columns of JSON are known once the first batch is read
            self._columns = self._layout.columns
            self._write_row([*self._columns, *self._options.added.names(self._columns)])
        for record in number_records(batch, self._n_records + 1):
            for cells in flatten(self._layout, record, self._columns, self._options.added):
                self._write_row(cells)
        self._n_records += len(batch.predictions)

    def _write_row(self, values: Sequence[Any]) -> None:
        if self._n_rows == MAX_ROWS:
            raise DataError(f"{self._layout.source}: a workbook has at most {MAX_ROWS:,} rows; {REMEDY}")
        if len(values) > MAX_COLUMNS:
            raise DataError(f"{self._layout.source}: a workbook has at most {MAX_COLUMNS:,} columns; {REMEDY}")
        for column, value in enumerate(values):
            self._write_cell(column, value)
        self._n_rows += 1

    def _write_cell(self, column: int, value: Any) -> None:
        """Write a value as what it is, if Excel has it, and otherwise as text; null and NaN are empty cells."""
        row = self._n_rows
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        elif isinstance(value, (int, float, Decimal)) and -MAX_EXACT_INTEGER <= value <= MAX_EXACT_INTEGER:
            self._sheet.write_number(row, column, float(value))
        elif isinstance(value, datetime.date):
            self._write_date(column, value)
        else:
            self._write_text(column, json_text(value) if isinstance(value, (list, tuple, dict)) else to_text(value))

    def _write_date(self, column: int, value: datetime.date) -> None:
        """Write a date, with its time if it has one. Excel has no time zones."""
        has_time = isinstance(value, datetime.datetime)
        if value.year < MIN_YEAR or (isinstance(value, datetime.datetime) and value.tzinfo is not None):
            self._write_text(column, str(value))
        else:
            self._sheet.write_datetime(self._n_rows, column, value, self._datetime if has_time else self._date)

    def _write_text(self, column: int, text: str) -> None:
        text = NOT_XML.sub("\ufffd", text)
        length = len(text.encode("utf-16-le")) // 2
        if length > MAX_CELL_LENGTH:
            name = self._columns[column] if column < len(self._columns) else "a prediction's column"
            raise DataError(
                f"{self._layout.source}: row {self._n_rows} has {length:,} characters in {name!r}, and a cell of a "
                f"workbook at most {MAX_CELL_LENGTH:,}; {REMEDY}"
            )
        if text:
            self._sheet.write_string(self._n_rows, column, text)
