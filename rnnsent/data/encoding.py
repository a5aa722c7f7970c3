"""Bytes of any encoding -> UTF-8, as they arrive. Knows neither lines nor tables.

The encoding is that of --encoding; else that of a byte-order mark; else UTF-16 if the bytes look like it; else UTF-8 if the
first bytes outside ASCII are; else it is guessed from them. What is not text at all is refused.
"""

import codecs
import io
import logging
import time
from collections.abc import Callable, Iterator
from itertools import chain

from rnnsent.data.byte_input import MAX_PAUSE_SECONDS, MAX_SAMPLE_SECONDS, ByteInput
from rnnsent.data.compression import Chunks
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
# Longer marks first: that of UTF-32 begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be", codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
HEAD_BYTES = 1 << 16  # looked at for UTF-16 and for what is not text
MAX_NULLS, MAX_NULL_FRACTION = 16, 0.1  # NUL bytes in a text that is not UTF-16
SAMPLE_BYTES = 1 << 18  # of which an encoding is guessed, from the first byte that is not ASCII


class Utf8Input:
    """An input as UTF-8.

    Attributes:
        encoding: the codec; `utf-8` until bytes outside ASCII say otherwise.
        has_mark: whether the input begins with a byte-order mark.
    """

    def __init__(
        self, source: ByteInput, encoding: str | None = None, *, may_be_binary: bool = False, has_lines: bool = True
    ) -> None:
        """Args:
            may_be_binary: accept input that looks like no text, or like UTF-16 without a byte-order mark.
            has_lines: whether there is nothing to do before a whole line has arrived.

        Raises:
            DataError: the input is not text.
        """
        self.name = source.name
        if encoding == "utf-8-sig":
            encoding = "utf-8"
        self._source, self._chosen = source, encoding
        head = source.head(HEAD_BYTES, needs_line=has_lines)
        mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
        self.has_mark = bool(mark) and encoding in (None, "utf-16", "utf-32", MARKS[mark])
        self._mark = mark if self.has_mark else b""
        self.encoding = MARKS[mark] if self.has_mark else (encoding or "utf-8")
        if not self.has_mark and encoding is None and not may_be_binary:
            self.encoding = self._inspect(head) or "utf-8"

    def _inspect(self, head: bytes) -> str | None:
        """UTF-16 if the bytes look like it. Raises DataError if they look like no text."""
        if b"\0" not in head and not _has_controls(head) and not head.startswith(b"%PDF-"):
            return None
        from rnnsent.data.recognize_binary import looks_binary, looks_like_utf16

        if encoding := looks_like_utf16(head):
            LOG.info("%s: read as %s, by its bytes; --encoding overrides it", self.name, encoding)
            return encoding
        if kind := looks_binary(head):
            raise DataError(f"{self.name} is {kind}, not text; convert it to CSV, JSON Lines or plain text")
        if head.count(0) > max(MAX_NULLS, MAX_NULL_FRACTION * len(head)):
            raise DataError(f"{self.name} seems to be UTF-16; say so with --encoding utf-16-le or utf-16-be")
        return None

    def chunks(self) -> Chunks:
        """The content as UTF-8 without a byte-order mark. Bytes that are not valid in the encoding are not valid here."""
        chunks = self._source.chunks()
        if self._mark:
            chunks = _drop(chunks, len(self._mark))
        if self.encoding == "utf-8":
            yield from self._check_utf8(chunks)
        else:
            yield from _transcode(chunks, self.encoding, self.name)

    def _check_utf8(self, chunks: Chunks) -> Chunks:
        """Pass UTF-8 on; at the first bytes outside ASCII, decide whether it is that."""
        for chunk in chunks:
            if chunk is None or chunk.isascii():
                yield chunk
                continue
            if self._chosen is None and not self.has_mark and not _starts_as_utf8(chunk):
                sample = [chunk, *_take(chunks, SAMPLE_BYTES, self._source.wait)]
                yield from self._guess(sample, chunks)
            else:
                yield chunk
            break
        yield from chunks

    def _guess(self, sample: list[bytes | None], chunks: Chunks) -> Chunks:
        from rnnsent.data.guess_encoding import guess_encoding

        encoding = guess_encoding(b"".join(chunk for chunk in sample if chunk))
        if encoding is None:  # damaged UTF-8, or undetermined; the reader reports its rows
            yield from sample
            return
        LOG.info("%s: read as %s, since it is not UTF-8; --encoding overrides it", self.name, encoding)
        self.encoding = encoding
        yield from _transcode(chain(sample, chunks), encoding, self.name)


def _has_controls(head: bytes) -> bool:
    """Whether there are control characters that text rarely has."""
    return bool(head.translate(None, _TEXT_BYTES))


_TEXT_BYTES = bytes([7, 8, 9, 10, 11, 12, 13, 0x1A, 0x1B, *range(0x20, 0x7F), *range(0x80, 0x100)])


def _starts_as_utf8(chunk: bytes) -> bool:
    """Whether the chunk is UTF-8, up to a character cut at its end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _transcode(chunks: Chunks, encoding: str, name: str) -> Chunks:
    """UTF-8 in which bytes that the encoding does not define stay invalid, so that the reader reports their row."""
    errors = "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        for chunk in chunks:
            content = chunk if chunk is None else decoder.decode(chunk).encode("utf-8", errors)
            if content != b"":  # a chunk may end within its first character, and an empty one would be the end
                yield content
        yield decoder.decode(b"", final=True).encode("utf-8", errors)
    except UnicodeError as error:
        reason = getattr(error, "reason", str(error))
        raise DataError(f"{name} is not {encoding}: {reason}; give its encoding with --encoding") from None


def _take(chunks: Chunks, size: int, wait: Callable[[float], bool]) -> Iterator[bytes | None]:
    """The next chunks, up to a size, or until the input pauses for long."""
    n_bytes = 0
    deadline = time.monotonic() + MAX_SAMPLE_SECONDS
    while n_bytes < size:
        chunk = next(chunks, b"")
        if chunk == b"":
            return
        yield chunk
        if chunk is None and not wait(min(MAX_PAUSE_SECONDS, max(deadline - time.monotonic(), 0))):
            return
        n_bytes += len(chunk or b"")


def _drop(chunks: Chunks, size: int) -> Chunks:
    """The chunks without the first `size` bytes."""
    for chunk in chunks:
        if chunk is None or not size:
            yield chunk
            continue
        dropped, size = chunk[:size], max(size - len(chunk), 0)
        yield chunk[len(dropped) :]


def read_document(source: ByteInput, encoding: str | None = None) -> str:
    """A whole input as one text. Raises DataError if it is not text, or if its encoding is unclear."""
    chunks = Utf8Input(source, encoding).chunks()
    try:
        return b"".join(chunk for chunk in chunks if chunk).decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{source.name} is not UTF-8; give its encoding with --encoding") from None


def head_lines(source: ByteInput, encoding: str | None = None) -> list[str]:
    """The first lines of an input, with their ends; the last one may be incomplete. They end at LF, CR and CRLF."""
    return list(io.StringIO(decode_head(source, encoding), newline=""))


def decode_head(source: ByteInput, encoding: str | None = None) -> str:
    """The first characters of an input, which stays unread, for a look at its format: those of a legacy encoding may be
    wrong."""
    head = source.head(HEAD_BYTES, needs_line=True)
    mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
    if mark:
        return _decode_prefix(head[len(mark) :], MARKS[mark])
    if encoding is None and b"\0" in head:
        from rnnsent.data.recognize_binary import looks_like_utf16

        encoding = looks_like_utf16(head)
    return _decode_prefix(head, encoding or "utf-8")


def _decode_prefix(head: bytes, encoding: str) -> str:
    """The text without a character that is cut at the end."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)
