"""`rnnsent train`."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnsent.cli.options import (
    DeviceOption,
    LabelColumnOption,
    QuietOption,
    TextColumnOption,
    complete_recipes,
    complete_sources,
    with_settings,
)
from rnnsent.config import recipe_names
from rnnsent.report.interrupts import arrived
from rnnsent.report.terminal import say, say_logs

if TYPE_CHECKING:
    from rnnsent.request import Request


@with_settings
def train(
    sources: Annotated[
        list[str],
        typer.Argument(
            autocompletion=complete_sources,
            help="Short name, Hub id (owner/name or owner/name:config), file (.csv .tsv .jsonl .parquet .txt) or folder; "
            "several train one model.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", "-n", help="Name of the model.", show_default="the data set's")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            autocompletion=complete_recipes,
            help=f"{', '.join(recipe_names())}, or a TOML file; options override it.",
            show_default="default",
        ),
    ] = None,
    tune: Annotated[
        float | None,
        typer.Option(
            "--tune",
            metavar="MINUTES",
            min=0.0,
            help="First search the main settings on validation for so long, and keep the best in models/NAME.toml "
            "(extra rnnsent[tune]).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a model of this name.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    save_every: Annotated[
        float,
        typer.Option(
            "--save-every",
            metavar="MINUTES",
            min=0.0,
            help="Keep the state that --resume goes on from so often, and after each epoch.",
        ),
    ] = 5.0,
    text_column: TextColumnOption = None,
    label_column: LabelColumnOption = None,
    device: DeviceOption = "auto",
    quiet: QuietOption = False,
    **overrides: Any,
) -> None:
    """Train a model into models/NAME. The test split is never read.

    Ctrl-C saves and stops; the same command with --resume goes on.

    Examples:

    rnnsent train sentences

    rnnsent train reviews.csv --cell gru --hidden 64
    """
    from rnnsent.report.progress import training_progress
    from rnnsent.request import Request
    from rnnsent.rounds import train_in_rounds
    from rnnsent.teach import Labelled
    from rnnsent.train import Prepared, Saved, Stopped

    request = Request(
        sources=tuple(sources),
        name=name,
        recipe=recipe,
        overrides={key: value for key, value in overrides.items() if value is not None},
        device=device,
        text_column=text_column,
        label_column=label_column,
        force=force,
        resume=resume,
        save_every=save_every,
        command=("rnnsent", *sys.argv[1:]),
    )
    say_logs()
    if tune is not None and not resume:
        request = _tuned(request, tune)
    last: Saved | Stopped | None = None
    with _stop_on_signal() as asked, training_progress() as progress:
        for event in train_in_rounds(request, stop=asked.to_stop):
            asked.under_way = not isinstance(event, (Labelled, Prepared, Saved))
            progress.show(event)
            if isinstance(event, (Saved, Stopped)):
                last = event
    if isinstance(last, Stopped):
        if last.saved:
            say(_where(last.saved))
        say("stopped; the same command with --resume goes on")
        raise typer.Exit(asked.exit_code)
    if last is not None:
        say(_where(last))


def _tuned(request: "Request", minutes: float) -> "Request":
    """The request for training with the best settings found, which stand in a recipe of their own."""
    from rnnsent.report.progress import trial_line
    from rnnsent.tune import Trial, Tuned
    from rnnsent.tune import tune as run_search

    with _stop_on_signal() as asked:
        for event in run_search(request, minutes, stop=asked.to_stop):
            asked.under_way = True
            if isinstance(event, Trial):
                say(trial_line(event))
            elif isinstance(event, Tuned):
                say(f"{event.trials} trials; --recipe {event.path} trains the best of them again")
                request = replace(request, recipe=str(event.path), overrides={})
        if asked.to_stop():
            raise typer.Exit(asked.exit_code)
    return request


def _where(saved: Any) -> str:
    metrics = saved.validation.metrics
    low, high = metrics.accuracy_interval
    return (
        f"saved {saved.checkpoint.path}: validation accuracy {metrics.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}); "
        f'try: rnnsent predict -m {saved.checkpoint.name} "..."'
    )


class _Asked:
    """Whether a signal asked training to stop, and which."""

    def __init__(self) -> None:
        self.under_way = False  # whether updates are made, whose result is to be saved
        self._received: int | None = None

    def to_stop(self) -> bool:
        return self._received is not None

    @property
    def exit_code(self) -> int:
        return 128 + (self._received or 0)

    def signal(self, number: int, frame: object) -> None:
        if self.under_way and not self.to_stop():
            self._received = number
            say("stopping after this update ...")
        else:
            arrived(number, frame)


@contextmanager
def _stop_on_signal() -> Iterator[_Asked]:
    """While the block runs, a first Ctrl-C or SIGTERM asks training to stop after the update in hand; a second one, or
    one before the first update, stops at once. One that is ignored, as nohup has it, stays so."""
    asked = _Asked()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handled = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, asked.signal)
    try:
        yield asked
    finally:
        for number in handled:
            signal.signal(number, before[number])
