"""The output formats of predict: their names, suffixes and writers, and which one the options mean. Imports no writer.

To add a format, write a module with a class that has the interface of `rnnsent.output.writer.Writer`, and add its name
here.
"""

from pathlib import Path
from typing import Literal, NamedTuple

from rnnsent.errors import SettingsError

OutputFormat = Literal["table", "tsv", "csv", "jsonl", "parquet"]


class Format(NamedTuple):
    """One output format: everything about it that is not in its writer.

    Attributes:
        writer: MODULE:CLASS of the writer, below `rnnsent.output`.
        suffixes: the suffixes of --output that mean the format.
        is_display: for people: it shows texts instead of a table's columns, and escapes control characters itself.
        is_spreadsheet: a spreadsheet opens it, and may run its cells as formulas.
        is_file_only: it cannot be written to stdout.
    """

    writer: str
    suffixes: tuple[str, ...] = ()
    is_display: bool = False
    is_spreadsheet: bool = False
    is_file_only: bool = False


FORMATS: dict[OutputFormat, Format] = {
    "table": Format("terminal_writer:TerminalWriter", is_display=True),
    "tsv": Format("tsv_writer:TsvWriter", (".tsv", ".txt"), is_spreadsheet=True),
    "csv": Format("csv_writer:CsvWriter", (".csv",), is_spreadsheet=True),
    "jsonl": Format("jsonl_writer:JsonlWriter", (".jsonl", ".ndjson")),
    "parquet": Format("parquet_writer:ParquetWriter", (".parquet",), is_file_only=True),
}


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
