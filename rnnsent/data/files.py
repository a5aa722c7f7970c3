"""Rows of a file, one dictionary each, read as a stream. Knows formats, not what a text or a label is.

CSV and TSV with a header, JSON lines, Parquet, and fastText's `__label__x text`. The fields of a .csv may be separated
by semicolons, tabs or bars as well: by the first of these that its header has, where it has no comma. What cannot be
read is named by file and line; what becomes of such a row is for the caller to choose.
"""

import csv
import io
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rnnsent.data.encoding import encoding_of, refuse_compressed
from rnnsent.data.lines import Lines
from rnnsent.errors import DataError

Row = dict[str, Any]

FASTTEXT_LABEL = "__label__"
NO_LABEL = (
    f"a line of a .txt data set begins with {FASTTEXT_LABEL}NAME and a space; "
    "a table with the columns text and label would do as well"
)
DELIMITERS = (",", ";", "\t", "|")
LONGEST_FIELD = 1 << 26  # characters; a quote that nothing closes would take the whole file into memory
NO_OBJECT = 'an object such as {"text": "..."} is expected on each line'


@dataclass(frozen=True)
class Header:
    """What a file says of its columns before its rows: their names, and a Parquet file's types.

    JSON lines say nothing: there each row has its own columns.
    """

    columns: tuple[str, ...] = ()
    schema: Any = None  # pyarrow.Schema


@dataclass(frozen=True)
class Unreadable:
    """A row that does not parse: the line that it begins on, and why."""

    line: int
    error: str


Reading = Generator[Any, None, None]  # the header, then the rows, Unreadable where one does not parse


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file in order, by the format that its suffix names.

    Raises:
        DataError: the file cannot be opened, its format is not known, or a row does not parse.
    """
    yield from _readable(path, open_rows(path)[1])


def _readable(path: Path, rows: Iterator[Row | Unreadable]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Unreadable):
            raise DataError(f"{path}:{row.line}: {row.error}")
        yield row


def open_rows(path: Path) -> tuple[Header, Iterator[Row | Unreadable]]:
    """The header of a file, which is read at once, and its rows, as a stream, with those that do not parse.

    Raises:
        DataError: the file cannot be opened or its format is not known; while it is read, what no row is to blame for.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            f"{path}: cannot tell the format of {path.suffix or 'a file without a suffix'}; known: {', '.join(READERS)}"
        )
    reading = _named(path, reader(path))
    return next(reading), reading


def _named(path: Path, reading: Reading) -> Reading:
    try:
        yield from reading
    except OSError as error:
        reason = (error.strerror or str(error)).partition("\n")[0]
        raise DataError(f"{path}: {reason}") from None


def open_text(path: Path, newline: str) -> TextIO:
    """Open for reading as UTF-8 (UTF-16 where a byte-order mark says so); bytes that are neither become U+FFFD.

    Raises:
        DataError: the file is compressed.
    """
    file = path.open("rb")
    try:
        beginning = file.peek(8)[:8]  # not read and opened again, which a named pipe does not bear
        refuse_compressed(beginning, path, path.suffix)
        return io.TextIOWrapper(file, encoding=encoding_of(beginning), errors="replace", newline=newline)
    except BaseException:
        file.close()
        raise


def _read_delimited(path: Path, delimiters: tuple[str, ...]) -> Reading:
    csv.field_size_limit(LONGEST_FIELD)
    with open_text(path, newline="") as file:
        lines = Lines(file)
        reader = csv.reader(lines, delimiter=_delimiter(lines.first(), delimiters), strict=True)
        header = next(_parsed(reader, lines), None)
        if header is None:
            raise DataError(f"{path} is empty; its first line must name the columns")
        if isinstance(header, Unreadable):
            raise DataError(f"{path}:{header.line}: {header.error}")
        if len(set(header)) < len(header):
            raise DataError(f"{path}:1: two columns have the same name: {', '.join(header)}")
        yield Header(tuple(header))
        for values in _parsed(reader, lines):
            if isinstance(values, Unreadable):
                yield values
            elif len(values) == len(header):
                yield dict(zip(header, values, strict=True))
            elif values:  # csv gives an empty line as no fields; it is no record
                yield Unreadable(lines.number, f"{len(values)} fields where the header has {len(header)}")


def _parsed(reader: Iterator[list[str]], lines: Lines) -> Iterator[list[str] | Unreadable]:
    """The fields of each row. One that does not parse is its first line: a quote that nothing closes takes no other
    row with it."""
    while True:
        lines.begin_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"{error}; a quote inside a quoted field must be doubled, and each field's quote closed"
            yield Unreadable(lines.number, reason)
            lines.give_back()


def _delimiter(header: str, among: tuple[str, ...]) -> str:
    """The first of the delimiters that parts the header line into columns."""
    parting = (each for each in among if len(next(csv.reader([header], delimiter=each), ())) > 1)
    return next(parting, among[0])


def _read_json_lines(path: Path) -> Reading:
    with open_text(path, newline="\n") as file:
        yield Header()
        for number, line in enumerate(file, start=1):
            if line.isspace():
                continue
            try:
                row = json.loads(line.rstrip("\r\n"))
            except json.JSONDecodeError as error:
                yield Unreadable(number, f"not JSON: {error.msg} at column {error.colno}")
                continue
            except (ValueError, RecursionError) as error:
                yield Unreadable(number, f"not JSON that can be read: {error}")
                continue
            yield row if isinstance(row, dict) else Unreadable(number, NO_OBJECT)


def _read_parquet(path: Path) -> Reading:
    import pyarrow
    import pyarrow.parquet

    with path.open("rb") as opened:
        refuse_compressed(opened.read(8), path, path.suffix)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield Header(tuple(file.schema_arrow.names), file.schema_arrow)
            for batch in file.iter_batches(batch_size=4_096):
                yield from _python_rows(batch)
    except pyarrow.ArrowException as error:
        raise DataError(f"{path}: not a readable Parquet file: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError) as error:  # such as a date of the year 30000, which Python cannot hold
        raise DataError(f"{path}: a value cannot be read: {error}; leave its column out, or write it as text") from None


def _python_rows(batch: Any) -> list[Row]:
    import pyarrow

    try:
        return batch.to_pylist()
    except UnicodeDecodeError:  # what a file calls a string need not be UTF-8
        columns = [
            [None if each is None else each.decode("utf-8", "replace") for each in column.cast("binary").to_pylist()]
            if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type)
            else column.to_pylist()
            for column in batch.columns
        ]
        return [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns, strict=True)]


def _read_fasttext(path: Path) -> Reading:
    with open_text(path, newline="\n") as file:
        yield Header(("text", "label"))
        for number, line in enumerate(file, start=1):
            line = line.rstrip("\r\n")
            if not line:
                continue
            label, _, text = line.partition(" ")
            if not label.startswith(FASTTEXT_LABEL) or label == FASTTEXT_LABEL:
                yield Unreadable(number, NO_LABEL)
            elif text.startswith(FASTTEXT_LABEL):
                yield Unreadable(number, "two labels on a line; a text has one class here")
            else:
                yield {"text": text, "label": label.removeprefix(FASTTEXT_LABEL)}


READERS: dict[str, Callable[[Path], Reading]] = {
    ".csv": lambda path: _read_delimited(path, DELIMITERS),
    ".tsv": lambda path: _read_delimited(path, ("\t",)),
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".parquet": _read_parquet,
    ".txt": _read_fasttext,
}
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
