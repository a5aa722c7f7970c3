"""Predictions as text: a readable table, tab-separated values, JSON lines or CSV. Records in, records out."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Literal, Protocol

from rnnsent.data.files import Row
from rnnsent.data.tables import added_names
from rnnsent.errors import DataError
from rnnsent.predict import Prediction, Step
from rnnsent.report.terminal import visible

Format = Literal["table", "tsv", "jsonl", "csv"]

BAR_WIDTH = 10
PROBABILITY_DIGITS = 4


class Formatter(Protocol):
    """Gives the text of each record, its end included."""

    def header(self) -> str: ...
    def record(self, prediction: Prediction) -> str: ...
    def trace(self, prediction: Prediction, steps: Sequence[Step]) -> str: ...


class Tsv:
    """label, probability, text. The text comes last and keeps its tabs; where records are lines, its LF is a space."""

    def __init__(self, end: str = "\n") -> None:
        self._end = end

    def header(self) -> str:
        return ""

    def record(self, prediction: Prediction) -> str:
        return self._line(prediction.label or "", number(prediction.probability), prediction.text)

    def trace(self, prediction: Prediction, steps: Sequence[Step]) -> str:
        return "".join(
            self._line(step.label, number(step.probability), step.start, step.end, step.token) for step in steps
        )

    def _line(self, *fields: object) -> str:
        return "\t".join(map(str, fields)).replace(self._end, " ") + self._end


class Jsonl:
    """A JSON object a line, with all that the prediction holds."""

    def header(self) -> str:
        return ""

    def record(self, prediction: Prediction) -> str:
        return self._line(prediction.to_dict())

    def trace(self, prediction: Prediction, steps: Sequence[Step]) -> str:
        return self._line({**prediction.to_dict(), "steps": [step.to_dict() for step in steps]})

    @staticmethod
    def _line(values: Any) -> str:
        return json.dumps(values, ensure_ascii=False, default=str) + "\n"


class Csv:
    """text, label, probability and a column of probability for each class, with a header."""

    def __init__(self, classes: Sequence[str]) -> None:
        self._classes = classes

    def header(self) -> str:
        return csv_line(["text", *added_names((), self._classes)])

    def record(self, prediction: Prediction) -> str:
        return csv_line([prediction.text, *added_values(prediction, self._classes).values()])

    def trace(self, prediction: Prediction, steps: Sequence[Step]) -> str:
        return "".join(
            csv_line([step.token, step.label, number(step.probability), *map(number, step.probabilities.values())])
            for step in steps
        )


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
        return self._line(prediction.label, prediction.probability, prediction.text)

    def trace(self, prediction: Prediction, steps: Sequence[Step]) -> str:
        lines = [
            self._line(step.label, step.probability, f"{step.start:>5}-{step.end:<5} {step.token}") for step in steps
        ]
        return self.record(prediction) + "".join(lines) + "\n"

    def _line(self, label: str | None, probability: float | None, text: str) -> str:
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

    def __init__(self, format_: Format, columns: Sequence[str], classes: Sequence[str]) -> None:
        self._format, self._columns, self._classes = format_, list(columns), classes
        self._added = added_names(columns, classes)

    def header(self) -> str:
        return "" if self._format == "jsonl" else self._delimited([*self._columns, *self._added])

    def record(self, row: Row, prediction: Prediction) -> str:
        values = {**row, **dict(zip(self._added, added_values(prediction, self._classes).values(), strict=True))}
        if self._format == "jsonl":
            return Jsonl._line(values)
        strange = values.keys() - {*self._columns, *self._added}
        if strange:
            raise DataError(
                f"a row has the column {sorted(strange)[0]!r}, which the first row lacks; use --format jsonl"
            )
        return self._delimited(
            ["" if values.get(name) is None else values[name] for name in (*self._columns, *self._added)]
        )

    def _delimited(self, values: Sequence[object]) -> str:
        return csv_line(values, delimiter="\t" if self._format == "tsv" else ",")


def added_values(prediction: Prediction, classes: Sequence[str]) -> dict[str, str | float | None]:
    """The prediction's cells by the names of `added_names`, None in each for a text without a token."""
    probabilities = prediction.probabilities or dict.fromkeys(classes)
    cells = [prediction.label, prediction.probability, *(probabilities[name] for name in classes)]
    return dict(zip(added_names((), classes), cells, strict=True))


def csv_line(values: Sequence[object], delimiter: str = ",") -> str:
    line = io.StringIO()
    # With CRLF as its end the writer quotes a field that holds CR, which a reader takes for the end of a row.
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(values)
    return line.getvalue().removesuffix("\r\n") + "\n"


def number(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.{PROBABILITY_DIGITS}f}"
