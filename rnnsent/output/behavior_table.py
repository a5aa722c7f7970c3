"""The outcome of the behavioral suite as tables for people."""

from collections.abc import Sequence

from rnnsent.evaluation.behavior.suite import FailedCase, Outcome, count_failures
from rnnsent.evaluation.intervals import wilson_interval
from rnnsent.output.printer import Printer
from rnnsent.output.terminal import Output, pluralize


def print_outcomes(output: Output, model: str, outcomes: Sequence[Outcome]) -> None:
    """Print the failure rate of each capability and test, and the examples below the tests."""
    printer = Printer(output)
    failures = sum(outcome.failures for outcome in outcomes)
    cases = sum(outcome.cases for outcome in outcomes)
    printer.line(f"{model}: {failures:,} of {cases:,} cases fail in {pluralize(len(outcomes), 'test')}")
    for capability, (failures, cases) in count_failures(outcomes).items():
        own = [outcome for outcome in outcomes if outcome.test.capability == capability]
        total = [f"all of {capability}", "", f"{cases:,}", *_rate(failures, cases, wilson_interval(failures, cases))]
        rows = [
            [
                outcome.test.name,
                outcome.test.kind,
                f"{outcome.cases:,}",
                *_rate(outcome.failures, outcome.cases, outcome.interval),
            ]
            for outcome in own
        ]
        header = [capability, "kind", "cases", "failures", "rate", "95% interval"]
        printer.table(header, [*rows, total] if len(own) > 1 else rows, droppable=["kind"])
        for outcome in own:
            for example in outcome.examples:
                _print_example(printer, outcome.test.name, example)
    if unlabeled := sum(outcome.n_unlabeled for outcome in outcomes):
        printer.line(f"{unlabeled:,} of the failed cases have a text without a known token")


def _rate(failures: int, cases: int, interval: tuple[float, float]) -> list[str]:
    return [f"{failures:,}", f"{failures / cases:.1%}", f"{interval[0]:.1%} to {interval[1]:.1%}"]


def _print_example(printer: Printer, test: str, example: FailedCase) -> None:
    printer.line(f"{test}: expected {example.expected}")
    for text, name, probability in zip(example.texts, example.classes, example.probabilities, strict=True):
        printer.line(f"    {name} {probability:.3f}  {text}")
