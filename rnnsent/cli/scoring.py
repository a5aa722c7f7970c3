"""What `rnnsent predict` does: words of the command line -> records -> predictions -> stdout or a file."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

from rnnsent.cli.formats import PARQUET, chosen_format, formatter, tracer, usual_format
from rnnsent.cli.options import load_predictor
from rnnsent.config import Device, OnError, OutputFormat
from rnnsent.data import tables
from rnnsent.data.inputs import STDIN, sort_inputs
from rnnsent.data.records import read_file_records, read_stdin_records
from rnnsent.errors import SettingsError
from rnnsent.predict import Predictor
from rnnsent.report.cells import Cells, SafeCells
from rnnsent.report.predictions import Formatter, TableRows
from rnnsent.report.terminal import (
    Output,
    counted,
    file_output,
    is_standard_output,
    is_terminal,
    say,
    standard_output,
)
from rnnsent.report.traces import Trace


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
    excel_safe: bool,
    on_error: OnError,
    device: Device,
    fast: bool,
) -> None:
    """Answer what the words name: texts, files of lines, stdin or a table; none means stdin in a pipe.

    Raises:
        SettingsError: the options contradict each other or the inputs.
    """
    inputs = sort_inputs(words or _piped())
    chosen = chosen_format(format_, json_=json_, trace=trace, output=output, table=inputs.table is not None)
    if column is not None and inputs.table is None:
        raise SettingsError("--column names a column of a .csv, .tsv, .jsonl or .parquet file; none was given")
    target = None if output is None or is_standard_output(output) else output
    to_screen = target is None and is_terminal(sys.stdout)
    format_ = chosen or ("table" if to_screen else usual_format(None if trace else inputs.table))
    to_parquet = target is not None and target.suffix.lower() == PARQUET
    if excel_safe and (to_parquet or format_ not in ("csv", "tsv")):
        kind = "parquet" if to_parquet else format_
        raise SettingsError(
            f"--excel-safe guards csv and tsv output, and this is {kind}; add --format csv, or leave it out"
        )
    cells = SafeCells() if excel_safe else Cells()
    predictor = load_predictor(model, device, fast=fast)
    table = tables.read_table(inputs.table, column, on_error) if inputs.table else None
    if table and target and to_parquet:
        from rnnsent.report.parquet import write_parquet

        write_parquet(target, predictor, table)
    elif table and not trace and format_ != "table":
        _write_rows(predictor, table, format_, target, cells)
    else:
        windows = (each.texts for each in table.windows) if table else _windows(inputs.texts, inputs.files, null=null)
        with _destination(target, guarded=format_ != "table") as stream:
            if trace:
                _write_traces(stream, predictor, windows, tracer(format_, predictor.classes, cells, null=null))
            else:
                _write(stream, predictor, windows, formatter(format_, predictor.classes, cells, null=null))
    if table and (first := table.seen.first_unreadable):
        say(
            f"skipped {counted(table.seen.unreadable, 'row')} that cannot be read; the first: {table.path}:{first.line}: {first.error}"
        )


def _write(stream: Output, predictor: Predictor, windows: Iterator[Sequence[str]], written: Formatter) -> None:
    stream.write(written.header())
    for predictions in predictor.stream(windows):
        for prediction in predictions:
            stream.write(written.record(prediction))
        stream.flush()  # what has been asked is answered before more is read


def _write_traces(stream: Output, predictor: Predictor, windows: Iterator[Sequence[str]], written: Trace) -> None:
    stream.write(written.header())
    places = count(1)
    for predictions in predictor.stream(windows):
        for prediction, place in zip(predictions, places, strict=False):  # in this order no place is lost
            stream.write(written.record(place, prediction, predictor.trace(prediction.text)))
        stream.flush()


def _write_rows(
    predictor: Predictor, table: tables.Table, format_: OutputFormat, target: Path | None, cells: Cells
) -> None:
    rows: TableRows | None = None

    def header() -> TableRows:
        rows = TableRows(format_, table.columns, predictor.classes, str(table.path), cells)
        stream.write(rows.header())
        return rows

    with _destination(target) as stream:
        for window, predictions in tables.answered(table.windows, predictor.stream):
            rows = rows or header()
            for row, prediction in zip(window.rows, predictions, strict=True):
                stream.write(rows.record(row, prediction))
            stream.flush()
        if rows is None:
            header()


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


def _destination(target: Path | None, *, guarded: bool = True) -> AbstractContextManager[Output]:
    if target is None:
        return standard_output(guarded=guarded)
    return file_output(target, guarded=guarded)
