"""Chooses where and in which format predict writes, once, from the options and the reader."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rnnsent.data.dialect import Dialect
from rnnsent.data.records import Reader, TextReader
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.output.columns import AddedColumns, Layout, PartNames, RowLayout, RowTraceLayout, TextLayout, TraceLayout
from rnnsent.output.compression import open_compressed
from rnnsent.output.delimited import CellWriter, FormulaSafeCellWriter
from rnnsent.output.formats import DEFAULT_FORMATS, FORMATS, OutputFormat, OutputKind, parse_output
from rnnsent.output.terminal import is_stdout, is_terminal, open_file, open_stdout
from rnnsent.output.writer import Writer, WriterOptions

if TYPE_CHECKING:
    from rnnsent.data.table_reader import TableReader

DEFAULT_DIALECT = Dialect()


@dataclass(frozen=True)
class OutputOptions:
    """What the user asked for.

    Raises:
        SettingsError: the format and the suffix of the path contradict each other, or say nothing.
        RnnsentError: a package that the format needs is not installed.
    """

    format: OutputFormat | None = None
    path: Path | None = None
    parts: PartNames | None = None  # one line for each part of a text: TOKENS or SENTENCES
    csv_safe: bool = False
    null: bool = False
    option: str = "--output"  # what the user gave the path with

    def __post_init__(self) -> None:
        chosen = self.kind.format
        package = FORMATS[chosen].package if chosen else None
        if package and importlib.util.find_spec(package) is None:
            raise RnnsentError(f"{chosen} output needs the extra: pip install 'rnnsent[excel]'; or write .csv")

    @property
    def kind(self) -> OutputKind:
        return parse_output(self.path, self.format, self.option)


@dataclass(frozen=True)
class Destination:
    """The chosen format, layout, file (None is stdout) and compression."""

    format: OutputFormat
    layout: Layout
    path: Path | None
    compression: str | None
    cells: CellWriter
    record_end: str


def choose_destination(reader: Reader, options: OutputOptions) -> Destination:
    """Where the predictions for a reader go, and how.

    Raises:
        SettingsError: the options contradict each other.
    """
    table = _as_table(reader)
    default = DEFAULT_FORMATS[table.format if table else "lines"]
    path = None if options.path is None or is_stdout(options.path) else options.path
    to_terminal = path is None and is_terminal(sys.stdout)
    chosen = options.kind.format or ("table" if to_terminal else default)
    traits = FORMATS[chosen]
    if options.csv_safe and traits.dialect is None:
        names = " and ".join(sorted(name for name, entry in FORMATS.items() if entry.dialect))
        raise SettingsError(f"--csv-safe is for {names} output, and this is {chosen}; add --format csv, or drop it")
    if traits.is_binary and path is None:
        raise SettingsError(f"{chosen} cannot be written to stdout; use --output FILE")
    kept = _returned_dialect(table) if table and chosen == default else None
    if kept and to_terminal:  # which shows line ends other than its own as symbols
        kept = replace(kept, line_end="\n", has_bom=False)
    parts = options.parts
    layout: Layout = TraceLayout(parts) if parts else TextLayout()
    if table and not traits.is_display:
        layout = RowTraceLayout(table, kept, parts) if parts else RowLayout(table, kept)
    write_cells = FormulaSafeCellWriter if options.csv_safe else CellWriter
    cells = write_cells(kept or traits.dialect or DEFAULT_DIALECT)
    return Destination(chosen, layout, path, options.kind.compression, cells, "\0" if options.null else "\n")


def _as_table(reader: Reader) -> "TableReader | None":
    """The reader, if it reads a table, whose rows keep their columns."""
    if isinstance(reader, TextReader):  # what reads tables takes a moment to load
        return None
    from rnnsent.data.table_reader import TableReader

    return reader if isinstance(reader, TableReader) else None


def _returned_dialect(table: "TableReader") -> Dialect | None:
    """The dialect of a table that gets more columns.

    A table of one column had no delimiter, so that its values may have the one that its columns get now.
    """
    if table.dialect and table.dialect.quoting == "none" and len(table.columns) == 1:
        return replace(table.dialect, quoting="minimal")
    return table.dialect


@contextmanager
def open_writer(destination: Destination, added: AddedColumns) -> Iterator[Writer]:
    """The writer for a destination. A file is replaced only when the block ends without an error."""
    traits = FORMATS[destination.format]
    module, _, name = traits.writer.partition(":")
    writer_class: type[Writer] = getattr(importlib.import_module(f"rnnsent.output.{module}"), name)
    options = WriterOptions(added, destination.cells, destination.record_end)
    escape = not traits.is_display
    target = open_stdout(escape=escape) if destination.path is None else open_file(destination.path, escape=escape)
    with (
        target as stream,
        open_compressed(stream, destination.compression) as output,
        writer_class(output, destination.layout, options) as writer,
    ):
        yield writer
