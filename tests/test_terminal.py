"""Proves that no text of a user reaches a terminal as a command, and that results and messages go where they belong."""

import io
from pathlib import Path

import pytest
from controls import FORBIDDEN, HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.report import terminal
from rnnsent.report.terminal import Output, file_output, say, say_error, visible


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_what_is_visible_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = visible(text)
    assert not FORBIDDEN.search(shown)
    assert "\n" not in shown
    assert visible(shown) == shown
    plain = "".join(letter for letter in text if letter.isalnum())
    assert visible(plain) == plain


def test_controls_are_shown_as_pictures() -> None:
    assert visible("a\x1b[0m\n\x7f\x9b\u202e") == "a␛[0m␊␡<U+009B><U+202E>"


def test_an_output_is_utf_8_whatever_it_is_given() -> None:
    stream = io.BytesIO()
    Output(stream).write("電\ud800\x1b\n")
    assert stream.getvalue() == "電\ufffd\x1b\n".encode()


def test_a_guarded_output_keeps_lines_and_tabs_and_no_other_control() -> None:
    stream = io.BytesIO()
    Output(stream, guarded=True).write("a\tb\n\x1b[0m\r")
    assert stream.getvalue().decode() == "a\tb\n␛[0m␍"


def test_messages_go_to_stderr_a_line_each_and_none_when_quiet(loud: None, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"note: {HOSTILE}\nend")
    say_error(f"bad {HOSTILE}\n  thing")
    terminal.set_quiet()
    say("not said")
    say_error("still said")
    out, err = capsys.readouterr()
    first, second, third = err.splitlines()
    assert out == ""
    assert first.startswith("note: ␛[31mred")
    assert first.endswith("␊end")
    assert second.startswith("rnnsent: error: bad ␛[31mred")
    assert second.endswith(" thing")
    assert third == "rnnsent: error: still said"
    assert not FORBIDDEN.search(err)


def test_a_file_of_results_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.tsv"
    with file_output(path) as output:
        output.write("one\n")
    with pytest.raises(RuntimeError), file_output(path) as output:
        output.write("two\n")
        raise RuntimeError
    assert path.read_text() == "one\n"
    assert list(tmp_path.iterdir()) == [path]
