"""The progress of training on stderr: a live progress bar on a terminal, plain lines in a log file."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rnnsent.data.ids import PADDING, UNKNOWN
from rnnsent.environment import silence_downloads
from rnnsent.output.terminal import is_quiet, is_terminal, notify, pluralize
from rnnsent.training.events import (
    EpochResult,
    LabelingProgress,
    PhaseProgress,
    PretrainStep,
    StepResult,
    TrainingStarted,
    Trial,
)

LOG_INTERVAL_SECONDS = 60.0  # between log lines within an epoch
LONG_PHASE_SECONDS = 5.0  # after which a phase has a log line


class ProgressLog:
    """Logs one line per epoch, one per phase that takes long, and one every LOG_INTERVAL_SECONDS within either."""

    def __init__(self) -> None:
        self._last_line = time.monotonic()
        self._phase: PhaseProgress | None = None
        self._timer: threading.Timer | None = None  # logs the phase when it has taken long

    def show(self, event: object) -> None:
        """Show an event of a training run; ignore events that are not about progress."""
        if not isinstance(event, PhaseProgress):
            self.end_phase()
        match event:
            case PhaseProgress():
                self.on_phase(event)
            case LabelingProgress():
                self.on_labeling(event)
            case TrainingStarted():
                self.on_start(event)
            case PretrainStep() | StepResult():
                self.on_step(event)
            case EpochResult():
                self.on_epoch(event)

    def end_phase(self) -> None:
        """The phase, if any, is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()  # so that its line is not after the next one
        self._phase = self._timer = None

    def on_phase(self, event: PhaseProgress) -> None:
        is_same = self._phase is not None and self._phase.name == event.name
        if not is_same:
            self.end_phase()
        self._phase = event
        if not is_same:
            self._timer = threading.Timer(LONG_PHASE_SECONDS, self._log_phase)
            self._timer.daemon = True
            self._timer.start()
        if self._is_line_due():
            self._log_phase()

    def on_labeling(self, event: LabelingProgress) -> None:
        if self._is_line_due() or event.done == event.total:
            self._log(format_labeling(event))

    def on_start(self, event: TrainingStarted) -> None:
        for line in format_start(event):
            notify(line)

    def on_step(self, event: PretrainStep | StepResult) -> None:
        if self._is_line_due():
            self._log(f"{format_stage(event)}, batch {event.batch}/{event.batches}: {format_step(event)}")

    def on_epoch(self, event: EpochResult) -> None:
        self._log(format_epoch(event))

    def _log_phase(self) -> None:
        if (phase := self._phase) is not None:
            self._log(f"{format_phase(phase)} ...")

    def _is_line_due(self) -> bool:
        return time.monotonic() - self._last_line > LOG_INTERVAL_SECONDS

    def _log(self, line: str) -> None:
        self._last_line = time.monotonic()
        notify(line)


class ProgressBar(ProgressLog):
    """A Rich progress bar with loss, accuracy, tokens/s and the remaining time, below one line per epoch.

    Args:
        display: a `rich.progress.Progress` whose columns may use the task's field `metrics`.
    """

    def __init__(self, display: Any) -> None:
        super().__init__()
        self._display, self._activity = display, ""
        self._task: Any = None  # an id of the display

    def on_phase(self, event: PhaseProgress) -> None:
        self._update(event.name, event.done, event.total, format_phase(event))

    def on_labeling(self, event: LabelingProgress) -> None:
        self._update("labeling", event.done, event.total, format_labeling(event))

    def on_step(self, event: PretrainStep | StepResult) -> None:
        done, total = (event.epoch - 1) * event.batches + event.batch, event.epochs * event.batches
        self._update(type(event).__name__, done, total, format_stage(event), format_step(event))

    def on_epoch(self, event: EpochResult) -> None:
        self._display.console.print(format_epoch(event), highlight=False, markup=False)

    def _update(self, activity: str, done: int | None, total: int | None, description: str, metrics: str = "") -> None:
        """Show how far an activity is; another one than before starts a bar, with its own times."""
        if activity != self._activity:
            if self._task is not None:
                self._display.remove_task(self._task)
            self._task, self._activity = self._display.add_task(description, total=total, metrics=metrics), activity
        self._display.update(self._task, completed=done or 0, description=description, metrics=metrics)


@contextmanager
def training_progress() -> Iterator[ProgressLog]:
    """A progress bar if stderr is a terminal, otherwise a log."""
    if is_quiet() or not is_terminal(sys.stderr):
        log = ProgressLog()
        try:
            yield log
        finally:
            log.end_phase()
        return
    silence_downloads()  # whose own bars would garble this one
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = [
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[metrics]}"), TimeElapsedColumn(), TextColumn("ETA"),
        TimeRemainingColumn(),
    ]  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        yield ProgressBar(display)


def format_start(event: TrainingStarted) -> list[str]:
    """Describe the data and the model before training, with warnings about either."""
    lines = [line for record in event.corpus.sources for line in _format_source(record)]
    if event.teacher_labeled:
        lines.append(f"{pluralize(event.teacher_labeled, 'text')} labeled by the teacher")
    resumed = f", resuming in epoch {event.resumed_epoch}" if event.resumed_epoch else ""
    if event.resumed_epoch and event.resumed_epoch > event.epochs:
        resumed = ", resuming after the last epoch"
    lines.append(
        f"{len(event.corpus.train.classes)} classes, vocabulary size {event.vocab_size:,}, {event.num_parameters:,} parameters, "
        f"{pluralize(event.epochs, 'epoch')} on {event.device}{resumed}"
    )
    if event.vocab_size <= len((PADDING, UNKNOWN)):
        lines.append("warning: the vocabulary is empty; try --set tokenizer.min_frequency=1")
    return lines


def format_phase(event: PhaseProgress) -> str:
    return event.name if event.done is None else f"{event.name}: {event.done:,}/{event.total:,}"


def format_labeling(event: LabelingProgress) -> str:
    return f"teacher: labeled {event.done:,}/{event.total:,} texts"


def format_stage(event: PretrainStep | StepResult) -> str:
    name = "epoch" if isinstance(event, StepResult) else "pretraining epoch"
    return f"{name} {event.epoch}/{event.epochs}"


def format_step(event: PretrainStep | StepResult) -> str:
    accuracy = f"accuracy {event.accuracy:.1%}, " if isinstance(event, StepResult) else ""
    return f"loss {event.loss:.3f}, {accuracy}{event.tokens_per_second:,.0f} tokens/s"


def format_epoch(event: EpochResult) -> str:
    best = "  (best)" if event.best else ""
    return (
        f"epoch {event.epoch}/{event.epochs}: loss {event.train_loss:.3f}, accuracy {event.train_accuracy:.1%}; "
        f"validation loss {event.validation_loss:.3f}, accuracy {event.validation_accuracy:.1%}; "
        f"{event.tokens_per_second:,.0f} tokens/s, {event.seconds:.0f} s{best}"
    )


def format_trial(trial: Trial) -> str:
    """Describe one trial of a hyperparameter search, with its settings as `train --set` takes them."""
    settings = ", ".join(f"{name}={value:.4g}" for name, value in trial.settings.items())
    stopped = "" if trial.completed else " (stopped early)"
    best = "  (best)" if trial.best else ""
    return f"trial {trial.number}: validation accuracy {trial.accuracy:.2%}{stopped}; {settings}{best}"


def _format_source(record: Mapping[str, Any]) -> list[str]:
    line = (
        f"{record['name']}: {pluralize(record['train_rows'], 'text')} for training, {record['validation_rows']:,} for "
        f"validation (from {record['validation_from']})"
    )
    if overlap := record["validation_in_train"]:
        verb = "appears" if overlap == 1 else "appear"
        return [
            line,
            f"warning: {pluralize(overlap, 'validation text')} also {verb} in train; metrics will be optimistic",
        ]
    return [line]
