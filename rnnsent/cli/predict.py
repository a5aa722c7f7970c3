"""`rnnsent predict`."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from rnnsent.cli.options import DeviceOption, ModelOption, QuietOption
from rnnsent.data.records import read_file_records, read_records
from rnnsent.data.tables import is_table, read_table
from rnnsent.errors import DataError, SettingsError
from rnnsent.predict import Predictor
from rnnsent.report.predictions import Csv, Format, Formatter, Jsonl, Table, TableRows, Tsv
from rnnsent.report.terminal import Output, colored, file_output, say, standard_output


def predict(
    texts: Annotated[
        list[str] | None,
        typer.Argument(help="Texts; or a file; or - for stdin, one text a line.", show_default="- in a pipe"),
    ] = None,
    model: ModelOption = None,
    column: Annotated[
        str | None, typer.Option("--column", "-c", help="Column of the texts in a .csv, .tsv, .jsonl or .parquet file.")
    ] = None,
    format_: Annotated[
        Format | None,
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
    trace: Annotated[bool, typer.Option("--trace", help="Show the output at every token as well.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to a file, which is there whole or not at all.")
    ] = None,
    device: DeviceOption = "auto",
    quiet: QuietOption = False,
) -> None:
    """Print each text's label and probability, in input order: record n of the output is record n of the input.

    A blank record gets no label. A table file keeps every column and row, with label and probabilities added.

    Examples:

    rnnsent predict "A quiet triumph."

    tail -f log | rnnsent predict - | grep negative

    rnnsent predict reviews.csv --column text -o scored.csv
    """
    inputs = [os.fsencode(text).decode("utf-8", "replace") for text in texts or _piped()]
    if output is not None and output.suffix.lower() == ".parquet" and not is_table(Path(inputs[0])):
        raise SettingsError("--output: a Parquet file is written from a table file alone; use .jsonl or .csv")
    chosen = "jsonl" if json_ else format_ or _format_of(output)
    file = _table_file(inputs)
    if column is not None and file is None:
        raise SettingsError("--column names a column of a .csv, .tsv, .jsonl or .parquet file; none was given")
    predictor = Predictor.load(model, device=device)
    if (
        file is not None
        and chosen != "table"
        and not (trace or (chosen is None and output is None and sys.stdout.isatty()))
    ):
        _predict_table(predictor, file, column, chosen, output)
        return
    windows = (window.texts for window in read_table(file, column)) if file else _windows(inputs, null=null)
    fallback: Format = "table" if sys.stdout.isatty() and output is None else "tsv"
    formatter = _formatter(chosen or fallback, predictor.classes, null=null)
    with _destination(output, guarded=not isinstance(formatter, Table)) as stream:
        _write(stream, predictor, windows, formatter, trace=trace)


def _write(
    stream: Output, predictor: Predictor, windows: Iterator[Sequence[str]], formatter: Formatter, *, trace: bool
) -> None:
    stream.write(formatter.header())
    for predictions in predictor.stream(windows):
        for prediction in predictions:
            steps = predictor.trace(prediction.text) if trace else None
            stream.write(formatter.record(prediction) if steps is None else formatter.trace(prediction, steps))
        stream.flush()  # what has been asked is answered before more is read


def _predict_table(
    predictor: Predictor, file: Path, column: str | None, chosen: Format | None, output: Path | None
) -> None:
    windows = read_table(file, column)
    if output is not None and output.suffix.lower() == ".parquet":
        from rnnsent.report.parquet import write_parquet

        write_parquet(output, predictor, windows)
        return
    own: dict[str, Format] = {".csv": "csv", ".tsv": "tsv"}
    format_ = chosen or own.get(file.suffix.lower(), "jsonl")
    rows: TableRows | None = None
    with _destination(output) as stream:
        for window in windows:
            if rows is None:
                rows = TableRows(format_, list(window.rows[0]), predictor.classes)
                stream.write(rows.header())
            for row, prediction in zip(window.rows, predictor.predict(window.texts), strict=True):
                stream.write(rows.record(row, prediction))
            stream.flush()
    if rows is None:
        raise DataError(f"{file} has no rows")


def _piped() -> list[str]:
    """What an empty command line means: stdin in a pipe, a mistake on a terminal."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError('nothing to predict: give a text ("A quiet triumph."), a file, or - for stdin')
    return ["-"]


def _windows(inputs: list[str], *, null: bool) -> Iterator[Sequence[str]]:
    separator = b"\0" if null else b"\n"
    if not any(text == "-" or Path(text[:4_096]).is_file() for text in inputs):
        yield inputs
        return
    for name in inputs:
        if name != "-":
            yield from read_file_records(Path(name), separator=separator)
            continue
        if sys.stdin.isatty():
            say("reading from the terminal: one text a line, Ctrl-D ends")
        yield from read_records(sys.stdin.fileno(), separator=separator)


def _table_file(inputs: list[str]) -> Path | None:
    """The table file that is the whole input, if it is one. Raises DataError for a file that is named but not there."""
    for text in inputs:
        path = Path(text)
        looks_like_a_file = (
            len(text) < 4_096 and not any(map(str.isspace, text)) and (is_table(path) or path.suffix.lower() == ".txt")
        )
        if looks_like_a_file and not path.exists():
            raise DataError(f"there is no file {text}")
        if looks_like_a_file and path.is_file() and is_table(path):
            if len(inputs) > 1:
                raise SettingsError(f"{text} is a table; give one table at a time")
            return path
    return None


def _formatter(format_: Format, classes: Sequence[str], *, null: bool) -> Formatter:
    if format_ == "tsv":
        return Tsv("\0" if null else "\n")
    if format_ == "jsonl":
        return Jsonl()
    if format_ == "csv":
        return Csv(classes)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Table(classes, width=width, color=colored())


def _format_of(output: Path | None) -> Format | None:
    formats: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "tsv"}
    return formats.get(output.suffix.lower()) if output is not None else None


def _destination(output: Path | None, *, guarded: bool = True) -> AbstractContextManager[Output]:
    return standard_output(guarded=guarded) if output is None else file_output(output)
