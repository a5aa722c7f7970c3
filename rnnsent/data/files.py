"""Rows of a file, one dictionary each, read as a stream. Knows formats, not what a text or a label is.

CSV and TSV with a header, JSON lines, Parquet, and fastText's `__label__x text`. The fields of a .csv may be separated
by semicolons, tabs or bars as well: by the first of these that its header has, where it has no comma. What cannot be
read is named by file and line.
"""

import csv
import json
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from rnnsent.errors import DataError

Row = dict[str, Any]

FASTTEXT_LABEL = "__label__"
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Header:
    """What a file says of its columns before its rows: their names, and a Parquet file's types.

    JSON lines say nothing: there each row has its own columns.
    """

    columns: tuple[str, ...] = ()
    schema: Any = None  # pyarrow.Schema


Reading = Generator[Any, None, None]  # the header, then the rows


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file in order, by the format that its suffix names.

    Raises:
        DataError: the file cannot be opened, its format is not known, or a row does not parse.
    """
    yield from open_rows(path)[1]


def open_rows(path: Path) -> tuple[Header, Iterator[Row]]:
    """The header of a file, which is read at once, and its rows, as a stream. Raises DataError like `read_rows`."""
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
        raise DataError(f"{path}: {error.strerror or error}") from None


def open_text(path: Path, newline: str) -> TextIO:
    """Open for reading as UTF-8 (UTF-16 where a byte-order mark says so); bytes that are neither become U+FFFD."""
    with path.open("rb") as file:
        mark = file.read(2)
    encoding = "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return path.open(encoding=encoding, errors="replace", newline=newline)


def _read_delimited(path: Path, delimiters: tuple[str, ...]) -> Reading:
    csv.field_size_limit(sys.maxsize)  # a long review is no error
    with open_text(path, newline="") as file:
        first = file.readline()
        lines = csv.reader(chain([first] if first else [], file), delimiter=_delimiter(first, delimiters), strict=True)
        try:
            header = next(lines, None)
            if header is None:
                raise DataError(f"{path} is empty; its first line must name the columns")
            if len(set(header)) < len(header):
                raise DataError(f"{path}:1: two columns have the same name: {', '.join(header)}")
            yield Header(tuple(header))
            for values in lines:
                if not values:
                    continue  # csv gives an empty line as no fields; it is no record
                if len(values) != len(header):
                    raise DataError(f"{path}:{lines.line_num}: {len(values)} fields where the header has {len(header)}")
                yield dict(zip(header, values, strict=True))
        except csv.Error as error:
            raise DataError(
                f"{path}:{lines.line_num}: {error}; a quote inside a quoted field must be doubled, and each field's quote closed"
            ) from None


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
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise DataError(f"{path}:{number}: not JSON: {error}") from None
            if not isinstance(row, dict):
                raise DataError(f'{path}:{number}: an object such as {{"text": "..."}} is expected on each line')
            yield row


def _read_parquet(path: Path) -> Reading:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield Header(tuple(file.schema_arrow.names), file.schema_arrow)
            for batch in file.iter_batches(batch_size=4_096):
                yield from batch.to_pylist()
    except pyarrow.ArrowException as error:
        raise DataError(f"{path}: not a readable Parquet file: {str(error).splitlines()[0]}") from None


def _read_fasttext(path: Path) -> Reading:
    with open_text(path, newline="\n") as file:
        yield Header(("text", "label"))
        for number, line in enumerate(file, start=1):
            line = line.rstrip("\r\n")
            if not line:
                continue
            label, _, text = line.partition(" ")
            if not label.startswith(FASTTEXT_LABEL) or label == FASTTEXT_LABEL:
                raise DataError(
                    f"{path}:{number}: a line of a .txt data set begins with {FASTTEXT_LABEL}NAME and a space; "
                    "a table with the columns text and label would do as well"
                )
            if text.startswith(FASTTEXT_LABEL):
                raise DataError(f"{path}:{number}: two labels on a line; a text has one class here")
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
