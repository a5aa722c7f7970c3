"""`rnnsent train`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.command import GroupedCommand, command_options, single_command
from rnnsent.cli.options import RUN
from rnnsent.cli.packages import require
from rnnsent.cli.stopping import stop_on_signal
from rnnsent.cli.training_options import TrainingOptions
from rnnsent.output.terminal import enable_logging, notify

if TYPE_CHECKING:
    from rnnsent.training.events import ModelSaved

STOPPED = "stopped; the same command with --resume continues"


@dataclass(frozen=True, kw_only=True)
class TrainOptions(TrainingOptions):
    resume: Annotated[bool, typer.Option("--resume", help="Resume an interrupted run.", rich_help_panel=RUN)] = False
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing model of this name.", rich_help_panel=RUN)
    ] = False


@command_options(TrainOptions)
def train(options: TrainOptions) -> None:
    """Train a model and save it to models/NAME.

    The test split is never read. Ctrl-C saves and stops; the same command with --resume continues.

    Examples:

    rnnsent train sentences

    rnnsent train reviews.csv --cell gru --set training.batch_size=32
    """
    request = options.request(resume=options.resume, force=options.force)
    require("train", "torch", "datasets", "sklearn", "scipy", "filelock")
    from rnnsent.output.progress import training_progress
    from rnnsent.training.events import (
        EpochResult,
        ModelSaved,
        PhaseProgress,
        PretrainStep,
        StepResult,
        TrainingStopped,
    )
    from rnnsent.training.train import train as run_training

    enable_logging()
    last: ModelSaved | TrainingStopped | None = None
    is_trained = False  # after which the state of the run is saved, and a signal stops at once
    try:
        with stop_on_signal() as stop, training_progress() as progress:
            for event in run_training(request, stop=stop.is_set):
                is_trained = is_trained or (stop.is_training and isinstance(event, PhaseProgress))
                stop.is_training = isinstance(event, (PretrainStep, StepResult, EpochResult))
                progress.show(event)
                if isinstance(event, (ModelSaved, TrainingStopped)):
                    last = event
    except (KeyboardInterrupt, SystemExit):
        if is_trained:
            notify(STOPPED)
        raise
    if isinstance(last, TrainingStopped):
        if last.saved:
            notify(_summary(last.saved))
        notify(STOPPED)
        raise typer.Exit(stop.exit_code)
    if last is not None:
        notify(_summary(last))


def _summary(saved: "ModelSaved") -> str:
    metrics = saved.validation.metrics
    low, high = metrics.accuracy_interval
    return (
        f"saved {saved.checkpoint.path}: validation accuracy {metrics.accuracy:.2%} "
        f'(95% interval {low:.2%} to {high:.2%}); try: rnnsent predict -m {saved.checkpoint.name} "..."'
    )


app = single_command(train, kind=GroupedCommand)
