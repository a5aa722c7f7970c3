"""The report of an evaluation as an HTML page."""

from collections.abc import Callable, Sequence

from rnnsent import __version__
from rnnsent.data.splits import TEST
from rnnsent.evaluation.report import Report
from rnnsent.output.report.page import Figure, Page, Section, quote, render
from rnnsent.output.report.sections import (
    classes_section,
    curves_section,
    duplicates_section,
    learning_section,
    length_section,
    mistakes_section,
    reliability_section,
    risk_section,
)
from rnnsent.output.terminal import Output

MAX_CLASSES_IN_SUMMARY = 4


def write_report(output: Output, report: Report, *, quotes: bool = True) -> None:
    """Write the page.

    Args:
        quotes: whether it quotes texts of the data set.
    """
    output.write(render(make_page(report, quotes=quotes), "evaluation.html.j2"))


def make_page(report: Report, *, quotes: bool = True) -> Page:
    """Everything that the page shows, in words and coordinates."""
    evaluation, metrics = report.evaluation, report.evaluation.metrics
    low, high = metrics.accuracy_interval
    sections: Sequence[Callable[[Report], Section]] = (
        classes_section,
        curves_section,
        reliability_section,
        risk_section,
        length_section,
        learning_section,
    )
    return Page(
        title=f"{quote(evaluation.model)} on {quote(evaluation.source)} ({quote(evaluation.split)})",
        summary=f"The model labels {metrics.accuracy:.1%} of {metrics.n:,} texts correctly. "
        f"Other samples of such texts would give about {low:.1%} to {high:.1%} (95% interval).",
        notices=_notices(report),
        figures=_figures(report),
        sections=[
            *(make(report) for make in sections),
            mistakes_section(report, quotes=quotes),
            duplicates_section(report, quotes=quotes),
        ],
        footer=_footer(report),
    )


def _notices(report: Report) -> list[str]:
    evaluation = report.evaluation
    notices = []
    if evaluation.seen_in_training_as:
        notices.append(
            f"These are the {evaluation.seen_in_training_as} texts of the model, so its scores on them are optimistic."
        )
    elif evaluation.split != TEST:
        notices.append(f"These texts are the split {quote(evaluation.split)}, not a test split.")
    if skipped := evaluation.n_skipped:
        notices.append(f"{skipped:,} rows without a text, a label or a known token are left out.")
    if len(evaluation.classes) < len(report.checkpoint.classes):
        notices.append(
            f"The data set has only the classes {', '.join(map(quote, evaluation.classes))}, and the model chooses among them."
        )
    return notices


def _figures(report: Report) -> list[Figure]:
    metrics = report.evaluation.metrics
    low, high = metrics.accuracy_interval
    return [
        Figure("Accuracy", f"{metrics.accuracy:.2%}", f"{low:.2%} to {high:.2%}"),
        Figure("Macro F1", f"{metrics.macro_f1:.4f}"),
        *([Figure("ROC AUC", f"{metrics.roc_auc:.4f}")] if metrics.roc_auc is not None else []),
        Figure("Log loss", f"{metrics.log_loss:.4f}"),
        Figure("Calibration error", f"{metrics.expected_calibration_error:.4f}"),
        Figure("Texts", f"{metrics.n:,}"),
    ]


def _footer(report: Report) -> list[str]:
    checkpoint = report.checkpoint
    lines = [f"Made with rnnsent {__version__}. Model {quote(checkpoint.name)} of {checkpoint.created[:10]}."]
    if checkpoint.command:
        lines.append(f"The model was trained with: {quote(' '.join(checkpoint.command))}")
    return [*lines, "docs/reading-results.md of the project explains each figure."]
