"""Parquet: the record's own columns with their types, then label, probability and the probability of each class."""

from contextlib import suppress
from types import TracebackType
from typing import Any

import pyarrow.parquet

from rnnsent.data.arrow import to_array
from rnnsent.output.columns import Layout, number_records
from rnnsent.output.terminal import Output
from rnnsent.output.writer import Writer, WriterOptions
from rnnsent.prediction import PredictedBatch

ROW_GROUP = 65_536  # rows; batches can be as small as one line of a slow pipe


class ParquetWriter(Writer):
    """Raises DataError if the values of a column have no common type."""

    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        super().__init__(output, layout, options)
        own = layout.schema()
        self._added = options.added.names(own.names)
        n_numbers = len(self._added) - 1 - bool(options.added.n_words)
        kinds = [pyarrow.string(), *[pyarrow.float64()] * n_numbers, *[pyarrow.string()] * bool(options.added.n_words)]
        self._schema = pyarrow.schema([*own, *map(pyarrow.field, self._added, kinds)])
        self._file = pyarrow.parquet.ParquetWriter(output.binary, self._schema)
        self._rows: list[dict[str, Any]] = []  # of the row group that is not full yet

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_row_group()
            self._file.close()
        else:  # closing writes the footer of a file that is thrown away
            with suppress(Exception):
                self._file.close()

    def write(self, batch: PredictedBatch) -> None:
        for record in number_records(batch, self._n_records + 1):
            for line in self._layout.lines(record):
                added = self._options.added.cells(line)
                self._rows.append({**line.cells, **dict(zip(self._added, added, strict=True))})
        self._n_records += len(batch.predictions)
        if len(self._rows) >= ROW_GROUP:
            self._write_row_group()

    def _write_row_group(self) -> None:
        columns = [
            to_array([row.get(field.name) for row in self._rows], field.name, self._layout.source, field.type)
            for field in self._schema
        ]
        self._file.write_table(pyarrow.Table.from_arrays(columns, schema=self._schema))
        self._rows.clear()
