"""Evaluations, models and data sets as tables for people, in the width of the terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.catalog import Entry
from rnnsent.data.summary import DatasetSummary
from rnnsent.errors import ModelError
from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.mistakes import Mistake
from rnnsent.output.printer import Printer
from rnnsent.output.terminal import Output, pluralize

MAX_EXAMPLE_LENGTH = 300  # characters
MAX_NAMED_SOURCES = 3
DEFAULT_MARK = "*"


def print_evaluation(output: Output, evaluation: Evaluation) -> None:
    """Print the metrics of a model on a split: overall, by class, the confusion matrix, and by text length."""
    metrics = evaluation.metrics
    low, high = metrics.accuracy_interval
    printer = Printer(output)
    n_skipped = f", {evaluation.n_skipped:,} skipped" if evaluation.n_skipped else ""
    printer.line(f"{evaluation.model} on {evaluation.data_name}: {metrics.n:,} texts{n_skipped}")
    if seen := evaluation.seen_in_training_as:
        printer.line(f"these are the {seen} texts of the model; its metrics are optimistic")
    printer.metric_line(
        [
            f"accuracy {metrics.accuracy:.2%} (95% interval {low:.2%} to {high:.2%})",
            f"macro F1 {metrics.macro_f1:.4f}",
            *([f"ROC AUC {metrics.roc_auc:.4f}"] if metrics.roc_auc is not None else []),
            f"log loss {metrics.log_loss:.4f}",
            f"calibration error {metrics.expected_calibration_error:.4f}",
            f"{evaluation.texts_per_second:,.0f} texts/s",
        ]
    )
    printer.table(
        ["class", "precision", "recall", "F1", "support"],
        [
            [name, f"{row['precision']:.3f}", f"{row['recall']:.3f}", f"{row['f1']:.3f}", f"{row['support']:,.0f}"]
            for name, row in metrics.per_class.items()
        ],
    )
    names = list(metrics.per_class)
    printer.table(
        ["true \\ predicted", *names],
        [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, metrics.confusion_matrix, strict=True)],
    )
    printer.table(
        ["tokens", "texts", "accuracy"],
        [
            [f"{band.min_tokens}-{band.max_tokens}", f"{band.n:,}", f"{band.accuracy:.2%}"]
            for band in metrics.accuracy_by_length
        ],
    )


def print_evaluations(output: Output, evaluations: Sequence[Evaluation]) -> None:
    """Print the overall metrics of a model on several splits, one per row."""
    printer = Printer(output)
    printer.line(f"{evaluations[0].model} on {pluralize(len(evaluations), 'split')}")
    rows = []
    for evaluation in evaluations:
        metrics = evaluation.metrics
        low, high = metrics.accuracy_interval
        rows.append(
            [
                evaluation.data_name + (f" [{seen}]" if (seen := evaluation.seen_in_training_as) else ""),
                f"{metrics.n:,}",
                f"{metrics.accuracy:.2%}",
                f"{low:.2%} to {high:.2%}",
                f"{metrics.macro_f1:.4f}",
                f"{metrics.log_loss:.4f}",
                f"{metrics.expected_calibration_error:.4f}",
            ]
        )
    header = ["source", "texts", "accuracy", "95% interval", "macro F1", "log loss", "calibration error"]
    printer.table(header, rows, droppable=("log loss",))
    if any(evaluation.seen_in_training_as for evaluation in evaluations):
        printer.line(
            "[train], [validation]: the model was trained or validated on these texts; its metrics are optimistic"
        )


def print_mistakes(output: Output, name: str, mistakes: Sequence[Mistake]) -> None:
    """Print texts whose predicted class is wrong, the most confident first."""
    printer = Printer(output)
    if not mistakes:
        printer.line(f"{name}: no mistakes")
        return
    printer.line(f"most confident mistakes on {name}")
    printer.table(
        ["row", "label", "predicted", "", "text"],
        [
            [
                f"{mistake.number:,}",
                mistake.label,
                mistake.predicted,
                f"{mistake.probability:.3f}",
                shorten(mistake.text),
            ]
            for mistake in mistakes
        ],
    )


def print_models(
    output: Output, checkpoints: Sequence[Checkpoint], unreadable: Sequence[ModelError], *, default: str | None = None
) -> None:
    """Print a table of models, newest first, and a line for each unreadable one.

    Args:
        default: name or path of the model that `predict` uses without --model; it is marked with an asterisk.
    """
    rows = []
    for checkpoint in sorted(checkpoints, key=lambda checkpoint: checkpoint.created, reverse=True):
        model = checkpoint.recipe.model
        accuracies = "\n".join(
            f"{_shorten_sources(split)} {metrics['accuracy']:.2%}" for split, metrics in checkpoint.metrics.items()
        )
        rows.append(
            [
                f"{DEFAULT_MARK} " * _is_named(checkpoint, default)
                + checkpoint.name
                + ("" if checkpoint.finished else " (stopped early)"),
                ", ".join(checkpoint.classes),
                f"{'bi' if model.bidirectional else ''}{model.cell} {model.hidden_size}, {model.pooling}",
                f"{checkpoint.size / 1e6:.1f} MB",
                checkpoint.created[:16].replace("T", " "),
                accuracies or "-",
            ]
        )
    printer = Printer(output)
    header = ["model", "classes", "network", "size", "created (UTC)", "accuracy"]
    printer.table(header, rows, droppable=("size", "created (UTC)", "network"))
    if any(_is_named(checkpoint, default) for checkpoint in checkpoints):
        printer.line(f"{DEFAULT_MARK} default")
    for error in unreadable:
        printer.line(f"unreadable: {error}")


def _shorten_sources(name: str) -> str:
    """The name of an evaluation; of many sources the first and how many more."""
    sources, _, split = name.rpartition(":")
    first, *others = sources.split("+")
    return name if len(others) < MAX_NAMED_SOURCES else f"{first}+{len(others)} more:{split}"


def print_summary(output: Output, summary: DatasetSummary) -> None:
    """Print a data set's splits, text lengths, classes, shared texts and examples."""
    printer = Printer(output)
    printer.line(f"{summary.name} ({summary.location})")
    printer.table(
        ["split", "texts", "skipped", "duplicates", "conflicting"],
        [
            [split.name, f"{split.texts:,}", f"{split.n_skipped:,}", f"{split.duplicates:,}", f"{split.conflicting:,}"]
            for split in summary.splits
        ],
    )
    printer.line("(duplicates: texts that appear earlier in the split; conflicting: texts with several labels)")
    printer.table(
        ["split", *(f"{percentile}%" for percentile in summary.splits[0].length_percentiles)],
        [[split.name, *(f"{length:,.0f}" for length in split.length_percentiles.values())] for split in summary.splits],
    )
    printer.line("(text length percentiles, in words)")
    printer.table(
        ["class", *(split.name for split in summary.splits)],
        [
            [
                name,
                *(
                    f"{split.classes.get(name, 0):,} ({split.class_fractions.get(name, 0):.1%})"
                    for split in summary.splits
                ),
            ]
            for name in summary.classes
        ],
    )
    for pair, count in summary.shared.items():
        printer.line(f"texts in both {' and '.join(pair.split('/'))}: {count:,}")
    if summary.unlabeled:
        printer.line(f"unlabeled splits: {', '.join(summary.unlabeled)}")
    printer.line("")
    for label, text in summary.splits[0].examples:
        printer.line(f"{label}: {shorten(text)}")


def print_catalog(output: Output, catalog: Mapping[str, Entry]) -> None:
    """Print the data sets that have a short name, with the Hub id below the description on a narrow terminal."""
    header = ["name", "source", "description"]
    rows = [[name, entry.origin, entry.description] for name, entry in catalog.items()]
    printer = Printer(output)
    if printer.fits(header, rows):
        printer.table(header, rows)
    else:
        printer.table(["name", "description"], [[name, f"{text}\n{origin}"] for name, origin, text in rows])


def shorten(text: str, length: int = MAX_EXAMPLE_LENGTH) -> str:
    """The beginning of a text, as it is quoted below a table."""
    return f"{text[:length]}{'…' if len(text) > length else ''}"


def _is_named(checkpoint: Checkpoint, name: str | None) -> bool:
    """Whether a name or path refers to a model."""
    return name is not None and (name == checkpoint.name or Path(name).resolve() == checkpoint.path.resolve())
