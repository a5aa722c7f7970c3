"""SIGINT, SIGTERM and SIGHUP as exceptions that never split a record. Knows signals only, not what is written.

The exceptions let `finally` blocks remove temporary files. A signal that arrives while a record is being written is
handled once the record is complete, or after GRACE_SECONDS if the write blocks because nothing reads the pipe.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 2.0

_writing = False
_pending_signal: int | None = None
_timed_out = False


def timed_out() -> bool:
    """Whether a signal interrupted a write that was still blocked after GRACE_SECONDS."""
    return _timed_out


def install_signal_handlers() -> None:
    """Raise KeyboardInterrupt or SystemExit on the signals, except those that are ignored, for example under nohup."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle_signal)
    signal.signal(signal.SIGALRM, _on_alarm)


@contextmanager
def uninterruptible() -> Iterator[None]:
    """Defer signals until the block is done."""
    global _writing
    _writing = True
    try:
        yield
    finally:
        _writing = False
        if _pending_signal is not None:
            _exit()


def handle_signal(number: int, _: object) -> None:
    """Exit at once, or after the current `uninterruptible` block; a second signal exits at once in any case."""
    global _pending_signal
    if _writing and _pending_signal is None:
        _pending_signal = number
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
        return
    _pending_signal = number
    _exit()


def _on_alarm(*_: object) -> None:
    global _timed_out
    if _pending_signal is not None:
        _timed_out = True
        _exit()


def _exit() -> None:
    """Raise the exception for the pending signal."""
    global _pending_signal, _writing
    number, _pending_signal, _writing = _pending_signal or signal.SIGTERM, None, False
    signal.setitimer(signal.ITIMER_REAL, 0)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)  # the exit code that shells report for a signal
