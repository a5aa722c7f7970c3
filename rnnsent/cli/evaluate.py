"""`rnnsent evaluate`."""

import json
from typing import Annotated

import typer

from rnnsent.cli.options import (
    DeviceOption,
    FastOption,
    JsonOption,
    LabelColumnOption,
    ModelOption,
    QuietOption,
    TextColumnOption,
    complete_sources,
    complete_splits,
    load_predictor,
)
from rnnsent.report.terminal import say, say_logs, standard_output


def evaluate(
    source: Annotated[
        str,
        typer.Argument(autocompletion=complete_sources, help="Short name, Hub id, file or folder with labelled texts."),
    ],
    model: ModelOption = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            autocompletion=complete_splits,
            help="Split to score.",
            show_default="test; a lone file is scored whole",
        ),
    ] = None,
    json_: JsonOption = False,
    text_column: TextColumnOption = None,
    label_column: LabelColumnOption = None,
    device: DeviceOption = "auto",
    fast: FastOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score a model on a labelled split.

    The figures are kept with the model. Without --model, the model that was trained on SOURCE is taken where there is one of that name.

    Example: rnnsent evaluate sentences --json
    """
    from rnnsent.data.sources import find_source
    from rnnsent.evaluate import choose_split, model_for, record_scores
    from rnnsent.evaluate import evaluate as run_evaluation

    say_logs()
    found = find_source(source, text=text_column, label=label_column)
    predictor = load_predictor(model_for(source, model), device, fast=fast)
    evaluation = run_evaluation(predictor, found, choose_split(found, split))
    if evaluation.seen_as:
        say(f"note: these are the {evaluation.seen_as} texts that the model was made with, so the figures flatter it")
    if not record_scores(predictor.checkpoint, evaluation):
        say(f"note: nothing is written to {predictor.checkpoint.path}, so these figures are not kept with the model")
    if json_:
        with standard_output() as output:
            output.write(json.dumps(evaluation.to_dict(), indent=2, ensure_ascii=False) + "\n")
        return
    from rnnsent.report.tables import print_evaluation

    with standard_output(guarded=False) as output:
        print_evaluation(output, evaluation)
