"""stdout and stderr: results on the one, everything else on the other, and nothing of a user's text obeyed by either."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rnnsent.atomic import replaced_file

# C0, DEL and C1 controls, and the marks that reverse the direction of text.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_quiet = False


def set_quiet() -> None:
    """Say nothing from now on but errors."""
    global _quiet
    _quiet = True


def quiet() -> bool:
    return _quiet


def say(text: str) -> None:
    """A line of progress, hint or warning on stderr."""
    if not _quiet:
        print(visible(text), file=sys.stderr, flush=True)  # noqa: T201


def say_error(text: str) -> None:
    """One line on stderr, whatever the text holds."""
    print(f"rnnsent: error: {visible(' '.join(text.split()))}", file=sys.stderr, flush=True)  # noqa: T201


def visible(text: str, controls: re.Pattern[str] = CONTROLS) -> str:
    """The text with control characters as pictures, so that a terminal shows them and does not obey them."""
    return controls.sub(_picture, text)


class Output:
    """Where results are written: text in, UTF-8 out whatever the locale."""

    def __init__(self, stream: BinaryIO, *, guarded: bool = False) -> None:
        self._stream, self._guarded = stream, guarded

    def write(self, text: str) -> None:
        if self._guarded:
            text = visible(text, CONTROLS_BUT_LINES)
        self._stream.write(text.encode("utf-8", "replace"))

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def standard_output(*, guarded: bool = True) -> Iterator[Output]:
    """stdout for results. A reader that went away ends the block quietly.

    Args:
        guarded: keep control characters from a terminal; False where what is written is safe, and has colours.
    """
    output = Output(sys.stdout.buffer, guarded=guarded and sys.stdout.isatty())
    try:
        yield output
        output.flush()
    except BrokenPipeError:
        # Python would complain when it flushes stdout at exit; let it flush into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def file_output(path: Path) -> Iterator[Output]:
    """A file for results, which takes its place whole at the end; after an error the old one is as it was."""
    with replaced_file(path) as written, written.open("wb") as stream:
        yield Output(stream)


def colored() -> bool:
    """Whether stdout is a terminal that shows colours, and the user did not ask for none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"
