"""Every format gives back what went into it, for texts, table rows and traces; a line of the table fits the terminal."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import terminal_size
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnsent.data.dialect import Dialect
from rnnsent.data.records import RecordBatch
from rnnsent.data.rows import UnreadableRow
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import DataError
from rnnsent.output import terminal_writer
from rnnsent.output.columns import Layout, RowLayout, RowTraceLayout, TextLayout, TraceLayout, prediction_columns
from rnnsent.output.csv_writer import CsvWriter
from rnnsent.output.delimited import CellWriter
from rnnsent.output.json_writer import JsonWriter
from rnnsent.output.jsonl_writer import JsonlWriter
from rnnsent.output.terminal import Output
from rnnsent.output.terminal_writer import TerminalWriter
from rnnsent.output.tsv_writer import TsvWriter
from rnnsent.output.writer import Writer, WriterOptions
from rnnsent.prediction import PredictedBatch, Prediction, TokenPrediction
from tests.support.controls import FORBIDDEN

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
        WriterOptions(classes, CellWriter(dialect or DIALECTS.get(kind, CSV)), end),
    ) as writer:
        writer.write(batch)
    return stream.getvalue().decode("utf-8", "surrogatepass")


def read_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


no_surrogates = st.characters(exclude_categories=["Cs"])


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), st.floats(0, 1))
def test_tsv_roundtrip(text: str, positive: float) -> None:
    expected = prediction(text, positive)
    label, probability, rest = write(TsvWriter, [expected]).removesuffix("\n").split("\t", 2)
    assert (label, rest) == (expected.label, text)
    assert float(probability) == pytest.approx(expected.probability, abs=1e-4)


def test_tsv_line_ends() -> None:
    """A line feed in a text is a space if records are lines, and stays if they end at NUL."""
    assert write(TsvWriter, [prediction("two\nlines")]) == "negative\t0.7500\ttwo lines\n"
    assert write(TsvWriter, [prediction("two\nlines\0")], end="\0") == "negative\t0.7500\ttwo\nlines \0"


@settings(deadline=None, derandomize=True)
@given(st.text(no_surrogates), st.floats(0, 1))
def test_csv_roundtrip(text: str, positive: float) -> None:
    expected = prediction(text, positive)
    header, row = read_csv(write(CsvWriter, [expected]))
    assert header == ["text", "label", "probability", "probability_negative", "probability_positive"]
    assert row[:2] == [text, expected.label]
    assert list(map(float, row[2:])) == [expected.probability, 1 - positive, positive]


@settings(deadline=None, derandomize=True)
@given(st.text(), st.floats(0, 1))
def test_jsonl_roundtrip(text: str, positive: float) -> None:
    line = write(JsonlWriter, [prediction(text, positive)])
    assert line.count("\n") == 1
    assert json.loads(line) == prediction(text, positive).to_dict()


def test_blank_record() -> None:
    """A blank record still has a line."""
    assert write(TsvWriter, [BLANK]) == "\t\t\n"
    assert write(CsvWriter, [BLANK]).splitlines()[1] == ",,,,"
    assert write(TerminalWriter, [BLANK]) == "-        ··········   -    \n"
    assert json.loads(write(JsonlWriter, [BLANK]))["label"] is None


def show(predictions: Iterable[Prediction], *, width: int | None, color: bool = False, **options: Any) -> str:
    """The table on a terminal of a width; None is no terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal_writer, "is_terminal", lambda stream: width is not None)
        patch.setattr(terminal_writer, "supports_color", lambda: color)
        patch.setattr(shutil, "get_terminal_size", lambda: terminal_size((width or 80, 24)))
        return write(TerminalWriter, predictions, **options)


@settings(deadline=None, derandomize=True)
@given(
    st.text(st.one_of(no_surrogates, st.sampled_from("電影👍ａ\x1b\t"))),
    st.integers(40, 130),
    st.booleans(),
    st.sampled_from([CLASSES, ("負面", "正面")]),
)
def test_table_width(text: str, width: int, color: bool, classes: tuple[str, str]) -> None:
    """A line of the table fits the terminal, whatever its text."""
    expected = replace(prediction(text), label=classes[0])
    line = show([expected], width=width, color=color, classes=classes)
    plain = line.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert plain.endswith("\n")
    assert not FORBIDDEN.search(plain)
    assert cell_len(plain.removesuffix("\n")) <= width
    assert plain.startswith(classes[0])


def test_table_narrow() -> None:
    """A terminal that is too narrow still shows the label."""
    for width in (1, 10, 28):
        line = show([prediction("a good film")], width=width)
        assert line.startswith("negative ████████·· 0.750  ")
        assert line.endswith("…\n")


def test_table_wide_labels() -> None:
    """Labels in wide characters align with others."""
    classes = ("負面", "positive")
    for label in classes:
        line = show([replace(prediction("x"), label=label)], width=None, classes=classes)
        assert cell_len(line.partition("█")[0]) == 9


def test_table_truncation() -> None:
    """A text that fits is shown whole, and a longer one ends with an ellipsis."""
    head = "negative ████████·· 0.750  "
    width = len(head) + 6
    assert show([prediction("abcdef")], width=width) == head + "abcdef\n"
    assert show([prediction("abcdefg")], width=width) == head + "abcde…\n"
    assert show([prediction("電影電影")], width=width) == head + "電影…\n"


@pytest.mark.parametrize("classes", [("negative", "neutral", "positive"), ("positive", "other", "negative")])
def test_table_colors(classes: tuple[str, ...]) -> None:
    """negative is red and positive green, whatever their order; other classes and the text are plain."""
    for name in classes:
        start = {"negative": "\x1b[31m", "positive": "\x1b[32m"}.get(name, name)
        line = show([Prediction("x", name, 1.0, {}, 1, 0.0)], width=None, color=True, classes=classes)
        assert line.startswith(start)
        assert line.endswith("x\n")


@pytest.mark.parametrize(("kind", "delimiter"), [(CsvWriter, ","), (TsvWriter, "\t")])
def test_rows(kind: type[Writer], delimiter: str) -> None:
    """Rows keep their cells, and the prediction's columns never hide theirs."""
    rows = [{"id": 'a\r"b",\t\n', "label": None}, {"id": 3}]
    text = write(kind, [prediction("x"), BLANK], row_layout("id", "label"), rows=rows)
    header, first, second = read_csv(text, delimiter)
    assert header == [
        "id", "label", "predicted_label", "predicted_probability", "predicted_probability_negative",
        "predicted_probability_positive",
    ]  # fmt: skip
    assert first == ['a\r"b",\t\n', "", "negative", "0.75", "0.75", "0.25"]
    assert second == ["3", "", "", "", "", ""]


def test_prediction_columns() -> None:
    assert prediction_columns(["text"], ["a"]) == ["label", "probability", "probability_a"]
    assert prediction_columns(["label"], ["a"])[0] == "predicted_label"
    assert prediction_columns(["label", "predicted_label"], ["a"])[0] == "predicted_predicted_label"


def test_empty_table() -> None:
    """A table without rows has a header, except in JSON Lines."""
    assert write(CsvWriter, [], row_layout("id"), rows=[]).startswith("id,label,probability,")
    assert write(TsvWriter, [], row_layout("id"), rows=[]).startswith("id\tlabel\tprobability\t")
    assert write(JsonlWriter, [], row_layout("id"), rows=[]) == ""


def test_jsonl_rows() -> None:
    """Rows as objects keep their types, and columns that the first row lacks."""
    rows = [{"id": [1, {"a": None}], "later": True}]
    assert json.loads(write(JsonlWriter, [prediction("x")], row_layout("id"), rows=rows)) == {
        "id": [1, {"a": None}], "later": True, "label": "negative", "probability": 0.75,
        "probability_negative": 0.75, "probability_positive": 0.25,
    }  # fmt: skip


def test_unreadable_rows() -> None:
    rows = [UnreadableRow(7, "no")]
    assert read_csv(write(CsvWriter, [BLANK], row_layout("id"), rows=rows))[1] == [""] * 5
    record = json.loads(write(JsonlWriter, [BLANK], row_layout("id"), rows=rows))
    assert (record["line"], record["error"], record["label"]) == (7, "no", None)


def test_late_column() -> None:
    """A format with a header refuses a column that the first row lacks."""
    rows = [{"id": 1}, {"id": 1, "later": True}]
    with pytest.raises(DataError, match=r"in\.jsonl: row 2 has the column 'later', which the first row lacks.*jsonl$"):
        write(CsvWriter, [prediction("x")] * 2, row_layout("id"), rows=rows)


def test_overwritten_column() -> None:
    """A late column is not overwritten by the prediction's."""
    with pytest.raises(DataError, match="row 1 has the column 'label', which the first row lacks"):
        write(JsonlWriter, [prediction("x")], row_layout("id"), rows=[{"id": 1, "label": "mine"}])


def test_value_types() -> None:
    """What is not text is JSON in a delimited file, and bytes are text."""
    values = [{"a": [1]}, ["電", None], True, b"caf\xc3\xa9\xff", 7, 0.5, None]
    text = write(CsvWriter, [BLANK] * len(values), row_layout("a"), rows=[{"a": value} for value in values])
    assert [row[0] for row in read_csv(text)[1:]] == [
        '{"a": [1]}', '["電", null]', "true", "café\ufffd", "7", "0.5", ""
    ]  # fmt: skip
    line = write(JsonlWriter, [BLANK], row_layout("a"), rows=[{"a": [b"caf\xc3\xa9"]}])
    assert json.loads(line)["a"] == ["café"]


DIALECT = Dialect(";", "all", line_end="\r\n", has_bom=True, header=("id", "", "id"))


def test_dialect() -> None:
    """A table is returned in its dialect, with its header as it was written."""
    layout = row_layout("id", "column_2", "id_3", dialect=DIALECT)
    header = '\ufeff"id";"";"id";"label";"probability";"probability_negative";"probability_positive"\r\n'
    rows = [{"id": "1", "column_2": "a;b", "id_3": ""}]
    row = '"1";"a;b";"";"negative";"0.75";"0.75";"0.25"\r\n'
    assert write(CsvWriter, [prediction("x")], layout, rows=rows, dialect=DIALECT) == header + row
    assert write(CsvWriter, [], layout, rows=[], dialect=DIALECT) == header


def test_dialect_without_header() -> None:
    dialect = Dialect("\t", has_bom=True)
    layout = row_layout("1", "2", dialect=dialect)
    rows = [{"1": "a", "2": 'b"\n'}]
    written = write(TsvWriter, [prediction("x")], layout, rows=rows, dialect=dialect)
    assert written == '\ufeffa\t"b""\n"\tnegative\t0.75\t0.75\t0.25\n'
    assert write(TsvWriter, [], layout, rows=[], dialect=dialect) == "\ufeff"


def test_class_without_quotes() -> None:
    """A class that cannot be written without quotes is an error that says so."""
    dialect = Dialect("\t", "none", header=("text",))
    with pytest.raises(DataError, match=r"'probability_very\\tgood' has a delimiter or a line break"):
        write(TsvWriter, [], row_layout("text", dialect=dialect), rows=[], classes=("very\tgood",), dialect=dialect)


def test_json() -> None:
    """JSON is one array, valid for any number of records, with the objects of JSON Lines."""
    for predictions in ([], [prediction("good")], [prediction("two\nlines"), BLANK, prediction("\ud800")]):
        text = write(JsonWriter, predictions)
        assert json.loads(text) == [json.loads(line) for line in write(JsonlWriter, predictions).splitlines()]
        assert text.count("\n") == len(predictions) + (2 if predictions else 1)


def test_json_error() -> None:
    """An array that an error ends stays open, so that nobody takes it for complete."""
    stream = io.BytesIO()
    writer = JsonWriter(Output(stream), TextLayout(), WriterOptions(CLASSES, CellWriter(CSV)))
    with pytest.raises(RuntimeError), writer:
        writer.write(PredictedBatch(RecordBatch([""]), [BLANK]))
        raise RuntimeError
    assert stream.getvalue().endswith(b"}")


def write_traces(kind: type[Writer], *, end: str = "\n") -> str:
    predictions, traces = [TRACED, BLANK, TRACED], [TRACE, [], TRACE]
    return write(kind, predictions, TraceLayout(), traces=traces, end=end)


def test_trace_tsv() -> None:
    """Record and step come first, the text last; a record without a token keeps its line."""
    assert write_traces(TsvWriter).split("\n") == [
        "1\t\t\t\tnegative\t0.7500\ta\tb",
        "1\t1\t0\t1\tnegative\t0.7500\ta",
        "1\t2\t2\t3\tnegative\t0.7500\tb",
        "2\t\t\t\t\t\t",
        "3\t\t\t\tnegative\t0.7500\ta\tb",
        "3\t1\t0\t1\tnegative\t0.7500\ta",
        "3\t2\t2\t3\tnegative\t0.7500\tb",
        "",
    ]
    assert write(TsvWriter, [BLANK], TraceLayout(), traces=[[]], end="\0") == "1\t\t\t\t\t\t\0"


def test_trace_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(write_traces(CsvWriter), newline="")))
    assert list(rows[0]) == [
        "record", "step", "start", "end", "text", "label", "probability", "probability_negative", "probability_positive",
    ]  # fmt: skip
    assert [(row["record"], row["step"], row["text"]) for row in rows[:4]] == [
        ("1", "", "a\tb"), ("1", "1", "a"), ("1", "2", "b"), ("2", "", ""),
    ]  # fmt: skip
    assert [float(rows[1][f"probability_{name}"]) for name in CLASSES] == [0.75, 0.25]
    assert {len(row) for row in rows} == {9}


def test_trace_jsonl() -> None:
    records = [json.loads(line) for line in write_traces(JsonlWriter).splitlines()]
    assert [(record["record"], len(record["steps"])) for record in records] == [(1, 2), (2, 0), (3, 2)]
    assert records[0]["steps"][1] == TRACE[1].to_dict()


def test_trace_rows() -> None:
    """The trace of a table keeps its columns, which are empty in the lines of tokens."""
    rows = [{"id": "7", "step": "x"}, UnreadableRow(2, "no")]
    arguments: dict[str, Any] = {"rows": rows, "traces": [TRACE, []]}
    header, *lines = read_csv(write(CsvWriter, [TRACED, BLANK], row_trace_layout("id", "step"), **arguments))
    assert header[:8] == [
        "trace_record", "trace_step", "trace_start", "trace_end", "trace_token", "id", "step", "label"
    ]  # fmt: skip
    assert [line[:8] for line in lines] == [
        ["1", "", "", "", "", "7", "x", "negative"],
        ["1", "1", "0", "1", "a", "", "", "negative"],
        ["1", "2", "2", "3", "b", "", "", "negative"],
        ["2", "", "", "", "", "", "", ""],
    ]
    tsv = write(TsvWriter, [TRACED, BLANK], row_trace_layout("id", "step"), **arguments)
    assert read_csv(tsv, "\t") == [header, *lines]
    dialect = Dialect(header=("id", ""))
    layout = row_trace_layout("id", "column_2", dialect=dialect)
    assert write(CsvWriter, [], layout, rows=[], dialect=dialect).startswith("record,step,start,end,token,id,,label,")


def test_trace_rows_json() -> None:
    """As an object, a row of a trace has its number, its own columns, the prediction and the steps."""
    rows = [{"id": 7}, UnreadableRow(2, "no")]
    text = write(JsonlWriter, [TRACED, BLANK], row_trace_layout("id"), rows=rows, traces=[TRACE, []])
    first, second = map(json.loads, text.splitlines())
    assert list(first) == [
        "record", "id", "label", "probability", "probability_negative", "probability_positive", "steps"
    ]  # fmt: skip
    assert (first["record"], first["id"], len(first["steps"])) == (1, 7, 2)
    assert (second["record"], second["line"], second["steps"]) == (2, 2, [])
    with pytest.raises(DataError, match="row 1 has the column 'steps', which the first row lacks"):
        write(JsonlWriter, [TRACED], row_trace_layout("id"), rows=[{"id": 1, "steps": 3}], traces=[TRACE])


def test_trace_table() -> None:
    """Each record is followed by its tokens and an empty line."""
    records = show([TRACED, BLANK], width=None, layout=TraceLayout(), traces=[TRACE, []]).split("\n\n")
    assert [len(record.split("\n")) for record in records[:2]] == [3, 1]
    assert records[0].split("\n")[1].split()[-2:] == ["0-1", "a"]


def test_numbering() -> None:
    """Records are numbered across batches."""
    stream = io.BytesIO()
    with TsvWriter(Output(stream), TraceLayout(), WriterOptions(CLASSES, CellWriter(CSV))) as writer:
        for _ in range(2):
            writer.write(PredictedBatch(RecordBatch(["", ""]), [BLANK, BLANK], [[], []]))
    assert [line.split(b"\t")[0] for line in stream.getvalue().splitlines()] == [b"1", b"2", b"3", b"4"]
