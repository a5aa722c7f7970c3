"""A comparison of two models as tables for people, and what follows from it in a sentence."""

from collections.abc import Sequence

from rnnsent.data.splits import TRAIN
from rnnsent.evaluation.compare import Comparison
from rnnsent.evaluation.disagreements import Disagreement
from rnnsent.output.printer import Printer
from rnnsent.output.tables import shorten
from rnnsent.output.terminal import Output, pluralize


def print_comparison(output: Output, comparison: Comparison) -> None:
    """Print the scores of both models, their differences, who is right where, and what follows from it."""
    printer = Printer(output)
    a, b = comparison.model
    printer.line(f"A {a}, B {b} on {comparison.source} ({comparison.split}): {pluralize(comparison.n, 'text')}")
    printer.metric_line(
        [
            f"accuracy of {name} {accuracy:.2%} (95% interval {low:.2%} to {high:.2%})"
            for name, accuracy, (low, high) in zip(
                ("A", "B"), comparison.accuracy, comparison.accuracy_interval, strict=True
            )
        ]
    )
    printer.table(
        ["", "A", "B", "B - A", "95% interval"],
        [
            [
                "accuracy",
                *(f"{value:.2%}" for value in comparison.accuracy),
                f"{100 * comparison.difference:+.2f} points",
                _interval(comparison.interval, 2, factor=100),
            ],
            [
                "macro F1",
                *(f"{value:.4f}" for value in comparison.macro_f1),
                f"{comparison.macro_f1_difference:+.4f}",
                _interval(comparison.macro_f1_interval, 4),
            ],
            [
                "log loss",
                *(f"{value:.4f}" for value in comparison.log_loss),
                f"{comparison.log_loss_difference:+.4f}",
                _interval(comparison.log_loss_interval, 4),
            ],
        ],
    )
    cells = comparison.cells
    printer.table(
        ["texts", "B right", "B wrong"],
        [
            ["A right", f"{cells.both_right:,}", f"{cells.only_a_right:,}"],
            ["A wrong", f"{cells.only_b_right:,}", f"{cells.both_wrong:,}"],
        ],
    )
    if any(comparison.n_without_prediction):
        counts = " and ".join(f"{n:,} by {name}" for n, name in zip(comparison.n_without_prediction, "AB", strict=True))
        printer.line(f"without a known token, and counted as wrong: {counts}")
    for line in describe_result(comparison):
        printer.line(line)


def describe_result(comparison: Comparison) -> list[str]:
    """The result in sentences: which model is better, or that it is undecided and what it would take to decide."""
    test = f"(exact McNemar test: p = {_p_value(comparison.p_value)})"
    a, b = comparison.model
    if comparison.is_significant:
        lines = [f"B is better: {b} {test}" if comparison.difference > 0 else f"A is better: {a} {test}"]
    elif comparison.texts_needed is None:
        lines = [
            f"undecided: both models are right equally often {test}",
            f"No number of texts would show a difference of 0; {_describe_smallest(comparison)}.",
        ]
    else:
        lines = [
            f"undecided: the difference may be due to chance {test}",
            f"It would take about {_round_up(comparison.texts_needed):,} texts like these to show such a difference; "
            f"{_describe_smallest(comparison)}.",
        ]
    trained = [name for name, use in zip("AB", comparison.seen_in_training_as, strict=True) if use == TRAIN]
    if trained:
        was = "was" if len(trained) == 1 else "were"
        lines.append(
            f"This is not a fair comparison: {' and '.join(trained)} {was} trained on these texts or most of them."
        )
    return lines


def _describe_smallest(comparison: Comparison) -> str:
    texts, smallest = pluralize(comparison.n, "text"), comparison.smallest_difference
    if smallest is None:
        return f"{texts} cannot show any"
    return f"{texts} can show a difference of {100 * smallest:.2f} points or more"


def print_disagreements(output: Output, disagreements: Sequence[Disagreement]) -> None:
    """Print texts on which exactly one of the models is right, the most confident mistakes first."""
    printer = Printer(output)
    if not disagreements:
        printer.line("no text on which only one of the models is right")
        return
    printer.line("texts on which only one of the models is right, the most confident mistakes first")
    printer.table(
        ["row", "label", "A", "B", "text"],
        [
            [
                f"{each.number:,}",
                each.label,
                *(
                    "-" if name is None else f"{name} {probability:.3f}"
                    for name, probability in zip(each.predicted, each.probability, strict=True)
                ),
                shorten(each.text),
            ]
            for each in disagreements
        ],
    )


def _interval(interval: tuple[float, float], digits: int, *, factor: float = 1) -> str:
    return " to ".join(f"{factor * bound:+.{digits}f}" for bound in interval)


def _p_value(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _round_up(number: int) -> int:
    """The number with two significant digits."""
    unit = 10 ** max(0, len(str(number)) - 2)
    return -(-number // unit) * unit
