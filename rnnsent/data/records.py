"""What predict reads: batches of records, and what every reader of them offers. Knows no format."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rnnsent.data.rows import Row, UnreadableRow
from rnnsent.parallel import Pause


@dataclass(frozen=True)
class RecordBatch:
    """Consecutive records: the text of each and, if the input is a table, its row."""

    texts: Sequence[str]
    rows: Sequence[Row | UnreadableRow] | None = None


class Reader(Protocol):
    """An input of predict, chosen once by `rnnsent.data.inputs.open_reader`."""

    def batches(self) -> Iterator[RecordBatch | Pause]:
        """The records in order; PAUSE when no more input is available yet."""
        ...


@dataclass(frozen=True)
class TextReader:
    """Texts from the command line."""

    texts: Sequence[str]

    def batches(self) -> Iterator[RecordBatch | Pause]:
        yield RecordBatch(self.texts)


def read_texts(batches: Iterable[RecordBatch | Pause]) -> Iterator[str]:
    """The texts of a stream of batches."""
    for batch in batches:
        if not isinstance(batch, Pause):
            yield from batch.texts
