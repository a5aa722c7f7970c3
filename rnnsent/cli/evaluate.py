"""`rnnsent evaluate`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.gates import JunitOption, check_junit, report_gates, require_option
from rnnsent.cli.options import (
    ClassesOption,
    DeviceOption,
    JsonOption,
    LabeledInputOptions,
    ModelOption,
    PrecisionOption,
    check_output,
    complete_sources,
    complete_splits,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.output.terminal import enable_logging, notify, open_file, open_stdout

if TYPE_CHECKING:
    from rnnsent.data.sources import Source
    from rnnsent.evaluation.evaluate import Evaluation
    from rnnsent.evaluation.gates import Gate, GateResult
    from rnnsent.predictor import Predictor

HTML_SUFFIXES = (".html", ".htm")


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(LabeledInputOptions):
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCES",
            autocompletion=complete_sources,
            help="Short names, Hub ids, files or folders with labeled texts.",
        ),
    ]
    model: ModelOption = None
    classes: ClassesOption = None
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            autocompletion=complete_splits,
            help="Split to evaluate.  [default: test; all of a single file]",
        ),
    ] = None
    errors: Annotated[
        int, typer.Option("--errors", min=0, metavar="N", help="Also print the N most confident mistakes.")
    ] = 0
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions",
            metavar="FILE",
            help="Write every text with its label and prediction, for example to scored.csv or scored.parquet.",
        ),
    ] = None
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a report as an HTML page without scripts.")
    ] = None
    quotes: Annotated[
        bool, typer.Option("--quotes/--no-quotes", help="Whether the report quotes texts.", show_default=False)
    ] = True
    require: Annotated[list[str] | None, require_option("accuracy>=0.9")] = None
    junit: JunitOption = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(EvaluateOptions)
def evaluate(options: EvaluateOptions) -> None:
    """Evaluate a model on labeled splits.

    The metrics are stored with the model. Without --model, uses the model named after the data set, if there is one.

    Examples:

    rnnsent evaluate sentences --errors 10

    rnnsent evaluate reviews.csv --require 'accuracy>=0.9' --require 'recall.negative.lower>=0.8'
    """
    require("evaluate", "sklearn", "scipy")
    from rnnsent.data.sources import find_source
    from rnnsent.evaluation.choose_split import choose_split
    from rnnsent.evaluation.figures import evaluation_figures
    from rnnsent.evaluation.gates import parse_gates
    from rnnsent.output.scored_texts import choose_file, write_scored_texts

    _check_options(options)
    destination = choose_file(options.predictions) if options.predictions else None
    enable_logging()
    sources = [
        find_source(name, options.read_options(), label_map=options.parsed_label_map()) for name in options.sources
    ]
    splits = [choose_split(source, options.split) for source in sources]
    predictor = _load_model(options)
    gates = parse_gates(options.require or (), evaluation_figures(predictor.classes))
    evaluations, error = _evaluate_all(predictor, list(zip(sources, splits, strict=True)))
    results = {evaluation.data_name: _check(evaluation, gates) for evaluation in evaluations}
    _print(options, evaluations, results)
    if destination:
        write_scored_texts(destination, evaluations[0].scored)
    if options.report:
        _write_report(options.report, evaluations[0], predictor, quotes=options.quotes)
    # Stored last, so that an error of the folder does not lose the evaluation.
    _store(predictor, evaluations)
    if error:
        raise error
    report_gates("rnnsent evaluate", results, options.junit)


def _store(predictor: "Predictor", evaluations: "Sequence[Evaluation]") -> None:
    """Store the metrics with the model, unless it chose among some of its classes only."""
    from rnnsent.evaluation.store_metrics import save_evaluation

    if len(predictor.classes) < len(predictor.checkpoint.classes):
        notify("note: with --classes, the metrics are not stored with the model")
        return
    are_stored = [save_evaluation(predictor.checkpoint, evaluation) for evaluation in evaluations]
    if not all(are_stored):
        notify(f"note: {predictor.checkpoint.path} is bundled or read-only; the metrics are not stored with the model")


def _write_report(path: Path, evaluation: "Evaluation", predictor: "Predictor", *, quotes: bool) -> None:
    from rnnsent.evaluation.report import compute_report
    from rnnsent.output.report.evaluation import write_report

    report = compute_report(evaluation, predictor.checkpoint, ("rnnsent", *sys.argv[1:]))
    with open_file(path, escape=False) as output:
        write_report(output, report, quotes=quotes)


def _check_options(options: EvaluateOptions) -> None:
    """Raise SettingsError for options that contradict each other, before anything is read."""
    check_junit(options.junit, options.require)
    for option, path in (("--predictions", options.predictions), ("--report", options.report)):
        if path and len(options.sources) > 1:
            raise SettingsError(
                f"{option} is for one source, and {len(options.sources)} are given; evaluate them one by one"
            )
        if path:
            check_output(option, path, options.sources)
    if options.report:
        if options.report.suffix.lower() not in HTML_SUFFIXES:
            raise SettingsError(
                f"--report {options.report}: the report is an HTML page; name it report.html, for example"
            )
        require("--report", "jinja2")
    if not options.quotes and not options.report:
        raise SettingsError("--no-quotes is for --report; add --report FILE, or drop it")


def _load_model(options: EvaluateOptions) -> "Predictor":
    from rnnsent.evaluation.choose_split import choose_model_for
    from rnnsent.training.request import default_name

    model = options.model
    if len(options.sources) == 1:
        model = choose_model_for(default_name(options.sources), options.model)
    reason = f"using the model {model}, named after the data set; choose another with --model"
    return load_predictor(
        model,
        options.device,
        options.precision,
        reason="" if model == options.model else reason,
        classes=options.classes,
    )


def _evaluate_all(
    predictor: "Predictor", splits: "Sequence[tuple[Source, str]]"
) -> "tuple[list[Evaluation], RnnsentError | None]":
    """The evaluations up to the first source that cannot be evaluated, and its error; raised if it is the first of all."""
    from rnnsent.evaluation.evaluate import evaluate as run_evaluation

    evaluations: list[Evaluation] = []
    for source, split in splits:
        try:
            evaluation = run_evaluation(predictor, source, split)
        except RnnsentError as error:
            if not evaluations:
                raise
            return evaluations, error
        evaluations.append(evaluation)
    return evaluations, None


def _check(evaluation: "Evaluation", gates: "Sequence[Gate]") -> "list[GateResult]":
    from rnnsent.evaluation.figures import compute_figures
    from rnnsent.evaluation.gates import check_gates

    return check_gates(gates, compute_figures(evaluation))


def _print(
    options: EvaluateOptions, evaluations: "Sequence[Evaluation]", results: "dict[str, list[GateResult]]"
) -> None:
    from rnnsent.evaluation.mistakes import find_mistakes
    from rnnsent.output.tables import print_evaluation, print_evaluations, print_mistakes

    mistakes = [find_mistakes(evaluation.scored, options.errors) for evaluation in evaluations]
    if options.json:
        objects = [
            evaluation.to_dict()
            | ({"errors": [mistake.to_dict() for mistake in found]} if options.errors else {})
            | ({"gates": [result.to_dict() for result in results[evaluation.data_name]]} if options.require else {})
            for evaluation, found in zip(evaluations, mistakes, strict=True)
        ]
        print_json(objects if len(options.sources) > 1 else objects[0])
        return
    with open_stdout(escape=False) as output:
        if len(options.sources) > 1:
            print_evaluations(output, evaluations)
        else:
            print_evaluation(output, evaluations[0])
        for evaluation, found in zip(evaluations, mistakes, strict=True):
            if options.errors:
                print_mistakes(output, evaluation.data_name, found)


app = single_command(evaluate)
