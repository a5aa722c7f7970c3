"""Proves that each file format gives its rows in order, and that what cannot be read is named by file and line."""

import gzip
import os
import threading

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data import files
from rnnsent.data.files import Header, Unreadable, open_rows, read_rows
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
def test_each_format_gives_the_same_rows(tmp_path, name: str, data: bytes) -> None:
    expected = [{"text": 'good, "really"\nyes', "label": "pos"}, {"text": "bad", "label": "neg"}]
    assert rows(tmp_path, name, data) == expected
    assert rows(tmp_path, name, b"\xef\xbb\xbf" + data) == expected
    assert rows(tmp_path, name, data.decode().encode("utf-16")) == expected


def test_parquet_gives_its_rows_with_their_types(tmp_path) -> None:
    table = [{"text": "good", "label": 1}, {"text": None, "label": 0}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(table), tmp_path / "a.parquet")
    assert list(read_rows(tmp_path / "a.parquet")) == table


def test_fasttext_lines_give_label_and_text(tmp_path) -> None:
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
def test_the_header_of_a_csv_tells_what_separates_its_fields(tmp_path, data: bytes, expected) -> None:
    assert rows(tmp_path, "a.csv", data) == [expected]


def test_the_header_comes_before_the_rows_and_without_any(tmp_path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n")
    header, found = open_rows(tmp_path / "a.csv")
    assert (header, list(found)) == (Header(("id", "text")), [])
    schema = pyarrow.schema([("id", pyarrow.int8()), ("text", pyarrow.string())])
    pyarrow.parquet.write_table(schema.empty_table(), tmp_path / "a.parquet")
    header, found = open_rows(tmp_path / "a.parquet")
    assert (header.columns, header.schema, list(found)) == (("id", "text"), schema, [])


def test_bytes_that_are_no_utf8_become_replacement_characters(tmp_path) -> None:
    assert rows(tmp_path, "a.csv", b"text\ncaf\xe9\n") == [{"text": "caf\ufffd"}]


def test_a_very_long_field_is_no_error(tmp_path) -> None:
    assert len(rows(tmp_path, "a.csv", b"text\n" + b"x" * 200_000)[0]["text"]) == 200_000


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", r"a\.csv is empty"),
        ("a.csv", b"text,text\n", r"a\.csv:1: two columns"),
        ("a.csv", b"text,label\nx,pos\ny\n", r"a\.csv:3: 1 fields where the header has 2"),
        ("a.csv", b'text,label\n"x"y,pos\n', r"a\.csv:2: .*quote"),
        ("a.csv", b'text,label\n"x,pos\n', r"a\.csv:2: .*quote"),
        ("a.tsv", b"text\tlabel\nx\n", r"a\.tsv:2: 1 fields"),
        ("a.jsonl", b'{"text": "x"}\n{"text"\n', r"a\.jsonl:2: not JSON"),
        ("a.jsonl", b'{"text": "x"}\n\n[1]\n', r"a\.jsonl:3: an object"),
        ("a.jsonl", b'{"text": "x", "label": ' + b"9" * 5_000 + b"}\n", r"a\.jsonl:1: "),
        ("a.jsonl", b'{"text": ' + b"[" * 200_000 + b"\n", r"a\.jsonl:1: not JSON"),
        ("a.txt", b"__label__pos x\nplain\n", r"a\.txt:2: a line of a \.txt"),
        ("a.txt", b"__label__ x\n", r"a\.txt:1: "),
        ("a.txt", b"__label__a __label__b x\n", r"a\.txt:1: two labels"),
        ("a.parquet", b"no parquet at all", r"a\.parquet: not a readable Parquet file"),
        ("a.xlsx", b"x", r"a\.xlsx: cannot tell the format"),
        ("a", b"x", r"a file without a suffix"),
    ],
    ids=range(16),
)
def test_what_cannot_be_read_is_named_by_file_and_line(tmp_path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        rows(tmp_path, name, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt", "a.parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path, name: str) -> None:
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
def test_a_row_that_does_not_parse_keeps_its_place_and_takes_no_other_row_with_it(tmp_path, data, expected) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    found = open_rows(tmp_path / "a.csv")[1]
    assert [row.line if isinstance(row, Unreadable) else tuple(row.values()) for row in found] == expected


def test_a_quote_that_nothing_closes_does_not_take_the_file_into_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(files, "LONGEST_FIELD", 1_000)
    (tmp_path / "a.csv").write_bytes(b'a,b\n1,"never\n' + b"2,x\n" * 1_000)
    unread, *found = open_rows(tmp_path / "a.csv")[1]
    assert (unread.line, unread.error.startswith("field larger than field limit (1000)")) == (2, True)
    assert found == [{"a": "2", "b": "x"}] * 1_000


def test_json_and_fasttext_lines_that_do_not_parse_keep_their_place(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{"a"\n\n[2]\n{"a": 3}\n', encoding="utf-8")
    found = list(open_rows(tmp_path / "a.jsonl")[1])
    assert found[::3] == [{"a": 1}, {"a": 3}]
    assert found[1] == Unreadable(2, "not JSON: Expecting ':' delimiter at column 5")
    assert found[2].line == 4
    (tmp_path / "a.txt").write_text("__label__a x\ny\n", encoding="utf-8")
    assert [type(row) for row in open_rows(tmp_path / "a.txt")[1]] == [dict, Unreadable]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "txt"])
def test_a_compressed_file_is_refused_with_the_remedy(tmp_path, suffix: str) -> None:
    with pytest.raises(DataError, match=rf"a\.{suffix} is compressed \(gzip\): .* zcat \S+ > unpacked\.{suffix}$"):
        rows(tmp_path, f"a.{suffix}", gzip.compress(b"text\ngood\n"))


def parquet_bytes(tmp_path, **columns) -> bytes:
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "whole.parquet")
    return (tmp_path / "whole.parquet").read_bytes()


def test_a_parquet_file_cut_short_is_named_in_one_line(tmp_path) -> None:
    data = parquet_bytes(tmp_path, text=["good film"] * 1_000)
    for length in (0, 3, 9, len(data) // 2, len(data) - 1):
        with pytest.raises(DataError, match=r"cut\.parquet: .*Parquet file") as caught:
            rows(tmp_path, "cut.parquet", data[:length])
        assert "\n" not in str(caught.value)


def test_a_string_of_a_parquet_file_that_is_no_utf8_is_read_with_replacement_characters(tmp_path) -> None:
    buffers = [pyarrow.py_buffer(each) for each in (b"\0\0\0\0\1\0\0\0\4\0\0\0", b"\xffgut")]
    text = pyarrow.StringArray.from_buffers(2, *buffers)
    assert rows(tmp_path, "a.parquet", parquet_bytes(tmp_path, text=text, n=[1, 2])) == [
        {"text": "\ufffd", "n": 1},
        {"text": "gut", "n": 2},
    ]


def test_a_date_that_python_cannot_hold_is_one_line(tmp_path) -> None:
    when = pyarrow.array([2**62], pyarrow.timestamp("us"))
    with pytest.raises(DataError, match=r"a\.parquet: a value cannot be read: .*; leave its column out"):
        rows(tmp_path, "a.parquet", parquet_bytes(tmp_path, when=when))


def test_a_named_pipe_is_read_once(tmp_path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    writer = threading.Thread(target=(tmp_path / "a.csv").write_bytes, args=[b"text\ngood\n"])
    writer.start()
    assert list(read_rows(tmp_path / "a.csv")) == [{"text": "good"}]
    writer.join()
