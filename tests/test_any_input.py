"""Any character passes through every format, and compressed input is refused by name."""

import csv
import gzip
import io
import json
import lzma
import tracemalloc
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data.line_reader import read_lines
from rnnsent.data.table_reader import TableReader

pytestmark = pytest.mark.usefixtures("working_dir")

# The first and last character of each plane, and one within.
PLANES = [
    [chr(plane << 16) + "a", "b" + chr(plane << 16 | 0xFFFF), f"a {chr(plane << 16 | 0x1F600 & 0xFFFF)} b"]
    for plane in range(17)
]


def write(path: Path, texts: list[str]) -> None:
    """Write the texts to a file in the format of its suffix; a table has one column."""
    match path.suffix:
        case ".csv" | ".tsv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, delimiter="," if path.suffix == ".csv" else "\t")
                writer.writerows([text] for text in ["text", *texts])
        case ".jsonl":
            path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        case ".parquet":
            pyarrow.parquet.write_table(pyarrow.table({"text": texts}), path)
        case ".utf16":
            path.write_text("".join(text + "\n" for text in texts), encoding="utf-16")
        case _:
            path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


@pytest.mark.parametrize("texts", PLANES, ids=range(17))
def test_unicode_planes(run_ok, stdin, working_dir: Path, texts: list[str]) -> None:
    """Characters of every plane pass through every format."""
    for name in ("in", "in.utf16", "in.csv", "in.tsv", "in.jsonl", "in.parquet"):
        write(working_dir / name, texts)
        texts_read = [json.loads(line)["text"] for line in run_ok("predict", name, "--json").split("\n")[:-1]]
        assert texts_read == texts
        header, *rows = csv.reader(io.StringIO(run_ok("predict", name, "-f", "csv"), newline=""))
        assert [row[header.index("text")] for row in rows] == texts
    stdin((working_dir / "in").read_bytes())
    assert [line.split("\t")[2] for line in run_ok("predict", "-").split("\n")[:-1]] == texts


@pytest.mark.parametrize("half", [b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc0\x80"])
def test_invalid_utf8(run_ok, working_dir: Path, half: bytes) -> None:
    """Bytes that encode no character become U+FFFD."""
    shown = half.decode("utf-8", "replace")
    contents = {
        "in": b"good " + half,
        "in.csv": b"text\ngood " + half,
        "in.tsv": b"text\ngood " + half,
        "in.jsonl": b'{"text": "good ' + half + b'"}',
    }
    for name, content in contents.items():
        (working_dir / name).write_bytes(content)
        assert json.loads(run_ok("predict", name, "--json"))["text"] == "good " + shown


@pytest.mark.parametrize(
    ("data", "kind"),
    [(gzip.compress(b"good\n", mtime=0), "gzip"), (lzma.compress(b"good\n"), "xz"), (b"PK\3\4", "zip")],
    ids=["gzip", "xz", "zip"],
)
def test_compressed(run_error, stdin, working_dir: Path, data: bytes, kind: str) -> None:
    """Compressed input is refused wherever it comes from."""
    for name in ("in", "in.csv", "in.jsonl", "in.parquet"):
        (working_dir / name).write_bytes(data)
        code, line = run_error("predict", name)
        assert (code, f"error: {name} is compressed ({kind}): decompress it first, for example: " in line) == (1, True)
    stdin(data)
    code, line = run_error("predict", "-")
    assert (code, f"error: stdin is compressed ({kind}): decompress it first, for example: " in line) == (1, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in", b"\n" * 3_000_000),
        ("in", b"good film\n" * 300_000),
        ("in.csv", b"id,text\n" + b"1,good\n" * 50_000),
        ("in.csv", b"id,text\n1,good\n" + b"1\n" * 50_000),
        ("in.jsonl", b'{"text": "good"}\n' + b"{\n" * 50_000),
    ],
    ids=["empty lines", "lines", "rows", "short rows", "unreadable rows"],
)
def test_memory(working_dir: Path, name: str, content: bytes) -> None:
    """Memory does not grow with the number of records."""
    (working_dir / name).write_bytes(content)
    batches = read_lines(Path(name)) if name == "in" else TableReader(Path(name), "text", "skip").batches()
    tracemalloc.start()
    for _ in batches:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
