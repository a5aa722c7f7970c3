"""Bytes are read once, from files and pipes; a zip archive is the one file in it."""

import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from rnnsent.data.byte_input import ByteInput
from rnnsent.errors import DataError
from tests.support.read_tables import open_pipe, read_content, read_lines, write_file, zip_files


def read(source: ByteInput) -> bytes:
    return b"".join(chunk for chunk in source.chunks() if chunk)


def test_head(tmp_path: Path) -> None:
    """The first bytes stay unread, however often they are looked at."""
    data = bytes(range(256)) * 4_000
    with open_pipe(data) as pipe:
        for source in (ByteInput.open(write_file(tmp_path, "in", data)), pipe):
            assert (source.head(3), source.head(1), source.head(10)) == (data[:3], data[:1], data[:10])
            assert read(source) == data


def test_slow_signature() -> None:
    """A signature that arrives byte by byte is recognized; other bytes are not waited for."""
    reader, writer = os.pipe()
    data = zip_files(in_txt="good\n")

    def feed() -> None:
        for byte in data[:20]:
            os.write(writer, bytes([byte]))
        os.write(writer, data[20:])
        os.close(writer)

    thread = threading.Thread(target=feed)
    thread.start()
    assert read(ByteInput("stdin", reader)) == b"good\n"
    thread.join()
    os.close(reader)
    reader, writer = os.pipe()
    os.write(writer, b"P")
    os.write(writer, b"a")
    assert ByteInput("stdin", reader).head(2) == b"Pa"
    os.close(writer)
    os.close(reader)


def test_named_pipe(tmp_path: Path) -> None:
    """A named pipe is opened once."""
    os.mkfifo(tmp_path / "a.csv")
    writer = threading.Thread(target=(tmp_path / "a.csv").write_bytes, args=[b"text\nso good\n"])
    writer.start()
    source = ByteInput.open(tmp_path / "a.csv")
    assert (source.can_be_reopened, source.suffix, read(source)) == (False, ".csv", b"text\nso good\n")
    writer.join()


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt", "a.parquet"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"{name}: No such file"):
        ByteInput.open(tmp_path / name)


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"^{tmp_path}: Is a directory$"):
        read(ByteInput.open(tmp_path))


def test_closed_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(DataError, match=r"^stdin is closed: there is nothing to read for -$"):
        ByteInput.stdin()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.CSV", ".csv"), ("a.csv.gz", ".csv"), ("a.jsonl.zst", ".jsonl"), ("a.gz", ""), ("a", ""), ("a.b.tsv", ".tsv")],
)
def test_suffix(tmp_path: Path, name: str, suffix: str) -> None:
    assert ByteInput.open(write_file(tmp_path, name, "x")).suffix == suffix


def test_zip(tmp_path: Path) -> None:
    """The only file of an archive counts, beside folders and what an operating system adds."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data/", "")
        archive.writestr("data/in.jsonl", '{"text": "good"}\n')
        archive.writestr("__MACOSX/data/._in.jsonl", "x")
        archive.writestr("data/.DS_Store", "x")
    assert read_content(tmp_path, buffer.getvalue(), "any.zip") == [("good",)]
    with open_pipe(buffer.getvalue()) as source:
        assert (source.suffix, read(source)) == (".jsonl", b'{"text": "good"}\n')


def test_zip_of_several(tmp_path: Path) -> None:
    """An archive of several files, or of none, is refused with their names."""
    with pytest.raises(
        DataError, match=r"^stdin is a zip archive of 2 files \(a\.csv, b\.csv\); unpack it, and give one file$"
    ):
        read_lines(zip_files(a_csv="x", b_csv="y"))
    many = zip_files(**{f"f{i}_csv": "x" for i in range(9)})
    with pytest.raises(
        DataError, match=r"in\.zip is a zip archive of 9 files \(f0\.csv, f1\.csv, f2\.csv, f3\.csv, \.\.\.\)"
    ):
        read_content(tmp_path, many, "in.zip")


def test_encrypted_zip(tmp_path: Path) -> None:
    """An archive with a password is refused in one line."""
    data = bytearray(zip_files(in_csv="text\ngood\n"))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1  # the flag of encryption
    with pytest.raises(DataError, match=r"in\.zip: the zip archive cannot be read: .*(encrypted|password)") as caught:
        read_content(tmp_path, bytes(data), "in.zip")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [4, 60, -1])
def test_damaged_zip(tmp_path: Path, length: int) -> None:
    data = zip_files(in_csv="text\n" + os.urandom(500).hex() + "\n")
    with pytest.raises(DataError, match=r"the zip archive (cannot be read|is damaged): ") as caught:
        read_content(tmp_path, data[:length], "in.zip")
    assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match="the zip archive"):
        read_lines(data[:length])


@pytest.mark.parametrize("member", ["word/document.xml", "ppt/presentation.xml"])
def test_document(member: str) -> None:
    """A document of Word or PowerPoint is called what it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(member, "<x/>")
    with open_pipe(buffer.getvalue()) as source:
        assert (source.is_archive, source.suffix) == (True, ".docx" if member.startswith("word") else ".pptx")


def test_as_file(tmp_path: Path) -> None:
    """The content can be read in any order: from the file, or from a copy of a pipe or of what is compressed."""
    data = os.urandom(100_000)
    with open_pipe(data) as pipe:
        for source in (ByteInput.open(write_file(tmp_path, "in", data)), pipe):
            source.head(5)
            with source.as_file() as file:
                file.seek(50_000)
                assert file.read(10) == data[50_000:50_010]


def test_large_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large pipe is copied to disk, not to memory."""
    monkeypatch.setattr("rnnsent.data.byte_input.SPOOL_BYTES", 1_000)
    with open_pipe(b"x" * 700_000) as source, source.spool() as file:
        assert not isinstance(file, io.BytesIO)
        assert file.read() == b"x" * 700_000
