"""Traces in every format: a record, and a line or an object for each of its tokens."""

import csv
import io
import json
from typing import Any

import pytest

from rnnsent.data.dialect import Dialect
from rnnsent.data.rows import UnreadableRow
from rnnsent.errors import DataError
from rnnsent.output.columns import TraceLayout
from rnnsent.output.csv_writer import CsvWriter
from rnnsent.output.jsonl_writer import JsonlWriter
from rnnsent.output.tsv_writer import TsvWriter
from rnnsent.output.writer import Writer
from tests.support.writers import (
    BLANK,
    CLASSES,
    TRACE,
    TRACED,
    read_csv,
    row_trace_layout,
    write,
)


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
