"""What `rnnsent predict` does: words of the command line -> records -> predictions -> stdout or a file."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

from rnnsent.cli.options import load_predictor
from rnnsent.config import Device, OutputFormat
from rnnsent.data import tables
from rnnsent.data.inputs import STDIN, sort_inputs
from rnnsent.data.records import read_file_records, read_stdin_records
from rnnsent.errors import SettingsError
from rnnsent.predict import Predictor
from rnnsent.report.predictions import Csv, Formatter, Jsonl, Table, TableRows, Tsv
from rnnsent.report.terminal import (
    Output,
    colored,
    file_output,
    is_standard_output,
    is_terminal,
    say,
    standard_output,
)
from rnnsent.report.traces import CsvTrace, JsonlTrace, TableTrace, Trace, TsvTrace

PARQUET = ".parquet"


def score(
    words: Sequence[str],
    *,
    model: str | None,
    column: str | None,
    format_: OutputFormat | None,
    json_: bool,
    null: bool,
    trace: bool,
    output: Path | None,
    device: Device,
    fast: bool,
) -> None:
    """Answer what the words name: texts, files of lines, stdin or a table; none means stdin in a pipe.

    Raises:
        SettingsError: the options contradict each other or the inputs.
    """
    inputs = sort_inputs([os.fsencode(text).decode("utf-8", "replace") for text in words or _piped()])
    chosen = _chosen_format(format_, json_=json_, trace=trace, output=output, table=inputs.table is not None)
    if column is not None and inputs.table is None:
        raise SettingsError("--column names a column of a .csv, .tsv, .jsonl or .parquet file; none was given")
    target = None if output is None or is_standard_output(output) else output
    to_screen = target is None and is_terminal(sys.stdout)
    predictor = load_predictor(model, device, fast=fast)
    table = tables.read_table(inputs.table, column) if inputs.table else None
    if table and not trace and chosen != "table" and (chosen or not to_screen):
        _write_rows(predictor, table, chosen, target)
        return
    windows = (window.texts for window in table.windows) if table else _windows(inputs.texts, inputs.files, null=null)
    format_ = chosen or ("table" if to_screen else "tsv")
    with _destination(target, guarded=format_ != "table") as stream:
        if trace:
            _write_traces(stream, predictor, windows, _tracer(format_, predictor.classes, null=null))
        else:
            _write(stream, predictor, windows, _formatter(format_, predictor.classes, null=null))


def _write(stream: Output, predictor: Predictor, windows: Iterator[Sequence[str]], formatter: Formatter) -> None:
    stream.write(formatter.header())
    for predictions in predictor.stream(windows):
        for prediction in predictions:
            stream.write(formatter.record(prediction))
        stream.flush()  # what has been asked is answered before more is read


def _write_traces(stream: Output, predictor: Predictor, windows: Iterator[Sequence[str]], tracer: Trace) -> None:
    stream.write(tracer.header())
    places = count(1)
    for predictions in predictor.stream(windows):
        for prediction, place in zip(predictions, places, strict=False):  # in this order no place is lost
            stream.write(tracer.record(place, prediction, predictor.trace(prediction.text)))
        stream.flush()


def _write_rows(predictor: Predictor, table: tables.Table, chosen: OutputFormat | None, target: Path | None) -> None:
    if target is not None and target.suffix.lower() == PARQUET:
        from rnnsent.report.parquet import write_parquet

        write_parquet(target, predictor, table)
        return
    own: dict[str, OutputFormat] = {".csv": "csv", ".tsv": "tsv"}
    format_ = chosen or own.get(table.path.suffix.lower(), "jsonl")
    rows: TableRows | None = None
    with _destination(target) as stream:
        for window, predictions in tables.answered(table.windows, predictor.stream):
            if rows is None:
                columns = table.header.columns or list(window.rows[0])
                rows = TableRows(format_, columns, predictor.classes, str(table.path))
                stream.write(rows.header())
            for row, prediction in zip(window.rows, predictions, strict=True):
                stream.write(rows.record(row, prediction))
            stream.flush()
        if rows is None:
            stream.write(TableRows(format_, table.header.columns, predictor.classes, str(table.path)).header())


def _piped() -> list[str]:
    """What an empty command line means: stdin in a pipe, a mistake on a terminal."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError('nothing to predict: give a text ("A quiet triumph."), a file, or - for stdin')
    return [STDIN]


def _windows(texts: Sequence[str], files: Sequence[str], *, null: bool) -> Iterator[Sequence[str]]:
    separator = b"\0" if null else b"\n"
    if texts:
        yield texts
    for name in files:
        if name != STDIN:
            yield from read_file_records(Path(name), separator=separator)
            continue
        if is_terminal(sys.stdin):
            say("reading from the terminal: one text a line, Ctrl-D ends")
        yield from read_stdin_records(sys.stdin, separator=separator)


def _chosen_format(
    asked: OutputFormat | None, *, json_: bool, trace: bool, output: Path | None, table: bool
) -> OutputFormat | None:
    """The format that the options name, or the suffix of --output; None where they name none.

    Raises:
        SettingsError: they contradict each other.
    """
    if json_ and asked not in (None, "jsonl"):
        raise SettingsError(f"--json is --format jsonl, and --format {asked} was given too; choose one")
    chosen: OutputFormat | None = "jsonl" if json_ else asked
    if output is None:
        return chosen
    if output.suffix.lower() == PARQUET:
        if chosen:
            raise SettingsError(
                f"--output {output} is a Parquet file, and the format {chosen} was asked for; choose one"
            )
        if trace:
            raise SettingsError("--trace cannot be written as Parquet; use .jsonl or .csv")
        if not table:
            raise SettingsError("--output: a Parquet file is written from a table file alone; use .jsonl or .csv")
        if is_standard_output(output):
            raise SettingsError("--output: a Parquet file cannot be written to stdout")
    suffixes: dict[str, OutputFormat] = {
        ".csv": "csv",
        ".tsv": "tsv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".txt": "tsv",
    }
    return chosen or suffixes.get(output.suffix.lower())


def _formatter(format_: OutputFormat, classes: Sequence[str], *, null: bool) -> Formatter:
    match format_:
        case "tsv":
            return Tsv(_end(null))
        case "jsonl":
            return Jsonl()
        case "csv":
            return Csv(classes)
        case "table":
            return _table(classes)


def _tracer(format_: OutputFormat, classes: Sequence[str], *, null: bool) -> Trace:
    match format_:
        case "tsv":
            return TsvTrace(_end(null))
        case "jsonl":
            return JsonlTrace()
        case "csv":
            return CsvTrace(classes)
        case "table":
            return TableTrace(_table(classes))


def _end(null: bool) -> str:
    return "\0" if null else "\n"


def _table(classes: Sequence[str]) -> Table:
    width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
    return Table(classes, width=width, color=colored())


def _destination(target: Path | None, *, guarded: bool = True) -> AbstractContextManager[Output]:
    return standard_output(guarded=guarded) if target is None else file_output(target)
