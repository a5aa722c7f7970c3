"""The report of an evaluation as an HTML page."""

from collections.abc import Callable, Sequence

from rnnsent import __version__
from rnnsent.data.splits import TEST
from rnnsent.evaluation.report import Report
from rnnsent.output.report.class_sections import classes_section, curves_section
from rnnsent.output.report.page import Figure, Page, Section, quote, render
from rnnsent.output.report.sections import (
    duplicates_section,
    learning_section,
    length_section,
    mistakes_section,
    reliability_section,
    risk_section,
)
from rnnsent.output.terminal import Output, pluralize

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
    most_frequent, row = max(metrics.per_class.items(), key=lambda item: item[1]["support"])
    share = row["support"] / metrics.n
    sections: Sequence[Callable[[Report], Section]] = (
        classes_section,
        curves_section,
        reliability_section,
        risk_section,
        length_section,
        learning_section,
    )
    return Page(
        title=f"Evaluation: {quote(evaluation.model)} on {quote(evaluation.data_name)}",
        summary=f"The model labels {metrics.accuracy:.1%} of {pluralize(metrics.n, 'text')} correctly. "
        f"Other samples of such texts would give about {low:.1%} to {high:.1%} (95% interval). "
        f"Always answering {quote(most_frequent)} would give {share:.1%}.",
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
    elif evaluation.split != TEST and not evaluation.is_whole_source:
        notices.append(f"These texts are the split {quote(evaluation.split)}, not a test split.")
    if skipped := evaluation.n_skipped:
        notices.append(f"{pluralize(skipped, 'row')} without a text, a label or a known token left out.")
    if len(evaluation.classes) < len(report.checkpoint.classes):
        notices.append(
            f"The data set has only the classes {', '.join(map(quote, evaluation.classes))}, and the model chooses among them."
        )
    return notices


def _figures(report: Report) -> list[Figure]:
    metrics = report.evaluation.metrics
    low, high = metrics.accuracy_interval
    return [
        Figure("Accuracy", f"{metrics.accuracy:.2%}", f"95% interval: {low:.2%} to {high:.2%}"),
        Figure("Macro F1", f"{metrics.macro_f1:.4f}", "mean over the classes"),
        *([Figure("ROC AUC", f"{metrics.roc_auc:.4f}", "0.5 is chance")] if metrics.roc_auc is not None else []),
        Figure("Log loss", f"{metrics.log_loss:.4f}", "lower is better"),
        Figure("Calibration error", f"{metrics.expected_calibration_error:.4f}", "0 is perfect"),
        Figure("Texts", f"{metrics.n:,}", f"{report.evaluation.n_skipped:,} left out"),
    ]


def _footer(report: Report) -> list[str]:
    checkpoint = report.checkpoint
    lines = [f"Made with rnnsent {__version__}. Model {quote(checkpoint.name)} of {checkpoint.created[:10]}."]
    if checkpoint.command:
        lines.append(f"The model was trained with: {quote(' '.join(checkpoint.command))}")
    return [*lines, "The page “Reading results” in the documentation of rnnsent explains each figure."]
