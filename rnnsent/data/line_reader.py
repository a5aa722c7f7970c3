"""Bytes of a pipe or a file -> batches of text records, as they arrive. Knows lines, not predictions.

A record ends at LF (CRLF counts as one line end) and at nothing else, or at NUL. The last one may lack its end. A file with
carriage returns only has lines too.
"""

import logging
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.compression import Chunks
from rnnsent.data.encoding import Utf8Input
from rnnsent.data.records import LineInput, RecordBatch
from rnnsent.parallel import PAUSE, Pause

LOG = logging.getLogger(__name__)
BATCH_RECORDS = 4_096  # maximum number of records per batch
BATCH_BYTES = 1 << 23  # and of bytes, so that long records do not pile up
START_BYTES = 1 << 16  # looked at for a line feed
BATCH_SECONDS = 0.05  # how long a record waits for others


@dataclass(frozen=True)
class LineReader(LineInput):
    """Inputs of one text per line, read one after another.

    Attributes:
        encoding: of the inputs; None guesses it.
        is_explicit: whether the user says that the inputs are lines, whatever they look like.
    """

    inputs: Sequence[ByteInput]
    separator: bytes = b"\n"
    encoding: str | None = None
    is_explicit: bool = False

    @property
    def reads_terminal(self) -> bool:
        """Whether a person is about to type the texts."""
        return sys.stdin is not None and sys.stdin.isatty() and any(source.path is None for source in self.inputs)

    @property
    def fraction_read(self) -> float | None:
        """Of one file; several are read one after another."""
        return self.inputs[0].fraction_read if len(self.inputs) == 1 else None

    def batches(self) -> Iterator[RecordBatch | Pause]:
        """Raises DataError if an input cannot be read, or is not text."""
        is_empty = True
        for source in self.inputs:
            for batch in read_records(source, self.separator, encoding=self.encoding, may_be_binary=self.is_explicit):
                is_empty = is_empty and isinstance(batch, Pause)
                yield batch
        if is_empty:
            yield RecordBatch([])  # so that a format with a header still writes it


def read_records(
    source: ByteInput, separator: bytes = b"\n", *, encoding: str | None = None, may_be_binary: bool = False
) -> Iterator[RecordBatch | Pause]:
    """Yield full batches while input is available, and partial ones as soon as it pauses.

    A batch also ends when it has been open for BATCH_SECONDS, so that slow input is answered. A byte-order mark at the very
    beginning is dropped. Bytes that are not UTF-8 in an input that is become U+FFFD, and a warning says so.

    Args:
        encoding: a codec; None guesses it.
        may_be_binary: read input that looks like no text as well.

    Raises:
        DataError: the input is not text, or not in the encoding.
    """
    text = Utf8Input(source, encoding, may_be_binary=may_be_binary or separator == b"\0", has_lines=separator != b"\0")
    damaged = _DamagedRecords(source.name)
    texts: list[str] = []
    n_records, size, deadline = 0, 0, 0.0
    for raw in _split(text.chunks(), separator):
        if raw is None:  # the input pauses
            if texts:
                yield RecordBatch(texts)
                n_records, texts, size = n_records + len(texts), [], 0
            yield PAUSE
            continue
        if not texts:
            deadline = time.monotonic() + BATCH_SECONDS
        try:
            texts.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(damaged.decode(raw, n_records + len(texts) + 1))
        size += len(raw)
        if len(texts) >= BATCH_RECORDS or size >= BATCH_BYTES or time.monotonic() > deadline:
            yield RecordBatch(texts)
            n_records, texts, size = n_records + len(texts), [], 0
    if texts:
        yield RecordBatch(texts)
    damaged.warn()


class _DamagedRecords:
    """Decodes records with bytes that are not UTF-8, and counts them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._n_damaged = self._first_damaged = 0

    def decode(self, raw: bytes, number: int) -> str:
        self._n_damaged += 1
        self._first_damaged = self._first_damaged or number
        return raw.decode("utf-8", "replace")

    def warn(self) -> None:
        if self._n_damaged:
            LOG.warning(
                "%s: %d record%s with bytes that are not UTF-8, the first is record %d; the bytes became U+FFFD; "
                "--encoding gives the encoding",
                self._name,
                self._n_damaged,
                "s" * (self._n_damaged > 1),
                self._first_damaged,
            )


def _split(chunks: Chunks, separator: bytes) -> Chunks:
    """The bytes between separators; None passes through."""
    parts: list[bytes] = []  # of an incomplete record; joined once, so that a long one stays linear
    if separator == b"\n":
        start, chunks = yield from _read_start(chunks)
        separator = _detect_separator(start)
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        head, *rest = chunk.split(separator)
        parts.append(head)
        for part in rest:
            record = b"".join(parts)
            yield record.removesuffix(b"\r") if separator == b"\n" else record
            parts = [part]
    if last := b"".join(parts):
        yield last


def _read_start(chunks: Chunks) -> Generator[None, None, tuple[bytes, Chunks]]:
    """The bytes up to the chunk with the first line feed, at most those that show the line ends, and all chunks.

    A pause is passed on: no record ends before a line feed, so nothing can be answered anyway.
    """
    start: list[bytes] = []
    size = 0
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        start.append(chunk)
        size += len(chunk)
        if b"\n" in chunk or size >= START_BYTES:
            break
    return b"".join(start), chain(start, chunks)


def _detect_separator(start: bytes) -> bytes:
    """A carriage return for the lines of an old Mac, which have no line feed."""
    start = start[:START_BYTES]
    return b"\r" if b"\n" not in start and start.count(b"\r") > 1 else b"\n"
