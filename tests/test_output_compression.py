"""Compressed output: any of the standard tools reads it, equal records give equal bytes, and errors leave no trace."""

import bz2
import gc
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest

from rnnsent.errors import RnnsentError
from rnnsent.output.compression import COMPRESSION_SUFFIXES, open_compressed
from rnnsent.output.terminal import Output, open_file

DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
    ".zst": lambda data: pyarrow.CompressedInputStream(pyarrow.BufferReader(data), "zstd").read(),
}


def compress(suffix: str | None, parts: list[str]) -> bytes:
    stream = io.BytesIO()
    with open_compressed(Output(stream), suffix) as output:
        for part in parts:
            output.write(part)
            output.flush()
    assert not stream.closed
    return stream.getvalue()


@pytest.mark.parametrize("suffix", COMPRESSION_SUFFIXES)
def test_roundtrip(suffix: str) -> None:
    """What was written is read back, also if it is nothing, and bytes do not depend on when it was written."""
    parts = ["good film\n", "電影\n" * 100_000, "x"]
    compressed = compress(suffix, parts)
    assert DECOMPRESS[suffix](compressed).decode() == "".join(parts)
    assert compress(suffix, list("".join(parts)[:2_000])) == compress(suffix, ["".join(parts)[:2_000]])
    assert DECOMPRESS[suffix](compress(suffix, [])) == b""


def test_gzip_header() -> None:
    """A gzip file has neither a time nor a name."""
    assert compress(".gz", ["x"])[3:8] == bytes(5)


def test_no_compression() -> None:
    assert compress(None, ["x"]) == b"x"


@pytest.mark.parametrize("suffix", COMPRESSION_SUFFIXES)
def test_error(suffix: str, tmp_path: Path) -> None:
    """After an error the old file stays, and nothing is written when the compressor is destroyed."""
    path = tmp_path / f"out.csv{suffix}"
    path.write_text("old")
    with pytest.raises(RuntimeError), open_file(path) as file, open_compressed(file, suffix) as output:
        output.write("x" * 100_000)
        raise RuntimeError
    gc.collect()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", COMPRESSION_SUFFIXES)
def test_full_disk(suffix: str) -> None:
    """A full disk is one error with the name of the output, though it is noticed at the very end."""
    with (
        pytest.raises(OSError, match=r"No space left on device: '/dev/full'") as raised,
        open_file(Path("/dev/full")) as file,
        open_compressed(file, suffix) as output,
    ):
        output.write("x")
    gc.collect()
    assert raised.value.errno == 28


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(RnnsentError, match=r"zstd output needs pyarrow, .*pip install pyarrow"):
        compress(".zst", ["x"])
