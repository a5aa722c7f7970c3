"""The format of what predict writes: which one the options mean, and what writes it. Writes nothing itself."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rnnsent.config import OutputFormat
from rnnsent.errors import SettingsError
from rnnsent.report.cells import Cells
from rnnsent.report.predictions import Csv, Formatter, Jsonl, Table, Tsv
from rnnsent.report.terminal import colored, is_standard_output, is_terminal
from rnnsent.report.traces import CsvTrace, JsonlTrace, TableTrace, Trace, TsvTrace

PARQUET = ".parquet"


def chosen_format(
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


def usual_format(table: Path | None) -> OutputFormat:
    """The format of what is written where nothing names one and no person looks: a table file's own."""
    own: dict[str, OutputFormat] = {".csv": "csv", ".tsv": "tsv"}
    return "tsv" if table is None else own.get(table.suffix.lower(), "jsonl")


def formatter(format_: OutputFormat, classes: Sequence[str], cells: Cells, *, null: bool) -> Formatter:
    match format_:
        case "tsv":
            return Tsv(_end(null), cells)
        case "jsonl":
            return Jsonl()
        case "csv":
            return Csv(classes, cells)
        case "table":
            return _table(classes)


def tracer(format_: OutputFormat, classes: Sequence[str], cells: Cells, *, null: bool) -> Trace:
    match format_:
        case "tsv":
            return TsvTrace(_end(null), cells)
        case "jsonl":
            return JsonlTrace()
        case "csv":
            return CsvTrace(classes, cells)
        case "table":
            return TableTrace(_table(classes))


def _end(null: bool) -> str:
    return "\0" if null else "\n"


def _table(classes: Sequence[str]) -> Table:
    width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
    return Table(classes, width=width, color=colored())
