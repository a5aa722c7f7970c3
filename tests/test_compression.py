"""Compressed input is recognized by its first bytes and read as it arrives; what is damaged is refused."""

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.line_reader import read_records
from rnnsent.data.records import RecordBatch
from rnnsent.errors import DataError
from tests.support.read_tables import read_content, read_lines, zip_files

TABLE = b"text,label\nso good,pos\nso bad,neg\n"
ROWS = [("so good", "pos"), ("so bad", "neg")]
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
    "zip": lambda data: zip_files(in_csv=data),
}


@pytest.mark.parametrize("suffix", COMPRESSORS)
def test_formats(tmp_path: Path, suffix: str) -> None:
    """A compressed table is read under its own name, under any other, and from a pipe."""
    data = COMPRESSORS[suffix](TABLE)
    for name in (f"in.csv.{suffix}", "in.csv", f"in.CSV.{suffix.upper()}"):
        assert read_content(tmp_path, data, name) == ROWS
    assert read_lines(data) == TABLE.decode().splitlines()


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_members(suffix: str) -> None:
    """Several streams, as `cat a.gz b.gz` makes them, are read one after another; padding is not."""
    compress = COMPRESSORS[suffix]
    assert read_lines(compress(b"a\n") + compress(b"b\nc") + compress(b"d\n")) == ["a", "b", "cd"]
    assert read_lines(compress(b"")) == []
    if suffix != "zst":
        assert read_lines(compress(b"a\n") + bytes(1_000)) == ["a"]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_truncated(suffix: str) -> None:
    """A stream that ends early is an error of one line, not the end of the input."""
    data = COMPRESSORS[suffix](os.urandom(100_000).hex().encode())
    for length in (10, len(data) // 2, len(data) - 9, len(data) - 1):
        with pytest.raises(DataError, match=r"^stdin: the compressed data (are damaged or )?end early") as caught:
            read_lines(data[:length])
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_damaged(suffix: str) -> None:
    """Damaged data are refused, in a format with checksums."""
    data = bytearray(COMPRESSORS[suffix](os.urandom(1_000).hex().encode()))
    for position in range(len(data) // 2, len(data) // 2 + 20):
        data[position] ^= 0xFF
    with pytest.raises(DataError, match=r"^stdin: the compressed data (are damaged|end early)"):
        read_lines(bytes(data))


def test_garbage_after_stream() -> None:
    with pytest.raises(DataError, match="compressed data are damaged"):
        read_lines(gzip.compress(b"a\n") + b"no stream")


def test_text_like_signature() -> None:
    """Text that begins like a signature is text."""
    for text in ("BZh means something", "BZh9", "PK", "\x1f"):
        assert read_lines(text + "\n") == [text]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_large(suffix: str) -> None:
    """Content that is much larger than the compressed data is read in full."""
    assert len(read_lines(COMPRESSORS[suffix](b"so good\n" * 500_000))) == 500_000


def test_pause() -> None:
    """Compressed lines are answered before the pipe closes."""
    reader, writer = os.pipe()
    os.write(writer, gzip.compress(b"one\ntwo\n"))
    batches = read_records(ByteInput("stdin", reader))
    assert isinstance(first := next(batches), RecordBatch)
    assert first.texts == ["one", "two"]
    os.write(writer, gzip.compress(b"three\n"))
    os.close(writer)
    assert [text for batch in batches if isinstance(batch, RecordBatch) for text in batch.texts] == ["three"]
    os.close(reader)
