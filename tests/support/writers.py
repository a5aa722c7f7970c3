"""What the tests of output formats share: predictions, layouts of rows, and what a writer writes."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, cast

from rnnsent.data.dialect import Dialect
from rnnsent.data.records import RecordBatch
from rnnsent.data.table_reader import TableReader
from rnnsent.output.columns import AddedColumns, Layout, RowLayout, RowTraceLayout, TextLayout
from rnnsent.output.csv_writer import CsvWriter
from rnnsent.output.delimited import CellWriter
from rnnsent.output.terminal import Output
from rnnsent.output.tsv_writer import TsvWriter
from rnnsent.output.writer import Writer, WriterOptions
from rnnsent.prediction import PredictedBatch, Prediction, TokenPrediction

CLASSES = ("negative", "positive")
BLANK = Prediction("", None, None, None, 0, None)
PROBABILITIES = {"negative": 0.75, "positive": 0.25}
TRACED = Prediction("a\tb", "negative", 0.75, PROBABILITIES, 2, 0.0)
TRACE = [TokenPrediction(token, i, i + 1, "negative", 0.75, PROBABILITIES) for i, token in ((0, "a"), (2, "b"))]


CSV, TSV = Dialect(","), Dialect("\t")
DIALECTS: dict[type[Writer], Dialect] = {CsvWriter: CSV, TsvWriter: TSV}


class Table:
    """What a row layout needs from a reader."""

    name = "in.jsonl"

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns


def row_layout(*columns: str, dialect: Dialect | None = None) -> RowLayout:
    return RowLayout(cast(TableReader, Table(columns)), dialect)


def row_trace_layout(*columns: str, dialect: Dialect | None = None) -> RowTraceLayout:
    return RowTraceLayout(cast(TableReader, Table(columns)), dialect)


def prediction(text: str, positive: float = 0.25) -> Prediction:
    probabilities = {"negative": 1 - positive, "positive": positive}
    label = max(probabilities, key=lambda name: probabilities[name])
    return Prediction(text, label, probabilities[label], probabilities, 1, 0.0)


def write(
    kind: type[Writer],
    predictions: Iterable[Prediction],
    layout: Layout | None = None,
    *,
    rows: Sequence[Any] | None = None,
    traces: list[list[TokenPrediction]] | None = None,
    classes: Sequence[str] = CLASSES,
    end: str = "\n",
    dialect: Dialect | None = None,
) -> str:
    """What a writer writes for one batch."""
    stream = io.BytesIO()
    predictions = list(predictions)
    batch = PredictedBatch(RecordBatch([each.text for each in predictions], rows), predictions, traces)
    with kind(
        Output(stream),
        layout or TextLayout(),
        WriterOptions(AddedColumns(classes), CellWriter(dialect or DIALECTS.get(kind, CSV)), end),
    ) as writer:
        writer.write(batch)
    return stream.getvalue().decode("utf-8", "surrogatepass")


def read_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
