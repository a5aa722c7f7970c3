"""CSV with a header: the record's own columns, then label, probability and the probability of each class."""

from rnnsent.output.columns import Record, late_column, prediction_cells, prediction_columns
from rnnsent.output.writer import LineWriter


class CsvWriter(LineWriter):
    delimiter = ","

    def write_header(self) -> None:
        columns = self._layout.columns
        self._write_line([*columns, *prediction_columns(columns, self._options.classes)])

    def write_record(self, record: Record) -> None:
        """Raises DataError for a column that the header lacks."""
        columns = self._layout.columns
        for cells, prediction in self._layout.lines(record):
            if late := cells.keys() - set(columns):
                raise late_column(self._layout, record, min(late), "so the header lacks it; use --format jsonl")
            own = [cells.get(name) for name in columns]
            self._write_line([*own, *prediction_cells(prediction, len(self._options.classes))])

    def _write_line(self, values: list[object]) -> None:
        self._output.write(self._options.cells.csv_line(values, delimiter=self.delimiter))
