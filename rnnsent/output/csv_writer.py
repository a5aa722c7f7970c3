"""CSV: the record's own columns, then label, probability, the probability of each class, and what else was asked for. A table keeps its dialect."""

from collections.abc import Sequence

from rnnsent.output.columns import Record, flatten
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
            self._write_row([*header, *self._options.added.names(self._columns)])

    def write_record(self, record: Record) -> None:
        """Raises DataError for a column that the header lacks."""
        for cells in flatten(self._layout, record, self._columns, self._options.added):
            self._write_row(cells)

    def _write_row(self, values: Sequence[object]) -> None:
        self.add(self._options.cells.row(values))
