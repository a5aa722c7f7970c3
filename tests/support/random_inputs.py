"""Random inputs for `predict`: valid ones with the texts that the output must contain, and corrupted ones.

Shared by tests/torture/inputs.py, which runs for minutes, and the test suite, which runs for seconds.
"""

import bz2
import codecs
import csv
import gzip
import io
import json
import lzma
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import pyarrow
import pyarrow.parquet

from rnnsent.data.compression import find_decompressor
from rnnsent.data.read_options import ReadOptions

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
FRAGMENTS = (
    "good", "not bad", "電影", "a", "", " ", "\t", "\r", "\r\n", "\n", '"', '""', ",", ";", "|", "'", "=1+1", "+", "-", "@", "\0",
    "\x1b]0;title\x07", "\x9b2J", "\u202e", "\u2028", "\x85", "\x0b\x0c\x1c", "\ufeff", "\ufffd", "\U0001f600", "e\u0301",
    "<script>", "&amp;", "__label__x", "{", "\\", "\\ud800", "null", "-", "%s", "{0}",
)  # fmt: skip
LONG_TEXT = "a very long text, and not a good one; "


@dataclass(frozen=True)
class Unreadable:
    """A row that cannot be parsed."""


UNREADABLE = Unreadable()


@dataclass(frozen=True)
class Input:
    """A file, and what `predict` must make of it.

    Attributes:
        name: its suffix determines the format; without a suffix it is a text file.
        texts: the texts that the output must contain, and UNREADABLE for a bad row; None if that is unknown.
        options: what must be said to read such texts, whatever they look like.
    """

    name: str
    data: bytes
    texts: Sequence[object] | None = None
    options: ReadOptions = ReadOptions()

    @property
    def is_table(self) -> bool:
        return "." in self.name


def split_records(data: bytes, end: str = "\n") -> list[str]:
    """Split a whole text into records, by the documented rule: the reference for the streaming reader."""
    if encoding := UTF16.get(data[:2]):
        text = data[2:].decode(encoding, "replace")
    else:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    *records, last = text.split(end)
    if end == "\n":
        records = [record.removesuffix("\r") for record in records]
    return [*records, last] if last else records


def is_compressed(data: bytes) -> bool:
    return find_decompressor(data) is not None


def random_input(random: Random) -> Input:
    """An input of a random format: a third are valid, and of the others some are random bytes or compressed."""
    valid = random.choice(FORMATS)(random)
    match random.randrange(9):
        case 0:
            return Input(valid.name, random.randbytes(random.choice([0, 1, 2, 5, 300])))
        case 1:
            compress = random.choice([gzip.compress, bz2.compress, lzma.compress])
            return replace(valid, data=compress(valid.data))
        case 2 | 3 | 4 | 5:
            return replace(valid, data=_corrupt(random, valid.data), texts=None)
    return valid


def _corrupt(random: Random, data: bytes) -> bytes:
    """Replace, remove, insert or repeat bytes in a few positions, and sometimes truncate the rest."""
    corrupted = bytearray(data)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(corrupted) + 1)
        length = random.choice([0, 1, 1, 2, 8, 100])
        other = random.choice([random.randbytes(random.choice([1, 1, 2, 9])), bytes(corrupted[start : start + length])])
        corrupted[start : start + random.choice([0, length])] = other * random.choice([0, 1, 1, 1, 2])
    return bytes(corrupted[: random.choice([None, None, None, random.randrange(len(corrupted) + 1)])])


def random_text(random: Random) -> str:
    """Words and fragments that are special in some format, printable ASCII, or characters of every Unicode plane."""
    match random.randrange(8):
        case 0:
            return "".join(chr(_random_scalar(random)) for _ in range(random.randrange(9)))
        case 1:
            return LONG_TEXT * random.choice([1, 1, 1, 1, 1, 200])
        case 2:
            return "".join(random.choices(string.printable, k=random.randrange(20)))
    return "".join(random.choices(FRAGMENTS, k=random.randrange(7)))


def _random_scalar(random: Random) -> int:
    """A code point that is not a surrogate; all planes are equally likely."""
    code = random.randrange(17) << 16 | random.choice([random.randrange(1 << 16), 0xFFFE, 0xFFFF, 0])
    return code if not 0xD800 <= code < 0xE000 else code - 0x800


def _random_texts(random: Random) -> list[str]:
    return [random_text(random) for _ in range(random.choice([0, 1, 2, 5, 40]))]


def _encode(random: Random, text: str) -> bytes:
    mark, encoding = random.choice(
        [(b"", "utf-8"), (b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), *((mark, name) for mark, name in UTF16.items())]
    )
    return mark + text.encode(encoding)


def random_lines(random: Random) -> Input:
    texts = [text.replace("\n", " ").removesuffix("\r") for text in _random_texts(random)]
    texts = [text.lstrip("\ufeff\0") for text in texts]  # at the start of the file it would be a byte-order mark
    end = random.choice(["\n", "\r\n"])
    if any(text.endswith("\r") for text in texts):
        end = "\r\n"
    return Input("in", _encode(random, "".join(text + end for text in texts)), texts, ReadOptions(input_format="lines"))


def random_delimited(random: Random, suffix: str, delimiters: str) -> Input:
    delimiter = random.choice(delimiters)
    quoting, end = random.choice([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n")])
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["id", "text"])
    texts: list[object] = []
    for number, text in enumerate(_random_texts(random)):
        if random.randrange(6):
            writer.writerow([number, text])
            texts.append(text)
        else:
            row, text = random.choice(
                [
                    (f'1{delimiter}"x"y', UNREADABLE),
                    (f"x{delimiter}x{delimiter}y", UNREADABLE),
                    ("1", ""),
                    (delimiter * 2, ""),
                ]
            )
            table.write(row + end)
            texts.append(text)
    options = ReadOptions("csv" if suffix == "csv" else "tsv", delimiter=delimiter, header=True, text_columns=("text",))
    return Input(f"in.{suffix}", _encode(random, table.getvalue()), texts, options)


def random_json_lines(random: Random) -> Input:
    texts: list[object] = ["first"]  # a valid first row, which determines the columns
    rows = [json.dumps({"text": "first"})]
    for text in _random_texts(random):
        if random.randrange(6):
            value: object = random.choice([text, text, text, text + "\ud800", "\udc00", 7, -0.5, None, True])
            is_printable = isinstance(value, str) and value.isprintable()
            texts.append(value)
            rows.append(json.dumps({"text": value}, ensure_ascii=not is_printable))
        else:
            texts.append(UNREADABLE)
            rows.append(random.choice(['{"text": ', "[1]", "nul", '"x"', '{"text": "x', "{} {}", "\0"]))
        rows += [""] * random.choice([0, 0, 1])
    options = ReadOptions("jsonl", text_columns=("text",))
    return Input(random.choice(["in.jsonl", "in.ndjson"]), _encode(random, "\n".join(rows)), texts, options)


def random_parquet(random: Random) -> Input:
    texts: list[str | None] = [random.choice([text, text, text, None]) for text in _random_texts(random)]
    column_type = random.choice(
        [pyarrow.string(), pyarrow.large_string(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())]
    )
    columns = {
        "id": pyarrow.array(range(len(texts)), pyarrow.int16()),
        "text": pyarrow.array(texts, pyarrow.string()).cast(column_type),
    }
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(
        pyarrow.table(columns),
        buffer,
        row_group_size=random.choice([1, 3, 1_000]),
        compression=random.choice(["none", "snappy", "zstd", "gzip"]),
    )
    return Input("in.parquet", buffer.getvalue(), texts, ReadOptions(text_columns=("text",)))


FORMATS: tuple[Callable[[Random], Input], ...] = (
    random_lines,
    lambda random: random_delimited(random, "csv", ",;\t|"),
    lambda random: random_delimited(random, "tsv", "\t"),
    random_json_lines,
    random_parquet,
)
