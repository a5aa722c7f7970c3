"""The progress of training on stderr: a live progress bar on a terminal, plain lines in a log file."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rnnsent.data.ids import PADDING, UNKNOWN
from rnnsent.output.terminal import is_quiet, is_terminal, notify, pluralize
from rnnsent.training.events import EpochResult, LabelingProgress, PretrainStep, StepResult, TrainingStarted, Trial

LOG_INTERVAL_SECONDS = 60.0  # between log lines within an epoch


class ProgressLog:
    """Logs one line per epoch, and one every LOG_INTERVAL_SECONDS within an epoch."""

    def __init__(self) -> None:
        self._last_line = time.monotonic()

    def show(self, event: object) -> None:
        """Show an event of a training run; ignore events that are not about progress."""
        match event:
            case LabelingProgress():
                self.on_labeling(event)
            case TrainingStarted():
                self.on_start(event)
            case PretrainStep() | StepResult():
                self.on_step(event)
            case EpochResult():
                self.on_epoch(event)

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
        self._display, self._task = display, display.add_task("", total=None, metrics="")

    def on_labeling(self, event: LabelingProgress) -> None:
        self._display.update(
            self._task, total=event.total, completed=event.done, description=format_labeling(event), metrics=""
        )

    def on_step(self, event: PretrainStep | StepResult) -> None:
        self._display.update(
            self._task,
            total=event.epochs * event.batches,
            completed=(event.epoch - 1) * event.batches + event.batch,
            description=format_stage(event),
            metrics=format_step(event),
        )

    def on_epoch(self, event: EpochResult) -> None:
        self._display.console.print(format_epoch(event), highlight=False, markup=False)


@contextmanager
def training_progress() -> Iterator[ProgressLog]:
    """A progress bar if stderr is a terminal, otherwise a log."""
    if is_quiet() or not is_terminal(sys.stderr):
        yield ProgressLog()
        return
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
    lines.append(
        f"{len(event.corpus.train.classes)} classes, vocabulary size {event.vocab_size:,}, {event.num_parameters:,} parameters, "
        f"{pluralize(event.epochs, 'epoch')} on {event.device}{resumed}"
    )
    if event.vocab_size <= len((PADDING, UNKNOWN)):
        lines.append("warning: the vocabulary is empty; try --set tokenizer.min_frequency=1")
    return lines


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
