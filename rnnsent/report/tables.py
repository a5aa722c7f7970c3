"""Evaluations, models and data sets as tables on stdout, in the width that there is."""

from collections.abc import Mapping, Sequence
from typing import Any

from rnnsent.data.catalog import EMBEDDED, Entry
from rnnsent.data.overview import Overview
from rnnsent.errors import ModelError
from rnnsent.evaluate import Evaluation
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.report.printer import Printer
from rnnsent.report.terminal import Output

EXAMPLE_CHARACTERS = 300


def print_evaluation(output: Output, evaluation: Evaluation) -> None:
    metrics = evaluation.metrics
    low, high = metrics.accuracy_interval
    console = Printer(output)
    left_out = f", {evaluation.left_out:,} left out" if evaluation.left_out else ""
    console.line(f"{evaluation.model} on {evaluation.source} ({evaluation.split}): {metrics.n:,} texts{left_out}")
    console.figures(
        [
            f"accuracy {metrics.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%})",
            f"macro F1 {metrics.macro_f1:.4f}",
            *([f"ROC-AUC {metrics.roc_auc:.4f}"] if metrics.roc_auc is not None else []),
            f"log loss {metrics.log_loss:.4f}",
            f"calibration error {metrics.expected_calibration_error:.4f}",
            f"{evaluation.texts_per_second:,.0f} texts/s",
        ]
    )
    console.table(
        ["class", "precision", "recall", "F1", "support"],
        [
            [name, f"{each['precision']:.3f}", f"{each['recall']:.3f}", f"{each['f1']:.3f}", f"{each['support']:,.0f}"]
            for name, each in metrics.per_class.items()
        ],
    )
    names = list(metrics.per_class)
    console.table(
        ["true \\ predicted", *names],
        [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, metrics.confusion_matrix, strict=True)],
    )
    console.table(
        ["tokens", "texts", "accuracy"],
        [
            [f"{band.shortest}-{band.longest}", f"{band.n:,}", f"{band.accuracy:.2%}"]
            for band in metrics.accuracy_by_length
        ],
    )


def print_models(output: Output, checkpoints: Sequence[Checkpoint], broken: Sequence[ModelError]) -> None:
    rows = []
    for checkpoint in sorted(checkpoints, key=lambda each: each.created, reverse=True):
        model = checkpoint.recipe.model
        scores = "\n".join(f"{name} {each['accuracy']:.2%}" for name, each in checkpoint.metrics.items())
        rows.append(
            [
                checkpoint.name + ("" if checkpoint.finished else " (stopped early)"),
                ", ".join(checkpoint.classes),
                f"{'bi' if model.bidirectional else ''}{model.cell} {model.hidden}, {model.pooling}",
                f"{checkpoint.size / 1e6:.1f} MB",
                checkpoint.created[:16].replace("T", " "),
                scores or "-",
            ]
        )
    printer = Printer(output)
    header = ["model", "classes", "network", "size", "created (UTC)", "accuracy"]
    printer.table(header, rows, spare=("size", "created (UTC)", "network"))
    for error in broken:
        printer.line(f"unreadable: {error}")


def print_overview(output: Output, overview: Overview) -> None:
    printer = Printer(output)
    printer.line(f"{overview.name} ({overview.location})")
    printer.table(
        ["split", "texts", "left out", "duplicates", "conflicting"],
        [
            [each.name, f"{each.texts:,}", f"{each.left_out:,}", f"{each.duplicates:,}", f"{each.conflicting:,}"]
            for each in overview.splits
        ],
    )
    printer.line("(duplicates within the split; conflicting: one text with several labels)")
    printer.table(
        ["words in a text", *(f"{p} %" for p in overview.splits[0].length_percentiles)],
        [[each.name, *(f"{length:,.0f}" for length in each.length_percentiles.values())] for each in overview.splits],
    )
    printer.line("(so many of 100 texts have at most so many words)")
    classes = list(dict.fromkeys(name for each in overview.splits for name in each.classes))
    printer.table(
        ["class", *(each.name for each in overview.splits)],
        [[name, *(_share(each.classes.get(name, 0), each.texts) for each in overview.splits)] for name in classes],
    )
    for pair, count in overview.shared.items():
        printer.line(f"texts in both {' and '.join(pair.split('/'))}: {count:,}")
    if overview.unlabelled:
        printer.line(f"splits without a labelled text: {', '.join(overview.unlabelled)}")
    printer.line("")
    for label, text in overview.splits[0].examples:
        printer.line(f"{label}: {text[:EXAMPLE_CHARACTERS]}{'…' if len(text) > EXAMPLE_CHARACTERS else ''}")


def print_catalog(output: Output, catalog: Mapping[str, Entry]) -> None:
    rows = [[name, place(entry), entry.description] for name, entry in catalog.items()]
    printer = Printer(output)
    if printer.fits(["name", "from", "what"], rows):
        printer.table(["name", "from", "what"], rows)
    else:
        printer.table(["name", "what"], [[name, f"{what}\n{where}"] for name, where, what in rows])


def catalog_as_dicts(catalog: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """The catalog as plain data."""
    return [
        {
            "name": name,
            "from": place(entry),
            "config": entry.config,
            "classes": list(entry.classes) if entry.classes else None,
            "description": entry.description,
        }
        for name, entry in catalog.items()
    ]


def place(entry: Entry) -> str:
    return "ships with rnnsent" if entry.location == str(EMBEDDED) else entry.location


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.1%})"
