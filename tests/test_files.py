"""Every file format gives its rows in order; what cannot be read is named by file and line."""

import gzip
import os
import threading

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data import files
from rnnsent.data.files import Header, UnreadableRow, open_rows, read_rows
from rnnsent.errors import DataError


def rows(tmp_path, name: str, data: bytes) -> list[dict[str, object]]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_rows(path))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b'text,label\n"good, ""really""\nyes",pos\n\nbad,neg\n'),
        ("a.CSV", b'text,label\r\n"good, ""really""\nyes",pos\r\nbad,neg'),
        ("a.tsv", b'text\tlabel\n"good, ""really""\nyes"\tpos\nbad\tneg\n'),
        ("a.jsonl", b'{"text": "good, \\"really\\"\\nyes", "label": "pos"}\n \n{"text": "bad", "label": "neg"}\n'),
        ("a.ndjson", b'{"text": "good, \\"really\\"\\nyes", "label": "pos"}\r\n{"text": "bad", "label": "neg"}'),
    ],
)
def test_formats(tmp_path, name: str, data: bytes) -> None:
    """Every format gives the same rows."""
    expected = [{"text": 'good, "really"\nyes', "label": "pos"}, {"text": "bad", "label": "neg"}]
    assert rows(tmp_path, name, data) == expected
    assert rows(tmp_path, name, b"\xef\xbb\xbf" + data) == expected
    assert rows(tmp_path, name, data.decode().encode("utf-16")) == expected


def test_parquet_types(tmp_path) -> None:
    table = [{"text": "good", "label": 1}, {"text": None, "label": 0}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(table), tmp_path / "a.parquet")
    assert list(read_rows(tmp_path / "a.parquet")) == table


def test_fasttext(tmp_path) -> None:
    data = "__label__pos so good \u2028 yes\r\n\n__label__neg bad\n".encode()
    assert rows(tmp_path, "a.txt", data) == [
        {"text": "so good \u2028 yes", "label": "pos"},
        {"text": "bad", "label": "neg"},
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"text;label\nso, so;pos\n", {"text": "so, so", "label": "pos"}),
        (b"text\tlabel\nso; so\tpos\n", {"text": "so; so", "label": "pos"}),
        (b"text|label\nso; so|pos\n", {"text": "so; so", "label": "pos"}),
        (b"text,a;b\nso; so,pos\n", {"text": "so; so", "a;b": "pos"}),
        (b'"a;b"\nso; so\n', {"a;b": "so; so"}),
        (b'"first\nsecond",label\nx,y\n', {"first\nsecond": "x", "label": "y"}),
    ],
)
def test_delimiter(tmp_path, data: bytes, expected) -> None:
    """The delimiter is inferred from the header."""
    assert rows(tmp_path, "a.csv", data) == [expected]


def test_header(tmp_path) -> None:
    """The header is read before the rows, and without any."""
    (tmp_path / "a.csv").write_text("id,text\n")
    header, rows_read = open_rows(tmp_path / "a.csv")
    assert (header, list(rows_read)) == (Header(("id", "text")), [])
    schema = pyarrow.schema([("id", pyarrow.int8()), ("text", pyarrow.string())])
    pyarrow.parquet.write_table(schema.empty_table(), tmp_path / "a.parquet")
    header, rows_read = open_rows(tmp_path / "a.parquet")
    assert (header.columns, header.schema, list(rows_read)) == (("id", "text"), schema, [])


def test_invalid_utf8(tmp_path) -> None:
    """Invalid UTF-8 becomes U+FFFD."""
    assert rows(tmp_path, "a.csv", b"text\ncaf\xe9\n") == [{"text": "caf\ufffd"}]


def test_long_field(tmp_path) -> None:
    assert len(rows(tmp_path, "a.csv", b"text\n" + b"x" * 200_000)[0]["text"]) == 200_000


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", r"a\.csv is empty"),
        ("a.csv", b"text,text\n", r"a\.csv:1: two columns"),
        ("a.csv", b"text,label\nx,pos\ny\n", r"a\.csv:3: 1 fields, but the header has 2"),
        ("a.csv", b'text,label\n"x"y,pos\n', r"a\.csv:2: .*quote"),
        ("a.csv", b'text,label\n"x,pos\n', r"a\.csv:2: .*quote"),
        ("a.tsv", b"text\tlabel\nx\n", r"a\.tsv:2: 1 fields"),
        ("a.jsonl", b'{"text": "x"}\n{"text"\n', r"a\.jsonl:2: not JSON"),
        ("a.jsonl", b'{"text": "x"}\n\n[1]\n', r"a\.jsonl:3: each line must be an object"),
        ("a.jsonl", b'{"text": "x", "label": ' + b"9" * 5_000 + b"}\n", r"a\.jsonl:1: "),
        ("a.jsonl", b'{"text": ' + b"[" * 200_000 + b"\n", r"a\.jsonl:1: JSON that cannot be read"),
        ("a.txt", b"__label__pos x\nplain\n", r"a\.txt:2: each line of a \.txt"),
        ("a.txt", b"__label__ x\n", r"a\.txt:1: "),
        ("a.txt", b"__label__a __label__b x\n", r"a\.txt:1: two labels"),
        ("a.parquet", b"no parquet at all", r"a\.parquet: not a readable Parquet file"),
        ("a.xlsx", b"x", r"a\.xlsx: unknown format \.xlsx; supported: "),
        ("a", b"x", r"a: unknown format \(no suffix\)"),
    ],
    ids=range(16),
)
def test_unreadable(tmp_path, name: str, data: bytes, message: str) -> None:
    """What cannot be read is named by file and line."""
    with pytest.raises(DataError, match=message) as caught:
        rows(tmp_path, name, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt", "a.parquet"])
def test_missing_file(tmp_path, name: str) -> None:
    with pytest.raises(DataError, match=name):
        list(read_rows(tmp_path / name))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n3\n4,5,6\n7,8\n", [("1", "2"), 3, 4, ("7", "8")]),
        (b'a,b\n1,"x"y\n2,z\n', [2, ("2", "z")]),
        (b'a,b\n1,"never\n2,x\n3,y\n', [2, ("2", "x"), ("3", "y")]),
        (b'a,b\n1,"never\n2,"really"\n3,y\n', [2, ("2", "really"), ("3", "y")]),
        (b'a,b\n1,"two\nlines"\n2,"x"y\n\n3,"z\n', [("1", "two\nlines"), 4, 6]),
        (b"a,b\n\n\n1\n", [4]),
    ],
    ids=range(6),
)
def test_unreadable_rows(tmp_path, data, expected) -> None:
    """An unreadable row keeps its place and takes no other row with it."""
    (tmp_path / "a.csv").write_bytes(data)
    rows_read = open_rows(tmp_path / "a.csv")[1]
    assert [row.line if isinstance(row, UnreadableRow) else tuple(row.values()) for row in rows_read] == expected


def test_unclosed_quote(tmp_path, monkeypatch) -> None:
    """An unclosed quote does not read the whole file into memory."""
    monkeypatch.setattr(files, "MAX_FIELD_CHARS", 1_000)
    (tmp_path / "a.csv").write_bytes(b'a,b\n1,"never\n' + b"2,x\n" * 1_000)
    unread, *rows_read = open_rows(tmp_path / "a.csv")[1]
    assert (unread.line, unread.error.startswith("field larger than field limit (1000)")) == (2, True)
    assert rows_read == [{"a": "2", "b": "x"}] * 1_000


def test_unreadable_lines(tmp_path) -> None:
    """Unreadable lines of JSON and fastText keep their place."""
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{"a"\n\n[2]\n{"a": 3}\n', encoding="utf-8")
    rows_read = list(open_rows(tmp_path / "a.jsonl")[1])
    assert rows_read[::3] == [{"a": 1}, {"a": 3}]
    assert rows_read[1] == UnreadableRow(2, "not JSON: Expecting ':' delimiter at column 5")
    assert rows_read[2].line == 4
    (tmp_path / "a.txt").write_text("__label__a x\ny\n", encoding="utf-8")
    assert [type(row) for row in open_rows(tmp_path / "a.txt")[1]] == [dict, UnreadableRow]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "txt"])
def test_compressed(tmp_path, suffix: str) -> None:
    """A compressed file is refused with the remedy."""
    with pytest.raises(DataError, match=rf"a\.{suffix} is compressed \(gzip\): .* zcat \S+ > unpacked\.{suffix}$"):
        rows(tmp_path, f"a.{suffix}", gzip.compress(b"text\ngood\n"))


def parquet_bytes(tmp_path, **columns) -> bytes:
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "whole.parquet")
    return (tmp_path / "whole.parquet").read_bytes()


def test_truncated_parquet(tmp_path) -> None:
    """A truncated Parquet file is named in one line."""
    data = parquet_bytes(tmp_path, text=["good film"] * 1_000)
    for length in (0, 3, 9, len(data) // 2, len(data) - 1):
        with pytest.raises(DataError, match=r"cut\.parquet: .*Parquet file") as caught:
            rows(tmp_path, "cut.parquet", data[:length])
        assert "\n" not in str(caught.value)


def test_parquet_invalid_utf8(tmp_path) -> None:
    """Invalid UTF-8 in a Parquet file becomes U+FFFD."""
    buffers = [pyarrow.py_buffer(content) for content in (b"\0\0\0\0\1\0\0\0\4\0\0\0", b"\xffgut")]
    text = pyarrow.StringArray.from_buffers(2, *buffers)
    assert rows(tmp_path, "a.parquet", parquet_bytes(tmp_path, text=text, n=[1, 2])) == [
        {"text": "\ufffd", "n": 1},
        {"text": "gut", "n": 2},
    ]


def test_parquet_date(tmp_path) -> None:
    """A date that Python cannot represent is one line of error."""
    when = pyarrow.array([2**62], pyarrow.timestamp("us"))
    with pytest.raises(DataError, match=r"a\.parquet: a value cannot be read: .*; drop its column"):
        rows(tmp_path, "a.parquet", parquet_bytes(tmp_path, when=when))


def test_named_pipe(tmp_path) -> None:
    """A named pipe is opened once."""
    os.mkfifo(tmp_path / "a.csv")
    writer = threading.Thread(target=(tmp_path / "a.csv").write_bytes, args=[b"text\ngood\n"])
    writer.start()
    assert list(read_rows(tmp_path / "a.csv")) == [{"text": "good"}]
    writer.join()
