"""Input bytes become records at LF, CRLF or NUL and nowhere else, as soon as a pipe has them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.byte_input import ByteInput
from rnnsent.data.line_reader import BATCH_RECORDS, START_BYTES, LineReader, read_records
from rnnsent.data.records import RecordBatch, read_texts
from rnnsent.parallel import PAUSE, Pause
from tests.support.read_tables import read_lines, write_file


def batches_of(descriptor: int) -> Iterator[list[str] | Pause]:
    """The texts of each batch as they arrive."""
    for batch in read_records(ByteInput("stdin", descriptor)):
        yield list(batch.texts) if isinstance(batch, RecordBatch) else batch


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The reading and the writing end of a pipe; the test closes the writing end."""
    reader, writer = os.pipe()
    yield reader, writer
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
    assert read_lines(data) == records


def test_final_cr() -> None:
    """A CR at the very end is part of the record."""
    assert read_lines(b"a\r") == ["a\r"]


def test_nul() -> None:
    """Records that end at NUL keep their line ends."""
    assert read_lines(b"a\nb\r\n\x00\x00c\r", b"\x00") == ["a\nb\r\n", "", "c\r"]


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
    assert read_lines(data) == ["one", "", "好 \u0a0a", "😀", "\ufefflast"]
    assert read_lines(UTF16[order]) == []


def test_utf16_surrogate() -> None:
    """Half a UTF-16 character becomes U+FFFD."""
    half = "\ufffd" * 3
    assert read_lines(b"\xff\xfea\x00\n\x00\x00\xd8b\x00\n\x00\x00\xdc\n\x00c\x00") == ["a", half + "b", half, "c"]
    assert read_lines("\ufeffa\nb\0\0c".encode("utf-16-le"), b"\0") == ["a\nb", "", "c"]


def test_utf16_bytewise(pipe: tuple[int, int]) -> None:
    """UTF-16 is read as it comes, though a pause may divide a character."""
    reader, writer = pipe
    batches = batches_of(reader)
    os.write(writer, b"\xff\xfea\x00\n\x00\x3d\xd8")  # at last half of a pair
    assert next(batches) == ["a"]
    assert next(batches) is PAUSE
    os.write(writer, b"\x00\xde\n\x00x")
    assert next(batches) == ["😀"]
    assert next(batches) is PAUSE
    os.write(writer, b"\x00")
    os.close(writer)
    assert [batch for batch in batches if batch is not PAUSE] == [["x"]]


def test_partial_magic() -> None:
    """Bytes that only begin like a byte-order mark or an archive are text."""
    assert read_lines(b"PK\n") == ["PK"]
    assert read_lines(b"\x1f") == ["\x1f"]
    assert read_lines(b"\xef\xbb\n\xff\n") == ["\ufffd", "\ufffd"]
    assert read_lines(b"\xef\xbb\xbf") == []


def test_slow_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow input ends a batch after BATCH_SECONDS."""
    monkeypatch.setattr("rnnsent.data.line_reader.BATCH_SECONDS", -1.0)
    assert read_lines(b"a\nb\n") == ["a", "b"]
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\n")
    os.close(writer)
    assert [batch for batch in batches_of(reader) if batch is not PAUSE] == [["one"], ["two"]]
    os.close(reader)


def test_batch_size(tmp_path: Path) -> None:
    """A long file comes in batches of bounded size."""
    path = tmp_path / "lines"
    path.write_bytes(b"x\n" * (BATCH_RECORDS + 5))
    batches = [batch for batch in read_records(ByteInput.open(path)) if isinstance(batch, RecordBatch)]
    assert [len(batch.texts) for batch in batches] == [BATCH_RECORDS, 5]


def test_old_lines(tmp_path: Path) -> None:
    """Lines of an old Mac end at CR; a line feed anywhere means that they do not."""
    assert read_lines(b"a\rb\r\rc\r") == ["a", "b", "", "c"]
    assert read_lines(b"a\rb\rc") == ["a", "b", "c"]
    assert read_lines(b"one\rtwo") == ["one\rtwo"]
    assert read_lines(b"a\rb\rc\n") == ["a\rb\rc"]
    assert read_lines(b"a\rb\rc\r", b"\0") == ["a\rb\rc\r"]
    long = b"x" * START_BYTES
    assert len(read_lines(b"a\rb\r" + long + b"\n")) == 3
    assert len(read_lines(long + b"a\rb\r\n")) == 1


def test_old_lines_pause(pipe: tuple[int, int]) -> None:
    """Carriage returns are not line ends while a line feed may follow."""
    reader, writer = pipe
    batches = batches_of(reader)
    os.write(writer, b"10%\r50%\r")
    assert next(batches) is PAUSE
    os.write(writer, b"100%\ndone\n")
    assert next(batches) == ["10%\r50%\r100%", "done"]
    os.close(writer)


def test_several_inputs(tmp_path: Path) -> None:
    """Inputs are read one after another; the last line of each may lack its end, and none may have any."""
    paths = [write_file(tmp_path, str(number), content) for number, content in enumerate(["a\nb", "", "\ufeffc\n"])]
    reader = LineReader([ByteInput.open(path) for path in paths])
    assert list(read_texts(reader.batches())) == ["a", "b", "c"]
    empty = LineReader([ByteInput.open(paths[1])])
    assert list(empty.batches()) == [RecordBatch([])]


def test_explicit_lines(tmp_path: Path) -> None:
    """What the user calls lines is read as such, though it looks like something else."""
    path = write_file(tmp_path, "in", bytes(range(1, 256)))
    assert list(read_texts(LineReader([ByteInput.open(path)], is_explicit=True).batches()))


line = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])).filter(
    lambda text: not text.endswith("\r") and not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(line), st.sampled_from(["\n", "\r\n"]))
def test_line_roundtrip(lines: list[str], end: str) -> None:
    """Lines written to a pipe come back."""
    assert read_lines("".join(each + end for each in lines).encode(), encoding="utf-8") == lines


record = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).filter(
    lambda text: not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(record))
def test_nul_roundtrip(records: list[str]) -> None:
    """NUL-terminated records written to a pipe come back."""
    assert read_lines("".join(each + "\x00" for each in records).encode(), b"\x00") == records
