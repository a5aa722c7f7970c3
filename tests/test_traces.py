"""Proves that each line of a trace can be matched to its record, and that a record without a token keeps a line."""

import csv
import io
import json

import pytest

from rnnsent.predict import Prediction, Step
from rnnsent.report.predictions import Table
from rnnsent.report.traces import CsvTrace, JsonlTrace, TableTrace, Trace, TsvTrace

CLASSES = ("negative", "positive")
ANSWER = {"negative": 0.75, "positive": 0.25}
TEXT = Prediction("a\tb", "negative", 0.75, ANSWER, 2, 0.0)
BLANK = Prediction("", None, None, None, 0, None)
STEPS = [Step(token, i, i + 1, "negative", 0.75, ANSWER) for i, token in ((0, "a"), (2, "b"))]


def traced(trace: Trace) -> str:
    return trace.header() + trace.record(1, TEXT, STEPS) + trace.record(2, BLANK, []) + trace.record(3, TEXT, STEPS)


def test_tsv_has_the_record_and_its_step_first_and_the_text_last() -> None:
    assert traced(TsvTrace()).split("\n") == [
        "1\t\tnegative\t0.7500\t\t\ta\tb",
        "1\t1\tnegative\t0.7500\t0\t1\ta",
        "1\t2\tnegative\t0.7500\t2\t3\tb",
        "2\t\t\t\t\t\t",
        "3\t\tnegative\t0.7500\t\t\ta\tb",
        "3\t1\tnegative\t0.7500\t0\t1\ta",
        "3\t2\tnegative\t0.7500\t2\t3\tb",
        "",
    ]
    assert TsvTrace("\0").record(1, BLANK, []) == "1\t\t\t\t\t\t\0"


def test_csv_has_a_header_and_every_probability() -> None:
    rows = list(csv.DictReader(io.StringIO(traced(CsvTrace(CLASSES)), newline="")))
    assert list(rows[0]) == [
        "record", "step", "start", "end", "text", "label", "probability", "probability_negative", "probability_positive",
    ]  # fmt: skip
    assert [(row["record"], row["step"], row["text"]) for row in rows[:4]] == [
        ("1", "", "a\tb"), ("1", "1", "a"), ("1", "2", "b"), ("2", "", ""),
    ]  # fmt: skip
    assert [float(rows[1][f"probability_{name}"]) for name in CLASSES] == [0.75, 0.25]
    assert {len(row) for row in rows} == {9}


def test_a_json_line_is_a_record_with_its_steps() -> None:
    records = [json.loads(line) for line in traced(JsonlTrace()).splitlines()]
    assert [(record["record"], len(record["steps"])) for record in records] == [(1, 2), (2, 0), (3, 2)]
    assert records[0]["steps"][1] == STEPS[1].to_dict()


@pytest.mark.parametrize(("prediction", "steps", "lines"), [(TEXT, STEPS, 3), (BLANK, [], 1)])
def test_the_table_shows_the_record_and_its_tokens_below(prediction, steps, lines: int) -> None:
    shown = TableTrace(Table(CLASSES, width=None, color=False)).record(1, prediction, steps)
    assert shown.endswith("\n\n")
    assert len(shown.rstrip("\n").split("\n")) == lines
    assert not steps or shown.split("\n")[1].split()[-2:] == ["0-1", "a"]
