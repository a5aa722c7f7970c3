"""The progress of a training run on stderr: a live line on a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rnnsent.data.tokenizer_rules import PADDING, UNKNOWN
from rnnsent.fit.loop import Epoch, Update
from rnnsent.fit.stage import PretrainingUpdate
from rnnsent.report.terminal import counted, is_terminal, quiet, say
from rnnsent.settings import flag
from rnnsent.teach import Labelled
from rnnsent.train import Prepared
from rnnsent.tune import Trial

LOG_EVERY = 60.0  # seconds between plain lines within an epoch


class Log:
    """A line an epoch, and one now and then in between."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def show(self, event: object) -> None:
        """Say what an event of `rnnsent.train.train` tells of a run under way."""
        match event:
            case Labelled():
                self.labelled(event)
            case Prepared():
                self.prepared(event)
            case PretrainingUpdate() | Update():
                self.update(event)
            case Epoch():
                self.epoch(event)

    def labelled(self, event: Labelled) -> None:
        if time.monotonic() - self._said > LOG_EVERY or event.done == event.total:
            self._said = time.monotonic()
            say(f"the teacher has labelled {event.done:,} of {event.total:,} texts")

    def prepared(self, event: Prepared) -> None:
        for line in preparation(event):
            say(line)

    def update(self, event: PretrainingUpdate | Update) -> None:
        if time.monotonic() - self._said > LOG_EVERY:
            self._said = time.monotonic()
            say(f"{stage(event)}, batch {event.batch}/{event.batches}: {figures(event)}")

    def epoch(self, event: Epoch) -> None:
        self._said = time.monotonic()
        say(summary(event))


class Live(Log):
    """A Rich progress line with loss, accuracy, tokens a second and the time left, and a line an epoch above it."""

    def __init__(self, display: Any) -> None:
        super().__init__()
        self._display, self._task = display, display.add_task("", total=None, figures="")

    def labelled(self, event: Labelled) -> None:
        self._display.update(
            self._task, total=event.total, completed=event.done, description="the teacher labels", figures=""
        )

    def update(self, event: PretrainingUpdate | Update) -> None:
        done = (event.epoch - 1) * event.batches + event.batch
        self._display.update(
            self._task,
            total=event.epochs * event.batches,
            completed=done,
            description=stage(event),
            figures=figures(event),
        )

    def epoch(self, event: Epoch) -> None:
        self._display.console.print(summary(event), highlight=False, markup=False)


@contextmanager
def training_progress() -> Iterator[Log]:
    """The display that suits stderr."""
    if quiet() or not is_terminal(sys.stderr):
        yield Log()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Display

    columns = [
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    ]  # fmt: skip
    with Display(*columns, console=Console(stderr=True), transient=True) as display:
        yield Live(display)


def preparation(event: Prepared) -> list[str]:
    """What is about to be trained, and on what."""
    lines = []
    for record in event.corpus.sources:
        rows = record["left_out"]
        left_out = f"; left out {counted(rows, 'row')} without label or text" if isinstance(rows, int) and rows else ""
        lines.append(
            f"{record['name']}: {record['train_rows']:,} texts to train on, {record['validation_rows']:,} to validate on "
            f"(from {record['validation_from']}){left_out}"
        )
        if record.get("validation_in_train"):
            lines.append(
                f"note: {record['validation_in_train']:,} of the texts to validate on stand in train too, so the figures flatter"
            )
    if event.taught:
        lines.append(f"{event.taught:,} texts that the teacher has labelled")
    again = f", going on in epoch {event.resumed_epoch}" if event.resumed_epoch else ""
    lines.append(
        f"{len(event.corpus.train.classes)} classes, vocabulary {event.vocabulary:,}, {event.parameters:,} parameters, "
        f"{counted(event.epochs, 'epoch')} on {event.device}{again}"
    )
    if event.vocabulary <= len((PADDING, UNKNOWN)):
        lines.append("note: no word is in the vocabulary, so all texts look alike; try --min-frequency 1")
    return lines


def trial_line(trial: Trial) -> str:
    """One trial of a search: what it tried and what that gave."""
    settings = ", ".join(f"{flag(name)} {value:.4g}" for name, value in trial.settings.items())
    cut = "" if trial.whole else " (cut short)"
    return f"trial {trial.number}: {trial.accuracy:.2%}{cut}{'  best so far' if trial.best else ''}  {settings}"


def stage(event: PretrainingUpdate | Update) -> str:
    name = "epoch" if isinstance(event, Update) else "pre-training, epoch"
    return f"{name} {event.epoch}/{event.epochs}"


def figures(event: PretrainingUpdate | Update) -> str:
    loss = f"loss {event.loss:.3f}, " if event.loss is not None else ""
    accuracy = f"accuracy {event.accuracy:.1%}, " if isinstance(event, Update) else ""
    return f"{loss}{accuracy}{event.tokens_per_second:,.0f} tokens/s"


def summary(event: Epoch) -> str:
    best = "  best so far" if event.best else ""
    return (
        f"epoch {event.epoch}/{event.epochs}: loss {event.train_loss:.3f}, accuracy {event.train_accuracy:.1%}; "
        f"validation loss {event.validation_loss:.3f}, accuracy {event.validation_accuracy:.1%}; "
        f"{event.tokens_per_second:,.0f} tokens/s, {event.seconds:.0f} s{best}"
    )
