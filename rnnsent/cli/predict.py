"""`rnnsent predict`: a reader, the predictor and a writer, each chosen once."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.gates import JunitOption, check_junit, report_gates, require_option
from rnnsent.cli.options import (
    ClassesOption,
    DeviceOption,
    InputOptions,
    ModelOption,
    PrecisionOption,
    complete_files,
    load_predictor,
)
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.output.formats import OutputFormat
from rnnsent.output.terminal import enable_logging, is_terminal, notify, pluralize

if TYPE_CHECKING:
    from rnnsent.data.records import Reader
    from rnnsent.prediction import Prediction
    from rnnsent.predictor import Predictor


EXPLAINED_WORDS = 5


class PredictCommand(TyperCommand):
    """A command whose option --explain may be followed by a number, and not by anything else."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        completed = list(args)
        end = completed.index("--") if "--" in completed else len(completed)
        for index in reversed([index for index, arg in enumerate(completed[:end]) if arg == "--explain"]):
            has_number = completed[index + 1 : index + 2] and completed[index + 1].isdecimal()
            completed[index : index + 1 + bool(has_number)] = [
                f"--explain={completed[index + 1] if has_number else EXPLAINED_WORDS}"
            ]
        return list(super().parse_args(ctx, completed))


@dataclass(frozen=True, kw_only=True)
class PredictOptions(InputOptions):
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXTS",
            autocompletion=complete_files,
            help="Texts; or files; or - for stdin, one text per line.  [default: - in a pipe]",
        ),
    ] = None
    model: ModelOption = None
    classes: ClassesOption = None
    format: Annotated[
        OutputFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="Output format.  [default: by the suffix of --output; table on a terminal; a table file's own format; tsv]",
        ),
    ] = None
    json: Annotated[bool, typer.Option("--json", help="Short for --format jsonl.")] = False
    null: Annotated[bool, typer.Option("--null", "-0", help="Records end at NUL, in input and tsv output.")] = False
    trace: Annotated[
        bool,
        typer.Option(
            "--trace",
            help="Also print the prediction at each token. tsv columns: record, step (empty in a record's own line), "
            "start, end, label, probability, text; for a table: record, step, start, end, token, then its own columns.",
        ),
    ] = False
    per: Annotated[
        Literal["document", "sentence"],
        typer.Option("--per", help="Also print a line, or in JSON an object, for each sentence, with its offsets."),
    ] = "document"
    score: Annotated[
        bool,
        typer.Option(
            "--score", help="Also print one number from -1 (negative) to 1 (positive): the mean over the classes."
        ),
    ] = False
    abstain_at: Annotated[
        str | None,
        typer.Option(
            "--abstain-at",
            metavar="ERROR",
            help="Label a text `unsure` where more labels than this may be wrong, for example 5%, by the model's validation texts.",
        ),
    ] = None
    explain: Annotated[
        int,
        typer.Option(
            "--explain",
            min=0,
            metavar="[N]",
            show_default=False,
            help=f"Also show which words made the label; in a cell or on a terminal the N strongest.  [default of N: {EXPLAINED_WORDS}]",
        ),
    ] = 0
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to FILE (atomically), for example scored.csv.gz; - for stdout.",
            metavar="FILE",
        ),
    ] = None
    csv_safe: Annotated[
        bool, typer.Option("--csv-safe", help="Prefix cells that a spreadsheet would run as formulas with '.")
    ] = False
    require: Annotated[list[str] | None, require_option("share.negative<=0.2")] = None
    junit: JunitOption = None
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


class PredictionGates:
    """The gates of `predict` on the shares of labels. Loads what they need only if there are gates."""

    def __init__(self, texts: Sequence[str], classes: Sequence[str]) -> None:
        from rnnsent.evaluation.gates import parse_gates
        from rnnsent.evaluation.label_shares import LabelShares, share_figures

        self._gates = parse_gates(texts, share_figures(classes))
        self._shares = LabelShares(classes)

    def add(self, predictions: "Iterable[Prediction]") -> None:
        self._shares.add(predictions)

    def report(self, name: str, junit: Path | None) -> None:
        """Raises GateError if one failed."""
        from rnnsent.evaluation.gates import check_gates

        results = check_gates(self._gates, self._shares.figures(self._gates))
        report_gates("rnnsent predict", {name: results}, junit)


def parse_error(text: str | None) -> float | None:
    """The value of --abstain-at as a fraction. Raises SettingsError unless it is between 0 and 1."""
    if text is None:
        return None
    from rnnsent.errors import SettingsError
    from rnnsent.evaluation.gates import parse_number

    error = parse_number(text)
    if error is None or not 0 < error < 1:
        raise SettingsError(f"--abstain-at {text}: give an error between 0 and 1, for example 5%")
    return error


def require_weights(predictor: "Predictor") -> tuple[float, ...]:
    """How positive each class of the model is. Raises SettingsError if the classes are not sentiments."""
    from rnnsent.data.sentiment_scales import weigh_sentiments
    from rnnsent.errors import SettingsError

    weights = weigh_sentiments(predictor.classes)
    if weights is None:
        raise SettingsError(
            f"--score needs classes like negative and positive; those of {predictor.checkpoint.name!r} are "
            f"{', '.join(predictor.classes)}"
        )
    return weights


def check_options(options: PredictOptions) -> None:
    """Raises SettingsError for options that exclude each other."""
    from rnnsent.errors import SettingsError

    if options.trace + bool(options.explain) + (options.per == "sentence") > 1:
        raise SettingsError("--trace, --explain and --per sentence each show something else of a text; choose one")
    if options.json and options.format not in (None, "jsonl"):
        raise SettingsError(f"--json is short for --format jsonl, but --format {options.format} was given; choose one")
    check_junit(options.junit, options.require)


def notify_unlabeled(reader: "Reader") -> None:
    """Say how many rows have no label because they could not be read, or have no text."""
    from rnnsent.data.rows import describe_unreadable

    if first := reader.first_unreadable:
        rows = pluralize(reader.n_unreadable, "unreadable row")
        notify(f"warning: {rows} without a label; the first: {describe_unreadable(reader.name, first)}")
    if reader.n_without_text:
        notify(f"note: {pluralize(reader.n_without_text, 'row')} without a text, and so without a label")


@command_options(PredictOptions)
def predict(options: PredictOptions) -> None:
    """Print the label and probability of each text.

    Record n of the output is record n of the input. A blank record gets no label. A table file keeps every column and row, with label and probabilities added.

    Examples:

    rnnsent predict "A quiet triumph."

    tail -f log | rnnsent predict - | grep negative

    rnnsent predict reviews.csv --text-column body -o scored.csv
    """
    from rnnsent.data.coverage import Coverage
    from rnnsent.data.inputs import open_reader
    from rnnsent.output.columns import SENTENCES, TOKENS, AddedColumns
    from rnnsent.output.destination import OutputOptions, choose_destination, open_writer
    from rnnsent.output.prediction_progress import PredictionProgress
    from rnnsent.prediction import UNSURE

    has_sentences = options.per == "sentence"
    check_options(options)
    enable_logging()
    output = OutputOptions(
        "jsonl" if options.json else options.format,
        options.output,
        TOKENS if options.trace else SENTENCES if has_sentences else None,
        options.csv_safe,
        options.null,
    )
    reader = open_reader(options.texts or (), options.read_options(), null=options.null)
    destination = choose_destination(reader, output)
    predictor = load_predictor(
        options.model,
        options.device,
        options.precision,
        classes=options.classes,
        abstain_at=parse_error(options.abstain_at),
    )
    if predictor.threshold:
        notify(f"note: below a probability of {predictor.threshold:.3f}, the label is {UNSURE}")
    labels = (*predictor.classes, UNSURE) if predictor.threshold else predictor.classes
    weights = require_weights(predictor) if options.score else None
    gates = PredictionGates(options.require, labels) if options.require else None
    if reader.reads_terminal:
        notify("reading from the terminal: one text per line, Ctrl-D ends")
    coverage = Coverage(predictor.checkpoint.name, predictor.look_up_words)
    added = AddedColumns(predictor.classes, options.explain, weights)
    progress = PredictionProgress(reader, labels, is_shown=destination.path is not None or not is_terminal(sys.stdout))
    with progress, open_writer(destination, added) as writer:
        for batch in predictor.predict_batches(
            reader.batches(), trace=options.trace, explain=options.explain > 0, sentences=has_sentences
        ):
            writer.write(batch)
            progress.update(batch.predictions)
            if gates:
                gates.add(batch.predictions)
            if warning := coverage.add(batch.predictions):
                notify(f"warning: {warning}")
    notify_unlabeled(reader)
    if note := coverage.note:
        notify(f"note: {note}")
    if gates:
        gates.report(reader.name, options.junit)


app = single_command(predict, kind=PredictCommand)
