"""Proves that a table stays within its width, breaks no word that it need not, and hides nothing but spare columns."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnsent.report import printer as module
from rnnsent.report.printer import Printer
from rnnsent.report.terminal import Output

CELLS = st.text(st.sampled_from("ab 電1%-"), min_size=1, max_size=12).filter(str.strip)


def shown(monkeypatch: pytest.MonkeyPatch, width: int, header, rows, **options) -> list[str]:
    monkeypatch.setattr(module, "WIDTH_IN_A_PIPE", width)
    stream = io.BytesIO()
    Printer(Output(stream)).table(header, rows, **options)
    return stream.getvalue().decode().splitlines()


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(50, 80))
def test_no_word_is_broken_where_all_of_them_fit(rows, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines = shown(patch, width, ["one", "two", "three"], rows)
    assert all(cell_len(line) <= width for line in lines)
    words = re.split(r"\s+", "\n".join(lines))
    assert {word for row in rows for cell in row for word in cell.split()} <= set(words)


def test_text_stands_left_and_numbers_stand_right(monkeypatch) -> None:
    rows = [["a", "text", "1,000", "12 %"], ["bb", "x", "7", "-"]]
    lines = shown(monkeypatch, 60, ["name", "what", "count", "share"], rows)
    assert [line.rstrip() for line in lines if line.strip()][2:] == [
        " a      text   1,000    12 %",
        " bb     x          7       -",
    ]


def test_spare_columns_give_way_before_a_word_is_broken(monkeypatch) -> None:
    header, rows = ["name", "size", "made", "what"], [["model", "4 MB", "2026-01-01", "unbreakable"]]
    spare = ("size", "made")
    wide, narrow, tiny = (" ".join(shown(monkeypatch, width, header, rows, spare=spare)) for width in (60, 38, 26))
    assert all(word in wide for word in ("MB", "2026-01-01", "unbreakable"))
    assert "MB" not in narrow
    assert all(word in narrow for word in ("2026-01-01", "unbreakable"))
    assert "2026" not in tiny
    assert all(word in tiny for word in ("model", "unbreakable"))


def test_figures_are_broken_between_them_alone(monkeypatch) -> None:
    monkeypatch.setattr(module, "WIDTH_IN_A_PIPE", 20)
    stream = io.BytesIO()
    Printer(Output(stream)).figures(["one two", "three four", "five"])
    assert stream.getvalue().decode() == "one two   three four\nfive\n"
