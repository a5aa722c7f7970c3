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
    """An input of predict, chosen once by `rnnsent.data.inputs.open_reader`.

    Attributes:
        name: for messages.
        reads_terminal: whether a person is about to type the texts.
        n_unreadable: rows of a table that could not be read so far.
        first_unreadable: the first of these.
        n_without_text: rows of a table whose text was missing so far.
    """

    @property
    def name(self) -> str: ...

    @property
    def reads_terminal(self) -> bool: ...

    @property
    def n_unreadable(self) -> int: ...

    @property
    def first_unreadable(self) -> UnreadableRow | None: ...

    @property
    def n_without_text(self) -> int: ...

    @property
    def fraction_read(self) -> float | None:
        """How much of the input has been read; None if that is unknown."""
        ...

    def batches(self) -> Iterator[RecordBatch | Pause]:
        """The records in order; PAUSE when no more input is available yet."""
        ...


class LineInput:
    """What all inputs have in common whose records are not rows of a table."""

    name = "the input"
    n_unreadable = n_without_text = 0
    first_unreadable: UnreadableRow | None = None

    @property
    def fraction_read(self) -> float | None:
        return None


@dataclass(frozen=True)
class TextReader(LineInput):
    """Texts from the command line."""

    texts: Sequence[str]
    reads_terminal = False

    def batches(self) -> Iterator[RecordBatch | Pause]:
        yield RecordBatch(self.texts)


def read_texts(batches: Iterable[RecordBatch | Pause]) -> Iterator[str]:
    """The texts of a stream of batches."""
    for batch in batches:
        if not isinstance(batch, Pause):
            yield from batch.texts
