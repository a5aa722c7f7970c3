"""How a signal stops a training run: after the current step, with its state saved."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rnnsent.output.interrupts import handle_signal
from rnnsent.output.terminal import notify


class StopRequest:
    """Whether a signal asked the run to stop, and which."""

    def __init__(self) -> None:
        self.is_training = False  # whether there are results to save
        self._signal: int | None = None

    def is_set(self) -> bool:
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        return 128 + (self._signal or 0)

    def receive(self, number: int, frame: object) -> None:
        if self.is_training and not self.is_set():
            self._signal = number
            notify("stopping after this step ...")
        else:
            handle_signal(number, frame)


@contextmanager
def stop_on_signal() -> Iterator[StopRequest]:
    """While the block runs, a first Ctrl-C or SIGTERM stops training after the current step; a second one, or one before
    the first step, stops at once. Signals that are ignored, as under nohup, stay ignored."""
    request = StopRequest()
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handled = [number for number, handler in previous.items() if handler is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, request.receive)
    try:
        yield request
    finally:
        for number in handled:
            signal.signal(number, previous[number])
