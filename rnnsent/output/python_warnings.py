"""What the user sees of the warnings of libraries: one line, without a path into the library's code."""

import sys
import warnings
from typing import TextIO

from rnnsent.output.terminal import notify

MAX_LENGTH = 300  # characters
TRIGGER = " (Triggered internally"  # before the place in PyTorch's C++ code


def shorten_warnings() -> None:
    """From now on print a library's UserWarning as one line, unless quiet, and ignore warnings meant for developers.

    With -W or PYTHONWARNINGS, Python shows all that the user requests, in its own format.
    """
    if not sys.warnoptions:
        warnings.showwarning = _show


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, UserWarning):
        text, _, _ = " ".join(str(message).split()).partition(TRIGGER)
        notify(f"warning: {text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + '…'}")
