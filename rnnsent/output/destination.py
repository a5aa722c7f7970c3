"""Chooses where and in which format predict writes, once, from the options and the reader."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rnnsent.config import InputFormat
from rnnsent.data.records import Reader
from rnnsent.data.table_reader import TableReader
from rnnsent.errors import SettingsError
from rnnsent.output.columns import Layout, RowLayout, TextLayout, TraceLayout
from rnnsent.output.delimited import CellWriter, FormulaSafeCellWriter
from rnnsent.output.formats import FORMATS, OutputFormat, choose_format
from rnnsent.output.terminal import is_stdout, is_terminal, open_file, open_stdout
from rnnsent.output.writer import Writer, WriterOptions


@dataclass(frozen=True)
class OutputOptions:
    """What the user asked for."""

    format: OutputFormat | None = None
    path: Path | None = None
    trace: bool = False
    csv_safe: bool = False
    null: bool = False


@dataclass(frozen=True)
class Destination:
    """The chosen format, layout and file; None is stdout."""

    format: OutputFormat
    layout: Layout
    path: Path | None
    cells: CellWriter
    record_end: str


def choose_destination(reader: Reader, options: OutputOptions) -> Destination:
    """Where the predictions for a reader go, and how.

    Raises:
        SettingsError: the options contradict each other.
    """
    table = reader if isinstance(reader, TableReader) and not options.trace else None
    path = None if options.path is None or is_stdout(options.path) else options.path
    to_terminal = path is None and is_terminal(sys.stdout)
    default = table_format(table.format) if table else "tsv"
    chosen = choose_format(options.format, options.path, to_terminal=to_terminal, default=default)
    traits = FORMATS[chosen]
    if options.csv_safe and not traits.is_spreadsheet:
        raise SettingsError(f"--csv-safe is for csv and tsv output, and this is {chosen}; add --format csv, or drop it")
    if traits.is_file_only and path is None:
        raise SettingsError(f"{chosen} cannot be written to stdout; use --output FILE")
    layout: Layout = TraceLayout() if options.trace else TextLayout()
    if table and not traits.is_display:
        layout = RowLayout(table)
    cells = FormulaSafeCellWriter() if options.csv_safe else CellWriter()
    return Destination(chosen, layout, path, cells, "\0" if options.null else "\n")


def table_format(kind: InputFormat) -> OutputFormat:
    """The format in which a table is returned by default: its own, or JSON Lines for Parquet."""
    formats: dict[InputFormat, OutputFormat] = {"csv": "csv", "tsv": "tsv", "xlsx": "csv"}
    return formats.get(kind, "jsonl")


@contextmanager
def open_writer(destination: Destination, classes: Sequence[str]) -> Iterator[Writer]:
    """The writer for a destination. A file is replaced only when the block ends without an error."""
    traits = FORMATS[destination.format]
    module, _, name = traits.writer.partition(":")
    writer_class: type[Writer] = getattr(importlib.import_module(f"rnnsent.output.{module}"), name)
    options = WriterOptions(classes, destination.cells, destination.record_end)
    escape = not traits.is_display
    target = open_stdout(escape=escape) if destination.path is None else open_file(destination.path, escape=escape)
    with target as output, writer_class(output, destination.layout, options) as writer:
        yield writer
