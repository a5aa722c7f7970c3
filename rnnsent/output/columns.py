"""The columns of an output record: its own, then those of the prediction. Knows no format.

A layout is chosen once, by what is written: a text, a table's row, or a trace. Every writer takes any layout.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rnnsent.data.rows import Row, UnreadableRow
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError
from rnnsent.prediction import PredictedBatch, Prediction, TokenPrediction

LABEL, PROBABILITY = "label", "probability"


class Record(NamedTuple):
    """One record of the input, numbered from 1, with its prediction."""

    number: int
    prediction: Prediction
    row: Row | UnreadableRow | None
    trace: Sequence[TokenPrediction]


class Line(NamedTuple):
    """One line of a flat format: the record's own cells by column, and whose label and probabilities follow them."""

    cells: Mapping[str, Any]
    prediction: Prediction | TokenPrediction


class Layout(Protocol):
    """What is written for a record."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the record's own cells."""
        ...

    @property
    def source(self) -> str:
        """Names the input in errors."""
        ...

    def lines(self, record: Record) -> Iterator[Line]: ...

    def to_dict(self, record: Record, added: Sequence[str]) -> dict[str, Any]:
        """The record as one object; `added` names the columns of the prediction."""
        ...

    def schema(self) -> Any:
        """The pyarrow.Schema of the record's own columns."""
        ...


class TextLayout:
    """A text."""

    columns: Sequence[str] = ("text",)
    source = "the input"

    def lines(self, record: Record) -> Iterator[Line]:
        yield Line({"text": record.prediction.text}, record.prediction)

    def to_dict(self, record: Record, added: Sequence[str]) -> dict[str, Any]:
        return record.prediction.to_dict()

    def schema(self) -> Any:
        import pyarrow

        return pyarrow.schema([("text", pyarrow.string())])


class TraceLayout:
    """A record and one line for each of its tokens. Steps count from 1; the record's own line has none.

    Start and end are character offsets into the text.
    """

    columns: Sequence[str] = ("record", "step", "start", "end", "text")
    source = "the input"

    def lines(self, record: Record) -> Iterator[Line]:
        cells = [record.number, None, None, None, record.prediction.text]
        yield Line(dict(zip(self.columns, cells, strict=True)), record.prediction)
        for step, token in enumerate(record.trace, start=1):
            cells = [record.number, step, token.start, token.end, token.token]
            yield Line(dict(zip(self.columns, cells, strict=True)), token)

    def to_dict(self, record: Record, added: Sequence[str]) -> dict[str, Any]:
        steps = [token.to_dict() for token in record.trace]
        return {"record": record.number, **record.prediction.to_dict(), "steps": steps}

    def schema(self) -> Any:
        import pyarrow

        numbers = [(name, pyarrow.int64()) for name in self.columns[:-1]]
        return pyarrow.schema([*numbers, ("text", pyarrow.string())])


class RowLayout:
    """A table's row, every column kept. An unreadable row has empty cells; as an object it has its line and error."""

    def __init__(self, table: TableReader) -> None:
        self._table = table

    @property
    def columns(self) -> Sequence[str]:
        return self._table.columns

    @property
    def source(self) -> str:
        return self._table.name

    def lines(self, record: Record) -> Iterator[Line]:
        is_readable = record.row is not None and not isinstance(record.row, UnreadableRow)
        yield Line(record.row if is_readable else {}, record.prediction)  # type: ignore[arg-type]

    def to_dict(self, record: Record, added: Sequence[str]) -> dict[str, Any]:
        row = record.row or {}
        if isinstance(row, UnreadableRow):
            row = {"line": row.line, "error": row.error}
        elif clash := (row.keys() & set(added)) - set(self.columns):
            raise late_column(
                self, record, min(clash), "and which the prediction would overwrite; add it to the first row"
            )
        cells = prediction_cells(record.prediction, len(added) - 2)
        return {**row, **dict(zip(added, cells, strict=True))}

    def schema(self) -> Any:
        return self._table.schema()


def late_column(layout: Layout, record: Record, column: str, why: str) -> DataError:
    return DataError(
        f"{layout.source}: row {record.number} has the column {column!r}, which the first row lacks, {why}"
    )


def number_records(batch: PredictedBatch, start: int) -> Iterator[Record]:
    """The records of a batch, numbered from `start`."""
    rows = batch.records.rows
    for index, prediction in enumerate(batch.predictions):
        yield Record(
            start + index,
            prediction,
            None if rows is None else rows[index],
            () if batch.traces is None else batch.traces[index],
        )


def prediction_columns(columns: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Names of the columns that a prediction adds: label, probability and probability_CLASS.

    All have the prefix `predicted_` if one of them is a column already.
    """
    names = [LABEL, PROBABILITY, *(f"{PROBABILITY}_{name}" for name in classes)]
    prefix = ""
    while {prefix + name for name in names} & set(columns):
        prefix += "predicted_"
    return [prefix + name for name in names]


def prediction_cells(prediction: Prediction | TokenPrediction, n_classes: int) -> list[Any]:
    """The cells of `prediction_columns`, None in each for a text without a token."""
    probabilities = prediction.probabilities.values() if prediction.probabilities else [None] * n_classes
    return [prediction.label, prediction.probability, *probabilities]
