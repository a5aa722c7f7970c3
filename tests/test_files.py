"""Proves that each file format gives its rows in order, and that what cannot be read is named by file and line."""

import pyarrow
import pyarrow.parquet
import pytest

from rnnsent.data.files import Header, open_rows, read_rows
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
