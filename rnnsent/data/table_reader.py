"""A table -> batches of rows with their texts. Keeps every column and row in order; a row that cannot be read keeps its
place."""

import logging
from collections.abc import Iterator
from typing import Any

from rnnsent.config import InputFormat
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.column_values import describe_problem
from rnnsent.data.columns import SAMPLE_ROWS, find_text_columns, resolve_column
from rnnsent.data.dialect import Dialect
from rnnsent.data.fields import read_text
from rnnsent.data.open_table import open_file, open_table
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import RecordBatch
from rnnsent.data.rows import Row, UnreadableRow, describe_unreadable
from rnnsent.errors import DataError, SettingsError
from rnnsent.parallel import PAUSE, Pause

LOG = logging.getLogger(__name__)
BATCH_ROWS = 4_096
MAX_LEADING_BAD_ROWS = 100_000  # unreadable rows held in memory until the first readable one


class TableReader:
    """A table in a file or on stdin, which may have no rows.

    Attributes:
        name: of the file, for messages.
        columns: the keys of the rows. Those of JSON are known once the first batch is read: they are those of its rows.
        dialect: of CSV and TSV.

    Raises:
        DataError: the table cannot be opened, or lacks a column. While reading: a row cannot be read.
        SettingsError: the text column cannot be inferred.
    """

    reads_terminal = False

    def __init__(self, source: ByteInput, kind: InputFormat, options: ReadOptions) -> None:
        self._source, self._options = source, options
        self._table = open_table(source, kind, options)
        self.name = source.name
        self.columns = self._table.columns
        self.n_unreadable = self.n_without_text = 0
        self.first_unreadable: UnreadableRow | None = None
        if self.columns and self._table.schema is None:
            for requested in options.text_columns:
                resolve_column(requested, self.columns, self.name)

    @property
    def format(self) -> InputFormat:
        return self._table.format

    @property
    def dialect(self) -> Dialect | None:
        return self._table.dialect

    @property
    def fraction_read(self) -> float | None:
        return self._source.fraction_read

    def batches(self) -> Iterator[RecordBatch | Pause]:
        sample = self._peek()
        readable = [row for row in sample if not isinstance(row, UnreadableRow)]
        if not self.columns:
            self.columns = tuple(dict.fromkeys(name for row in readable for name in row))
        columns = self._find_text_columns(readable) if readable else ()
        has_pauses = not self._source.can_be_reopened
        batch = sample
        while len(batch) > BATCH_ROWS:
            yield self._make_batch(batch[:BATCH_ROWS], columns)
            batch = batch[BATCH_ROWS:]
        if batch and self._table.is_waiting():
            yield self._make_batch(batch, columns)
            yield PAUSE
            batch = []
        for row in self._table.rows:
            batch.append(row)
            is_waiting = has_pauses and self._table.is_waiting()
            if is_waiting or len(batch) >= BATCH_ROWS:
                yield self._make_batch(batch, columns)
                batch = []
            if is_waiting:
                yield PAUSE
        if batch or not sample:
            yield self._make_batch(batch, columns)

    def schema(self) -> Any:
        """The file's own types for Parquet, strings for CSV and TSV, and the types that fit all rows for others."""
        import pyarrow

        from rnnsent.data.arrow import infer_schema

        if self._table.schema is not None:
            return self._table.schema
        if self._table.dialect is not None or self.format == "fasttext":
            return pyarrow.schema([(name, pyarrow.string()) for name in self.columns])
        if not self._source.can_be_reopened or self._source.path is None:
            raise DataError(
                f"{self.name}: Parquet needs the types of all rows first, and a pipe can be read only once; use a file"
            )
        rows = open_file(self._source.path, self._options).rows
        return infer_schema((row for row in rows if not isinstance(row, UnreadableRow)), BATCH_ROWS, self.name)

    def _find_text_columns(self, sample: list[Row]) -> tuple[str, ...]:
        found = find_text_columns(self.columns, self._options.text_columns, self.name, sample=sample)
        for name in found if self._options.text_columns else ():
            if problem := describe_problem(name, sample):
                if any(isinstance(row.get(name), (dict, list)) for row in sample):
                    raise SettingsError(f"{self.name}: {problem}")
                LOG.warning("%s: the text column %s", self.name, problem)
        return found

    def _make_batch(self, rows: list[Row | UnreadableRow], columns: tuple[str, ...]) -> RecordBatch:
        texts = []
        is_cell = self._table.is_cell
        for index, row in enumerate(rows):
            text: str | None = ""
            if isinstance(row, UnreadableRow):
                self._reject(row)
            else:
                try:
                    text = read_text(row, columns, is_cell=is_cell)
                except DataError as error:
                    rows[index] = self._reject(UnreadableRow(0, str(error)))
                self.n_without_text += text is None
            texts.append(text or "")
        return RecordBatch(texts, rows)

    def _peek(self) -> list[Row | UnreadableRow]:
        """The first rows, which tell the columns: up to SAMPLE_ROWS, or until the input pauses."""
        sample: list[Row | UnreadableRow] = []
        n_readable = 0
        for row in self._table.rows:
            sample.append(row)
            n_readable += not isinstance(row, UnreadableRow)
            if isinstance(row, UnreadableRow) and self._options.on_error == "stop":
                return sample
            if n_readable and (len(sample) >= SAMPLE_ROWS or self._table.is_waiting()):
                return sample
            if isinstance(row, UnreadableRow) and not n_readable and len(sample) > MAX_LEADING_BAD_ROWS:
                raise DataError(
                    f"{self.name}: none of its first {MAX_LEADING_BAD_ROWS:,} rows can be read: {row.error}"
                )
        return sample

    def _reject(self, row: UnreadableRow) -> UnreadableRow:
        if self._options.on_error == "stop":
            remedy = "use --on-error skip to leave such rows without a label"
            place = describe_unreadable(self.name, row) if row.line else f"{self.name}: {row.error}"
            raise DataError(f"{place}; {remedy}")
        self.n_unreadable += 1
        self.first_unreadable = self.first_unreadable or row
        return row
