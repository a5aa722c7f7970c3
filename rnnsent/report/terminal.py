"""stdout and stderr: results on the one, everything else on the other, and nothing of a user's text obeyed by either."""

import codecs
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from rnnsent.atomic import replaced_file
from rnnsent.errors import RnnsentError
from rnnsent.report.interrupts import gave_up, undivided

# C0, DEL and C1 controls, and the marks that reverse the direction of text.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

LONGEST_ERROR = 2_000  # characters; such as the names of all columns may have more
HALF_CHARACTER = "rnnsent.half_character"  # how to encode what UTF-8 cannot hold
codecs.register_error(HALF_CHARACTER, lambda error: (b"\xef\xbf\xbd" * (error.end - error.start), error.end))  # type: ignore[attr-defined]

_quiet = False


def set_quiet() -> None:
    """Say nothing from now on but errors."""
    global _quiet
    _quiet = True


def quiet() -> bool:
    return _quiet


def counted(number: int, thing: str) -> str:
    """Such as "1 row" and "2,000 rows"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def say(text: str) -> None:
    """A line of progress, hint or warning on stderr."""
    if not _quiet:
        _to_stderr(visible(text))


def say_logs() -> None:
    """Say what the library logs, such as that it begins to read from the Hub."""
    import logging

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    log = logging.getLogger("rnnsent")
    log.handlers = [Said()]
    log.setLevel(logging.INFO)
    log.propagate = False


def say_error(text: str) -> None:
    """One line on stderr, whatever the text holds and however long it is."""
    text = " ".join(text.split())
    if len(text) > LONGEST_ERROR:
        text = f"{text[: LONGEST_ERROR // 2]} … {text[-LONGEST_ERROR // 2 :]}"
    _to_stderr(f"rnnsent: error: {visible(text)}")


def visible(text: str, controls: re.Pattern[str] = CONTROLS) -> str:
    """The text with control characters as pictures, so that a terminal shows them and does not obey them."""
    return controls.sub(_picture, text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether one of the process's streams is a terminal; a stream that is closed (None) is none."""
    return stream is not None and stream.isatty()


class Output:
    """Where results are written: text in, UTF-8 out whatever the locale. An error names the place."""

    def __init__(self, stream: BinaryIO, *, name: str = "stdout", guarded: bool = False) -> None:
        self._stream, self._name, self._guarded = stream, name, guarded

    def write(self, text: str) -> None:
        if self._guarded:
            text = visible(text, CONTROLS_BUT_LINES)
        with self._named(), undivided():
            self._stream.write(text.encode("utf-8", HALF_CHARACTER))

    def flush(self) -> None:
        with self._named(), undivided():
            self._stream.flush()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._name) from None


@contextmanager
def standard_output(*, guarded: bool = True) -> Iterator[Output]:
    """stdout for results. A reader that went away ends the block quietly.

    Args:
        guarded: keep control characters from a terminal; False where what is written is safe, and has colours.

    Raises:
        RnnsentError: stdout is closed.
    """
    if sys.stdout is None:
        raise RnnsentError("stdout is closed, so results have nowhere to go; write to a file with --output or >")
    output = Output(sys.stdout.buffer, guarded=guarded and is_terminal(sys.stdout))
    try:
        yield output
        output.flush()
    except OSError as error:
        if error.filename == "stdout":
            let_go(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise
    except (KeyboardInterrupt, SystemExit):
        if gave_up():
            let_go(sys.stdout)
        raise


@contextmanager
def file_output(path: Path, *, guarded: bool = True) -> Iterator[Output]:
    """A file for results, which takes its place whole at the end; after an error the old one is as it was.

    Args:
        guarded: keep control characters from a terminal, which a path can name too.
    """
    with replaced_file(path) as written:
        stream = written.open("wb")
        output = Output(stream, name=str(path), guarded=guarded and stream.isatty())
        try:
            yield output
            output.flush()
        finally:
            with suppress(OSError):  # what could not be written cannot be at the second try
                stream.close()


def is_standard_output(path: Path) -> bool:
    """Whether a path means stdout: `-`, or the file, pipe or terminal that stdout leads to."""
    if str(path) == "-":
        return True
    try:
        return sys.stdout is not None and os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def colored() -> bool:
    """Whether stdout is a terminal that shows colours, and the user did not ask for none (no-color.org)."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def let_go(stream: TextIO) -> None:
    """Let Python, which flushes the stream at exit, and would complain or wait, flush into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _to_stderr(line: str) -> None:
    if sys.stderr is not None:  # where it is closed, print would turn to stdout
        # A note that nobody can read ends no work, nor does one that a signal has it say within another.
        with suppress(OSError, RuntimeError):
            print(line, file=sys.stderr, flush=True)  # noqa: T201


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"
