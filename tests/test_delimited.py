"""CSV, TSV and JSON lines: values read back unchanged, and formula-safe cells begin no formula."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.output.delimited import CellWriter, FormulaSafeCellWriter, format_probability, json_line

FORMULA_CHARACTERS = tuple("=+-@\t\r\n")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FORMULA_LIKE = st.builds(str.__add__, st.sampled_from(["", *FORMULA_CHARACTERS, ";"]), TEXT)


def parse(line: str, delimiter: str = ",") -> list[str]:
    (row,) = csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True)
    return row


@settings(deadline=None, derandomize=True)
@given(st.lists(TEXT, min_size=2), st.sampled_from([",", "\t"]))
def test_csv_roundtrip(values: list[str], delimiter: str) -> None:
    """A CSV line reads back as its values."""
    assert parse(CellWriter().csv_line(values, delimiter), delimiter) == values


@settings(deadline=None, derandomize=True)
@given(st.lists(FORMULA_LIKE, min_size=1), st.sampled_from(",\t"))
def test_csv_safe(values: list[str], delimiter: str) -> None:
    """A formula-safe CSV cell begins with no formula character, and only cells that would are changed."""
    cells = parse(FormulaSafeCellWriter().csv_line(values, delimiter), delimiter)
    for cell, value in zip(cells, values, strict=True):
        assert not cell.startswith(FORMULA_CHARACTERS)
        assert cell in (value, "'" + value)
        assert (cell == value) == (not value.startswith(FORMULA_CHARACTERS))


@settings(deadline=None, derandomize=True)
@given(TEXT)
def test_tsv_safe(value: str) -> None:
    """No cell of a formula-safe TSV line begins a formula, even after a tab or line break within a value."""
    line = FormulaSafeCellWriter().tsv_line(["a", value, "b\t" + value], "\n").removesuffix("\n")
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
def test_csv_types(value: object, plain: str, safe: str) -> None:
    """Each type of value has one form in plain and in formula-safe CSV."""
    assert CellWriter().csv_line([1, value]) == f"1,{plain}\n"
    assert FormulaSafeCellWriter().csv_line([1, value]) == f"1,{safe}\n"


def test_json_surrogate() -> None:
    """A lone surrogate is escaped in JSON and reads back."""
    line = json_line({"a\ud800": "\udc00 電"})
    assert line.encode() == b'{"a\\ud800": "\\udc00 ' + "電".encode() + b'"}\n'
    assert json.loads(line) == {"a\ud800": "\udc00 電"}


def test_format_probability() -> None:
    """A probability has four decimals; a missing one is empty."""
    assert [format_probability(value) for value in (0.98765, 1.0, None)] == ["0.9877", "1.0000", ""]
