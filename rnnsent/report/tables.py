"""Evaluations, models and data sets as Rich tables on stdout. Text of users is never read as markup."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnnsent.data.overview import Overview
from rnnsent.errors import ModelError
from rnnsent.evaluate import Evaluation
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.report.terminal import Output, colored, visible

WIDTH_IN_A_PIPE = 120
EXAMPLE_CHARACTERS = 300


def print_evaluation(output: Output, evaluation: Evaluation) -> None:
    metrics = evaluation.metrics
    low, high = metrics.accuracy_interval
    console = _Printer(output)
    left_out = f", {evaluation.left_out:,} left out" if evaluation.left_out else ""
    console.line(f"{evaluation.model} on {evaluation.source} ({evaluation.split}): {metrics.n:,} texts{left_out}")
    auc = f"   ROC-AUC {metrics.roc_auc:.4f}" if metrics.roc_auc is not None else ""
    console.line(
        f"accuracy {metrics.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%})   macro F1 {metrics.macro_f1:.4f}{auc}   "
        f"log loss {metrics.log_loss:.4f}   {evaluation.texts_per_second:,.0f} texts/s"
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
    printer = _Printer(output)
    printer.table(["model", "classes", "network", "size", "created (UTC)", "accuracy"], rows)
    for error in broken:
        printer.line(f"unreadable: {error}")


def print_overview(output: Output, overview: Overview) -> None:
    printer = _Printer(output)
    printer.line(f"{overview.name} ({overview.location})")
    printer.table(
        ["split", "texts", "left out", *(f"{p} %" for p in overview.splits[0].length_percentiles), "duplicates", "conflicting"],
        [
            [
                each.name, f"{each.texts:,}", f"{each.left_out:,}", *(f"{length:,.0f}" for length in each.length_percentiles.values()),
                f"{each.duplicates:,}", f"{each.conflicting:,}",
            ]
            for each in overview.splits
        ],
    )  # fmt: skip
    printer.line(
        "(lengths in words by percentile; duplicates within the split; conflicting: one text with several labels)"
    )
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


def print_catalog(output: Output, catalog: Mapping[str, Any]) -> None:
    _Printer(output).table(
        ["name", "from", "what"],
        [
            [name, "ships with rnnsent" if name == "sentences" else entry.location, entry.description]
            for name, entry in catalog.items()
        ],
    )


class _Printer:
    """Rich, rendered to text for an Output."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._console = Console(
            no_color=not colored(),
            force_terminal=colored(),
            width=None if colored() else WIDTH_IN_A_PIPE,
            highlight=False,
        )

    def line(self, text: str) -> None:
        self._output.write(visible(text) + "\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for index, name in enumerate(header):
            table.add_column(Text(visible(name)), justify="left" if index == 0 else "right", overflow="fold")
        for row in rows:
            table.add_row(*(Text("\n".join(visible(line) for line in cell.split("\n"))) for cell in row))
        with self._console.capture() as captured:
            self._console.print(table)
        self._output.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.1%})"
