"""`rnnsent check`."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.gates import JunitOption, check_junit, report_gates, require_option
from rnnsent.cli.options import (
    DeviceOption,
    JsonOption,
    ModelOption,
    PrecisionOption,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.errors import SettingsError
from rnnsent.output.terminal import enable_logging, notify, open_stdout

if TYPE_CHECKING:
    from rnnsent.evaluation.behavior.templates import BehaviorTest


def complete_tests(incomplete: str) -> list[str]:
    from rnnsent.evaluation.behavior.templates import CAPABILITIES, read_suite

    return [name for name in (*CAPABILITIES, *(test.name for test in read_suite())) if name.startswith(incomplete)]


@dataclass(frozen=True, kw_only=True)
class CheckOptions:
    model: ModelOption = None
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="NAME",
            autocompletion=complete_tests,
            help="Run only this capability or test, for example negation; repeatable.",
        ),
    ] = None
    examples: Annotated[
        int, typer.Option("--examples", min=0, metavar="N", help="Also print N failed cases of each test.")
    ] = 0
    require: Annotated[list[str] | None, require_option("negation<=0.1")] = None
    junit: JunitOption = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(CheckOptions)
def check(options: CheckOptions) -> None:
    """Check how a model handles negation, names, typos and the like.

    Each test fills templates with words and counts the cases in which the model does not do what it should. The sentences are English.

    Example: rnnsent check --model english --only negation --examples 2
    """
    require("check", "scipy")
    from rnnsent.data.sentiment_scales import NEUTRAL
    from rnnsent.evaluation.behavior.score_model import describe_unknown_words, score_with
    from rnnsent.evaluation.behavior.suite import behavior_figures, compute_figures, require_sentiments, run_suite
    from rnnsent.evaluation.behavior.templates import read_suite
    from rnnsent.evaluation.gates import check_gates, parse_gates

    check_junit(options.junit, options.require)
    enable_logging()
    predictor = load_predictor(options.model, options.device, options.precision)
    name = predictor.checkpoint.name
    has_neutral = NEUTRAL in require_sentiments(predictor.classes, name)
    tests = [test for test in _select_tests(options.only or ()) if has_neutral or not test.needs_neutral]
    if not tests:
        raise SettingsError(
            f"--only {' '.join(options.only or ())}: these tests need a neutral class, which {name} lacks"
        )
    gates = parse_gates(options.require or (), behavior_figures(tests))
    if warning := describe_unknown_words(predictor, read_suite()):
        notify(f"warning: {warning}")
    outcomes = run_suite(score_with(predictor), tests, has_neutral=has_neutral, n_examples=options.examples)
    results = check_gates(gates, compute_figures(outcomes))
    if options.json:
        print_json([outcome.to_dict() for outcome in outcomes])
    else:
        from rnnsent.output.behavior_table import print_outcomes

        with open_stdout(escape=False) as output:
            print_outcomes(output, name, outcomes)
    report_gates("rnnsent check", {name: results}, options.junit)


def _select_tests(names: Sequence[str]) -> "list[BehaviorTest]":
    """The tests of the given names or capabilities, all by default. Raises SettingsError for an unknown one."""
    from rnnsent.evaluation.behavior.templates import CAPABILITIES, read_suite

    suite = read_suite()
    known = [*CAPABILITIES, *(test.name for test in suite)]
    if unknown := [name for name in names if name not in known]:
        similar = difflib.get_close_matches(unknown[0], known)
        hint = f"did you mean {' or '.join(similar)}?" if similar else f"the capabilities are {', '.join(CAPABILITIES)}"
        raise SettingsError(f"--only {unknown[0]}: no such capability or test; {hint}")
    return [test for test in suite if not names or {test.name, test.capability} & set(names)]


app = single_command(check)
