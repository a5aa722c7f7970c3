"""Proves that cells read back as what they were, and that guarded ones begin no formula."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.report.cells import Cells, SafeCells, json_line

text = st.text(st.characters(exclude_categories=["Cs"]))


def read(line: str, delimiter: str = ",") -> list[str]:
    (row,) = csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True)
    return row


@settings(deadline=None, derandomize=True)
@given(st.lists(text, min_size=2), st.sampled_from([",", "\t"]))
def test_a_line_of_csv_reads_back_as_its_cells(values: list[str], delimiter: str) -> None:
    assert read(Cells().csv_line(values, delimiter), delimiter) == values


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.builds(str.__add__, st.sampled_from(["", *"=+-@\t\r\n;"]), text), min_size=1), st.sampled_from(",\t")
)
def test_a_guarded_cell_begins_with_nothing_that_a_spreadsheet_runs(values: list[str], delimiter: str) -> None:
    for cell, value in zip(read(SafeCells().csv_line(values, delimiter), delimiter), values, strict=True):
        assert not cell.startswith(tuple("=+-@\t\r\n"))
        assert cell in (value, "'" + value)
        assert (cell == value) == (not value.startswith(tuple("=+-@\t\r\n")))


@settings(deadline=None, derandomize=True)
@given(text)
def test_no_cell_of_a_guarded_line_without_quotes_begins_a_formula(value: str) -> None:
    line = SafeCells().tsv_line(["a", value, "b\t" + value], "\n").removesuffix("\n")
    for cell in line.replace("\r", "\t").split("\t"):
        assert not cell.startswith(tuple("=+-@"))


@pytest.mark.parametrize(
    ("value", "plain", "safe"),
    [
        ("=1+1", "=1+1", '"\'=1+1"'),
        (-5, "-5", "-5"),
        (Decimal("-5.10"), "-5.10", "-5.10"),
        ("-5", "-5", '"\'-5"'),
        (b"@x", "@x", '"\'@x"'),
        (None, "", '""'),
        (True, "true", '"true"'),
        (["=x"], '"[""=x""]"', '"[""=x""]"'),
        ("a;=1", "a;=1", '"a;=1"'),
        (datetime.date(2026, 1, 2), "2026-01-02", '"2026-01-02"'),
    ],
)
def test_values_of_each_kind(value: object, plain: str, safe: str) -> None:
    assert Cells().csv_line([1, value]) == f"1,{plain}\n"
    assert SafeCells().csv_line([1, value]) == f"1,{safe}\n"


def test_half_a_character_is_kept_in_json() -> None:
    line = json_line({"a\ud800": "\udc00 電"})
    assert line.encode() == b'{"a\\ud800": "\\udc00 ' + "電".encode() + b'"}\n'
    assert json.loads(line) == {"a\ud800": "\udc00 電"}
