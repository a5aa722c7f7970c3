"""CSV, TSV and JSON: a reader of any dialect gets the values back, and formula-safe cells begin no formula."""

import csv
import datetime
import io
import json
import math
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.dialect import Dialect, Quoting
from rnnsent.errors import DataError
from rnnsent.output.delimited import CellWriter, FormulaSafeCellWriter, format_probability, json_text

CSV, TSV = Dialect(","), Dialect("\t")
FORMULA_CHARACTERS = tuple("=+-@\t\r\n")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FORMULA_LIKE = st.builds(str.__add__, st.sampled_from(["", *FORMULA_CHARACTERS, ";"]), TEXT)


SPECIAL = st.text(st.sampled_from('",;\t|\\\r\n\ufeff a'), max_size=6)


def parse(lines: str, dialect: Dialect = CSV) -> list[list[str]]:
    """The rows, as a reader of the dialect gets them."""
    options: dict[str, Any] = {"quoting": csv.QUOTE_NONE if dialect.quoting == "none" else csv.QUOTE_MINIMAL}
    if dialect.escape:
        options |= {"doublequote": False, "escapechar": dialect.escape}
    return list(csv.reader(io.StringIO(lines, newline=""), delimiter=dialect.delimiter, strict=True, **options))


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    quoting = draw(st.sampled_from(get_args(Quoting)))
    escape = None if quoting == "none" else draw(st.sampled_from([None, "\\"]))
    delimiter, line_end = draw(st.sampled_from(",;\t|:")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return Dialect(delimiter, quoting, escape, line_end, draw(st.booleans()))


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.lists(st.lists(st.one_of(TEXT, SPECIAL), min_size=3, max_size=3), min_size=1), dialects())
def test_roundtrip(rows: list[list[str]], dialect: Dialect) -> None:
    """A reader of the dialect gets the values back; without quotes, those that it can represent."""
    if dialect.quoting == "none":
        separators = str.maketrans(dict.fromkeys(f"{dialect.delimiter}\r\n"))
        rows = [[value.translate(separators) for value in row] for row in rows]
    written = "".join(map(CellWriter(dialect).row, rows))
    assert parse(written, dialect) == rows
    assert written.endswith(dialect.line_end)


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (CSV, 'a,"b""c","d,e",,1\n'),
        (Dialect(";", line_end="\r\n"), 'a;"b""c";d,e;;1\r\n'),
        (Dialect(",", "all"), '"a","b""c","d,e","","1"\n'),
        (Dialect(",", escape="\\", line_end="\r"), 'a,"b\\"c","d,e",,1\r'),
        (Dialect("\t", "none"), 'a\tb"c\td,e\t\t1\n'),
    ],
)
def test_dialects(dialect: Dialect, written: str) -> None:
    assert CellWriter(dialect).row(["a", 'b"c', "d,e", None, 1]) == written


@pytest.mark.parametrize("value", ["very\tgood", "very\ngood", "very\rgood", ["a\tb"]])
def test_no_quotes(value: object) -> None:
    """A value that cannot be written without quotes is an error, not another number of cells."""
    if isinstance(value, list):  # a tab in JSON is an escape
        assert CellWriter(Dialect("\t", "none")).row([value]) == '["a\\tb"]\n'
        return
    with pytest.raises(DataError, match=r"has a delimiter or a line break, .*--format jsonl"):
        CellWriter(Dialect("\t", "none")).row([value])


def test_first_byte_order_mark() -> None:
    """A cell that begins with a byte-order mark keeps it, even where the file begins with the cell."""
    assert CellWriter(CSV).row(["\ufeffid", "x"]) == '"\ufeffid",x\n'


@settings(deadline=None, derandomize=True)
@given(st.lists(FORMULA_LIKE, min_size=1), dialects())
def test_csv_safe(values: list[str], dialect: Dialect) -> None:
    """In any dialect, a formula-safe cell begins with no formula character, and only cells that would are changed.

    A spreadsheet knows doubled quotes only.
    """
    (cells,) = parse(FormulaSafeCellWriter(dialect).row(values), Dialect(dialect.delimiter))
    for cell, value in zip(cells, values, strict=True):
        assert not cell.startswith(FORMULA_CHARACTERS)
        assert cell in (value, "'" + value)
        assert (cell == value) == (not value.startswith(FORMULA_CHARACTERS))


@pytest.mark.parametrize("escape", [None, "\\"])
@pytest.mark.parametrize("quoting", get_args(Quoting))
def test_csv_safe_in_dialect(quoting: Quoting, escape: str | None) -> None:
    """A cell with a bare or an escaped quote in another dialect does not become a formula in a spreadsheet."""
    row = FormulaSafeCellWriter(Dialect(",", quoting, escape)).row(['"=1', 'a\\",=cmd()', -1])
    number = '"-1"' if quoting == "all" else "-1"
    assert row == f'"""=1","a\\"",=cmd()",{number}\n'


@settings(deadline=None, derandomize=True)
@given(TEXT)
def test_tsv_safe(value: str) -> None:
    """No cell of a formula-safe TSV line begins a formula, even after a tab or line break within a value."""
    line = FormulaSafeCellWriter(TSV).tsv_line(["a", value, "b\t" + value], "\n").removesuffix("\n")
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
    assert CellWriter(CSV).row([1, value]) == f"1,{plain}\n"
    assert FormulaSafeCellWriter(CSV).row([1, value]) == f"1,{safe}\n"


def test_json_surrogate() -> None:
    """A lone surrogate is escaped in JSON and reads back."""
    line = json_text({"a\ud800": "\udc00 電"})
    assert line.encode() == b'{"a\\ud800": "\\udc00 ' + "電".encode() + b'"}'
    assert json.loads(line) == {"a\ud800": "\udc00 電"}


def test_json_nan() -> None:
    """JSON has neither NaN nor infinity; they become null, wherever they are."""
    values = {"a": math.nan, "b": [math.inf, 1.5, {"c": -math.inf}], "d": "\ud800"}
    assert json_text(values) == '{"a": null, "b": [null, 1.5, {"c": null}], "d": "\\ud800"}'


def test_format_probability() -> None:
    """A probability has four decimals; a missing one is empty."""
    assert [format_probability(value) for value in (0.98765, 1.0, None)] == ["0.9877", "1.0000", ""]
