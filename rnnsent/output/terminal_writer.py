"""A table for people: label, bar, probability and text, one line per record, cut to the width of the terminal."""

import shutil
import sys

from rich.cells import cell_len, set_cell_size

from rnnsent.output.columns import Layout, Record
from rnnsent.output.terminal import Output, escape_controls, is_terminal, supports_color
from rnnsent.output.writer import LineWriter, WriterOptions
from rnnsent.prediction import Prediction, TokenPrediction

BAR_WIDTH = 10
RESET = "\x1b[0m"
COLORS = {"negative": "\x1b[31m", "positive": "\x1b[32m"}  # red and green, for these classes only


class TerminalWriter(LineWriter):
    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        super().__init__(output, layout, options)
        self._label_width = max(cell_len(escape_controls(name)) for name in options.classes)
        self._width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
        self._colors = COLORS if supports_color() else {}

    def write_record(self, record: Record) -> None:
        self.add(self.format_line(record.prediction, record.prediction.text))
        for token in record.trace:
            self.add(self.format_line(token, f"{token.start:>5}-{token.end:<5} {token.token}"))
        if self._layout.is_trace:
            self.add("\n")

    def format_line(self, prediction: Prediction | TokenPrediction, text: str) -> str:
        label, probability = escape_controls(prediction.label or "-"), prediction.probability
        bar = "█" * round((probability or 0) * BAR_WIDTH)
        number = f"{probability:.3f}" if probability is not None else "  -  "
        head = f"{set_cell_size(label, self._label_width)} {bar:·<{BAR_WIDTH}} {number}  "
        text = escape_controls(text)
        if self._width is not None and cell_len(head) + cell_len(text) > self._width:
            text = set_cell_size(text, max(self._width - cell_len(head) - 1, 1)).rstrip() + "…"
        color = self._colors.get(prediction.label or "")
        return (f"{color}{head}{RESET}" if color else head) + text + "\n"
