"""Compressed output, by the suffix of a file. Knows bytes, not formats.

gzip, bzip2 and xz with the standard library, zstd with pyarrow. The same records give the same bytes: nothing depends on
the time or on how the input arrived.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, cast

from rnnsent.errors import RnnsentError
from rnnsent.output.terminal import Output

GZIP_LEVEL = 6  # that of the command gzip


@contextmanager
def open_compressed(output: Output, suffix: str | None) -> Iterator[Output]:
    """Compress what is written into an output; None does not. After an error, the compressed data stay incomplete.

    Raises:
        RnnsentError: a library is not installed.
    """
    if suffix is None:
        yield output
        return
    target = DiscardableStream(output.binary)
    compressed = _CompressedOutput(COMPRESSORS[suffix](cast(BinaryIO, target)), output.name)
    try:
        yield compressed
        compressed.finish()
    except BaseException:
        target.is_discarded = True
        with suppress(Exception):
            compressed.binary.close()
        raise


class _CompressedOutput(Output):
    """An output that is flushed at its end only: earlier flushes would cost size, and differ from run to run."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        super().__init__(stream, name=name)

    def flush(self) -> None:
        return None

    def finish(self) -> None:
        with self.protect():
            self.binary.close()


class DiscardableStream:
    """What a library writes a file to, from begin to end, and neither flushes nor closes.

    Once it is discarded, it swallows everything: libraries finish a file when they are destroyed, even after an error.
    """

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.is_discarded = False

    def write(self, data: Any) -> int:
        return len(data) if self.is_discarded else self._stream.write(data)

    def flush(self) -> None:
        return None

    def close(self) -> None:
        return None


def _open_gzip(stream: BinaryIO) -> Any:
    import gzip

    return gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=stream, mtime=0)


def _open_bzip2(stream: BinaryIO) -> Any:
    import bz2

    return bz2.BZ2File(stream, "wb")


def _open_xz(stream: BinaryIO) -> Any:
    import lzma

    return lzma.LZMAFile(stream, "wb")


def _open_zstd(stream: BinaryIO) -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise RnnsentError(
            "zstd output needs pyarrow, which is not installed: pip install pyarrow; or write .gz"
        ) from None
    return pyarrow.CompressedOutputStream(pyarrow.PythonFile(stream, mode="w"), "zstd")


COMPRESSORS: dict[str, Callable[[BinaryIO], Any]] = {
    ".gz": _open_gzip,
    ".bz2": _open_bzip2,
    ".xz": _open_xz,
    ".zst": _open_zstd,
}
COMPRESSION_SUFFIXES = tuple(COMPRESSORS)
