"""A comparison of two models as tables for people."""

from rnnsent.evaluation.compare import LEVEL, Comparison
from rnnsent.output.printer import Printer
from rnnsent.output.terminal import Output


def print_comparison(output: Output, comparison: Comparison) -> None:
    """Print the scores of both models, their differences, who is right where, and what follows from it."""
    printer = Printer(output)
    a, b = comparison.model
    printer.line(f"A {a}, B {b} on {comparison.source} ({comparison.split}): {comparison.n:,} texts")
    printer.table(
        ["", "A", "B", "B - A", "95% interval"],
        [
            [
                "accuracy",
                f"{comparison.accuracy[0]:.2%}",
                f"{comparison.accuracy[1]:.2%}",
                f"{100 * comparison.difference:+.2f}",
                _interval(comparison.interval, 100, 2),
            ],
            [
                "macro F1",
                *(f"{100 * value:.2f}" for value in comparison.macro_f1),
                f"{100 * comparison.macro_f1_difference:+.2f}",
                _interval(comparison.macro_f1_interval, 100, 2),
            ],
            [
                "log loss",
                *(f"{value:.4f}" for value in comparison.log_loss),
                f"{comparison.log_loss_difference:+.4f}",
                _interval(comparison.log_loss_interval, 1, 4),
            ],
        ],
    )
    cells = comparison.cells
    printer.table(
        ["", "B right", "B wrong"],
        [
            ["A right", f"{cells.both_right:,}", f"{cells.only_a_right:,}"],
            ["A wrong", f"{cells.only_b_right:,}", f"{cells.both_wrong:,}"],
        ],
    )
    for index, name in enumerate(comparison.model):
        if missing := comparison.n_without_prediction[index]:
            printer.line(f"{name} knows no token of {missing:,} of the texts, which count as wrong")
    printer.line(f"{describe_result(comparison)} (exact McNemar test: p = {_p_value(comparison.p_value)})")


def describe_result(comparison: Comparison) -> str:
    """The result in a sentence: which model is better, or what it would take to decide."""
    a, b = comparison.model
    if comparison.p_value < LEVEL:
        return f"{'B' if comparison.difference > 0 else 'A'} is better: {b if comparison.difference > 0 else a}"
    if comparison.texts_needed is None:
        return "undecided: both models are right equally often"
    return f"undecided: to show a difference of this size, it would take about {comparison.texts_needed:,} texts"


def _interval(interval: tuple[float, float], factor: float, digits: int) -> str:
    return f"{factor * interval[0]:+.{digits}f} to {factor * interval[1]:+.{digits}f}"


def _p_value(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"
