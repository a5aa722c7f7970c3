"""The layout of tables and metric lines in a given width."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnsent.output import printer
from rnnsent.output.printer import Printer
from rnnsent.output.terminal import Output

CELLS = st.text(st.sampled_from("ab 電1%-"), min_size=1, max_size=12).filter(str.strip)


def print_table(monkeypatch: pytest.MonkeyPatch, width: int, header, rows, **options) -> list[str]:
    monkeypatch.setattr(printer, "DEFAULT_WIDTH", width)
    stream = io.BytesIO()
    Printer(Output(stream)).table(header, rows, **options)
    return stream.getvalue().decode().splitlines()


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(50, 80))
def test_wrap(rows, width: int) -> None:
    """No line is wider than the table, and no word is split if all of them fit."""
    with pytest.MonkeyPatch.context() as patch:
        lines = print_table(patch, width, ["one", "two", "three"], rows)
    assert all(cell_len(line) <= width for line in lines)
    words = re.split(r"\s+", "\n".join(lines))
    assert {word for row in rows for cell in row for word in cell.split()} <= set(words)


def test_alignment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is left-aligned and numbers are right-aligned."""
    rows = [["a", "text", "1,000", "12%"], ["bb", "x", "7", "-"]]
    lines = print_table(monkeypatch, 60, ["name", "title", "count", "fraction"], rows)
    assert [line.rstrip() for line in lines if line.strip()][2:] == [
        " a      text    1,000        12%",
        " bb     x           7          -",
    ]


def test_droppable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Droppable columns are dropped in order before a word is split."""
    header, rows = ["name", "size", "created", "classes"], [["model", "4 MB", "2026-01-01", "unbreakable"]]
    wide, narrow, tiny = (
        " ".join(print_table(monkeypatch, width, header, rows, droppable=("size", "created"))) for width in (60, 38, 26)
    )
    assert all(word in wide for word in ("MB", "2026-01-01", "unbreakable"))
    assert "MB" not in narrow
    assert all(word in narrow for word in ("2026-01-01", "unbreakable"))
    assert "2026" not in tiny
    assert all(word in tiny for word in ("model", "unbreakable"))


def test_metric_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A metric line is wrapped only between two metrics."""
    monkeypatch.setattr(printer, "DEFAULT_WIDTH", 20)
    stream = io.BytesIO()
    Printer(Output(stream)).metric_line(["one two", "three four", "five"])
    assert stream.getvalue().decode() == "one two   three four\nfive\n"
