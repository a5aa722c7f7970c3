"""Predictions as text: a readable table, tab-separated values, JSON lines or CSV. Records in, records out.

Traces, which have a line a token, stand in traces.py.
"""

from collections.abc import Sequence
from typing import Protocol

from rnnsent.config import OutputFormat
from rnnsent.data.files import Row, Unreadable
from rnnsent.data.tables import added_names
from rnnsent.errors import DataError
from rnnsent.predict import Prediction
from rnnsent.report.cells import Cells, json_line, number
from rnnsent.report.terminal import visible

BAR_WIDTH = 10


class Formatter(Protocol):
    """Gives the text of each record, its end included."""

    def header(self) -> str: ...
    def record(self, prediction: Prediction) -> str: ...


class Tsv:
    """label, probability, text. The text comes last and keeps its tabs; where records are lines, its LF is a space."""

    def __init__(self, end: str = "\n", cells: Cells | None = None) -> None:
        self._end, self._cells = end, cells or Cells()

    def header(self) -> str:
        return ""

    def record(self, prediction: Prediction) -> str:
        return self._cells.tsv_line(
            [prediction.label or "", number(prediction.probability), prediction.text], self._end
        )


class Jsonl:
    """A JSON object a line, with all that the prediction holds."""

    def header(self) -> str:
        return ""

    def record(self, prediction: Prediction) -> str:
        return json_line(prediction.to_dict())


class Csv:
    """text, label, probability and a column of probability for each class, with a header."""

    def __init__(self, classes: Sequence[str], cells: Cells | None = None) -> None:
        self._classes, self._cells = classes, cells or Cells()

    def header(self) -> str:
        return self._cells.csv_line(["text", *added_names((), self._classes)])

    def record(self, prediction: Prediction) -> str:
        return self._cells.csv_line([prediction.text, *added_values(prediction, self._classes).values()])


class Table:
    """A line for the eye: label, bar, probability, text."""

    def __init__(self, classes: Sequence[str], *, width: int | None, color: bool) -> None:
        from rich.cells import cell_len

        self._label_width = max(cell_len(visible(name)) for name in classes)
        self._width, self._color = width, color
        self._hues = (
            {classes[0]: "31", classes[-1]: "32"} if color else {}
        )  # red and green, as most sets order their classes

    def header(self) -> str:
        return ""

    def record(self, prediction: Prediction) -> str:
        return self.line(prediction.label, prediction.probability, prediction.text)

    def line(self, label: str | None, probability: float | None, text: str) -> str:
        from rich.cells import cell_len, set_cell_size

        label = visible(label or "-")
        bar = "█" * round((probability or 0) * BAR_WIDTH)
        shown = f"{probability:.3f}" if probability is not None else "  -  "
        head = f"{set_cell_size(label, self._label_width)} {bar:·<{BAR_WIDTH}} {shown}  "
        text = visible(text)
        if self._width is not None and cell_len(head) + cell_len(text) > self._width:
            text = set_cell_size(text, max(self._width - cell_len(head) - 1, 1)).rstrip() + "…"
        hue = self._hues.get(label)
        return (f"\x1b[{hue}m{head}\x1b[0m" if hue else head) + text + "\n"


class TableRows:
    """Rows of a user's table with the prediction's columns added, as CSV, TSV or JSON lines."""

    def __init__(
        self,
        format_: OutputFormat,
        columns: Sequence[str],
        classes: Sequence[str],
        where: str,
        cells: Cells | None = None,
    ) -> None:
        self._format, self._columns, self._classes = format_, list(columns), classes
        self._added = added_names(columns, classes)
        self._where, self._row = where, 0
        self._cells = cells or Cells()

    def header(self) -> str:
        return "" if self._format == "jsonl" else self._delimited([*self._columns, *self._added])

    def record(self, row: Row | Unreadable, prediction: Prediction) -> str:
        """A row that could not be read has empty cells; in JSON lines its line and what is wrong with it.

        Raises DataError for a column that comes too late: for the header, or for the names of what is added.
        """
        self._row += 1
        if isinstance(row, Unreadable):
            row = {"line": row.line, "error": row.error} if self._format == "jsonl" else {}
        elif late := row.keys() - set(self._columns):
            self._refuse(late)
        values = {**row, **dict(zip(self._added, added_values(prediction, self._classes).values(), strict=True))}
        if self._format == "jsonl":
            return json_line(values)
        return self._delimited([values.get(name) for name in (*self._columns, *self._added)])

    def _refuse(self, late: set[str]) -> None:
        if clash := sorted(late & set(self._added)):
            raise self._too_late(clash[0], "and which the prediction is to fill; name it in the first row too")
        if self._format != "jsonl":
            raise self._too_late(min(late), "so the header has no place for it; use --format jsonl")

    def _too_late(self, column: str, why: str) -> DataError:
        return DataError(f"{self._where}: row {self._row} has the column {column!r}, which the first row lacks, {why}")

    def _delimited(self, values: Sequence[object]) -> str:
        return self._cells.csv_line(values, delimiter="\t" if self._format == "tsv" else ",")


def added_values(prediction: Prediction, classes: Sequence[str]) -> dict[str, str | float | None]:
    """The prediction's cells by the names of `added_names`, None in each for a text without a token."""
    probabilities = prediction.probabilities or dict.fromkeys(classes)
    cells = [prediction.label, prediction.probability, *(probabilities[name] for name in classes)]
    return dict(zip(added_names((), classes), cells, strict=True))
