"""`rnnsent evaluate`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from rnnsent.cli.options import (
    DeviceOption,
    JsonOption,
    LabeledInputOptions,
    ModelOption,
    PrecisionOption,
    QuietOption,
    command_options,
    complete_sources,
    complete_splits,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.output.terminal import enable_logging, notify, open_stdout


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(LabeledInputOptions):
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            autocompletion=complete_sources,
            help="Short name, Hub id, file or folder with labeled texts.",
        ),
    ]
    model: ModelOption = None
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            autocompletion=complete_splits,
            help="Split to evaluate.  [default: test; all of a single file]",
        ),
    ] = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(EvaluateOptions)
def evaluate(options: EvaluateOptions) -> None:
    """Evaluate a model on a labeled split.

    The metrics are stored with the model. Without --model, uses the model named after the data set, if there is one.

    Example: rnnsent evaluate sentences --json
    """
    require("evaluate", "sklearn", "scipy")
    from rnnsent.data.sources import find_source
    from rnnsent.evaluation.choose_split import choose_model_for, choose_split
    from rnnsent.evaluation.evaluate import evaluate as run_evaluation
    from rnnsent.evaluation.store_metrics import save_evaluation
    from rnnsent.training.request import default_name

    enable_logging()
    source = find_source(options.source, options.read_options(), label_map=options.parsed_label_map())
    split = choose_split(source, options.split)
    model = choose_model_for(default_name([options.source]), options.model)
    reason = f"using the model {model}, named after the data set; choose another with --model"
    reason = "" if model == options.model else reason
    predictor = load_predictor(model, options.device, options.precision, reason)
    evaluation = run_evaluation(predictor, source, split)
    if evaluation.seen_in_training_as:
        notify(f"note: these are the {evaluation.seen_in_training_as} texts of the model; its metrics are optimistic")
    if options.json:
        print_json(evaluation.to_dict())
    else:
        from rnnsent.output.tables import print_evaluation

        with open_stdout(escape=False) as output:
            print_evaluation(output, evaluation)
    # Stored last, so that an error of the folder does not lose the evaluation.
    if not save_evaluation(predictor.checkpoint, evaluation):
        notify(f"note: {predictor.checkpoint.path} is bundled or read-only; the metrics are not stored with the model")
