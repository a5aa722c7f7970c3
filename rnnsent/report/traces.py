"""Predictions with the output at every token, as text. Each line can be matched to its record by the record's number.

In TSV and CSV a record is one line of its own, its `step` empty, and one line for each of its tokens after it:
record and step count from 1, start and end are places in the text. A record without a token has its own line alone.
"""

from collections.abc import Sequence
from typing import Protocol

from rnnsent.data.tables import added_names
from rnnsent.predict import Prediction, Step
from rnnsent.report.cells import Cells, json_line, number
from rnnsent.report.predictions import Table, added_values


class Trace(Protocol):
    """Gives the text of each traced record, its end included."""

    def header(self) -> str: ...
    def record(self, place: int, prediction: Prediction, steps: Sequence[Step]) -> str: ...


class TsvTrace:
    """record, step, label, probability, start, end, text."""

    def __init__(self, end: str = "\n", cells: Cells | None = None) -> None:
        self._end, self._cells = end, cells or Cells()

    def header(self) -> str:
        return ""

    def record(self, place: int, prediction: Prediction, steps: Sequence[Step]) -> str:
        own: list[object] = [place, "", prediction.label or "", number(prediction.probability), "", "", prediction.text]
        tokens: list[list[object]] = [
            [place, count, step.label, number(step.probability), step.start, step.end, step.token]
            for count, step in enumerate(steps, start=1)
        ]
        return "".join(self._cells.tsv_line(line, self._end) for line in (own, *tokens))


class CsvTrace:
    """record, step, start, end, text, label, probability and a column of probability for each class, with a header."""

    def __init__(self, classes: Sequence[str], cells: Cells | None = None) -> None:
        self._classes, self._cells = classes, cells or Cells()

    def header(self) -> str:
        return self._cells.csv_line(["record", "step", "start", "end", "text", *added_names((), self._classes)])

    def record(self, place: int, prediction: Prediction, steps: Sequence[Step]) -> str:
        own: list[object] = [place, "", "", "", prediction.text, *added_values(prediction, self._classes).values()]
        tokens: list[list[object]] = [
            [place, count, step.start, step.end, step.token, step.label, step.probability, *step.probabilities.values()]
            for count, step in enumerate(steps, start=1)
        ]
        return "".join(self._cells.csv_line(line) for line in (own, *tokens))


class JsonlTrace:
    """A JSON object a record, its steps in it."""

    def header(self) -> str:
        return ""

    def record(self, place: int, prediction: Prediction, steps: Sequence[Step]) -> str:
        values = {"record": place, **prediction.to_dict(), "steps": [step.to_dict() for step in steps]}
        return json_line(values)


class TableTrace:
    """The line of a record, a line for each token, and an empty one."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def header(self) -> str:
        return self._table.header()

    def record(self, place: int, prediction: Prediction, steps: Sequence[Step]) -> str:
        lines = [
            self._table.line(step.label, step.probability, f"{step.start:>5}-{step.end:<5} {step.token}")
            for step in steps
        ]
        return self._table.record(prediction) + "".join(lines) + "\n"
