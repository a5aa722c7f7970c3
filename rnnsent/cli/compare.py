"""`rnnsent compare`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.gates import report_gates, require_option
from rnnsent.cli.options import (
    DeviceOption,
    JsonOption,
    LabeledInputOptions,
    PrecisionOption,
    check_output,
    complete_models,
    complete_sources,
    complete_splits,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.errors import SettingsError
from rnnsent.output.terminal import enable_logging, notify, open_stdout

if TYPE_CHECKING:
    from rnnsent.evaluation.compare import Comparison
    from rnnsent.evaluation.gates import Gate, GateResult


@dataclass(frozen=True, kw_only=True)
class CompareOptions(LabeledInputOptions):
    a: Annotated[str, typer.Argument(metavar="A", autocompletion=complete_models, help="Name or path of a model.")]
    b: Annotated[
        str, typer.Argument(metavar="B", autocompletion=complete_models, help="Name or path of another model.")
    ]
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            autocompletion=complete_sources,
            help="Short name, Hub id, file or folder with labeled texts.",
        ),
    ]
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            autocompletion=complete_splits,
            help="Split to compare on.  [default: validation, since comparing chooses; all of a single file]",
        ),
    ] = None
    errors: Annotated[
        int,
        typer.Option(
            "--errors", min=0, metavar="N", help="Also print N texts on which only one of the models is right."
        ),
    ] = 0
    not_worse: Annotated[
        str | None,
        typer.Option(
            "--not-worse",
            metavar="MARGIN",
            help="Exit with 3 unless the 95% interval of the difference shows that the accuracy of B is at most MARGIN below "
            "that of A, for example 0.005.",
        ),
    ] = None
    require: Annotated[list[str] | None, require_option("p_value<0.05")] = None
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write the results of --not-worse and --require as JUnit XML."),
    ] = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(CompareOptions)
def compare(options: CompareOptions) -> None:
    """Compare two models on the same texts.

    Prints the scores of both, the difference (B minus A) with its 95% interval, and whether it is significant.

    Example: rnnsent compare english mine reviews.csv --not-worse 0.005
    """
    require("compare", "sklearn", "scipy")
    from rnnsent.data.sources import find_source
    from rnnsent.data.splits import TEST, match_split
    from rnnsent.evaluation.choose_split import choose_comparison_split
    from rnnsent.evaluation.compare_models import compare_models
    from rnnsent.evaluation.comparison_figures import compute_comparison_figures
    from rnnsent.evaluation.gates import check_gates

    gates = _parse_gates(options)
    enable_logging()
    source = find_source(options.source, options.read_options(), label_map=options.parsed_label_map())
    a, b = (load_predictor(name, options.device, options.precision) for name in (options.a, options.b))
    split = choose_comparison_split(source, options.split, a.checkpoint, b.checkpoint)
    if match_split([split], TEST):
        notify("note: if you choose a model by the test split, its score on it is optimistic; choose by validation")
    comparison = compare_models(a, b, source, split)
    results = check_gates(gates, compute_comparison_figures(comparison))
    _print(options, comparison, results)
    report_gates("rnnsent compare", {f"{comparison.source} ({comparison.split})": results}, options.junit)


def _parse_gates(options: CompareOptions) -> "list[Gate]":
    """The gates of --not-worse and --require. Raises SettingsError if one is invalid, or for --junit without any."""
    from rnnsent.evaluation.comparison_figures import comparison_figures
    from rnnsent.evaluation.gates import parse_gates

    gates = [_parse_margin(options.not_worse)] if options.not_worse is not None else []
    gates += parse_gates(options.require or (), comparison_figures())
    if options.junit is not None and not gates:
        raise SettingsError("--junit writes the results of --not-worse and --require; add one of them, or drop it")
    if options.junit is not None:
        check_output("--junit", options.junit)
    return gates


def _parse_margin(text: str) -> "Gate":
    from rnnsent.evaluation.gates import Gate, parse_number

    margin = parse_number(text)
    if margin is None or not 0 <= margin <= 1:
        raise SettingsError(
            f"--not-worse {text}: give a difference in accuracy between 0 and 1, for example 0.005 or 0.5%"
        )
    threshold = 0.0 - margin  # which is 0 and not -0 for a margin of 0
    return Gate(f"difference.lower>={threshold:g}", "difference.lower", ">=", threshold)


def _print(options: CompareOptions, comparison: "Comparison", results: "list[GateResult]") -> None:
    from rnnsent.evaluation.disagreements import find_disagreements
    from rnnsent.output.comparison_table import print_comparison, print_disagreements

    disagreements = find_disagreements(comparison, options.errors)
    if options.json:
        print_json(
            comparison.to_dict()
            | ({"errors": [each.to_dict() for each in disagreements]} if options.errors else {})
            | ({"gates": [result.to_dict() for result in results]} if results else {})
        )
        return
    with open_stdout(escape=False) as output:
        print_comparison(output, comparison)
        if options.errors:
            print_disagreements(output, disagreements)


app = single_command(compare)
