"""Lines of a file that can be given back, for a reader of rows that may span several. Knows no format."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO


class Lines:
    """The lines of a file, and which of them the row in hand has taken."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._last = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        self._row.append(line)
        self._last += 1
        return line

    def first(self) -> str:
        """The first line, which is read again."""
        line = next(self, "")
        self.give_back(0)
        return line

    def begin_row(self) -> None:
        self._row.clear()

    @property
    def number(self) -> int:
        """Of the line that the row begins on, from 1."""
        return self._last - len(self._row) + 1

    def give_back(self, kept: int = 1) -> None:
        """Read the row's lines again later, but for so many of them."""
        self._again.extendleft(reversed(self._row[kept:]))
        self._last -= len(self._row[kept:])
        del self._row[kept:]
