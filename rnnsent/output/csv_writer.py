"""CSV: the record's own columns, then label, probability and the probability of each class. A table keeps its dialect."""

from collections.abc import Sequence

from rnnsent.output.columns import Record, flatten, prediction_columns
from rnnsent.output.delimited import BYTE_ORDER_MARK
from rnnsent.output.writer import LineWriter


class CsvWriter(LineWriter):
    _columns: Sequence[str] = ()

    def write_header(self) -> None:
        """Write the byte-order mark and the header, if the dialect has them."""
        self._columns, header = self._layout.columns, self._layout.header
        if self._options.cells.dialect.has_bom:
            self.add(BYTE_ORDER_MARK)
        if header is not None:
            self._write_row([*header, *prediction_columns(self._columns, self._options.classes)])

    def write_record(self, record: Record) -> None:
        """Raises DataError for a column that the header lacks."""
        for cells in flatten(self._layout, record, self._columns, len(self._options.classes)):
            self._write_row(cells)

    def _write_row(self, values: Sequence[object]) -> None:
        self.add(self._options.cells.row(values))
