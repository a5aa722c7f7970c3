"""stdout and stderr: control characters are escaped, text is UTF-8, and files are replaced atomically."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.output import terminal
from rnnsent.output.terminal import Output, escape_controls, notify, open_file, pluralize, print_error
from tests.support.controls import FORBIDDEN, HOSTILE


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_escape_any_text(text: str) -> None:
    """Escaped text has no control character and no newline, and escaping it again or escaping letters changes nothing."""
    escaped = escape_controls(text)
    assert not FORBIDDEN.search(escaped)
    assert "\n" not in escaped
    assert escape_controls(escaped) == escaped
    letters = "".join(character for character in text if character.isalnum())
    assert escape_controls(letters) == letters


def test_escape_symbols() -> None:
    """Each kind of control character has its own visible symbol."""
    assert escape_controls("a\x1b[0m\n\x7f\x9b\u202e") == "a␛[0m␊␡<U+009B><U+202E>"


def test_pluralize() -> None:
    """A count of one has a singular noun; larger counts have thousands separators."""
    assert [pluralize(count, "row") for count in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]


def test_output_utf8() -> None:
    """An output encodes text as UTF-8, and a lone surrogate as U+FFFD."""
    stream = io.BytesIO()
    Output(stream).write("電\ud800\x1b\n")
    assert stream.getvalue() == "電\ufffd\x1b\n".encode()


class UnbufferedStream(io.BytesIO):
    """Takes at most a few bytes of a write, as a pipe without a buffer may, and nothing once it is full."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity

    def write(self, data: Any) -> int:
        return super().write(data[: min(3, self._capacity - self.tell())])


def test_output_in_parts() -> None:
    """What a stream does not take at once is written again; a stream that takes nothing is an error, not a loss."""
    stream = UnbufferedStream(20)
    Output(stream).write("a\tb\tlong line\n")
    assert stream.getvalue() == b"a\tb\tlong line\n"
    with pytest.raises(BlockingIOError) as caught:
        Output(stream, name="pipe").write("another line\n")
    assert caught.value.filename == "pipe"


def test_output_escape() -> None:
    """An output with `escape` leaves tabs and newlines unchanged and escapes every other control character."""
    stream = io.BytesIO()
    Output(stream, escape=True).write("a\tb\n\x1b[0m\r")
    assert stream.getvalue().decode() == "a\tb\n␛[0m␍"


def test_messages(capsys: pytest.CaptureFixture[str]) -> None:
    """Each message is one escaped line on stderr; `set_quiet` silences notifications but not errors."""
    notify(f"note: {HOSTILE}\nend")
    print_error(f"bad {HOSTILE}\n  thing")
    terminal.set_quiet()
    notify("silenced")
    print_error("still printed")
    out, err = capsys.readouterr()
    first, second, third = err.splitlines()
    assert out == ""
    assert first.startswith("note: ␛[31mred")
    assert first.endswith("␊end")
    assert second.startswith("rnnsent: error: bad ␛[31mred")
    assert second.endswith(" thing")
    assert third == "rnnsent: error: still printed"
    assert not FORBIDDEN.search(err)


def test_file_atomic(tmp_path: Path) -> None:
    """A file is complete after the block, and unchanged after an error, with no temporary file left."""
    path = tmp_path / "out.tsv"
    with open_file(path) as output:
        output.write("one\n")
    with pytest.raises(RuntimeError), open_file(path) as output:
        output.write("two\n")
        raise RuntimeError
    assert path.read_text() == "one\n"
    assert list(tmp_path.iterdir()) == [path]
