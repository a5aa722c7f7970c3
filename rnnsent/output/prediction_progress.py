"""The progress of predicting a file on a terminal: records, rate, time left, and the share of each class so far.

Nothing is loaded and shown before START_SECONDS, so a short prediction costs nothing.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

from rnnsent.data.records import Reader
from rnnsent.output.terminal import escape_controls, is_quiet, is_terminal
from rnnsent.prediction import Prediction

START_SECONDS = 1.0
STEPS = 1_000  # of the bar


class PredictionProgress:
    """A context manager; `update` is called after each batch.

    Args:
        labels: whose shares are shown.
        is_shown: whether the predictions go elsewhere than to the terminal.
    """

    def __init__(self, reader: Reader, labels: Sequence[str], *, is_shown: bool) -> None:
        self._reader, self._labels = reader, labels
        self._is_shown = is_shown and not is_quiet() and is_terminal(sys.stderr)
        self._start = time.monotonic()
        self._counts: Counter[str | None] = Counter()
        self._display: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._display is not None:
            self._display.stop()

    def update(self, predictions: Iterable[Prediction]) -> None:
        if not self._is_shown:
            return
        self._counts.update(prediction.label for prediction in predictions)
        seconds = time.monotonic() - self._start
        if seconds < START_SECONDS:
            return
        if self._display is None:
            self._open()
        fraction = self._reader.fraction_read
        self._display.update(
            self._task,
            total=None if fraction is None else STEPS,
            completed=STEPS * (fraction or 0),
            description=self._describe(seconds),
        )

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = [
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("ETA"),
            TimeRemainingColumn(),
        ]
        self._display = Progress(*columns, console=Console(stderr=True), transient=True)
        self._display.start()
        self._task = self._display.add_task("", total=None)

    def _describe(self, seconds: float) -> str:
        n = self._counts.total()
        n_labeled = max(n - self._counts[None], 1)
        shares = " ".join(f"{escape_controls(label)} {self._counts[label] / n_labeled:.0%}" for label in self._labels)
        return f"{n:,} records, {n / seconds:,.0f}/s: {shares}"
