"""The report of an evaluation as an HTML page."""

import shlex
from collections.abc import Callable, Sequence

from rnnsent import __version__
from rnnsent.data.splits import TEST
from rnnsent.evaluation.report import Report
from rnnsent.output.report.class_sections import classes_section, curves_section
from rnnsent.output.report.page import Command, Figure, Page, Section, name_in_sentence, quote, render
from rnnsent.output.report.sections import (
    duplicates_section,
    learning_section,
    length_section,
    mistakes_section,
    reliability_section,
    risk_section,
)
from rnnsent.output.terminal import Output, pluralize

MAX_COMMAND_LENGTH = 2_000  # characters


def write_report(output: Output, report: Report, *, quotes: bool = True) -> None:
    """Write the page.

    Args:
        quotes: whether it quotes texts of the data set.
    """
    output.write(render(make_page(report, quotes=quotes), "evaluation.html.j2"))


def make_page(report: Report, *, quotes: bool = True) -> Page:
    """Everything that the page shows, in words and coordinates."""
    metrics = report.metrics
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
        title=f"Evaluation: {name_in_sentence(report.model)} on {name_in_sentence(report.data)}",
        summary=f"The model labels {metrics.accuracy:.1%} of {pluralize(metrics.n, 'text')} correctly. "
        f"On texts of this kind in general, its accuracy is likely between {low:.1%} and {high:.1%} (95% interval). "
        f"Always answering {name_in_sentence(most_frequent)} would give {share:.1%}.",
        notices=_notices(report),
        figures=_figures(report),
        sections=[
            *(make(report) for make in sections),
            mistakes_section(report, quotes=quotes),
            duplicates_section(report, quotes=quotes),
        ],
        footer=[
            f"Made with rnnsent {__version__}. Model {name_in_sentence(report.model)} of {quote(report.created)}.",
            "The page “Reading results” in the documentation of rnnsent explains each figure.",
        ],
        commands=_commands(report),
    )


def _notices(report: Report) -> list[str]:
    notices = []
    if report.seen_in_training_as:
        notices.append(
            f"These are the {report.seen_in_training_as} texts of the model, so its scores on them are optimistic."
        )
    elif report.split != TEST and not report.is_whole_source:
        notices.append(f"These texts are the split {name_in_sentence(report.split)}, not a test split.")
    if report.n_skipped:
        notices.append(f"{pluralize(report.n_skipped, 'row')} without a text, a label or a known token left out.")
    if len(report.classes) < len(report.model_classes):
        notices.append(
            f"Only the classes {', '.join(map(name_in_sentence, report.classes))} are scored, and the model chooses among them."
        )
    return notices


def _figures(report: Report) -> list[Figure]:
    metrics = report.metrics
    low, high = metrics.accuracy_interval
    return [
        Figure("Accuracy", f"{metrics.accuracy:.2%}", f"95% interval: {low:.2%} to {high:.2%}"),
        Figure("Macro F1", f"{metrics.macro_f1:.4f}", "mean over the classes"),
        *([Figure("ROC AUC", f"{metrics.roc_auc:.4f}", "0.5 is chance")] if metrics.roc_auc is not None else []),
        Figure("Log loss", f"{metrics.log_loss:.4f}", "lower is better"),
        Figure("Calibration error", f"{metrics.expected_calibration_error:.4f}", "0 is perfect"),
        Figure("Texts", f"{metrics.n:,}", f"{report.n_skipped:,} left out"),
    ]


def _commands(report: Report) -> list[Command]:
    commands = [Command("To repeat this evaluation", shlex.join(report.command))]
    if report.training_command:
        commands.append(Command("The model was trained with", shlex.join(report.training_command)))
    return [Command(each.purpose, quote(each.line, MAX_COMMAND_LENGTH)) for each in commands]
