"""Inputs of predict at random, sound ones with what must come back of them and spoiled ones, and the rule of lines.

Shared by tests/torture/inputs.py, for minutes, and the test suite, for seconds.
"""

import codecs
import csv
import gzip
import io
import json
import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pyarrow
import pyarrow.parquet

from rnnsent.data.encoding import COMPRESSED, UTF16

PIECES = (
    "good", "not bad", "電影", "a", "", " ", "\t", "\r", "\r\n", "\n", '"', '""', ",", ";", "|", "'", "=1+1", "+", "-", "@", "\0",
    "\x1b]0;title\x07", "\x9b2J", "\u202e", "\u2028", "\x85", "\x0b\x0c\x1c", "\ufeff", "\ufffd", "\U0001f600", "e\u0301",
    "<script>", "&amp;", "__label__x", "{", "\\", "\\ud800", "null", "-", "%s", "{0}",
)  # fmt: skip
LONG = "a very long text, and not a good one; "


@dataclass(frozen=True)
class Unread:
    """Stands for a row that cannot be read."""


UNREAD = Unread()


@dataclass(frozen=True)
class Input:
    """A file by name, whose suffix tells its format, and the texts that must come back; None where that is not known."""

    name: str
    data: bytes
    texts: Sequence[object] | None = None
    refused: bool = False

    @property
    def is_table(self) -> bool:
        return "." in self.name


def records_of(data: bytes, end: str = "\n") -> list[str]:
    """The rule of lines, over the whole text at once."""
    if encoding := UTF16.get(data[:2]):
        text = data[2:].decode(encoding, "replace")
    else:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    *records, last = text.split(end)
    if end == "\n":
        records = [record.removesuffix("\r") for record in records]
    return [*records, last] if last else records


def is_compressed(data: bytes) -> bool:
    return data.startswith(tuple(COMPRESSED))


def any_input(chance: random.Random) -> Input:
    """One of every kind; of each three, one is sound, and of the others some are no text at all."""
    made = chance.choice(KINDS)(chance)
    match chance.randrange(9):
        case 0:
            return Input(made.name, chance.randbytes(chance.choice([0, 1, 2, 5, 300])))
        case 1:
            return replace(made, data=gzip.compress(made.data, mtime=0), texts=None, refused=True)
        case 2 | 3 | 4 | 5:
            return replace(made, data=spoiled(chance, made.data), texts=None)
    return made


def spoiled(chance: random.Random, data: bytes) -> bytes:
    """The bytes with a few places exchanged, left out, put in or doubled."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(changed) + 1)
        length = chance.choice([0, 1, 1, 2, 8, 100])
        other = chance.choice([chance.randbytes(chance.choice([1, 1, 2, 9])), bytes(changed[start : start + length])])
        changed[start : start + chance.choice([0, length])] = other * chance.choice([0, 1, 1, 1, 2])
    return bytes(changed[: chance.choice([None, None, None, chance.randrange(len(changed) + 1)])])


def any_text(chance: random.Random) -> str:
    """Words, pieces that mean something to some format, or characters of every plane."""
    match chance.randrange(8):
        case 0:
            return "".join(chr(_scalar(chance)) for _ in range(chance.randrange(9)))
        case 1:
            return LONG * chance.choice([1, 1, 1, 1, 1, 200])
        case 2:
            return "".join(chance.choices(string.printable, k=chance.randrange(20)))
    return "".join(chance.choices(PIECES, k=chance.randrange(7)))


def _scalar(chance: random.Random) -> int:
    """A code point that is no surrogate, each plane as likely as another."""
    code = chance.randrange(17) << 16 | chance.choice([chance.randrange(1 << 16), 0xFFFE, 0xFFFF, 0])
    return code if not 0xD800 <= code < 0xE000 else code - 0x800


def _texts(chance: random.Random) -> list[str]:
    return [any_text(chance) for _ in range(chance.choice([0, 1, 2, 5, 40]))]


def _encoded(chance: random.Random, text: str) -> bytes:
    mark, encoding = chance.choice(
        [(b"", "utf-8"), (b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), *((mark, name) for mark, name in UTF16.items())]
    )
    return mark + text.encode(encoding)


def lines(chance: random.Random) -> Input:
    texts = [text.replace("\n", " ").removesuffix("\r") for text in _texts(chance)]
    texts = [text.lstrip("\ufeff") for text in texts]  # at the very beginning it would be the mark of an encoding
    end = chance.choice(["\n", "\r\n"])
    if any(text.endswith("\r") for text in texts):
        end = "\r\n"
    return Input("in", _encoded(chance, "".join(text + end for text in texts)), texts)


def delimited(chance: random.Random, suffix: str, delimiters: str) -> Input:
    delimiter = chance.choice(delimiters)
    quoting, end = chance.choice([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n")])
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["id", "text"])
    texts: list[object] = []
    for number, text in enumerate(_texts(chance)):
        if chance.randrange(6):
            writer.writerow([number, text])
            texts.append(text)
        else:
            table.write(chance.choice([f'1{delimiter}"x"y', "1", delimiter * 2]) + end)
            texts.append(UNREAD)
    return Input(f"in.{suffix}", _encoded(chance, table.getvalue()), texts)


def json_lines(chance: random.Random) -> Input:
    texts: list[object] = ["first"]  # which tells the columns
    rows = [json.dumps({"text": "first"})]
    for text in _texts(chance):
        if chance.randrange(6):
            value: object = chance.choice(
                [text, text, text, text + "\ud800", "\udc00", 7, -0.5, None, True, ["=", text]]
            )
            whole = isinstance(value, str) and value.isprintable()
            texts.append(value)
            rows.append(json.dumps({"text": value}, ensure_ascii=not whole))
        else:
            texts.append(UNREAD)
            rows.append(chance.choice(['{"text": ', "[1]", "nul", '"x"', '{"text": "x', "{} {}", "\0"]))
        rows += [""] * chance.choice([0, 0, 1])
    return Input(chance.choice(["in.jsonl", "in.ndjson"]), _encoded(chance, "\n".join(rows)), texts)


def parquet(chance: random.Random) -> Input:
    texts: list[str | None] = [chance.choice([text, text, text, None]) for text in _texts(chance)]
    kind = chance.choice(
        [pyarrow.string(), pyarrow.large_string(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())]
    )
    columns = {
        "id": pyarrow.array(range(len(texts)), pyarrow.int16()),
        "text": pyarrow.array(texts, pyarrow.string()).cast(kind),
    }
    written = io.BytesIO()
    pyarrow.parquet.write_table(
        pyarrow.table(columns),
        written,
        row_group_size=chance.choice([1, 3, 1_000]),
        compression=chance.choice(["none", "snappy", "zstd", "gzip"]),
    )
    return Input("in.parquet", written.getvalue(), texts)


KINDS: tuple[Callable[[random.Random], Input], ...] = (
    lines,
    lambda chance: delimited(chance, "csv", ",;\t|"),
    lambda chance: delimited(chance, "tsv", "\t"),
    json_lines,
    parquet,
)
