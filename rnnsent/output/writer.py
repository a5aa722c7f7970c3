"""What every output format shares: a writer takes batches of predictions and writes them to an output."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rnnsent.output.columns import Layout, Record, number_records
from rnnsent.output.delimited import CellWriter
from rnnsent.output.terminal import Output
from rnnsent.prediction import PredictedBatch


@dataclass(frozen=True)
class WriterOptions:
    """What a format may need to know beside the layout."""

    classes: Sequence[str]
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
    """A text format of one or more lines per record."""

    _has_header = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.write_footer()

    def write(self, batch: PredictedBatch) -> None:
        """Write a batch and flush it, so that slow input is answered at once."""
        if not self._has_header:  # the columns of JSON Lines are known once the first batch is read
            self.write_header()
            self._has_header = True
        for record in number_records(batch, self._n_records + 1):
            self.write_record(record)
        self._n_records += len(batch.predictions)
        self._output.flush()

    def write_header(self) -> None:
        """Write what precedes the first record."""

    @abstractmethod
    def write_record(self, record: Record) -> None: ...

    def write_footer(self) -> None:
        """Write what follows the last record, unless an error or a signal ended the output."""
