"""`rnnsent train`."""

import signal
import sys
from collections.abc import Callable, Iterator
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
    from rnnsent.train import Saved, Stopped

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
    with _stop_on_signal() as (stop, code), training_progress() as progress:
        for event in train_in_rounds(request, stop=stop):
            progress.show(event)
            if isinstance(event, (Saved, Stopped)):
                last = event
    if isinstance(last, Stopped):
        if last.saved:
            say(_where(last.saved))
        say("stopped; the same command with --resume goes on")
        raise typer.Exit(code())
    if last is not None:
        say(_where(last))


def _tuned(request: "Request", minutes: float) -> "Request":
    """The request for training with the best settings found, which stand in a recipe of their own."""
    from rnnsent.report.progress import trial_line
    from rnnsent.tune import Trial, Tuned
    from rnnsent.tune import tune as run_search

    with _stop_on_signal() as (stop, code):
        for event in run_search(request, minutes, stop=stop):
            if isinstance(event, Trial):
                say(trial_line(event))
            elif isinstance(event, Tuned):
                say(f"{event.trials} trials; --recipe {event.path} trains the best of them again")
                request = replace(request, recipe=str(event.path), overrides={})
        if stop():
            raise typer.Exit(code())
    return request


def _where(saved: Any) -> str:
    metrics = saved.validation.metrics
    low, high = metrics.accuracy_interval
    return (
        f"saved {saved.checkpoint.path}: validation accuracy {metrics.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}); "
        f'try: rnnsent predict -m {saved.checkpoint.name} "..."'
    )


@contextmanager
def _stop_on_signal() -> Iterator[tuple[Callable[[], bool], Callable[[], int]]]:
    """While the block runs, a first Ctrl-C or SIGTERM asks training to stop after the update in hand; a second one
    stops at once."""
    received: list[int] = []

    def handle(number: int, _: object) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        say("stopping after this update ...")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(received), lambda: 128 + received[0]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
