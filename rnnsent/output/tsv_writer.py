"""Tab-separated values. A table's rows are quoted like CSV and have a header; texts and traces are lines for pipes.

Lines for pipes have neither quotes nor a header: the record's own cells, label, probability, score and explanation if requested, and
last the text, which keeps its tabs. If records are lines, a line feed in a text becomes a space.
"""

from rnnsent.output.columns import Record
from rnnsent.output.csv_writer import CsvWriter
from rnnsent.output.delimited import format_probability


class TsvWriter(CsvWriter):
    def write_header(self) -> None:
        if self._layout.is_table:
            super().write_header()

    def write_record(self, record: Record) -> None:
        if self._layout.is_table:
            super().write_record(record)
            return
        for line in self._layout.lines(record):
            *own, text = line.cells.values()
            prediction = line.prediction
            extra = self._options.added.extra_cells(line)
            if self._options.added.weights:
                extra[0] = format_probability(extra[0])
            values = [*own, prediction.label, format_probability(prediction.probability), *extra, text]
            cells = ["" if value is None else value for value in values]
            self.add(self._options.cells.tsv_line(cells, self._options.record_end))
