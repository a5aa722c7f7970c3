"""`rnnsent predict`: its options alone, so that help loads nothing else; what it does stands in scoring.py."""

from pathlib import Path
from typing import Annotated

import typer

from rnnsent.cli.options import DeviceOption, FastOption, ModelOption, QuietOption, complete_files
from rnnsent.config import OnError, OutputFormat


def predict(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=complete_files,
            help="Texts; or a file; or - for stdin, one text a line.",
            show_default="- in a pipe",
        ),
    ] = None,
    model: ModelOption = None,
    column: Annotated[
        str | None, typer.Option("--column", "-c", help="Column of the texts in a .csv, .tsv, .jsonl or .parquet file.")
    ] = None,
    format_: Annotated[
        OutputFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="Output format.",
            show_default="table on a terminal, tsv in a pipe; a table file's own",
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Records end at NUL instead of a line's end; tsv output too.")
    ] = False,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace",
            help="Show the output at every token as well; tsv has record, step (none in a record's own line), label, "
            "probability, start, end, text.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to a file, which is there whole or not at all; - is stdout."),
    ] = None,
    excel_safe: Annotated[
        bool,
        typer.Option(
            "--excel-safe",
            help="In csv and tsv output put ' before text that a spreadsheet would run: = + - @, tab, line end.",
        ),
    ] = False,
    on_error: Annotated[
        OnError,
        typer.Option(
            "--on-error",
            help="What a table's row that cannot be read does: stop, or skip, which leaves it in its place without a label.",
        ),
    ] = "stop",
    device: DeviceOption = "auto",
    fast: FastOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print each text's label and probability.

    Record n of the output is record n of the input. A blank record gets no label. A table file keeps every column and row, with label and probabilities added.

    Examples:

    rnnsent predict "A quiet triumph."

    tail -f log | rnnsent predict - | grep negative

    rnnsent predict reviews.csv --column text -o scored.csv
    """
    from rnnsent.cli.scoring import score

    score(
        texts or (),
        model=model,
        column=column,
        format_=format_,
        json_=json_,
        null=null,
        trace=trace,
        output=output,
        excel_safe=excel_safe,
        on_error=on_error,
        device=device,
        fast=fast,
    )
