"""`rnnsent compare`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.gates import JunitOption, report_gates
from rnnsent.cli.options import (
    DeviceOption,
    JsonOption,
    LabeledInputOptions,
    PrecisionOption,
    QuietOption,
    command_options,
    complete_models,
    complete_sources,
    complete_splits,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.errors import SettingsError
from rnnsent.output.terminal import enable_logging, notify, open_stdout

if TYPE_CHECKING:
    from rnnsent.evaluation.gates import Gate


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
    not_worse: Annotated[
        str | None,
        typer.Option(
            "--not-worse",
            metavar="MARGIN",
            help="Exit with 3 unless the lower end of the interval of the difference is at least -MARGIN, for example 0.005.",
        ),
    ] = None
    junit: JunitOption = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(CompareOptions)
def compare(options: CompareOptions) -> None:
    """Compare two models on the same texts.

    Prints both scores, the difference (B minus A) with its interval, and whether it is significant.

    Example: rnnsent compare english mine reviews.csv --not-worse 0.005
    """
    require("compare", "sklearn", "scipy")
    from rnnsent.data.sources import find_source
    from rnnsent.data.splits import TEST, match_split
    from rnnsent.evaluation.choose_split import choose_comparison_split
    from rnnsent.evaluation.compare_models import compare_models
    from rnnsent.evaluation.gates import check_gates
    from rnnsent.output.comparison_table import print_comparison

    gates = [_parse_margin(options.not_worse)] if options.not_worse is not None else []
    if options.junit is not None and not gates:
        raise SettingsError("--junit writes the result of --not-worse; add --not-worse, or drop it")
    enable_logging()
    source = find_source(options.source, options.read_options(), label_map=options.parsed_label_map())
    a, b = (load_predictor(name, options.device, options.precision) for name in (options.a, options.b))
    split = choose_comparison_split(source, options.split, a.checkpoint, b.checkpoint)
    if match_split([split], TEST):
        notify("note: if you choose a model by the test split, its score on it is optimistic; compare on validation")
    comparison = compare_models(a, b, source, split)
    results = check_gates(gates, {"difference.lower": comparison.interval[0]})
    if options.json:
        print_json(comparison.to_dict() | ({"gates": [result.to_dict() for result in results]} if gates else {}))
    else:
        with open_stdout(escape=False) as output:
            print_comparison(output, comparison)
    report_gates("rnnsent compare", {f"{comparison.source} ({comparison.split})": results}, options.junit)


def _parse_margin(text: str) -> "Gate":
    """The gate of --not-worse. Raises SettingsError unless the margin is a fraction or a percentage."""
    from rnnsent.evaluation.gates import Gate, parse_number

    margin = parse_number(text)
    if margin is None or not 0 <= margin <= 1:
        raise SettingsError(f"--not-worse {text}: give a difference in accuracy between 0 and 1, for example 0.005")
    return Gate(f"difference.lower>={-margin:g}", "difference.lower", ">=", -margin)
