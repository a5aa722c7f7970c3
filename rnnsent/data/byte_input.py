"""The bytes of a file or of stdin as they arrive, decompressed. Knows neither encodings nor tables.

Compressed inputs, and a zip archive of one file, are recognized by their first bytes, whatever the name says.
"""

import codecs
import io
import os
import re
import select
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import IO

from rnnsent.data.compression import DECOMPRESSORS, Chunks, find_decompressor
from rnnsent.data.suffixes import strip_compression
from rnnsent.errors import DataError

CHUNK_BYTES = 1 << 18  # requested per read; a pipe returns what it has
MAX_SAMPLE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 0.1  # that a sample waits for a pipe: in all, and after each piece
LINE_END = re.compile(rb"[\r\n]")
SPOOL_BYTES = 1 << 24  # a larger archive from a pipe goes to a temporary file on disk
ZIP = b"PK\x03\x04"
MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
SIGNATURES = (*DECOMPRESSORS, ZIP, *MARKS)
# Members that make a zip archive a document, and the suffix of such a document.
DOCUMENT_MEMBERS = {
    "xl/": ".xlsx", "word/": ".docx", "ppt/": ".pptx", "[Content_Types].xml": ".xlsx", "content.xml": ".ods",
}  # fmt: skip


class ByteInput:
    """An input that is read once, from its beginning.

    Attributes:
        name: shown in messages; the path, or "stdin".
        path: None for stdin.
        suffix: in lowercase, without that of a compression: `.csv` for `reviews.csv.gz`; empty for stdin.
        is_archive: whether the content is a document of several compressed parts, such as a workbook.
    """

    def __init__(self, name: str, descriptor: int, path: Path | None = None, file: IO[bytes] | None = None) -> None:
        self.name, self.path, self.is_archive = name, path, False
        self.suffix = strip_compression(name).suffix.lower() if path else ""
        self._descriptor, self._file = descriptor, file
        self._chunks: Chunks = _read_descriptor(descriptor, name, file)
        self._peeked: list[bytes | None] = []
        self._is_decompressed = False
        prefix = b"" if os.isatty(descriptor) else self._peek_signature()
        if decompress := find_decompressor(prefix):
            self._is_decompressed = True
            self._replace_chunks(decompress(self.chunks(), name))
            prefix = self._peek_signature()
        for _ in range(2):  # a workbook may be in an archive
            if prefix.startswith(ZIP) and not self.is_archive:
                self._open_zip()
                prefix = self._peek_signature()

    @classmethod
    def open(cls, path: Path) -> "ByteInput":
        """Raises DataError if the file cannot be opened, or is an archive of several files."""
        try:
            file = path.open("rb", buffering=0)
        except OSError as error:
            raise DataError(f"{path}: {error.strerror or error}") from None
        try:
            return cls(str(path), file.fileno(), path, file)
        except BaseException:
            file.close()
            raise

    @classmethod
    def stdin(cls) -> "ByteInput":
        """Raises DataError if stdin is closed, or is an archive of several files."""
        if sys.stdin is None:
            raise DataError("stdin is closed: there is nothing to read for -")
        return cls("stdin", sys.stdin.fileno())

    def close(self) -> None:
        """Close the file, if there is one and it is not closed; reading to the end does that as well."""
        if self._file:
            self._file.close()

    @property
    def fraction_read(self) -> float | None:
        """How much of a file has been read; None for a pipe, and for a file that is read by its path."""
        if self._file is None or self._file.closed or not self.can_be_reopened:
            return None
        size = os.fstat(self._descriptor).st_size
        return min(os.lseek(self._descriptor, 0, os.SEEK_CUR) / size, 1.0) if size else None

    @property
    def can_be_reopened(self) -> bool:
        """Whether the input is a regular file."""
        return self.path is not None and self.path.is_file()

    @property
    def has_paused(self) -> bool:
        """Whether more may follow what `head` returned."""
        return self._peeked[-1:] == [None]

    def wait(self, seconds: float) -> bool:
        """Wait for more of an input that has paused, at most so long; whether there is more, or the end."""
        return bool(select.select([self._descriptor], [], [], seconds)[0])

    def head(self, size: int, *, needs_line: bool = False) -> bytes:
        """The first bytes, which stay unread: `size` of them, or what a pipe delivers before it pauses.

        Args:
            needs_line: wait for a whole line.
        """
        while True:
            head = b"".join(chunk for chunk in self._peeked if chunk)
            is_enough = bool(LINE_END.search(head) if needs_line else head)
            if is_enough and b"\0" in head and self.has_paused:  # UTF-16 is recognized by more than a line
                is_enough = not self.wait(MAX_PAUSE_SECONDS)
            if (is_enough and self.has_paused) or len(head) >= size or (chunk := next(self._chunks, b"")) == b"":
                return head[:size]
            self._peeked.append(chunk)

    def chunks(self) -> Chunks:
        """The content; None when no more is available yet."""
        peeked, self._peeked = self._peeked, []
        chunks = self._chunks

        def read() -> Chunks:
            yield from peeked
            yield from chunks

        return read()

    @property
    def content_path(self) -> Path | None:
        """The path of a file with the content; None for a pipe or a compressed file."""
        return self.path if self.can_be_reopened and not self._is_decompressed else None

    def as_path_or_file(self) -> Path | IO[bytes]:
        """The content to read in any order, instead of in chunks: its path, or else a copy that the caller closes."""
        if self.content_path and self._file:
            self._file.close()
            return self.content_path
        return self.spool()

    def as_file(self) -> IO[bytes]:
        """The content as a file to read in any order, instead of in chunks; the caller closes it."""
        content = self.as_path_or_file()
        return content.open("rb") if isinstance(content, Path) else content

    def spool(self) -> IO[bytes]:
        """The whole content as a file that can be read in any order."""
        file: IO[bytes] = io.BytesIO()
        for chunk in self.chunks():
            if isinstance(file, io.BytesIO) and file.tell() > SPOOL_BYTES:
                start, file = file, tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
                file.write(start.getbuffer())
            file.write(chunk or b"")
        file.seek(0)
        return file

    def _replace_chunks(self, chunks: Chunks) -> None:
        self._chunks, self._peeked = chunks, []

    def _peek_signature(self) -> bytes:
        """The first bytes; a slow pipe is waited for only while they may be the beginning of a signature."""
        while True:
            prefix = b"".join(chunk for chunk in self._peeked if chunk)[:8]
            if prefix and not any(len(prefix) < len(known) and known.startswith(prefix) for known in SIGNATURES):
                return prefix
            chunk = next(self._chunks, b"")
            if chunk == b"":
                return prefix
            self._peeked.append(chunk)

    def _open_zip(self) -> None:
        """Continue with the only member of a zip archive, or with the archive itself if it is a document."""
        file = self.as_file()
        with ExitStack() as on_error:
            on_error.enter_context(file)
            self._open_member(file)
            on_error.pop_all()

    def _open_member(self, file: IO[bytes]) -> None:
        try:
            archive = zipfile.ZipFile(file)
            names = [name for name in archive.namelist() if not _is_hidden_member(name)]
            document = next((suffix for start, suffix in DOCUMENT_MEMBERS.items() if _has_member(names, start)), None)
            if document:
                file.seek(0)
                self.is_archive, self.suffix = True, document
                self._replace_chunks(_read_file(file, self.name, file))
                return
            if len(names) != 1:
                listed = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
                raise DataError(
                    f"{self.name} is a zip archive of {len(names)} files ({listed}); unpack it, and give one file"
                )
            self._is_decompressed = True
            self.suffix = strip_compression(names[0]).suffix.lower()
            self._replace_chunks(_read_file(archive.open(names[0]), self.name, file))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError) as error:
            raise DataError(f"{self.name}: the zip archive cannot be read: {error}") from None


def _read_descriptor(descriptor: int, name: str, file: IO[bytes] | None) -> Chunks:
    """Read to the end, and close the file that the descriptor is of; None for stdin, which stays open."""
    with file or nullcontext():
        while True:
            try:
                chunk = os.read(descriptor, CHUNK_BYTES)
            except OSError as error:
                raise DataError(f"{name}: {error.strerror or error}") from None
            if not chunk:
                return
            yield chunk
            if not select.select([descriptor], [], [], 0)[0]:
                yield None


def _read_file(file: IO[bytes], name: str, archive: IO[bytes]) -> Iterator[bytes]:
    """Read to the end, and close the file and the archive that it is in."""
    with archive, file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise DataError(f"{name}: the zip archive is damaged: {error}") from None


def _has_member(names: list[str], start: str) -> bool:
    return any(name.startswith(start) if start.endswith("/") else name == start for name in names)


def _is_hidden_member(name: str) -> bool:
    """Whether a member is a folder, or a file that an operating system added."""
    return name.endswith("/") or any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
