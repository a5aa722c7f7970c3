"""The output formats of predict: their names, suffixes and writers, and which one the options mean. Imports no writer.

To add a format, write a module with a class that has the interface of `rnnsent.output.writer.Writer`, and add its name
here.
"""

from pathlib import Path
from typing import Literal, NamedTuple

from rnnsent.config import InputFormat
from rnnsent.data.dialect import Dialect
from rnnsent.errors import SettingsError
from rnnsent.output.compression import COMPRESSION_SUFFIXES

OutputFormat = Literal["table", "tsv", "csv", "json", "jsonl", "xlsx", "parquet"]


class Format(NamedTuple):
    """One output format: everything about it that is not in its writer.

    Attributes:
        writer: MODULE:CLASS of the writer, below `rnnsent.output`.
        suffixes: the suffixes of --output that mean the format.
        is_display: for people: it shows texts instead of a table's columns, and escapes control characters itself.
        dialect: how its rows are written by default; None if they are not delimited text, whose cells a spreadsheet may
            run as formulas.
        is_binary: it is compressed as it is, and not for stdout.
        package: a package of the extra rnnsent[excel] that it needs.
    """

    writer: str
    suffixes: tuple[str, ...] = ()
    is_display: bool = False
    dialect: Dialect | None = None
    is_binary: bool = False
    package: str | None = None


FORMATS: dict[OutputFormat, Format] = {
    "table": Format("terminal_writer:TerminalWriter", is_display=True),
    "tsv": Format("tsv_writer:TsvWriter", (".tsv", ".txt"), dialect=Dialect("\t")),
    "csv": Format("csv_writer:CsvWriter", (".csv",), dialect=Dialect(",")),
    "json": Format("json_writer:JsonWriter", (".json",)),
    "jsonl": Format("jsonl_writer:JsonlWriter", (".jsonl", ".ndjson")),
    "xlsx": Format("xlsx_writer:XlsxWriter", (".xlsx",), is_binary=True, package="xlsxwriter"),
    "parquet": Format("parquet_writer:ParquetWriter", (".parquet",), is_binary=True),
}

# How an input is returned by default: in its own format, if that can be written to stdout.
DEFAULT_FORMATS: dict[InputFormat, OutputFormat] = {
    "lines": "tsv",
    "document": "tsv",
    "fasttext": "tsv",
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "xlsx": "csv",
    "parquet": "jsonl",
}


class OutputKind(NamedTuple):
    """What --output and --format say; None for what they leave open."""

    format: OutputFormat | None
    compression: str | None


def parse_output(path: Path | None, requested: OutputFormat | None, option: str = "--output") -> OutputKind:
    """The format and the suffix of the compression that --output and --format mean.

    Args:
        option: what the user gave the path with, for errors.

    Raises:
        SettingsError: the suffix is unknown, contradicts the requested format, or compresses one that is compressed.
    """
    suffix, compression = _split_suffix(path)
    of_suffix = next((name for name, entry in FORMATS.items() if suffix in entry.suffixes), None)
    if requested and of_suffix and requested != of_suffix:
        raise SettingsError(f"{option} {path} is {of_suffix}, but --format {requested} was given; choose one")
    chosen = requested or of_suffix
    if suffix and path and not chosen and not _is_special(path):
        raise SettingsError(
            f"{option} {path}: unknown suffix {suffix}; supported: {' '.join(_all_suffixes())}, and "
            f"{' '.join(COMPRESSION_SUFFIXES)} after those of text"
            + ("; for another one, add --format" if option == "--output" else "")
        )
    if chosen and compression and FORMATS[chosen].is_binary:
        raise SettingsError(f"{option} {path}: {chosen} is compressed already; leave out {compression}")
    return OutputKind(chosen, compression)


def _split_suffix(path: Path | None) -> tuple[str, str | None]:
    """The suffix of a path below that of its compression, and the latter; empty for none."""
    if path is None:
        return "", None
    suffix = path.suffix.lower()
    if suffix in COMPRESSION_SUFFIXES:
        return path.with_suffix("").suffix.lower(), suffix
    return suffix, None


def _is_special(path: Path) -> bool:
    """Whether a path is that of a device or a pipe, which have names for other reasons."""
    return path.exists() and not path.is_file()


def _all_suffixes() -> list[str]:
    return [suffix for entry in FORMATS.values() for suffix in entry.suffixes]
