"""The figures of a comparison that gates can require, by name."""

from rnnsent.evaluation.compare import Comparison
from rnnsent.evaluation.gates import BOUNDS, Figures

MODELS = ("a", "b")
DIFFERENCES = ("difference", "macro_f1_difference", "log_loss_difference")


def comparison_figures() -> dict[str, bool]:
    """The names of a comparison's figures, each with whether it is a fraction between 0 and 1."""
    accuracies = [f"accuracy.{model}{bound}" for model in MODELS for bound in ("", *BOUNDS)]
    fractions = [*accuracies, *(f"macro_f1.{model}" for model in MODELS), "p_value"]
    numbers = [
        *(f"{name}{bound}" for name in DIFFERENCES for bound in ("", *BOUNDS)),
        *(f"log_loss.{model}" for model in MODELS),
        "n",
    ]
    return dict.fromkeys(fractions, True) | dict.fromkeys(numbers, False)


def compute_comparison_figures(comparison: Comparison) -> Figures:
    """The figures of a comparison."""
    figures: dict[str, float | None] = {"n": comparison.n, "p_value": comparison.p_value}
    for index, model in enumerate(MODELS):
        figures |= _with_bounds(f"accuracy.{model}", comparison.accuracy[index], comparison.accuracy_interval[index])
        figures[f"macro_f1.{model}"] = comparison.macro_f1[index]
        figures[f"log_loss.{model}"] = comparison.log_loss[index]
    figures |= _with_bounds("difference", comparison.difference, comparison.interval)
    figures |= _with_bounds("macro_f1_difference", comparison.macro_f1_difference, comparison.macro_f1_interval)
    return figures | _with_bounds("log_loss_difference", comparison.log_loss_difference, comparison.log_loss_interval)


def _with_bounds(name: str, value: float, interval: tuple[float, float]) -> dict[str, float]:
    return {name: value, f"{name}.lower": interval[0], f"{name}.upper": interval[1]}
