"""A file or stdin as a table: chooses the reader by the format, and what it gets by the options."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnsent.config import InputFormat
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.delimited import read_delimited
from rnnsent.data.detect_format import detect_format
from rnnsent.data.encoding import Utf8Input
from rnnsent.data.fasttext_reader import read_fasttext
from rnnsent.data.json_reader import read_json
from rnnsent.data.lines import TextLines
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.rows import Row, Table, UnreadableRow
from rnnsent.errors import DataError, SettingsError

NAMED_COLUMNS = ("json", "jsonl", "parquet", "fasttext")  # formats without a header to speak of


def open_file(path: Path, options: ReadOptions) -> Table:
    """Open a table in a file.

    Raises:
        DataError: the file cannot be read, or is not a table.
        SettingsError: something about it cannot be inferred.
    """
    source = ByteInput.open(path)
    with _close_on_error(source):
        kind = detect_format(source, options, default=None)
    return open_table(source, kind, options)


def open_table(source: ByteInput, kind: InputFormat, options: ReadOptions) -> Table:
    """Open a table of a known format; its header is read at once. An error of the table or of a row closes the source.

    Raises:
        DataError: the input cannot be read in this format.
        SettingsError: something about it cannot be inferred, or an option is not for this format.
    """
    with _close_on_error(source):
        table = _choose_reader(source, kind, options)
    table.rows = _close_after(table.rows, source)
    return table


@contextmanager
def _close_on_error(source: ByteInput) -> Iterator[None]:
    try:
        yield
    except BaseException:
        source.close()
        raise


def _close_after(rows: Iterator[Row | UnreadableRow], source: ByteInput) -> Iterator[Row | UnreadableRow]:
    try:
        yield from rows
    finally:
        source.close()


def _choose_reader(source: ByteInput, kind: InputFormat, options: ReadOptions) -> Table:
    if options.header is not None and kind in NAMED_COLUMNS:
        raise SettingsError(f"{source.name}: --header and --no-header are for csv, tsv and xlsx, and this is {kind}")
    if options.delimiter is not None and kind not in ("csv", "tsv"):
        raise SettingsError(f"{source.name}: --delimiter is for csv and tsv, and this is {kind}")
    match kind:
        case "parquet":
            from rnnsent.data.parquet_reader import read_parquet

            return read_parquet(source.as_path_or_file(), source.name)
        case "xlsx":
            from rnnsent.data.excel_reader import read_excel

            return read_excel(source.as_file(), source.name, options)
        case "lines" | "document":
            raise DataError(f"{source.name}: --input-format {kind} is not a table, and columns are needed here")
    text = Utf8Input(source, options.encoding)
    lines = TextLines(text.chunks(), source.wait)
    match kind:
        case "csv" | "tsv":
            return read_delimited(lines, source.name, options, is_tsv=kind == "tsv", has_bom=text.has_mark)
        case "fasttext":
            return read_fasttext(lines, source.name)
        case _:
            return read_json(lines, source.name)
