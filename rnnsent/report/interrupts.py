"""Ctrl-C, SIGTERM and SIGHUP as exceptions, so that temporary files go, and never within a record. Knows no output.

A signal that comes while a record is written is held until it stands there whole; where nobody reads what is written,
until GRACE has passed.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRACE = 2.0  # seconds

_writing = False
_held: int | None = None
_gave_up = False


def gave_up() -> bool:
    """Whether a record was left divided, since nobody read it."""
    return _gave_up


def install() -> None:
    """Turn the signals into KeyboardInterrupt and SystemExit; one that is ignored, as nohup has it, stays so."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, arrived)
    signal.signal(signal.SIGALRM, _waited)


@contextmanager
def undivided() -> Iterator[None]:
    """A block that a signal does not end before it is done."""
    global _writing
    _writing = True
    try:
        yield
    finally:
        _writing = False
        if _held is not None:
            _end()


def arrived(number: int, _: object) -> None:
    """What a signal does: end the program, or a record that is being written first."""
    global _held
    if _writing and _held is None:
        _held = number
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        return
    _held = number
    _end()


def _waited(*_: object) -> None:
    global _gave_up
    if _held is not None:
        _gave_up = True
        _end()


def _end() -> None:
    global _held, _writing
    number, _held, _writing = _held or signal.SIGTERM, None, False
    signal.setitimer(signal.ITIMER_REAL, 0)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)  # what a shell expects
