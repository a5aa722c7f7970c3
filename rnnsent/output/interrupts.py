"""SIGINT, SIGTERM and SIGHUP as exceptions that never split a record. Knows signals only, not what is written.

The exceptions let `finally` blocks remove temporary files. A signal that arrives while a record is being written is
handled once the record is complete. Whatever is still to be written after a signal has GRACE_SECONDS: nothing may be
reading the pipe.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 2.0  # from the signal on
MIN_GRACE_SECONDS = 0.1  # for a write that begins late

_writing = False
_signal: int | None = None  # the last one that arrived
_deadline = 0.0


def install_signal_handlers() -> None:
    """Raise KeyboardInterrupt or SystemExit on the signals, except those that are ignored, for example under nohup."""
    global _signal
    _signal = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle_signal)
    signal.signal(signal.SIGALRM, _on_alarm)


@contextmanager
def uninterruptible() -> Iterator[None]:
    """Defer a first signal until the block is done, but at most for GRACE_SECONDS.

    After a signal, the block has what is left of that time and is then interrupted, as it is by a second signal.
    """
    global _writing
    is_stopping = _signal is not None
    _writing = True
    try:
        if is_stopping:
            _start_timer()
        yield
    finally:
        _writing = False
        if is_stopping:
            _stop_timer()
        elif _signal is not None:
            _exit()


def handle_signal(number: int, _: object) -> None:
    """Exit at once, or after the current `uninterruptible` block; a second signal exits at once in any case."""
    global _signal, _deadline
    is_first = _signal is None
    _signal = number
    if is_first:
        _deadline = time.monotonic() + GRACE_SECONDS
    if is_first and _writing:
        _start_timer()
    else:
        _exit()


def _on_alarm(*_: object) -> None:
    if _writing:
        _exit()


def _start_timer() -> None:
    signal.setitimer(signal.ITIMER_REAL, max(_deadline - time.monotonic(), MIN_GRACE_SECONDS))


def _stop_timer() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)


def _exit() -> None:
    """Raise the exception for the signal."""
    global _writing
    _writing = False
    _stop_timer()
    if _signal == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + (_signal or signal.SIGTERM))  # the exit code that shells report for a signal
