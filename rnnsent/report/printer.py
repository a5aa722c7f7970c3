"""Lines and tables for people, rendered by Rich into the width of the terminal. Text of users is never read as markup."""

import re
import shutil
import sys
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnnsent.report.terminal import Output, colored, is_terminal, visible

WIDTH_IN_A_PIPE = 120
BETWEEN, EDGES = 3, 2  # blanks between two columns, and at both ends of a line
NUMBER = re.compile(r"-|[0-9][0-9,.]*( ?%| MB| \(.*\))?")

Row = Sequence[str]


class Printer:
    """Writes to an Output in the width of the terminal that stdout is."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._screen = is_terminal(sys.stdout)
        self._width = shutil.get_terminal_size().columns if self._screen else WIDTH_IN_A_PIPE
        self._console = Console(
            no_color=not colored(), force_terminal=colored(), width=self._width, highlight=False, legacy_windows=False
        )

    def line(self, text: str) -> None:
        """A line, which a terminal gets broken between words."""
        lines = Text(visible(text)).wrap(self._console, self._width) if self._screen else [visible(text)]
        self._output.write("".join(f"{line}".rstrip(" ") + "\n" for line in lines))

    def figures(self, parts: Row) -> None:
        """Parts that belong together, as many on a line as fit."""
        line = parts[0]
        for part in parts[1:]:
            if cell_len(line) + BETWEEN + cell_len(part) > self._width:
                self.line(line)
                line = part
            else:
                line += " " * BETWEEN + part
        self.line(line)

    def fits(self, header: Row, rows: Sequence[Row]) -> bool:
        """Whether a table needs no line break within a cell."""
        return sum(max(map(cell_len, cell_lines(column))) for column in columns(header, rows)) <= self._room(
            len(header)
        )

    def table(self, header: Row, rows: Sequence[Row], *, spare: Row = ()) -> None:
        """A table whose text stands left and whose numbers stand right, cells broken between words.

        Args:
            spare: columns that give way, the first of them first, where words would have to be broken.
        """
        for name in spare:
            if sum(map(longest_word, columns(header, rows))) <= self._room(len(header)):
                break
            kept = [index for index, each in enumerate(header) if each != name]
            header, rows = [header[i] for i in kept], [[row[i] for i in kept] for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        found = columns(header, rows)
        for index, (column, width) in enumerate(zip(found, shared(found, self._room(len(header))), strict=True)):
            number = index > 0 and all(map(NUMBER.fullmatch, column[1:]))
            table.add_column(Text(column[0]), justify="right" if number else "left", overflow="fold", width=width)
        for row in rows:
            # Rich counts a blank before a word as a part of it, which would then be too long for its column.
            table.add_row(*(Text("\n".join(line.lstrip(" ") for line in cell_lines([cell]))) for cell in row))
        with self._console.capture() as captured:
            self._console.print(table)
        self._output.write("\n".join(line.rstrip() for line in captured.get().split("\n")))

    def _room(self, count: int) -> int:
        """Cells that the text of so many columns has."""
        return self._width - BETWEEN * (count - 1) - EDGES


def columns(header: Row, rows: Sequence[Row]) -> list[list[str]]:
    return [[visible(name), *(row[index] for row in rows)] for index, name in enumerate(header)]


def cell_lines(cells: Row) -> list[str]:
    """The lines of all cells, each safe for a terminal."""
    return [visible(line) for cell in cells for line in cell.split("\n")]


def longest_word(column: Row) -> int:
    return max(cell_len(word) for line in cell_lines(column) for word in line.split(" "))


def shared(found: Sequence[Row], room: int) -> list[int]:
    """A width for each column: its longest word at least, and what is left to those that miss most."""
    wanted = [max(map(cell_len, cell_lines(column))) for column in found]
    widths = list(map(longest_word, found))
    for _ in range(room - sum(widths)):
        missing = [full - width for full, width in zip(wanted, widths, strict=True)]
        if not any(missing):
            break
        widths[missing.index(max(missing))] += 1
    return widths
