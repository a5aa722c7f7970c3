"""CSV and TSV are read in the dialect that they are written in, and a row that does not parse takes no other with it."""

from pathlib import Path

import pytest

from rnnsent.data import delimited
from rnnsent.data.dialect import Dialect
from rnnsent.data.rows import UnreadableRow
from rnnsent.errors import DataError
from tests.support.read_tables import open_content, read_cells, read_content

ROWS = [('good, "really"\nyes', "pos"), ("bad", "neg")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"good, ""really""\nyes",pos\n\nbad,neg\n'),
        ("a.CSV", 'text,label\n"good, ""really""\nyes",pos\nbad,neg'),
        ("a.tsv", 'text\tlabel\n"good, ""really""\nyes"\tpos\nbad\tneg\n'),
        ("a.tab", 'text\tlabel\n"good, ""really""\nyes"\tpos\nbad\tneg\n'),
        ("a.csv", 'text;label\n"good, ""really""\nyes";pos\nbad;neg\n'),
        ("a.csv", '"text"|"label"\n"good, ""really""\nyes"|"pos"\n"bad"|"neg"\n'),
    ],
    ids=["csv", "no final line end", "tsv", "tab", "semicolon", "pipe"],
)
def test_formats(tmp_path: Path, name: str, content: str) -> None:
    """Every dialect gives the same rows, with and without a byte-order mark, and in UTF-16."""
    for data in (content.encode(), b"\xef\xbb\xbf" + content.encode(), content.encode("utf-16")):
        table = open_content(tmp_path, data, name)
        assert (table.columns, read_cells(table)) == (("text", "label"), ROWS)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    """Rows end at CRLF or, in a file of an old Mac, at CR; line ends within quotes stay as they are."""
    content = end.join(["text,label", f'"good,{end}really",pos', "", "bad,neg", ""])
    table = open_content(tmp_path, content)
    assert read_cells(table) == [(f"good,{end}really", "pos"), ("bad", "neg")]
    assert table.dialect
    assert table.dialect.line_end == end


def test_mixed_line_ends(tmp_path: Path) -> None:
    """Rows may end differently, and a quoted cell may have LF where rows end at CRLF, as Excel writes it."""
    content = 'text,label\r\n"two\nlines",pos\r\nbad one,neg\nfine,pos\r\n'
    assert read_content(tmp_path, content) == [("two\nlines", "pos"), ("bad one", "neg"), ("fine", "pos")]


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        ("a text,label\nx y,pos\n", Dialect(header=("a text", "label"))),
        ("\ufefftext;label\r\nx y;pos\r\n", Dialect(";", line_end="\r\n", has_bom=True, header=("text", "label"))),
        ('"text","label"\n"x y","pos"\n', Dialect(quoting="all", header=("text", "label"))),
        ('text\tlabel\n"x" y\tpos\n', Dialect("\t", "none", header=("text", "label"))),
        ('text,label\n"a \\"b\\", c",pos\n', Dialect(escape="\\", header=("text", "label"))),
        ("text,,text\nx y,,z\n", Dialect(header=("text", "", "text"))),
        ("".join(f"{i},so it goes for {i}\n" for i in range(9)), Dialect()),
    ],
)
def test_dialect(tmp_path: Path, content: str, dialect: Dialect) -> None:
    """A table says how it is written, so that it can be written in the same way."""
    assert open_content(tmp_path, content).dialect == dialect


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("v1,v2,,\nham,so it goes,,\n", ("v1", "v2", "column_3", "column_4")),
        (",text\n0,so it goes\n", ("column_1", "text")),
        ("text,text,text\na b,c d,e f\n", ("text", "text_2", "text_3")),
        ("text,text_2,text\na b,c d,e f\n", ("text", "text_2", "text_3")),
        ("text,text_3,text\na b,c d,e f\n", ("text", "text_3", "text_3_")),
        ("text,,column_2\na b,c d,e f\n", ("text", "column_2_", "column_2")),
    ],
)
def test_column_names(tmp_path: Path, content: str, columns: tuple[str, ...]) -> None:
    """A column without a name, or with that of an earlier one, is called by its number."""
    assert open_content(tmp_path, content, header=True).columns == columns


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2\n3\n4,5,6\n7,8\n,\n9,10,,\n", [("1", "2"), ("3", ""), 4, ("7", "8"), ("", ""), ("9", "10")]),
        ('a,b\n1,"x"y\n2,z\n', [2, ("2", "z")]),
        ('a,b\n1,"never\n2,x\n3,y\n', [2, ("2", "x"), ("3", "y")]),
        ('a,b\n1,"never\n2,"really"\n3,y\n', [2, ("2", "really"), ("3", "y")]),
        ('a,b\n1,"two\nlines"\n2,"x"y\n\n3,"z\n', [("1", "two\nlines"), 4, 6]),
        ("a,b\n\n\n1\n", [("1", "")]),
        ("a,b\n   \n1,x\n", [("1", "x")]),
    ],
)
def test_unreadable_rows(tmp_path: Path, content: str, expected: list[object]) -> None:
    """A short row is filled with empty cells; an unreadable one keeps its place and takes no other with it."""
    assert read_content(tmp_path, content, header=True) == expected


def test_swallowed_rows(tmp_path: Path) -> None:
    """A quote that is closed rows later makes its own row unreadable, not the rows between."""
    rows = [f'{i},"text, number {i}",{"pos" if i % 2 else "neg"}' for i in range(20)]
    rows[7:10] = ['7,"never closed,pos', "8,plain,neg", '9,closed here",pos']
    cells = read_content(tmp_path, "\n".join(["id,text,label", *rows, ""]))
    assert len(cells) == 20
    assert cells[6:11] == [
        ("6", "text, number 6", "neg"), 9, ("8", "plain", "neg"), ("9", 'closed here"', "pos"), ("10", "text, number 10", "neg"),
    ]  # fmt: skip


def test_text_like_rows(tmp_path: Path) -> None:
    """A quoted text whose lines look like rows of other columns stays one text."""
    listing = "a list:\n1,one\n2,two"
    rows = [f"{i},text number {i},{'pos' if i % 2 else 'neg'}\n" for i in range(10)]
    content = "id,text,label\n" + "".join(rows) + f'10,"{listing}",neg\n'
    assert read_content(tmp_path, content)[10] == ("10", listing, "neg")


def test_unclosed_quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unclosed quote does not read the whole file into memory."""
    monkeypatch.setattr(delimited, "MAX_FIELD_CHARS", 1_000)
    table = open_content(tmp_path, 'a,b\n1,"never\n' + "2,x\n" * 1_000, header=True)
    unread, *rows = table.rows
    assert isinstance(unread, UnreadableRow)
    assert (unread.line, unread.error.startswith("field larger than field limit (1000)")) == (2, True)
    assert rows == [{"a": "2", "b": "x"}] * 1_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"^\S+in\.csv is empty; its first line must name the columns$"),
        ("\n \n", r"in\.csv is empty"),
        ("\ufeff", r"in\.csv is empty"),
        ("text,label\nx y,pos\nx,y,z\n", r"^\S+in\.csv:3: 3 fields, but the table has 2 columns; quote a field with a "),
        ('text,label\n"x"y,pos\n', r"in\.csv:2: .*quote"),
        ('text,label\n"x,pos\n', r"in\.csv:2: .*quote"),
        (b"text,label\nx y,pos\ncaf\xc3\xa9,pos\n\xff\xfe\xfd,pos\n", r"in\.csv:4: has bytes that are not UTF-8; .*--encoding$"),
    ],
)  # fmt: skip
def test_error(tmp_path: Path, content: str | bytes, message: str) -> None:
    """What cannot be read is named by file and line, on one line."""
    with pytest.raises(DataError, match=message) as caught:
        list(open_content(tmp_path, content, header=True).readable_rows())
    assert "\n" not in str(caught.value)


def test_undecodable_row(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 make their row unreadable and no other."""
    content = "text,label\nso very café,pos\n".encode() + b"caf\xe9 \xff,neg\n" + "naïve,pos\n".encode()
    assert read_content(tmp_path, content) == [("so very café", "pos"), 3, ("naïve", "pos")]


def test_long_values(tmp_path: Path) -> None:
    """A cell and a first line may be very long."""
    assert read_content(tmp_path, "text\n" + "x" * 300_000 + "\n") == [("x" * 300_000,)]
    columns = [f"column number {i}" for i in range(9_000)]
    assert open_content(tmp_path, ",".join(["text", *columns]) + "\nx\n").columns == ("text", *columns)


def test_nul(tmp_path: Path) -> None:
    """A NUL byte is a character of its cell."""
    assert read_content(tmp_path, "text,label\na\0b c,pos\n") == [("a\0b c", "pos")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('"text","label"\n"1","a b, c","pos"\n"2","d e","neg"\n', [("1", "a b, c", "pos"), ("2", "d e", "neg")]),
        ("text\tlabel\n3\ta b\tpos\n7\td e\tneg\n", [("3", "a b", "pos"), ("7", "d e", "neg")]),
    ],
    ids=["write.csv", "write.table"],
)
def test_row_names(tmp_path: Path, content: str, expected: list[object]) -> None:
    """R writes a header without a name for the numbers of rows."""
    table = open_content(tmp_path, content)
    assert (table.columns, read_cells(table)) == (("column_1", "text", "label"), expected)


def test_no_row_names(tmp_path: Path) -> None:
    """Rows with a field too many, by a comma in each text or at each end, do not begin with row names."""
    assert read_content(tmp_path, "text,label\nso, so,pos\nwell, no,neg\n") == [2, 3]
    assert read_content(tmp_path, "id,text\n1,a b,\n2,c d,\n") == [("1", "a b"), ("2", "c d")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('"id","text","label"\n1,"a \\"b\\", c","pos"\n2,"back\\\\slash","neg"\n3,\\N,\\N\n', "mysql.csv"),
        (
            'id\ttext\tlabel\n1\ta "b", c\tpos\n2\tback\\\\slash\tneg\n3\t\\N\t\\N\n4\ttwo\\\nlines\\\ttab\tpos\n',
            "mysql.tsv",
        ),
    ],
)
def test_backslash(tmp_path: Path, content: str, name: str) -> None:
    """MySQL escapes by a backslash, in quotes or without any, and writes NULL as \\N."""
    rows = [("1", 'a "b", c', "pos"), ("2", "back\\slash", "neg"), ("3", "\\N", "\\N"), ("4", "two\nlines\ttab", "pos")]
    assert read_content(tmp_path, content, name) == rows[: 3 if name.endswith("csv") else 4]


def test_plain_backslash(tmp_path: Path) -> None:
    """A backslash is an ordinary character where nothing needs it to escape."""
    assert read_content(tmp_path, "text,path\na b,C:\\new\\\nc d,\\N\n") == [("a b", "C:\\new\\"), ("c d", "\\N")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('text\tlabel\n"Great" they said\tpos\nSo "so"\tneg\n"open\tneg\n', ['"Great" they said', 'So "so"', '"open']),
        ('text\tlabel\n"in quotes"\tpos\nnot so\tneg\n', ['"in quotes"', "not so"]),
        ('text\tlabel\n"a, b"\tpos\nc d\tneg\n', ["a, b", "c d"]),
        ('text\tlabel\n"a ""b"""\tpos\nc d\tneg\n', ['a "b"', "c d"]),
        ('text\tlabel\n"a b"\tpos\n"c d"\tneg\n', ["a b", "c d"]),
        ('text\tlabel\n"two\nlines"\tpos\nc d\tneg\n', ["two\nlines", "c d"]),
    ],
    ids=["within", "whole", "excel, comma", "excel, quotes", "all", "line end"],
)
def test_quotes_in_tsv(tmp_path: Path, content: str, expected: list[str]) -> None:
    """In TSV quotes are ordinary characters, unless they are where a spreadsheet needs them."""
    assert [row[0] for row in read_content(tmp_path, content, "in.tsv")] == expected  # type: ignore[index]


def test_blank_before_quote(tmp_path: Path) -> None:
    """Blanks between a delimiter and a quote belong to no cell."""
    content = 'id, text, label\n1, "so, so", pos\n2, "fine", neg\n'
    table = open_content(tmp_path, content)
    assert (table.columns, read_cells(table)) == (
        ("id", "text", "label"),
        [("1", "so, so", "pos"), ("2", "fine", "neg")],
    )


def test_repeated_header(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In concatenated files, repeated headers and byte-order marks are not rows."""
    table = "\ufefftext,label\nso good,pos\nso bad,neg\n"
    assert read_content(tmp_path, table * 3) == [("so good", "pos"), ("so bad", "neg")] * 3
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "skipped 2 times a row that repeats the header"
    ]
    assert read_content(tmp_path, "text\ntext\ntext\n", header=True) == [("text",), ("text",)]


def test_double_mark(tmp_path: Path) -> None:
    """A program may add a byte-order mark to one that is there; one within the file stays."""
    table = open_content(tmp_path, '\ufeff\ufeff"text","label"\n"so good","pos"\n\ufeffbad,neg\n')
    assert (table.columns, read_cells(table)) == (("text", "label"), [("so good", "pos"), ("\ufeffbad", "neg")])


def test_totals(tmp_path: Path) -> None:
    """What a program adds below the rows is a row without a text, if it has too few cells."""
    content = "id,text,label\n1,so good,pos\n2,so bad,neg\n\n(2 rows)\n"
    assert read_content(tmp_path, content)[2:] == [("(2 rows)", "", "")]


def test_backslashes(tmp_path: Path) -> None:
    """Where a backslash escapes a quote, one that escapes nothing stays, and so does the \\N of MySQL."""
    content = 'id,text\n1,"He said \\"great\\", in C:\\temp"\n2,"a \\\\ b"\n3,\\N\n4,"it is \\"bad\\""\n'
    texts = [text for _, text in read_content(tmp_path, content)]
    assert texts == ['He said "great", in C:\\temp', "a \\ b", "\\N", 'it is "bad"']


def test_repeated_names(tmp_path: Path, log: list[str]) -> None:
    """Of columns with one name, the later ones are called by number too, which is said."""
    table = open_content(tmp_path, "text,text,label\na nice one,b,pos\na bad one,c,neg\n")
    assert table.columns == ("text", "text_2", "label")
    assert "several columns are called 'text'; the later ones are 'text_2'" in " ".join(map(str, log))
