"""UTF-8 as lines of text that can be looked at and pushed back, for parsers of rows. Knows no format."""

import codecs
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain

from rnnsent.data.byte_input import MAX_PAUSE_SECONDS, MAX_SAMPLE_SECONDS
from rnnsent.data.compression import Chunks

SURROGATES = re.compile("[\ud800-\udfff]")
ESCAPED_BYTES = re.compile(
    "[\udc80-\udcff]"
)  # what the error handler `surrogateescape` makes of bytes that are not UTF-8
NOT_UTF8 = "has bytes that are not UTF-8; give the encoding of the file with --encoding"  # of a row
SAMPLE_CHARS = 1 << 16


class TextLines:
    """The lines of an input, each with its end, and which of them belong to the current row.

    Attributes:
        current_row: the lines of the current row.
        line_end: the end of most lines: `\\n`, `\\r\\n`, or `\\r` if there is no line feed.
        is_damaged: whether there were bytes that are not UTF-8; they are lone surrogates in the lines.
    """

    def __init__(self, chunks: Chunks, wait: Callable[[float], bool] = lambda seconds: False) -> None:
        """Split the chunks of an input.

        Args:
            wait: waits for more input, at most so many seconds, and returns whether there is.
        """
        self._chunks, self._wait = chunks, wait
        self._lines: deque[str] = deque()  # complete lines that are not read yet
        self._rest: list[bytes] = []  # of an incomplete line
        self._is_exhausted = self._is_paused = False
        self.current_row: list[str] = []
        self._n_fetched = 0
        self._separator = b"\n"
        self.line_end, self.is_damaged = "\n", False
        self._detect_line_end()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._lines.popleft()
        except IndexError:
            line = self._wait_for_line()
        self.current_row.append(line)
        return line

    def is_damaged_in(self, line: str) -> bool:
        """Whether a line has bytes that are not UTF-8."""
        return self.is_damaged and ESCAPED_BYTES.search(line) is not None

    def _wait_for_line(self) -> str:
        while not self._lines:
            if self._is_exhausted:
                raise StopIteration
            self._fetch()
        return self._lines.popleft()

    def sample(self) -> list[str]:
        """The first lines, which stay unread: all that arrive before the input pauses for long, up to SAMPLE_CHARS."""
        deadline = time.monotonic() + MAX_SAMPLE_SECONDS
        while not self._is_exhausted and sum(map(len, self._lines)) < SAMPLE_CHARS:
            if self._lines and self._is_paused:
                is_cut = len(self._lines) < 2 or sum(line.count('"') for line in self._lines) % 2 == 1
                rest = max(deadline - time.monotonic(), 0)
                if not self._wait(rest if is_cut else min(rest, MAX_PAUSE_SECONDS)):
                    break
            self._fetch()
        return list(self._lines)

    @property
    def is_complete(self) -> bool:
        """Whether the lines that are not read yet are all there is."""
        return self._is_exhausted

    def is_waiting(self) -> bool:
        """Whether the input has paused and no complete line is left."""
        while not self._lines and not self._is_exhausted:
            if self._is_paused:
                return True
            self._fetch()
        return False

    def skip(self, count: int) -> None:
        for _ in range(count):
            next(self)
        self.start_row()

    @property
    def n_read(self) -> int:
        """The number of lines read."""
        return self._n_fetched - len(self._lines)

    def start_row(self) -> None:
        self.current_row.clear()

    @property
    def row_number(self) -> int:
        """The number, from 1, of the line on which the current row starts."""
        return self.n_read - len(self.current_row) + 1

    def push_back(self, *, keep: int = 1) -> None:
        """Push back the lines of the current row except for the first `keep`."""
        self._lines.extendleft(reversed(self.current_row[keep:]))
        del self.current_row[keep:]

    def _fetch(self) -> None:
        """Read one chunk, or note that the input pauses or ends."""
        chunk = next(self._chunks, b"")
        self._is_paused = chunk is None
        if chunk is None:
            return
        if not chunk:
            self._is_exhausted = True
            if rest := b"".join(self._rest):
                self._lines.append(self._decode(rest))
                self._n_fetched += 1
            self._rest.clear()
            return
        complete, separator, rest = chunk.rpartition(self._separator)
        if separator:
            text = self._decode(b"".join([*self._rest, complete]))
            end = separator.decode()
            lines = [line + end for line in text.split(end)]
            self._lines += lines
            self._n_fetched += len(lines)
            self._rest.clear()
        if rest:
            self._rest.append(rest)

    def _detect_line_end(self) -> None:
        """Look at the first chunks with a line end: a file of an old Mac has carriage returns only."""
        head: list[bytes] = []
        for chunk in self._chunks:
            if not chunk:
                if chunk is None and b"\r" in b"".join(head)[:-1]:  # a last one may be the first half of a CRLF
                    break
                continue
            head.append(chunk)
            if b"\n" in chunk or sum(map(len, head)) > SAMPLE_CHARS:
                break
        content = b"".join(head)
        while content.startswith(codecs.BOM_UTF8):  # a second mark, of a program that adds one whenever it saves
            content = content.removeprefix(codecs.BOM_UTF8)
        if b"\n" not in content and b"\r" in content.removesuffix(b"\r"):
            self._separator, self.line_end = b"\r", "\r"
        elif content.count(b"\r\n") * 2 > content.count(b"\n"):
            self.line_end = "\r\n"
        self._chunks = chain([content] if content else [], self._chunks)

    def _decode(self, data: bytes) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.is_damaged = True
            return data.decode("utf-8", "surrogateescape")
