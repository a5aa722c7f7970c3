"""Bytes of a pipe or a file -> batches of text records, as they arrive. Knows lines, not predictions.

A record ends at LF (CRLF counts as one line end) and at nothing else, or at NUL. The last one may lack its end. Input
that begins with a UTF-16 byte-order mark is decoded as UTF-16.
"""

import os
import select
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnsent.data.encoding import as_utf8
from rnnsent.data.records import RecordBatch
from rnnsent.errors import DataError
from rnnsent.parallel import PAUSE, Pause

STDIN = "-"
CHUNK_BYTES = 1 << 18  # requested per read; a pipe returns what it has
BATCH_RECORDS = 4_096  # maximum number of records per batch
BATCH_BYTES = 1 << 23  # and of bytes, so that long records do not pile up
BATCH_SECONDS = 0.05  # how long a record waits for others


@dataclass(frozen=True)
class LineReader:
    """Files of one text per line, `-` for stdin, read one after another."""

    names: Sequence[str]
    separator: bytes = b"\n"

    @property
    def reads_terminal(self) -> bool:
        """Whether a person is about to type the texts."""
        return STDIN in self.names and sys.stdin is not None and sys.stdin.isatty()

    def batches(self) -> Iterator[RecordBatch | Pause]:
        """Raises DataError if a file cannot be read, is compressed, or stdin is closed."""
        is_empty = True
        for name in self.names:
            for batch in read_stdin(self.separator) if name == STDIN else read_lines(Path(name), self.separator):
                is_empty = is_empty and isinstance(batch, Pause)
                yield batch
        if is_empty:
            yield RecordBatch([])  # so that a format with a header still writes it


def read_lines(path: Path, separator: bytes = b"\n") -> Iterator[RecordBatch | Pause]:
    """The records of a file. Raises DataError if it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            yield from read_records(file.fileno(), separator, path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def read_stdin(separator: bytes = b"\n") -> Iterator[RecordBatch | Pause]:
    """The records of stdin. Raises DataError if it is closed or cannot be read."""
    if sys.stdin is None:
        raise DataError("stdin is closed: there is nothing to read for -")
    try:
        yield from read_records(sys.stdin.fileno(), separator)
    except OSError as error:
        raise DataError(f"stdin: {error.strerror or error}") from None


def read_records(descriptor: int, separator: bytes = b"\n", path: Path | None = None) -> Iterator[RecordBatch | Pause]:
    """Yield full batches while input is available, and partial ones as soon as it pauses.

    A batch also ends when it has been open for BATCH_SECONDS, so that slow input is answered. Invalid UTF-8 becomes
    U+FFFD; a byte-order mark at the very beginning is dropped.

    Args:
        path: names the input in errors; None is stdin.

    Raises:
        DataError: the input is compressed.
    """
    texts: list[str] = []
    size, deadline = 0, 0.0
    for raw in _split(as_utf8(_read_chunks(descriptor), path), separator):
        if raw is None:  # the input pauses
            if texts:
                yield RecordBatch(texts)
                texts, size = [], 0
            yield PAUSE
            continue
        if not texts:
            deadline = time.monotonic() + BATCH_SECONDS
        texts.append(raw.decode("utf-8", "replace"))
        size += len(raw)
        if len(texts) >= BATCH_RECORDS or size >= BATCH_BYTES or time.monotonic() > deadline:
            yield RecordBatch(texts)
            texts, size = [], 0
    if texts:
        yield RecordBatch(texts)


def _read_chunks(descriptor: int) -> Iterator[bytes | None]:
    """Bytes as they arrive, and None when no more are available yet."""
    while chunk := os.read(descriptor, CHUNK_BYTES):
        yield chunk
        if not select.select([descriptor], [], [], 0)[0]:
            yield None


def _split(chunks: Iterator[bytes | None], separator: bytes) -> Iterator[bytes | None]:
    """The bytes between separators; None passes through."""
    parts: list[bytes] = []  # of an incomplete record; joined once, so that a long one stays linear
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
