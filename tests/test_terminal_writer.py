"""A line of the table for people fits the terminal, and no control character reaches it."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from os import terminal_size
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnsent.output import terminal_writer
from rnnsent.output.columns import TraceLayout
from rnnsent.output.terminal_writer import TerminalWriter
from rnnsent.prediction import Prediction
from tests.support.controls import FORBIDDEN
from tests.support.writers import (
    BLANK,
    CLASSES,
    TRACE,
    TRACED,
    prediction,
    write,
)

no_surrogates = st.characters(exclude_categories=["Cs"])


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


def test_trace_table() -> None:
    """Each record is followed by a line of its tokens' probabilities, the tokens, and an empty line."""
    records = show([TRACED, BLANK], width=None, layout=TraceLayout(), traces=[TRACE, []]).split("\n\n")
    assert [len(record.split("\n")) for record in records[:2]] == [4, 1]
    assert records[0].split("\n")[2].split()[-2:] == ["0-1", "a"]
