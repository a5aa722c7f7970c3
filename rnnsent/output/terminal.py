"""stdout for results, stderr for everything else. No control character in a user's text reaches a terminal."""

import codecs
import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from rnnsent.atomic import replace_file
from rnnsent.errors import RnnsentError
from rnnsent.output.interrupts import uninterruptible

# C0 controls, DEL, C1 controls and the characters that change the direction of text.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROLS_EXCEPT_TAB_AND_NEWLINE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

MAX_ERROR_LENGTH = 2_000  # characters; a list of column names, for example, may be longer
REPLACE_SURROGATES = "rnnsent.replace_surrogates"  # codec error handler: U+FFFD for what UTF-8 cannot encode
codecs.register_error(REPLACE_SURROGATES, lambda error: (b"\xef\xbf\xbd" * (error.end - error.start), error.end))  # type: ignore[attr-defined]

_quiet = False


def set_quiet() -> None:
    """From now on print only errors to stderr."""
    global _quiet
    _quiet = True


def is_quiet() -> bool:
    """Whether `set_quiet` was called."""
    return _quiet


def pluralize(count: int, noun: str) -> str:
    """Format a count with its noun, for example "1 row" or "2,000 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def notify(text: str) -> None:
    """Print a line of progress, a hint or a warning to stderr, unless quiet."""
    if not _quiet:
        _print_to_stderr(escape_controls(text))


def enable_logging() -> None:
    """Print the library's log messages to stderr: what was guessed about an input, and warnings about it."""
    import logging

    class NotifyHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            prefix = "warning: " if record.levelno >= logging.WARNING else ""
            notify(prefix + record.getMessage())

    logger = logging.getLogger("rnnsent")
    logger.handlers = [NotifyHandler()]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.lastResort = logging.NullHandler()  # which would print what other libraries log


def print_error(text: str) -> None:
    """Print an error as one line on stderr: whitespace collapsed, the middle of a very long text omitted."""
    text = " ".join(text.split())
    if len(text) > MAX_ERROR_LENGTH:
        text = f"{text[: MAX_ERROR_LENGTH // 2]} … {text[-MAX_ERROR_LENGTH // 2 :]}"
    _print_to_stderr(f"rnnsent: error: {escape_controls(text)}")


def escape_controls(text: str, controls: re.Pattern[str] = CONTROLS) -> str:
    """Replace control characters by visible symbols, so that a terminal displays them instead of obeying them."""
    return controls.sub(_to_symbol, text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a standard stream is a terminal; False for None, Python's value for a closed stream."""
    return stream is not None and stream.isatty()


class Output:
    """A destination for results. Encodes text as UTF-8 in every locale and adds its name to errors.

    Args:
        name: shown in errors; a path or "stdout".
        escape: replace control characters other than tab and newline.
    """

    def __init__(self, stream: BinaryIO, *, name: str = "stdout", escape: bool = False) -> None:
        self._stream, self._name, self._escape = stream, name, escape

    @property
    def name(self) -> str:
        return self._name

    @property
    def binary(self) -> BinaryIO:
        """The stream below, for formats that are not text."""
        return self._stream

    def write(self, text: str) -> None:
        """Write text; a signal takes effect only after all of it is written. Raises OSError with the output's name."""
        if self._escape:
            text = escape_controls(text, CONTROLS_EXCEPT_TAB_AND_NEWLINE)
        data = text.encode("utf-8", REPLACE_SURROGATES)
        with self.protect():
            while data:  # a stream without a buffer, as under PYTHONUNBUFFERED, may take a part or nothing
                n_written = self._stream.write(data)
                if not n_written:
                    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
                data = data[n_written:]

    def flush(self) -> None:
        """Flush the stream. Raises OSError with the output's name."""
        with self.protect():
            self._stream.flush()

    @contextmanager
    def protect(self) -> Iterator[None]:
        """Write to the stream in a block that signals do not interrupt, and whose errors have the output's name."""
        try:
            with uninterruptible():
                yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._name) from None


@contextmanager
def open_stdout(*, escape: bool = True) -> Iterator[Output]:
    """Open stdout for results. A broken pipe ends the block without an error.

    Args:
        escape: replace control characters if stdout is a terminal; False for text that is already escaped and colored.

    Raises:
        RnnsentError: stdout is closed.
    """
    if sys.stdout is None:
        raise RnnsentError("stdout is closed; write to a file with --output, or redirect stdout with >")
    output = Output(sys.stdout.buffer, escape=escape and is_terminal(sys.stdout))
    try:
        yield output
        output.flush()
    except OSError as error:
        if error.filename == "stdout":
            redirect_to_devnull(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise


@contextmanager
def open_file(path: Path, *, escape: bool = True) -> Iterator[Output]:
    """Open a file for results. It is replaced atomically at the end of the block, and left unchanged after an error.

    A named pipe is written to as stdout is: a broken one ends the block without an error.

    Args:
        escape: replace control characters if the path is that of a terminal.
    """
    with replace_file(path) as temporary, suppress(BrokenPipeError):
        stream = temporary.open("wb")
        output = Output(stream, name=str(path), escape=escape and stream.isatty())
        try:
            yield output
            output.flush()
        except BaseException:
            try:
                with suppress(OSError):
                    output.flush()  # of a named pipe: whole records
            finally:
                redirect_to_devnull(stream)
            raise
        finally:
            stream.close()


def is_stdout(path: Path) -> bool:
    """Whether a path means stdout: `-`, or the file, pipe or terminal that stdout is connected to."""
    if str(path) == "-":
        return True
    try:
        return sys.stdout is not None and os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def supports_color() -> bool:
    """Whether stdout is a terminal with colors, and the user has not disabled them with NO_COLOR (no-color.org)."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def redirect_to_devnull(stream: TextIO | BinaryIO) -> None:
    """Send the rest of a stream to /dev/null, so that the flush that closes it neither fails nor blocks."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())
    os.close(devnull)


def _print_to_stderr(line: str) -> None:
    if sys.stderr is not None:  # print(file=None) would write to stdout
        # OSError: stderr cannot be written. RuntimeError: a signal handler printed during another print.
        with suppress(OSError, RuntimeError):
            print(line, file=sys.stderr, flush=True)  # noqa: T201


def _to_symbol(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"
