"""Every format gives back what went into it, for texts and for the rows of tables."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.dialect import Dialect
from rnnsent.data.records import RecordBatch
from rnnsent.data.rows import UnreadableRow
from rnnsent.errors import DataError
from rnnsent.output.columns import AddedColumns, TextLayout, TraceLayout
from rnnsent.output.csv_writer import CsvWriter
from rnnsent.output.delimited import CellWriter
from rnnsent.output.json_writer import JsonWriter
from rnnsent.output.jsonl_writer import JsonlWriter
from rnnsent.output.terminal import Output
from rnnsent.output.terminal_writer import TerminalWriter
from rnnsent.output.tsv_writer import TsvWriter
from rnnsent.output.writer import Writer, WriterOptions
from rnnsent.prediction import PredictedBatch
from tests.support.writers import (
    BLANK,
    CLASSES,
    CSV,
    prediction,
    read_csv,
    row_layout,
    write,
)

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
    assert AddedColumns(["a"]).names(["text"]) == ["label", "probability", "probability_a"]
    assert AddedColumns(["a"]).names(["label"])[0] == "predicted_label"
    assert AddedColumns(["a"]).names(["label", "predicted_label"])[0] == "predicted_predicted_label"


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
    writer = JsonWriter(Output(stream), TextLayout(), WriterOptions(AddedColumns(CLASSES), CellWriter(CSV)))
    with pytest.raises(RuntimeError), writer:
        writer.write(PredictedBatch(RecordBatch([""]), [BLANK]))
        raise RuntimeError
    assert stream.getvalue().endswith(b"}")


def test_numbering() -> None:
    """Records are numbered across batches."""
    stream = io.BytesIO()
    with TsvWriter(Output(stream), TraceLayout(), WriterOptions(AddedColumns(CLASSES), CellWriter(CSV))) as writer:
        for _ in range(2):
            writer.write(PredictedBatch(RecordBatch(["", ""]), [BLANK, BLANK], [[], []]))
    assert [line.split(b"\t")[0] for line in stream.getvalue().splitlines()] == [b"1", b"2", b"3", b"4"]
