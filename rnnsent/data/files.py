"""Rows of a file, one dictionary each, read as a stream. Knows formats, not what a text or a label is.

CSV and TSV with a header, JSON Lines, Parquet, and fastText's `__label__x text`. A .csv may also be delimited by
semicolons, tabs or bars: by the first of these in its header, if the header has no comma. A row that cannot be read is
reported by file and line; the caller decides what becomes of it.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from rnnsent.data.encoding import detect_encoding, reject_compressed
from rnnsent.data.lines import PushbackLines
from rnnsent.errors import DataError

Row = dict[str, Any]

FASTTEXT_LABEL = "__label__"
MISSING_LABEL = (
    f"each line of a .txt data set must begin with {FASTTEXT_LABEL}NAME and a space; "
    "a table with the columns text and label works too"
)
DELIMITERS = (",", ";", "\t", "|")
MAX_FIELD_CHARS = 1 << 26  # an unclosed quote would read the whole file into memory
NOT_AN_OBJECT = 'each line must be an object, for example {"text": "..."}'
SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Header:
    """What a file says about its columns before its rows: their names, and the types of a Parquet file.

    JSON Lines say nothing: each row has its own columns.
    """

    columns: tuple[str, ...] = ()
    schema: Any = None  # pyarrow.Schema


@dataclass(frozen=True)
class UnreadableRow:
    """A row that does not parse: its first line, and why."""

    line: int
    error: str


# A reader yields the header, then a row for each record, an UnreadableRow if it does not parse.
RowReader = Generator[Any, None, None]


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file in order, by the format of its suffix.

    Raises:
        DataError: the file cannot be opened, its format is unknown, or a row does not parse.
    """
    for row in open_rows(path)[1]:
        if isinstance(row, UnreadableRow):
            raise DataError(f"{path}:{row.line}: {row.error}")
        yield row


def open_rows(path: Path) -> tuple[Header, Iterator[Row | UnreadableRow]]:
    """The header of a file, read at once, and its rows as a stream, including those that do not parse.

    Raises:
        DataError: the file cannot be opened or its format is unknown; while reading, an error of the whole file.
    """
    file_format = FORMATS.get(path.suffix.lower())
    if file_format is None:
        raise DataError(f"{path}: unknown format {path.suffix or '(no suffix)'}; supported: {', '.join(FORMATS)}")
    rows = _report_errors(path, file_format.read(path))
    return next(rows), rows


def _report_errors(path: Path, rows: RowReader) -> RowReader:
    try:
        yield from rows
    except OSError as error:
        reason = (error.strerror or str(error)).partition("\n")[0]
        raise DataError(f"{path}: {reason}") from None


def open_text(path: Path, newline: str) -> TextIO:
    """Open for reading as UTF-8, or UTF-16 after its byte-order mark; invalid bytes become U+FFFD.

    Raises:
        DataError: the file is compressed.
    """
    file = path.open("rb")
    try:
        prefix = file.peek(8)[:8]  # peeked at because a named pipe cannot be opened twice
        reject_compressed(prefix, path, path.suffix)
        return io.TextIOWrapper(file, encoding=detect_encoding(prefix), errors="replace", newline=newline)
    except BaseException:
        file.close()
        raise


def _read_delimited(path: Path, delimiters: tuple[str, ...]) -> RowReader:
    csv.field_size_limit(MAX_FIELD_CHARS)
    with open_text(path, newline="") as file:
        lines = PushbackLines(file)
        reader = csv.reader(lines, delimiter=_detect_delimiter(lines.peek(), delimiters), strict=True)
        header = next(_parse_rows(reader, lines), None)
        if header is None:
            raise DataError(f"{path} is empty; its first line must name the columns")
        if isinstance(header, UnreadableRow):
            raise DataError(f"{path}:{header.line}: {header.error}")
        if len(set(header)) < len(header):
            raise DataError(f"{path}:1: two columns have the same name: {', '.join(header)}")
        yield Header(tuple(header))
        for values in _parse_rows(reader, lines):
            if isinstance(values, UnreadableRow):
                yield values
            elif len(values) == len(header):
                yield dict(zip(header, values, strict=True))
            elif values:  # csv returns no fields for an empty line, which is not a record
                yield UnreadableRow(lines.row_number, f"{len(values)} fields, but the header has {len(header)}")


def _parse_rows(reader: Iterator[list[str]], lines: PushbackLines) -> Iterator[list[str] | UnreadableRow]:
    """The fields of each row. An unreadable row is its first line only: an unclosed quote takes no other row with it."""
    while True:
        lines.start_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"{error}; double a quote inside a quoted field, and close each field's quote"
            yield UnreadableRow(lines.row_number, reason)
            lines.push_back()


def _detect_delimiter(header: str, candidates: tuple[str, ...]) -> str:
    """The first candidate that splits the header line into columns."""
    matches = (delimiter for delimiter in candidates if len(next(csv.reader([header], delimiter=delimiter), ())) > 1)
    return next(matches, candidates[0])


def _read_json_lines(path: Path) -> RowReader:
    with open_text(path, newline="\n") as file:
        yield Header()
        for number, line in enumerate(file, start=1):
            if line.isspace():
                continue
            try:
                row = json.loads(line.rstrip("\r\n"))
            except json.JSONDecodeError as error:
                yield UnreadableRow(number, f"not JSON: {error.msg} at column {error.colno}")
                continue
            except (ValueError, RecursionError) as error:
                yield UnreadableRow(number, f"JSON that cannot be read: {error}")
                continue
            yield row if isinstance(row, dict) else UnreadableRow(number, NOT_AN_OBJECT)


def _read_parquet(path: Path) -> RowReader:
    import pyarrow
    import pyarrow.parquet

    with path.open("rb") as opened:
        reject_compressed(opened.read(8), path, path.suffix)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = tuple(file.schema_arrow.names)
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise DataError(f"{path}: has two columns {twice!r}; rename one")
            yield Header(names, file.schema_arrow)
            for batch in file.iter_batches(batch_size=4_096):
                yield from _to_python(batch)
    except pyarrow.ArrowException as error:
        raise DataError(f"{path}: not a readable Parquet file: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError) as error:  # for example a date in the year 30000, which Python cannot represent
        raise DataError(f"{path}: a value cannot be read: {error}; drop its column, or convert it to text") from None


def _to_python(batch: Any) -> list[Row]:
    import pyarrow

    try:
        return batch.to_pylist()
    except UnicodeDecodeError:  # Parquet does not check that strings are UTF-8
        columns = [
            [None if value is None else value.decode("utf-8", "replace") for value in column.cast("binary").to_pylist()]
            if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type)
            else column.to_pylist()
            for column in batch.columns
        ]
        return [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns, strict=True)]


def _read_fasttext(path: Path) -> RowReader:
    with open_text(path, newline="\n") as file:
        yield Header(("text", "label"))
        for number, line in enumerate(file, start=1):
            line = line.rstrip("\r\n")
            if not line:
                continue
            label, _, text = line.partition(" ")
            if not label.startswith(FASTTEXT_LABEL) or label == FASTTEXT_LABEL:
                yield UnreadableRow(number, MISSING_LABEL)
            elif text.startswith(FASTTEXT_LABEL):
                yield UnreadableRow(number, "two labels on one line; each text has one class")
            else:
                yield {"text": text, "label": label.removeprefix(FASTTEXT_LABEL)}


class FileFormat(NamedTuple):
    """How a format is read, and whether predict reads it as a table; a .txt file is lines of text there."""

    read: Callable[[Path], RowReader]
    is_table: bool = True


# To add an input format, write a reader and name its suffixes here.
FORMATS: dict[str, FileFormat] = {
    ".csv": FileFormat(lambda path: _read_delimited(path, DELIMITERS)),
    ".tsv": FileFormat(lambda path: _read_delimited(path, ("\t",))),
    ".jsonl": FileFormat(_read_json_lines),
    ".ndjson": FileFormat(_read_json_lines),
    ".parquet": FileFormat(_read_parquet),
    ".txt": FileFormat(_read_fasttext, is_table=False),
}
