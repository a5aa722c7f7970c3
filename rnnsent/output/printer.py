"""Lines and tables for people, laid out by Rich in the width of the terminal. Text is never parsed as Rich markup."""

import re
import shutil
import sys
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnnsent.output.terminal import Output, escape_controls, is_terminal, supports_color

DEFAULT_WIDTH = 120  # columns, if stdout is not a terminal
COLUMN_GAP, LINE_PADDING = 3, 2  # spaces that Rich puts between two columns, and in total at both ends of a line
NUMBER = re.compile(r"-|[0-9][0-9,.]*(%| MB| \(.*\))?")

Row = Sequence[str]


class Printer:
    """Writes lines and tables to an Output, in the width of stdout's terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._on_terminal = is_terminal(sys.stdout)
        self._width = shutil.get_terminal_size().columns if self._on_terminal else DEFAULT_WIDTH
        color = supports_color()
        self._console = Console(
            no_color=not color, force_terminal=color, width=self._width, highlight=False, legacy_windows=False
        )

    def line(self, text: str) -> None:
        """Print a line; on a terminal it is wrapped between words."""
        text = escape_controls(text)
        lines = Text(text).wrap(self._console, self._width) if self._on_terminal else [text]
        self._output.write("".join(f"{line}".rstrip(" ") + "\n" for line in lines))

    def metric_line(self, metrics: Row) -> None:
        """Print metrics side by side, with line breaks only between two metrics."""
        line = metrics[0]
        for metric in metrics[1:]:
            if cell_len(line) + COLUMN_GAP + cell_len(metric) > self._width:
                self.line(line)
                line = metric
            else:
                line += " " * COLUMN_GAP + metric
        self.line(line)

    def fits(self, header: Row, rows: Sequence[Row]) -> bool:
        """Whether a table fits the width without wrapping a cell."""
        return sum(map(max_line_width, to_columns(header, rows))) <= self._room(len(header))

    def table(self, header: Row, rows: Sequence[Row], *, droppable: Row = ()) -> None:
        """Print a table. Columns of numbers are right-aligned, others left-aligned; cells are wrapped between words.

        Args:
            droppable: columns to drop, in this order, while the table is too narrow for its longest words.
        """
        for name in droppable:
            if sum(map(max_word_width, to_columns(header, rows))) <= self._room(len(header)):
                break
            indices = [index for index, title in enumerate(header) if title != name]
            header, rows = [header[i] for i in indices], [[row[i] for i in indices] for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        columns = to_columns(header, rows)
        widths = column_widths(columns, self._room(len(header)))
        for index, (column, width) in enumerate(zip(columns, widths, strict=True)):
            numeric = index > 0 and all(map(NUMBER.fullmatch, column[1:]))
            table.add_column(Text(column[0]), justify="right" if numeric else "left", overflow="fold", width=width)
        for row in rows:
            # Rich counts a space before a word as part of the word, which may then be too long for its column.
            table.add_row(*(Text("\n".join(line.lstrip(" ") for line in to_lines([cell]))) for cell in row))
        with self._console.capture() as capture:
            self._console.print(table)
        self._output.write("\n".join(line.rstrip() for line in capture.get().split("\n")))

    def _room(self, n_columns: int) -> int:
        """Terminal cells that are available for the text of a table."""
        return self._width - COLUMN_GAP * (n_columns - 1) - LINE_PADDING


def to_columns(header: Row, rows: Sequence[Row]) -> list[list[str]]:
    """Transpose a table; each column starts with its title."""
    return [[escape_controls(title), *(row[index] for row in rows)] for index, title in enumerate(header)]


def to_lines(cells: Row) -> list[str]:
    """Split cells into lines with control characters escaped."""
    return [escape_controls(line) for cell in cells for line in cell.split("\n")]


def max_line_width(column: Row) -> int:
    """Width of the longest line in a column, in terminal cells."""
    return max(map(cell_len, to_lines(column)))


def max_word_width(column: Row) -> int:
    """Width of the longest word in a column, in terminal cells."""
    return max(cell_len(word) for line in to_lines(column) for word in line.split(" "))


def column_widths(columns: Sequence[Row], room: int) -> list[int]:
    """Divide `room` terminal cells among the columns.

    Every column gets the width of its longest word; the rest goes to the columns that lack most for their longest line.
    """
    full = list(map(max_line_width, columns))
    widths = list(map(max_word_width, columns))
    for _ in range(room - sum(widths)):
        missing = [wanted - width for wanted, width in zip(full, widths, strict=True)]
        if not any(missing):
            break
        widths[missing.index(max(missing))] += 1
    return widths
