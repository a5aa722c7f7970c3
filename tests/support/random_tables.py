"""Random tables as people have them, each with the truth about it: its rows, its texts and its classes.

What a table looks like is drawn independently for each trait: encoding, delimiter, header, quoting, line ends, labels, missing
values, shapes of rows, columns, format and container. Equal seeds give equal tables.
"""

import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow
import pyarrow.parquet
import xlsxwriter

from rnnsent.config import InputFormat
from rnnsent.data.read_options import ReadOptions
from tests.support.random_content import ABSENT, TextEncoding, draw_content, draw_encoding
from tests.support.random_delimited import Written, break_lines, draw_preamble, write_delimited

SUFFIXES = {
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "fasttext": "ft",
}
MAX_DRIP_BYTES = 3_000  # a larger table does not arrive byte by byte


@dataclass(frozen=True)
class RandomTable:
    """A table as a file, and the truth about it.

    Attributes:
        name: of the file.
        kind, delimiter, has_header: its format; None if it does not apply.
        options: what the user says about it.
        piece_size: the table arrives through a pipe in pieces of so many bytes; None for a file.
        rows: the values of each row in the order of the columns; None for a row that must be reported as unreadable.
        texts: the text of each row; None if it is missing.
        classes: the class of each row as a number, None if its label is missing; without a label column None.
        is_plain: whether it is well-formed and says all that a reader needs, so that it must be read.
        may_be_lines: whether it may be read as lines of text.
        traits: how it is written.
    """

    name: str
    data: bytes
    kind: InputFormat
    delimiter: str | None
    has_header: bool | None
    options: ReadOptions
    piece_size: int | None
    rows: list[list[Any] | None]
    texts: list[str | None]
    classes: list[int | None] | None
    is_plain: bool
    may_be_lines: bool
    traits: dict[str, str]


def draw_table(seed: int) -> RandomTable:
    random = Random(seed)
    write = random.choice(
        [write_delimited] * 12 + [write_json] * 3 + [write_parquet, write_xlsx, write_xlsx, write_fasttext]
    )
    return _store(random, write(random))


def write_json(random: Random) -> Written:
    encoding = draw_encoding(random)
    content = draw_content(random, encoding, is_typed=True, has_null=True)
    content.rename_repeated()
    records = [
        {name: value for name, value in zip(content.names, row, strict=True) if value is not ABSENT}
        for row in content.rows
    ]
    layout = random.choice(["lines", "lines", "array", "pretty array", "pretty", "compact array"])
    ensure_ascii = bool(random.randrange(2))
    if layout == "lines":
        text = "".join(json.dumps(record, ensure_ascii=ensure_ascii) + "\n" for record in records)
    elif layout == "pretty":
        text = "".join(json.dumps(record, ensure_ascii=ensure_ascii, indent=2) + "\n" for record in records)
    elif layout == "array":
        lines = ",\n".join(json.dumps(record, ensure_ascii=ensure_ascii) for record in records)
        text = f"[{lines}]\n"
    else:
        text = json.dumps(records, ensure_ascii=ensure_ascii, indent=4 if layout == "pretty array" else None)
    line_end = random.choice(["\n", "\n", "\r\n"])
    text = text.replace("\n", line_end)
    order = list(dict.fromkeys(name for record in records for name in record))
    rows: list[list[Any] | None] = [[record.get(name, ABSENT) for name in order] for record in records]
    traits = {"format": f"json {layout}", "encoding": encoding.name, "line end": repr(line_end)}
    is_plain = content.is_plain and encoding.is_plain
    kind: InputFormat = "jsonl" if layout == "lines" else "json"
    return Written(kind, encoding.encode(text), content, rows, traits, is_plain, encoding=encoding)


def write_parquet(random: Random) -> Written:
    content = draw_content(random, TextEncoding("utf-8"), is_typed=True, has_null=True)
    content.rename_repeated()
    columns = {}
    for index, name in enumerate(content.names):
        values = [None if value is ABSENT else value for value in content.columns[index]]
        kinds = {type(value) for value in values if value is not None}
        if len(kinds) > 1:  # a column has one type
            values = [
                None if value is None else float(value) if kinds <= {int, float} else str(value) for value in values
            ]
        content.columns[index] = values
        columns[name] = pyarrow.array(values)
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), buffer, row_group_size=random.choice([1, 7, 1_000]))
    traits = {"format": "parquet"}
    rows: list[list[Any] | None] = [list(row) for row in content.rows]
    return Written("parquet", buffer.getvalue(), content, rows, traits, content.is_plain)


def write_xlsx(random: Random) -> Written:
    content = draw_content(random, TextEncoding("utf-8"), is_typed=True)
    while content.has_blank_edge():  # a workbook has no cells there
        content = draw_content(random, TextEncoding("utf-8"), is_typed=True)
    if not random.randrange(4):
        break_lines(random, content, "\n")
    above, preamble = draw_preamble(random, content, "")
    if preamble == "sep=":
        above, preamble = [], "nothing"
    cells: list[list[Any]] = [[line] for line in above]
    cells += [] if content.header == "none" else [list(content.names)]
    cells += content.rows
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        if not random.randrange(6):
            workbook.add_worksheet("empty")
        sheet = workbook.add_worksheet("reviews")
        for number, row in enumerate(cells):
            for column, value in enumerate(row):
                if value != "":
                    sheet.write(number, column, value)
    traits = {"format": "xlsx", "above": preamble}
    rows: list[list[Any] | None] = [list(row) for row in content.rows]
    return Written(
        "xlsx",
        buffer.getvalue(),
        content,
        rows,
        traits,
        content.is_plain and not above,
        has_header=content.header != "none",
    )


def write_fasttext(random: Random) -> Written:
    encoding = draw_encoding(random)
    content = draw_content(random, encoding, only_texts_and_labels=True)
    content.map_strings(lambda cell: " ".join(cell.split("\n")))
    lines = []
    labels = content.columns[content.label or 0]
    for text, label in zip(content.columns[content.text], labels, strict=True):
        lines.append(f"__label__{label} {text}")
    end = random.choice(["\n", "\n", "\r\n"])
    text = "".join(line + end for line in lines)
    rows: list[list[Any] | None] = [
        [text, label] for text, label in zip(content.columns[content.text], labels, strict=True)
    ]
    traits = {"format": "fasttext", "encoding": encoding.name, "line end": repr(end)}
    return Written("fasttext", encoding.encode(text), content, rows, traits, encoding.is_plain, encoding=encoding)


def _store(random: Random, written: Written) -> RandomTable:
    """Give a table a name and a container, and say about it what a user may say."""
    content, kind = written.content, written.kind
    is_plain = written.is_plain
    suffix = _draw_suffix(random, kind)
    options = _draw_options(random, written)
    data, container = _compress(random, written.data)
    name = f"table{suffix}{container}"
    if container == ".zip":
        data = _zip(written.data, f"table{suffix}")
    piece_size = None
    if not random.randrange(10):
        piece_size = random.choice([1, 7, 64, 1 << 16]) if len(data) <= MAX_DRIP_BYTES else 1 << 16
        suffix = ""
    is_hinted = bool(options.input_format or options.delimiter or options.header is not None or options.text_columns)
    may_be_lines = suffix in ("", ".txt", ".data") and not is_hinted and kind in ("csv", "tsv")
    is_right_name = name.lower().startswith(f"table.{SUFFIXES[kind]}") and piece_size is None
    is_plain = is_plain and (is_right_name or options.input_format is not None)
    written.traits |= {
        "name": name, "header": content.header, "options": ", ".join(f"{key} {value!r}" for key, value in vars(options).items() if value),
        "pipe": str(piece_size or "no"), "rows": str(len(written.rows)),
    }  # fmt: skip
    return RandomTable(
        name,
        data,
        kind,
        written.delimiter,
        written.has_header,
        options,
        piece_size,
        written.rows,
        content.texts,
        content.classes,
        is_plain,
        may_be_lines,
        written.traits,
    )


def _draw_suffix(random: Random, kind: str) -> str:
    """Mostly the suffix of the format, sometimes one that says little or something else."""
    suffix = "." + SUFFIXES[kind]
    match random.randrange(12):
        case 0 if kind in ("csv", "tsv"):
            suffix = random.choice([".csv", ".tsv", ".txt", "", ".xls", ".tab", ".data"])
        case 0 if kind in ("json", "jsonl"):
            suffix = random.choice([".json", ".jsonl", ".ndjson", ".txt", ".csv", ""])
        case 0 if kind in ("parquet", "xlsx"):
            suffix = random.choice([".csv", ".txt", "", ".parquet", ".xlsx", ".pq"])
        case 0 if kind == "fasttext":
            suffix = random.choice([".txt", ".csv", "", ".train"])
        case 1 if kind in ("csv", "tsv"):
            suffix = random.choice([".CSV", ".csv"]) if kind == "csv" else random.choice([".tab", ".TSV", ".csv"])
    return suffix


def _draw_options(random: Random, written: Written) -> ReadOptions:
    """What the user says, all of it true."""
    content = written.content
    encoding = written.encoding
    needs_encoding = encoding is not None and not encoding.is_told_by(written.data)

    def is_said() -> bool:
        return not random.randrange(4)

    def column(index: int) -> str:
        name = content.names[index]
        is_number = content.header == "none" or content.names.count(name) > 1 or not name or not random.randrange(4)
        return str(index + 1) if is_number and written.kind not in ("json", "jsonl") else name

    codec = None
    if encoding and (needs_encoding or is_said()):
        codec = re.sub("-[lb]e$", "", encoding.codec) if encoding.mark else encoding.codec
    columns = (column(content.text),) if written.kind != "fasttext" and is_said() else ()
    label = column(content.label) if content.label is not None and written.kind != "fasttext" and is_said() else None
    return ReadOptions(
        input_format=written.kind if is_said() else None,
        encoding=codec,
        delimiter=written.delimiter if content.width > 1 and is_said() else None,
        header=written.has_header if is_said() else None,
        text_columns=columns,
        label_column=label,
        on_error="skip" if not random.randrange(3) else "stop",
    )


def _compress(random: Random, data: bytes) -> tuple[bytes, str]:
    match random.randrange(20):
        case 0:
            return gzip.compress(data, mtime=0), ".gz"
        case 1:
            return bz2.compress(data), ".bz2"
        case 2:
            return lzma.compress(data), ".xz"
        case 3:
            return pyarrow.compress(data, codec="zstd", asbytes=True), ".zst"
        case 4:
            return data, ".zip"
    return data, ""


def _zip(data: bytes, member: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(member), data)
    return buffer.getvalue()
