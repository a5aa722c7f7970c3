"""The output formats of predict: their names, suffixes and writers, and which one the options mean. Imports no writer.

To add a format, write a module with a class that has the interface of `rnnsent.output.writer.Writer`, and add its name
here.
"""

from pathlib import Path
from typing import Literal, NamedTuple

from rnnsent.errors import SettingsError

OutputFormat = Literal["table", "tsv", "csv", "jsonl", "parquet"]


class Format(NamedTuple):
    """Where the writer of a format is, as MODULE:CLASS below `rnnsent.output`, and which suffixes mean the format."""

    writer: str
    suffixes: tuple[str, ...] = ()


FORMATS: dict[OutputFormat, Format] = {
    "table": Format("terminal_writer:TerminalWriter"),
    "tsv": Format("tsv_writer:TsvWriter", (".tsv", ".txt")),
    "csv": Format("csv_writer:CsvWriter", (".csv",)),
    "jsonl": Format("jsonl_writer:JsonlWriter", (".jsonl", ".ndjson")),
    "parquet": Format("parquet_writer:ParquetWriter", (".parquet",)),
}
FORMULA_FORMATS: tuple[OutputFormat, ...] = ("csv", "tsv")  # that a spreadsheet opens


def format_of_suffix(path: Path | None) -> OutputFormat | None:
    suffix = path.suffix.lower() if path else None
    return next((name for name, entry in FORMATS.items() if suffix in entry.suffixes), None)


def choose_format(
    requested: OutputFormat | None, output: Path | None, *, to_terminal: bool, default: OutputFormat
) -> OutputFormat:
    """The format that is requested, else that of the output's suffix, else a table on a terminal, else the default.

    Raises:
        SettingsError: the requested format contradicts the suffix.
    """
    of_suffix = format_of_suffix(output)
    if requested and of_suffix and requested != of_suffix:
        raise SettingsError(f"--output {output} is {of_suffix}, but --format {requested} was given; choose one")
    return requested or of_suffix or ("table" if to_terminal else default)
