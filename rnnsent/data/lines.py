"""Lines of a file that can be pushed back, for a parser of rows that may span several lines. Knows no format."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO


class PushbackLines:
    """The lines of a file, and which of them belong to the current row."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._pushed_back: deque[str] = deque()
        self._row: list[str] = []
        self._n_read = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._pushed_back.popleft() if self._pushed_back else next(self._file)
        self._row.append(line)
        self._n_read += 1
        return line

    def peek(self) -> str:
        """The first line, which stays unread; empty for an empty file."""
        line = next(self, "")
        self.push_back(keep=0)
        return line

    def start_row(self) -> None:
        self._row.clear()

    @property
    def row_number(self) -> int:
        """The number, from 1, of the line on which the current row starts."""
        return self._n_read - len(self._row) + 1

    def push_back(self, *, keep: int = 1) -> None:
        """Push back the lines of the current row except for the first `keep`."""
        self._pushed_back.extendleft(reversed(self._row[keep:]))
        self._n_read -= len(self._row[keep:])
        del self._row[keep:]
