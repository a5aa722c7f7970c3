"""Proves that input bytes become records at LF, CRLF or NUL and nowhere else, as soon as a pipe has them."""

import gzip
import lzma
import os
import threading
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.records import WINDOW_RECORDS, read_file_records, read_records
from rnnsent.errors import DataError


def piped(data: bytes, separator: bytes = b"\n") -> list[str]:
    reader, writer = os.pipe()

    def feed() -> None:
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        return list(chain.from_iterable(read_records(reader, separator=separator)))
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
def test_a_record_ends_at_lf_or_crlf_and_at_nothing_else(data: bytes, records: list[str]) -> None:
    assert piped(data) == records


def test_a_lone_cr_at_the_very_end_ends_no_record_and_stays() -> None:
    assert piped(b"a\r") == ["a\r"]


def test_nul_mode_keeps_line_ends_inside_records() -> None:
    assert piped(b"a\nb\r\n\x00\x00c\r", b"\x00") == ["a\nb\r\n", "", "c\r"]


def test_a_pipe_that_pauses_yields_what_has_arrived() -> None:
    reader, writer = os.pipe()
    try:
        windows = read_records(reader)
        os.write(writer, b"one\ntwo\nthr")
        assert next(windows) == ["one", "two"]
        assert next(windows) == []  # who reads ahead is told to answer first
        os.write(writer, b"ee\n")
        assert next(windows) == ["three"]
        assert next(windows) == []
        os.write(writer, b"four")
        os.close(writer)
        assert list(windows) == [["four"]]
    finally:
        os.close(reader)


def test_a_character_cut_by_a_pause_is_whole_again() -> None:
    reader, writer = os.pipe()
    try:
        windows = read_records(reader)
        os.write(writer, b"a\n\xe5\xa5")
        assert next(windows) == ["a"]
        assert next(windows) == []
        os.write(writer, b"\xbd\n")
        os.close(writer)
        assert list(windows) == [["好"]]
    finally:
        os.close(reader)


UTF16 = {"le": b"\xff\xfe", "be": b"\xfe\xff"}


@pytest.mark.parametrize("order", UTF16)
def test_utf16_with_a_byte_order_mark_is_read_in_lines(order: str) -> None:
    data = UTF16[order] + "one\r\n\n好 \u0a0a\n😀\n\ufefflast".encode(f"utf-16-{order}")
    assert piped(data) == ["one", "", "好 \u0a0a", "😀", "\ufefflast"]
    assert piped(UTF16[order]) == []


def test_half_a_character_of_utf16_becomes_a_replacement_character() -> None:
    assert piped(b"\xff\xfea\x00\n\x00\x00\xd8b\x00\n\x00\x00\xdc\n\x00c") == ["a", "\ufffdb", "\ufffd", "\ufffd"]
    assert piped("\ufeffa\nb\0\0c".encode("utf-16-le"), b"\0") == ["a\nb", "", "c"]


def test_utf16_that_arrives_byte_by_byte_is_answered_as_it_comes() -> None:
    reader, writer = os.pipe()
    try:
        windows = read_records(reader)
        for byte in b"\xff\xfe\x3d\xd8":  # the mark, and half of a pair
            os.write(writer, bytes([byte]))
            assert next(windows) == []
        os.write(writer, b"\x00\xde\n\x00x")
        assert next(windows) == ["😀"]
        assert next(windows) == []
        os.write(writer, b"\x00")
        os.close(writer)
        assert list(filter(None, windows)) == [["x"]]
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (gzip.compress(b"good\n"), r"\(gzip\): unpack it first, such as zcat FILE \| rnnsent predict -"),
        (lzma.compress(b"good\n"), r"\(xz\): .*xzcat FILE \\| "),
        (b"\x28\xb5\x2f\xfd$", r"\(zstd\): .*zstdcat FILE \\| "),
        (b"PK\x03\x04", r"\(zip\): .*unzip -p FILE \\| "),
    ],
    ids=["gzip", "xz", "zstd", "zip"],
)
def test_a_compressed_input_is_refused_with_the_remedy(tmp_path, data: bytes, remedy: str) -> None:
    with pytest.raises(DataError, match=f"^stdin is compressed {remedy}"):
        piped(data)
    (tmp_path / "lines").write_bytes(data)
    named = remedy.replace("FILE", r"\S+/lines")
    with pytest.raises(DataError, match=f"lines is compressed {named}"):
        list(read_file_records(tmp_path / "lines"))
    (tmp_path / "in.csv.gz").write_bytes(data)
    with pytest.raises(DataError, match=r"in\.csv\.gz > unpacked\.csv$"):
        list(read_file_records(tmp_path / "in.csv.gz"))


def test_bytes_that_only_begin_like_a_mark_are_text() -> None:
    assert piped(b"PK\n") == ["PK"]
    assert piped(b"\x1f") == ["\x1f"]
    assert piped(b"\xef\xbb\n\xff\n") == ["\ufffd", "\ufffd"]
    assert piped(b"\xef\xbb\xbf") == []


def test_input_that_drips_closes_a_window_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnsent.data.records.WINDOW_SECONDS", -1.0)
    assert piped(b"a\nb\n") == ["a", "b"]
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\n")
    os.close(writer)
    assert list(filter(None, read_records(reader))) == [["one"], ["two"]]
    os.close(reader)


def test_a_long_file_comes_in_windows_of_bounded_size(tmp_path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"x\n" * (WINDOW_RECORDS + 5))
    assert [len(window) for window in read_file_records(path)] == [WINDOW_RECORDS, 5]


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(DataError, match=r"absent: No such file"):
        list(read_file_records(tmp_path / "absent"))


line = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])).filter(
    lambda text: not text.endswith("\r") and not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(line), st.sampled_from(["\n", "\r\n"]))
def test_lines_written_to_a_pipe_come_back(lines: list[str], end: str) -> None:
    assert piped("".join(each + end for each in lines).encode()) == lines


record = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).filter(
    lambda text: not text.startswith("\ufeff")
)


@settings(deadline=None, derandomize=True)
@given(st.lists(record))
def test_nul_records_written_to_a_pipe_come_back(records: list[str]) -> None:
    assert piped("".join(each + "\x00" for each in records).encode(), b"\x00") == records
