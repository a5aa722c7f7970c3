"""A table for people: label, bar, probability and text, one line per record, cut to the width of the terminal."""

import shutil
import sys
from itertools import pairwise

from rich.cells import cell_len, set_cell_size

from rnnsent.output.columns import Layout, Record
from rnnsent.output.terminal import Output, escape_controls, is_terminal, supports_color
from rnnsent.output.writer import LineWriter, WriterOptions
from rnnsent.prediction import Explanation, Prediction, TokenPrediction

BAR_WIDTH = 10
SPARKS, MAX_SPARKS, SPARK_MARGIN = "▁▂▃▄▅▆▇█", 100, 2
RESET = "\x1b[0m"
CONTRIBUTION_COLORS = {True: "\x1b[1;36m", False: "\x1b[1;33m"}  # cyan for the label, yellow against it
COLORS = {"negative": "\x1b[31m", "positive": "\x1b[32m"}  # red and green, for these classes only


class TerminalWriter(LineWriter):
    def __init__(self, output: Output, layout: Layout, options: WriterOptions) -> None:
        super().__init__(output, layout, options)
        self._label_width = max(cell_len(escape_controls(name)) for name in options.added.classes)
        self._width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
        self._colors = COLORS if supports_color() else {}
        self._contribution_colors = CONTRIBUTION_COLORS if supports_color() else {}

    def write_record(self, record: Record) -> None:
        self.add(self.format_line(record.prediction, record.prediction.text))
        if record.explanation:
            self.add(self.format_explanation(record.prediction.text, record.explanation))
        if record.trace and record.prediction.label is not None:
            self.add(self.format_sparkline(record))
        for token in record.trace:
            self.add(self.format_line(token, f"{token.start:>5}-{token.end:<5} {token.token}"))
        if self._layout.is_trace:
            self.add("\n")

    def format_sparkline(self, record: Record) -> str:
        """The probability of the text's label at each of its parts, as heights, as far as the width reaches."""
        label = record.prediction.label or ""
        values = [(part.probabilities or {}).get(label, 0.0) for part in record.trace]
        width = (self._width or MAX_SPARKS) - self._label_width - SPARK_MARGIN
        if len(values) > width:  # the mean of neighbors
            cuts = [round(k * len(values) / width) for k in range(width + 1)]
            values = [sum(values[a:b]) / (b - a) for a, b in pairwise(cuts)]
        sparks = "".join(SPARKS[min(int(value * len(SPARKS)), len(SPARKS) - 1)] for value in values)
        return f"{set_cell_size(escape_controls(label), self._label_width)} {sparks}\n"

    def format_explanation(self, text: str, explanation: Explanation) -> str:
        """The text with the strongest words marked by their contributions, then what these add up to."""
        strongest = explanation.strongest(self._options.added.n_words)
        marked, end = "", 0
        for word in sorted(strongest, key=lambda word: word.start):
            color = self._contribution_colors.get(word.total > 0, "")
            marked += escape_controls(text[end : word.start])
            marked += f"{color}{escape_controls(word.text)}[{word.total:+.1f}]{RESET if color else ''}"
            end = word.end
        marked += escape_controls(text[end:])
        network = sum(word.network for word in explanation.words)
        ngrams = sum(word.ngrams for word in explanation.words)
        error = "" if explanation.error is None else f"; standard error of a word at most {explanation.error:.2f}"
        return (
            f"  {marked}\n  {escape_controls(explanation.label)} {explanation.logit:+.2f} = {explanation.base:+.2f} without words "
            f"{network:+.2f} network {ngrams:+.2f} n-grams{error}\n\n"
        )

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
