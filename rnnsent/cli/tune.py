"""`rnnsent tune`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from rnnsent.cli.command import GroupedCommand, command_options, single_command
from rnnsent.cli.options import RUN
from rnnsent.cli.packages import require
from rnnsent.cli.stopping import stop_on_signal
from rnnsent.cli.training_options import TrainingOptions
from rnnsent.output.terminal import enable_logging, notify


@dataclass(frozen=True, kw_only=True)
class TuneOptions(TrainingOptions):
    minutes: Annotated[float, typer.Option("--minutes", min=0.0, help="Time for the search.", rich_help_panel=RUN)] = (
        30.0
    )


@command_options(TuneOptions)
def tune(options: TuneOptions) -> None:
    """Tune hyperparameters on the validation split.

    The best settings are saved to models/NAME.toml. Settings given as options are fixed, the main others are searched. Needs the extra rnnsent[tune].

    Examples:

    rnnsent tune reviews.csv --minutes 30

    rnnsent train reviews.csv --recipe models/reviews.toml
    """
    request = options.request()
    require("tune", "torch", "datasets", "sklearn", "scipy")
    from rnnsent.output.progress import format_trial
    from rnnsent.training.events import Trial, TuningFinished
    from rnnsent.training.tune import tune as run_search

    enable_logging()
    with stop_on_signal() as stop:
        for event in run_search(request, options.minutes, stop=stop.is_set):
            if isinstance(event, Trial):
                stop.is_training = True
                notify(format_trial(event))
            elif isinstance(event, TuningFinished):
                sources = " ".join(options.sources)
                trials = f"{event.trials} trial{'s' * (event.trials != 1)}"
                notify(f"{trials}; train with the best: rnnsent train {sources} --recipe {event.path}")
        if stop.is_set():
            raise typer.Exit(stop.exit_code)


app = single_command(tune, kind=GroupedCommand)
