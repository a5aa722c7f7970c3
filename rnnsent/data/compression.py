"""Compressed chunks of bytes -> their content, as they arrive. Knows formats of compression, not of text.

gzip, bzip2 and xz with the standard library, zstd with pyarrow.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from rnnsent.errors import DataError

MAX_CHUNK_BYTES = 1 << 18  # of content at once, whatever a compressed chunk expands to

# BZh, the size of blocks, and the beginning of a block or of the end.
BZIP2 = tuple(b"BZh%d" % size + start for size in range(1, 10) for start in (b"1AY&", b"\x17rE8"))

Chunks = Iterator[bytes | None]  # None: the input pauses


def find_decompressor(prefix: bytes) -> Callable[[Chunks, str], Chunks] | None:
    """What decompresses an input with these first bytes: a function of its chunks and its name; None if nothing does."""
    return next((function for signature, function in DECOMPRESSORS.items() if prefix.startswith(signature)), None)


def _decompress(chunks: Chunks, name: str, make: Callable[[], Any]) -> Chunks:
    """The content of one or more streams, as `cat a.gz b.gz` makes them.

    Args:
        make: returns a decompressor with the interface of `bz2.BZ2Decompressor`.

    Raises:
        DataError: the data are damaged, or end within a stream.
    """
    decompressor: Any = None
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        data = chunk
        while data or (decompressor and not decompressor.needs_input):
            if decompressor is None:
                if not data.strip(b"\0"):  # padding after the last stream
                    break
                decompressor = make()
            try:
                content = decompressor.decompress(data, MAX_CHUNK_BYTES)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise DataError(f"{name}: the compressed data are damaged: {error}") from None
            if content:
                yield content
            data = b""
            if decompressor.eof:
                data, decompressor = decompressor.unused_data, None
    if decompressor is not None:
        raise DataError(f"{name}: the compressed data end early; the file is incomplete")


class _GzipDecompressor:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _decompress_zstd(chunks: Chunks, name: str) -> Chunks:
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise DataError(f"{name} is compressed with zstd, which needs pyarrow; decompress it with zstdcat") from None
    try:
        with pyarrow.CompressedInputStream(pyarrow.PythonFile(_ChunkFile(chunks), mode="r"), "zstd") as stream:
            while content := stream.read(MAX_CHUNK_BYTES):
                yield content
    except (OSError, pyarrow.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{name}: the compressed data are damaged or end early: {reason}") from None


class _ChunkFile:
    """Chunks as a file to read once, as pyarrow needs it."""

    closed = False

    def __init__(self, chunks: Chunks) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int) -> bytes:
        while not self._rest and (chunk := next(self._chunks, b"")) != b"":
            self._rest = chunk or b""
        content, self._rest = self._rest[:size], self._rest[size:]
        return content

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return True


DECOMPRESSORS: dict[bytes, Callable[[Chunks, str], Chunks]] = {
    b"\x1f\x8b": lambda chunks, name: _decompress(chunks, name, _GzipDecompressor),
    **dict.fromkeys(BZIP2, lambda chunks, name: _decompress(chunks, name, bz2.BZ2Decompressor)),
    b"\xfd7zXZ\x00": lambda chunks, name: _decompress(chunks, name, lzma.LZMADecompressor),
    b"\x28\xb5\x2f\xfd": _decompress_zstd,
}
