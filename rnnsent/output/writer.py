"""What every output format shares: a writer takes batches of predictions and writes them to an output."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rnnsent.output.columns import AddedColumns, Layout, Record, number_records
from rnnsent.output.delimited import CellWriter
from rnnsent.output.terminal import Output
from rnnsent.prediction import PredictedBatch

GROUP_CHARS = 1 << 13  # characters of records that are written at once; a write for each would cost more than its text


@dataclass(frozen=True)
class WriterOptions:
    """What a format may need to know beside the layout."""

    added: AddedColumns
    cells: CellWriter
    record_end: str = "\n"


class Writer(ABC):
    """Writes predictions in one format; used as a context manager."""

    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        self._output, self._layout, self._options = output, layout, options
        self._n_records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    @abstractmethod
    def write(self, batch: PredictedBatch) -> None: ...


class LineWriter(Writer):
    """A text format of one or more lines per record, which are written in groups."""

    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        super().__init__(output, layout, options)
        self._has_header = False
        self._lines: list[str] = []
        self._n_chars = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.write_footer()
            self._write_lines()

    def write(self, batch: PredictedBatch) -> None:
        """Write a batch and flush it, so that slow input is answered at once. If a record fails, those before it are written."""
        try:
            if not self._has_header:  # the columns of JSON Lines are known once the first batch is read
                self.write_header()
                self._has_header = True
            for record in number_records(batch, self._n_records + 1):
                self.write_record(record)
        finally:
            self._write_lines()
        self._n_records += len(batch.predictions)
        self._output.flush()

    def add(self, text: str) -> None:
        """Add a piece of text to the next group, which is never split within it."""
        self._lines.append(text)
        self._n_chars += len(text)
        if self._n_chars >= GROUP_CHARS:
            self._write_lines()

    def write_header(self) -> None:
        """Add what precedes the first record."""

    @abstractmethod
    def write_record(self, record: Record) -> None:
        """Add the lines of a record."""

    def write_footer(self) -> None:
        """Add what follows the last record, unless an error or a signal ended the output."""

    def _write_lines(self) -> None:
        lines, self._lines, self._n_chars = self._lines, [], 0
        self._output.write("".join(lines))
