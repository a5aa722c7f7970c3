"""Bytes of a pipe or a file -> records for predict, in windows, as they arrive. Knows lines, not predictions.

A record ends at LF (CRLF is one end) and at nothing else, or at NUL. The last one may lack its end. An input that
begins with the byte-order mark of UTF-16 is read as that.
"""

import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from rnnsent.data.encoding import as_utf8
from rnnsent.errors import DataError

CHUNK = 1 << 18  # bytes asked for at once; a pipe gives what it has
WINDOW_RECORDS = 4_096  # records scored at once, at most
WINDOW_BYTES = 1 << 23  # and their bytes, so that long records do not pile up
WINDOW_SECONDS = 0.05  # and how long a record waits for others


def read_records(descriptor: int, *, separator: bytes = b"\n", path: Path | None = None) -> Iterator[list[str]]:
    """Yield windows of records: full ones while input is at hand, what there is as soon as it pauses.

    An empty window follows where it pauses: whoever reads ahead must answer before it asks for more. A window also
    closes when it has been open for WINDOW_SECONDS, so that input which drips is answered. Bytes that are no UTF-8
    become U+FFFD; a byte-order mark at the very beginning is left out.

    Raises:
        DataError: the input is compressed; `path` names it, None is stdin.
    """
    window: list[str] = []
    size, closes = 0, 0.0
    for raw in _split(as_utf8(_chunks(descriptor), path), separator):
        if raw is None:  # the input pauses
            if window:
                yield window
                window, size = [], 0
            yield []
            continue
        if not window:
            closes = time.monotonic() + WINDOW_SECONDS
        window.append(raw.decode("utf-8", "replace"))
        size += len(raw)
        if len(window) >= WINDOW_RECORDS or size >= WINDOW_BYTES or time.monotonic() > closes:
            yield window
            window, size = [], 0
    if window:
        yield window


def read_file_records(path: Path, *, separator: bytes = b"\n") -> Iterator[list[str]]:
    """The windows of a file's records. Raises DataError where it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            yield from read_records(file.fileno(), separator=separator, path=path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def read_stdin_records(stream: TextIO | None, *, separator: bytes = b"\n") -> Iterator[list[str]]:
    """The windows of stdin's records. Raises DataError where it is closed (None) or cannot be read."""
    if stream is None:
        raise DataError("stdin is closed, so there is nothing to read for -")
    try:
        yield from read_records(stream.fileno(), separator=separator)
    except OSError as error:
        raise DataError(f"stdin: {error.strerror or error}") from None


def _chunks(descriptor: int) -> Iterator[bytes | None]:
    """What arrives, and None where no more input is at hand yet."""
    while chunk := os.read(descriptor, CHUNK):
        yield chunk
        if not select.select([descriptor], [], [], 0)[0]:
            yield None


def _split(chunks: Iterator[bytes | None], separator: bytes) -> Iterator[bytes | None]:
    """The pieces between separators; None passes through."""
    parts: list[bytes] = []  # of a record whose end has not come; joined once, so that a long one costs no more
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        head, *rest = chunk.split(separator)
        parts.append(head)
        for piece in rest:
            record = b"".join(parts)
            yield record.removesuffix(b"\r") if separator == b"\n" else record
            parts = [piece]
    if last := b"".join(parts):
        yield last
