"""Any character passes through every format, compressed or not, and memory does not grow with the input."""

import bz2
import csv
import gzip
import io
import json
import lzma
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data.inputs import open_reader
from rnnsent.data.read_options import ReadOptions

pytestmark = pytest.mark.usefixtures("working_dir")

# The first and last character of each plane, and one within.
PLANES = [
    ["b" + chr(plane << 16 | 0xFFFF), chr(plane << 16) + "a", f"a {chr(plane << 16 | 0x1F600 & 0xFFFF)} b"]
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
        texts_read = [json.loads(line)["text"] for line in run_ok("-q", "predict", name, "--json").split("\n")[:-1]]
        assert texts_read == texts
        header, *rows = csv.reader(io.StringIO(run_ok("-q", "predict", name, "-f", "csv"), newline=""))
        assert [row[header.index("text")] for row in rows] == texts
    stdin((working_dir / "in").read_bytes())
    assert [line.split("\t")[2] for line in run_ok("-q", "predict", "-").split("\n")[:-1]] == texts


@pytest.mark.parametrize("half", [b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc0\x80"])
def test_invalid_utf8(run_ok, run_error, working_dir: Path, half: bytes) -> None:
    """Bytes that encode no character become U+FFFD in a line, and make the row of a table unreadable."""
    options = ("--encoding", "utf-8")
    (working_dir / "in").write_bytes(b"good " + half)
    shown = half.decode("utf-8", "replace")
    assert json.loads(run_ok("-q", "predict", "in", "--json", *options))["text"] == "good " + shown
    contents = {
        "in.csv": b"text\nfine film\ngood " + half,
        "in.tsv": b"text\nfine film\ngood " + half,
        "in.jsonl": b'{"text": "fine film"}\n{"text": "good ' + half + b'"}',
    }
    for name, content in contents.items():
        (working_dir / name).write_bytes(content)
        code, line = run_error("-q", "predict", name, *options)
        assert (code, f"{name}:" in line, "has bytes that are not UTF-8" in line) == (1, True, True)
        fine, unread = run_ok("-q", "predict", name, "--json", "--on-error", "skip", *options).splitlines()
        assert (json.loads(fine)["text"], json.loads(unread)["label"]) == ("fine film", None)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed(run_ok, stdin, working_dir: Path, compress: Callable[[bytes], bytes]) -> None:
    """Compressed input is read wherever it comes from, as if it were not compressed."""
    for name, content in {
        "in": b"good\nbad\n",
        "in.csv": b"text\ngood\nbad\n",
        "in.jsonl": b'{"text": "good"}\n',
    }.items():
        (working_dir / name).write_bytes(content)
        expected = run_ok("predict", name, "--json")
        (working_dir / name).write_bytes(compress(content))
        assert run_ok("predict", name, "--json") == expected
    stdin(compress(b"good\nbad\n"))
    assert len(run_ok("predict", "-", "--json").splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in", b"\n" * 3_000_000),
        ("in", b"good film\n" * 300_000),
        ("in.csv", b"id,text\n" + b"1,good\n" * 50_000),
        ("in.csv", b"id,text\n1,good\n" + b"1\n" * 50_000),
        ("in.jsonl", b'{"text": "good"}\n' + b"{\n" * 50_000),
        ("in.json", b"[" + b'{"text": "good"},\n' * 50_000 + b'{"text": "bad"}]'),
        ("in.gz", gzip.compress(b"good film\n" * 300_000)),
        ("in.csv.gz", gzip.compress(b"id,text\n" + b"1,good\n" * 50_000)),
        ("in.csv", ("id,text\n" + "1,good one\n" * 50_000).encode("utf-16")),
    ],
    ids=[
        "empty lines",
        "lines",
        "rows",
        "short rows",
        "unreadable rows",
        "array",
        "compressed lines",
        "compressed rows",
        "UTF-16",
    ],
)
def test_memory(working_dir: Path, name: str, content: bytes) -> None:
    """Memory does not grow with the number of records."""
    (working_dir / name).write_bytes(content)
    batches = open_reader([name], ReadOptions(on_error="skip" if "." in name and name != "in.gz" else "stop")).batches()
    tracemalloc.start()
    for _ in batches:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
