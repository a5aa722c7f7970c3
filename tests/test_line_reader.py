"""Input bytes become records at LF, CRLF or NUL and nowhere else, as soon as a pipe has them."""

import gzip
import lzma
import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.line_reader import BATCH_RECORDS, read_lines, read_records
from rnnsent.data.records import RecordBatch, read_texts
from rnnsent.errors import DataError
from rnnsent.parallel import PAUSE, Pause


def batches_of(descriptor: int) -> Iterator[list[str] | Pause]:
    """The texts of each batch as they arrive."""
    for batch in read_records(descriptor):
        yield list(batch.texts) if isinstance(batch, RecordBatch) else batch


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The reading and the writing end of a pipe; the test closes the writing end."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def read_pipe(data: bytes, separator: bytes = b"\n") -> list[str]:
    reader, writer = os.pipe()

    def feed() -> None:
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        return list(read_texts(read_records(reader, separator)))
    finally:
        thread.join()
        os.close(reader)


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (b"", []),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"\n\na\n\n", ["", "", "a", ""]),
        (b"a\tb\n", ["a\tb"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\r\r\n", ["a\r"]),
        (b"a\x0bb\x0cc\x1cd\x1ee\n", ["a\x0bb\x0cc\x1cd\x1ee"]),
        ("a\u2028b\u2029c\x85d\n".encode(), ["a\u2028b\u2029c\x85d"]),
        (b"a\x00b\n", ["a\x00b"]),
        (b"caf\xe9\n\xff\n", ["caf\ufffd", "\ufffd"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
    ],
)
def test_line_ends(data: bytes, records: list[str]) -> None:
    """A record ends at LF or CRLF and at nothing else."""
    assert read_pipe(data) == records


def test_final_cr() -> None:
    """A CR at the very end is part of the record."""
    assert read_pipe(b"a\r") == ["a\r"]


def test_nul() -> None:
    """Records that end at NUL keep their line ends."""
    assert read_pipe(b"a\nb\r\n\x00\x00c\r", b"\x00") == ["a\nb\r\n", "", "c\r"]


def test_pause(pipe: tuple[int, int]) -> None:
    """A pipe that pauses yields what has arrived."""
    reader, writer = pipe
    batches = batches_of(reader)
    os.write(writer, b"one\ntwo\nthr")
    assert next(batches) == ["one", "two"]
    assert next(batches) is PAUSE
    os.write(writer, b"ee\n")
    assert next(batches) == ["three"]
    assert next(batches) is PAUSE
    os.write(writer, b"four")
    os.close(writer)
    assert list(batches) == [["four"]]


def test_split_character(pipe: tuple[int, int]) -> None:
    """A character split by a pause is put together again."""
    reader, writer = pipe
    batches = batches_of(reader)
    os.write(writer, b"a\n\xe5\xa5")
    assert next(batches) == ["a"]
    assert next(batches) is PAUSE
    os.write(writer, b"\xbd\n")
    os.close(writer)
    assert list(batches) == [["好"]]


UTF16 = {"le": b"\xff\xfe", "be": b"\xfe\xff"}


@pytest.mark.parametrize("order", UTF16)
def test_utf16(order: str) -> None:
    """UTF-16 with a byte-order mark is read by lines."""
    data = UTF16[order] + "one\r\n\n好 \u0a0a\n😀\n\ufefflast".encode(f"utf-16-{order}")
    assert read_pipe(data) == ["one", "", "好 \u0a0a", "😀", "\ufefflast"]
    assert read_pipe(UTF16[order]) == []


def test_utf16_surrogate() -> None:
    """Half a UTF-16 character becomes U+FFFD."""
    assert read_pipe(b"\xff\xfea\x00\n\x00\x00\xd8b\x00\n\x00\x00\xdc\n\x00c") == ["a", "\ufffdb", "\ufffd", "\ufffd"]
    assert read_pipe("\ufeffa\nb\0\0c".encode("utf-16-le"), b"\0") == ["a\nb", "", "c"]


def test_utf16_bytewise(pipe: tuple[int, int]) -> None:
    """UTF-16 that arrives byte by byte is read as it comes."""
    reader, writer = pipe
    batches = batches_of(reader)
    for byte in b"\xff\xfe\x3d\xd8":  # the mark, and half of a pair
        os.write(writer, bytes([byte]))
        assert next(batches) is PAUSE
    os.write(writer, b"\x00\xde\n\x00x")
    assert next(batches) == ["😀"]
    assert next(batches) is PAUSE
    os.write(writer, b"\x00")
    os.close(writer)
    assert [batch for batch in batches if batch is not PAUSE] == [["x"]]


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (gzip.compress(b"good\n"), r"\(gzip\): decompress it first, for example: zcat FILE \| rnnsent predict -"),
        (lzma.compress(b"good\n"), r"\(xz\): .*xzcat FILE \\| "),
        (b"\x28\xb5\x2f\xfd$", r"\(zstd\): .*zstdcat FILE \\| "),
        (b"PK\x03\x04", r"\(zip\): .*unzip -p FILE \\| "),
    ],
    ids=["gzip", "xz", "zstd", "zip"],
)
def test_compressed(tmp_path, data: bytes, remedy: str) -> None:
    """Compressed input is refused with the command that unpacks it."""
    with pytest.raises(DataError, match=f"^stdin is compressed {remedy}"):
        read_pipe(data)
    (tmp_path / "lines").write_bytes(data)
    named = remedy.replace("FILE", r"\S+/lines")
    with pytest.raises(DataError, match=f"lines is compressed {named}"):
        list(read_lines(tmp_path / "lines"))
    (tmp_path / "in.csv.gz").write_bytes(data)
    with pytest.raises(DataError, match=r"in\.csv\.gz > unpacked\.csv$"):
        list(read_lines(tmp_path / "in.csv.gz"))


def test_partial_magic() -> None:
    """Bytes that only begin like a byte-order mark or an archive are text."""
    assert read_pipe(b"PK\n") == ["PK"]
    assert read_pipe(b"\x1f") == ["\x1f"]
    assert read_pipe(b"\xef\xbb\n\xff\n") == ["\ufffd", "\ufffd"]
    assert read_pipe(b"\xef\xbb\xbf") == []


def test_slow_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow input ends a batch after BATCH_SECONDS."""
    monkeypatch.setattr("rnnsent.data.line_reader.BATCH_SECONDS", -1.0)
    assert read_pipe(b"a\nb\n") == ["a", "b"]
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\n")
    os.close(writer)
    assert [batch for batch in batches_of(reader) if batch is not PAUSE] == [["one"], ["two"]]
    os.close(reader)


def test_batch_size(tmp_path) -> None:
    """A long file comes in batches of bounded size."""
    path = tmp_path / "lines"
    path.write_bytes(b"x\n" * (BATCH_RECORDS + 5))
    batches = [batch for batch in read_lines(path) if isinstance(batch, RecordBatch)]
    assert [len(batch.texts) for batch in batches] == [BATCH_RECORDS, 5]


def test_missing_file(tmp_path) -> None:
    """A missing file is named."""
    with pytest.raises(DataError, match=r"absent: No such file"):
        list(read_lines(tmp_path / "absent"))


line = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])).filter(
    lambda text: not text.endswith("\r") and not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(line), st.sampled_from(["\n", "\r\n"]))
def test_line_roundtrip(lines: list[str], end: str) -> None:
    """Lines written to a pipe come back."""
    assert read_pipe("".join(each + end for each in lines).encode()) == lines


record = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).filter(
    lambda text: not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(record))
def test_nul_roundtrip(records: list[str]) -> None:
    """NUL-terminated records written to a pipe come back."""
    assert read_pipe("".join(each + "\x00" for each in records).encode(), b"\x00") == records
