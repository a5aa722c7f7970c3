"""The columns of an output record: its own, then those of the prediction. Knows no format.

A layout is chosen once, by what is written: a text, a table's row, or a trace. Every writer takes any layout.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from rnnsent.data.dialect import Dialect
from rnnsent.data.rows import Row, UnreadableRow
from rnnsent.errors import DataError
from rnnsent.prediction import Explanation, PredictedBatch, Prediction, TokenPrediction

LABEL, PROBABILITY, SCORE, EXPLANATION = "label", "probability", "score", "explanation"
TEXT = "text"


class PartNames(NamedTuple):
    """Names of the columns of parts of a text, all in the lines of a record.

    Attributes:
        number: of the part, counted from 1.
        text: of the part, beside the columns of a table.
        parts: of the list of all in an object.
        prefix: of all names if one of them is a column of the table.
    """

    number: str
    text: str
    parts: str
    prefix: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Record, number, and character offsets."""
        return ("record", self.number, "start", "end")


TOKENS = PartNames("step", "token", "steps", "trace_")
SENTENCES = PartNames("sentence", "sentence_text", "sentences", "part_")


class Record(NamedTuple):
    """One record of the input, numbered from 1, with its prediction."""

    number: int
    prediction: Prediction
    row: Row | UnreadableRow | None
    trace: Sequence[TokenPrediction]
    explanation: Explanation | None = None


class Line(NamedTuple):
    """One line of a flat format: the record's own cells by column, and whose label and probabilities follow them."""

    cells: Mapping[str, Any]
    prediction: Prediction | TokenPrediction
    explanation: Explanation | None = None


@dataclass(frozen=True)
class AddedColumns:
    """The columns that a prediction adds: label, probability, probability_CLASS, score and explanation if requested.

    Attributes:
        weights: how positive each class is, from -1 to 1; the score is their mean by probability. None without scores.
        n_words: of an explanation in a cell; 0 without explanations.
    """

    classes: Sequence[str]
    n_words: int = 0
    weights: Sequence[float] | None = None

    @property
    def extra(self) -> list[str]:
        """Names of what was asked for beside label and probabilities."""
        return [*([SCORE] if self.weights else []), *([EXPLANATION] if self.n_words else [])]

    def names(self, columns: Sequence[str]) -> list[str]:
        """Their names. All have the prefix `predicted_` if one of them is among the `columns` already."""
        names = [LABEL, PROBABILITY, *(f"{PROBABILITY}_{name}" for name in self.classes)]
        return add_prefix("predicted_", [*names, *self.extra], columns)

    def cells(self, line: Line) -> list[Any]:
        """Their cells, None in each for a text without a token."""
        prediction = line.prediction
        probabilities = prediction.probabilities.values() if prediction.probabilities else [None] * len(self.classes)
        return [prediction.label, prediction.probability, *probabilities, *self.extra_cells(line)]

    def extra_cells(self, line: Line) -> list[Any]:
        """The cells of `extra`."""
        cells: list[Any] = []
        if self.weights:
            cells.append(self._score(line.prediction))
        if self.n_words:
            cells.append(self._format_explanation(line.explanation))
        return cells

    def values(self, record: Record) -> list[Any]:
        """Their values in an object, which has whole explanations."""
        values = self.cells(Line({}, record.prediction))
        if self.n_words:
            values[-1] = record.explanation and record.explanation.to_dict()
        return values

    def extra_values(self, record: Record) -> dict[str, Any]:
        """What was asked for, by name, in an object."""
        values = self.values(record)
        return dict(zip(self.extra, values[len(values) - len(self.extra) :], strict=True))

    def _score(self, prediction: Prediction | TokenPrediction) -> float | None:
        if prediction.probabilities is None or self.weights is None:
            return None
        return sum(w * p for w, p in zip(self.weights, prediction.probabilities.values(), strict=True))

    def _format_explanation(self, explanation: Explanation | None) -> str | None:
        """The strongest words with their contributions, for example "dull +1.92; great -1.63"."""
        if explanation is None:
            return None
        return "; ".join(f"{word.text} {word.total:+.2f}" for word in explanation.strongest(self.n_words))


class Layout(Protocol):
    """What is written for a record.

    Attributes:
        columns: unique names of the record's own cells.
        header: the same as a header shows them; None for a table without one.
        source: names the input in errors.
        is_table: whether the cells are those of a table, and not only a text.
        is_trace: whether a record has a line for each of its tokens.
    """

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def header(self) -> Sequence[str] | None: ...

    @property
    def source(self) -> str: ...

    @property
    def is_table(self) -> bool: ...

    @property
    def is_trace(self) -> bool: ...

    def lines(self, record: Record) -> Iterator[Line]: ...

    def to_dict(self, record: Record, added: AddedColumns, names: Sequence[str]) -> dict[str, Any]:
        """The record as one object; `names` are those of the added columns."""
        ...

    def schema(self) -> Any:
        """The pyarrow.Schema of the record's own columns."""
        ...


class TextLayout:
    """A text."""

    columns: Sequence[str] = (TEXT,)
    header: Sequence[str] | None = columns
    source = "the input"
    is_table = is_trace = False

    def lines(self, record: Record) -> Iterator[Line]:
        yield Line({TEXT: record.prediction.text}, record.prediction, record.explanation)

    def to_dict(self, record: Record, added: AddedColumns, names: Sequence[str]) -> dict[str, Any]:
        return record.prediction.to_dict() | added.extra_values(record)

    def schema(self) -> Any:
        import pyarrow

        return pyarrow.schema([(TEXT, pyarrow.string())])


class TraceLayout:
    """A text and one line for each of its parts, its tokens or sentences. Parts count from 1; the text's own line has none.

    Start and end are character offsets into the text.
    """

    source = "the input"
    is_table, is_trace = False, True

    def __init__(self, names: PartNames = TOKENS) -> None:
        self._names = names
        self.columns: Sequence[str] = (*names.columns, TEXT)
        self.header: Sequence[str] | None = self.columns

    def lines(self, record: Record) -> Iterator[Line]:
        cells = [record.number, None, None, None, record.prediction.text]
        yield Line(dict(zip(self.columns, cells, strict=True)), record.prediction)
        yield from part_lines(record, self.columns)

    def to_dict(self, record: Record, added: AddedColumns, names: Sequence[str]) -> dict[str, Any]:
        return {
            "record": record.number,
            **record.prediction.to_dict(),
            **added.extra_values(record),
            self._names.parts: parts_of(record, self._names),
        }

    def schema(self) -> Any:
        return trace_schema(self.columns)


class TableColumns(Protocol):
    """What a layout of rows knows of their table: its columns, its name for errors, and the pyarrow.Schema of its rows."""

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def name(self) -> str: ...

    def schema(self) -> Any: ...


class RowLayout:
    """A table's row, every column kept. An unreadable row has empty cells; as an object it has its line and error.

    Args:
        dialect: that of the table, if it is returned in its own.
    """

    is_table, is_trace = True, False

    def __init__(self, table: TableColumns, dialect: Dialect | None = None) -> None:
        self._table, self._dialect = table, dialect

    @property
    def columns(self) -> Sequence[str]:
        return self._table.columns

    @property
    def header(self) -> Sequence[str] | None:
        return self._table.columns if self._dialect is None else self._dialect.header

    @property
    def source(self) -> str:
        return self._table.name

    def lines(self, record: Record) -> Iterator[Line]:
        yield Line(self._cells(record), record.prediction, record.explanation)

    def to_dict(self, record: Record, added: AddedColumns, names: Sequence[str]) -> dict[str, Any]:
        row = record.row or {}
        if isinstance(row, UnreadableRow):
            row = {"line": row.line, "error": row.error}
        elif clash := (row.keys() & {*names, *self._reserved}) - set(self._table.columns):
            raise late_column(
                self, record, min(clash), "and which the prediction would overwrite; add it to the first row"
            )
        return {**row, **dict(zip(names, added.values(record), strict=True))}

    def schema(self) -> Any:
        return self._table.schema()

    @property
    def _reserved(self) -> Sequence[str]:
        """Names that the layout adds to an object."""
        return ()

    def _cells(self, record: Record) -> Row:
        return {} if record.row is None or isinstance(record.row, UnreadableRow) else record.row


class RowTraceLayout(RowLayout):
    """A table's row and one line for each token or sentence of its text, in which the columns of the table are empty.

    Record, number, start, end and the text of the part come before the columns of the table. All have a prefix if one of them
    is a column already.
    """

    is_trace = True

    def __init__(self, table: TableColumns, dialect: Dialect | None = None, names: PartNames = TOKENS) -> None:
        super().__init__(table, dialect)
        self._part_names = names
        self._names: Sequence[str] = ()

    @property
    def columns(self) -> Sequence[str]:
        return [*self._own, *self._table.columns]

    @property
    def header(self) -> Sequence[str] | None:
        header = super().header
        return None if header is None else [*self._own, *header]

    def lines(self, record: Record) -> Iterator[Line]:
        yield Line({self._own[0]: record.number, **self._cells(record)}, record.prediction)
        yield from part_lines(record, self._own)

    def to_dict(self, record: Record, added: AddedColumns, names: Sequence[str]) -> dict[str, Any]:
        number, *_, parts = self._reserved
        return {
            number: record.number,
            **super().to_dict(record, added, names),
            parts: parts_of(record, self._part_names),
        }

    def schema(self) -> Any:
        import pyarrow

        table = super().schema()
        self._choose_names(table.names)
        return pyarrow.schema([*trace_schema(self._own), *table])

    @property
    def _own(self) -> Sequence[str]:
        return self._reserved[:-1]

    @property
    def _reserved(self) -> Sequence[str]:
        if not self._names:  # the columns of JSON are known once the first batch is read
            self._choose_names(self._table.columns)
        return self._names

    def _choose_names(self, columns: Sequence[str]) -> None:
        names = self._part_names
        self._names = add_prefix(names.prefix, (*names.columns, names.text, names.parts), columns)


def part_lines(record: Record, columns: Sequence[str]) -> Iterator[Line]:
    """One line for each part of a record; `columns` names record, number, start, end and the text of the part."""
    for number, part in enumerate(record.trace, start=1):
        cells = [record.number, number, part.start, part.end, part.token]
        yield Line(dict(zip(columns, cells, strict=True)), part)


def parts_of(record: Record, names: PartNames) -> list[dict[str, Any]]:
    """The parts of a record as objects; the text of a sentence is called so."""
    objects = [part.to_dict() for part in record.trace]
    return objects if names is TOKENS else [{TEXT: part.pop("token"), **part} for part in objects]


def trace_schema(columns: Sequence[str]) -> Any:
    """The pyarrow.Schema of numbers, and last the text or the token."""
    import pyarrow

    return pyarrow.schema([*((name, pyarrow.int64()) for name in columns[:-1]), (columns[-1], pyarrow.string())])


def add_prefix(prefix: str, names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The names, all with as many prefixes as none of them is taken."""
    prefixes = ""
    while {prefixes + name for name in names} & set(taken):
        prefixes += prefix
    return [prefixes + name for name in names]


def flatten(layout: Layout, record: Record, columns: Sequence[str], added: AddedColumns) -> Iterator[list[Any]]:
    """The cells of each line of a record: those of the columns, then the prediction's.

    Raises:
        DataError: the record has another column.
    """
    for line in layout.lines(record):
        if late_columns := line.cells.keys() - columns:
            late = min(late_columns)
            raise late_column(layout, record, late, "so the header lacks it; use --format jsonl")
        yield [*map(line.cells.get, columns), *added.cells(line)]


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
            None if batch.explanations is None else batch.explanations[index],
        )
