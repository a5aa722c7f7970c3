"""The delimiter of a table is told from its first lines, whatever stands in its texts; what is unclear is asked about."""

from pathlib import Path

import pytest

from rnnsent.data.read_options import ReadOptions
from rnnsent.data.sniff_dialect import sniff_dialect
from rnnsent.errors import SettingsError
from tests.support.read_tables import open_content, read_cells

ROWS = [
    ("1", "so good, so cheap", "pos"),
    ("2", "so bad", "neg"),
    ("3", "well; fine", "pos"),
    ("4", "not | good", "neg"),
]


def write_rows(delimiter: str, quote: str = "") -> str:
    rows = [("id", "text", "label"), *ROWS]
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":", "#", "§", "¦"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """A delimiter is recognized, though the texts have others; that of few files only with a header that says so."""
    quote = '"' if delimiter in ",;|" else ""
    table = open_content(tmp_path, write_rows(delimiter, quote))
    assert (table.columns, read_cells(table)) == (("id", "text", "label"), ROWS)
    assert table.dialect
    assert table.dialect.delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (write_rows("::"), "separated by '::', which is more than one character"),
        (write_rows("@@@"), "separated by '@@@', which is more than one character"),
        (write_rows("||"), ""),
        ("id  text            label\n1   so good, fine    pos\n2   so bad          neg\n", "aligned with blanks"),
        ("id\ttext\t\tlabel\n1\tso good, fine\tpos\n2\tso bad\t\t\tneg\n33\tx\t\t\t\tneg\n", "aligned with blanks"),
    ],
)
def test_unreadable_delimiter(tmp_path: Path, content: str, problem: str) -> None:
    """Columns that are separated by several characters or aligned with blanks are not texts."""
    if not problem:
        assert "text" in open_content(tmp_path, content).columns
        return
    with pytest.raises(SettingsError, match=rf"in\.csv: its columns look {problem}.*; --delimiter overrides this$"):
        open_content(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "delimiter", "columns"),
    [
        ("id;Comment;Rating, 1 or 5\n1;so good, fine;5\n2;bad;1\n", ";", 3),
        ("text;score\nEin Buch, gut;0,5\nZwei Bücher;1,5\nGut;2,5\n", ";", 2),
        ("text,a;b\nso; so,pos\nwell,neg\n", ",", 2),
        ("text|label\nso; so, so|pos\nwell|neg\n", "|", 2),
        ('text,likes\n"so, so","1,234"\nwell,"2,345"\n', ",", 2),
        ("label,text\npos,a, b, c\nneg,d, e\npos,f, g, h, i\nneg,j, k, l, m, n\n", ",", 2),
        ("id,text,label\n1\n2,so so\n3\n4,fine\n5,x,pos,more\n", ",", 3),
        ("sep=;\nid;text\n1;a, b, c\n2;d, e, f\n", ";", 2),
        ('"sep=|"\r\nid|text\r\n1|a, b, c\r\n2|d, e, f\r\n', "|", 2),
        ("sep=\t\nid\ttext\n1\ta b\n", "\t", 2),
        ("text\nI came; I saw\nI left; it was bad\nfine; really\n", ",", 1),
        ("review\nA lamp, and cheap\nA dreadful, lamp\nfine, too\n", ",", 1),
        ("Comments\nfirst/second\nthis/that\n", ",", 1),
    ],
)
def test_text_with_delimiters(tmp_path: Path, content: str, delimiter: str, columns: int) -> None:
    """Commas and semicolons in texts, names and numbers do not mislead."""
    table = open_content(tmp_path, content, header=True)
    assert table.dialect
    assert (table.dialect.delimiter, len(table.columns)) == (delimiter, columns)


def test_requested_delimiter(tmp_path: Path) -> None:
    """A requested delimiter takes precedence over all that is guessed."""
    content = "sep=;\na;text,b\n1;so good,2\n"
    assert open_content(tmp_path, content, delimiter=",").columns == ("a;text", "b")
    assert read_cells(open_content(tmp_path, write_rows("::"), delimiter=",", header=True))
    assert open_content(tmp_path, "text x\nso good\n", delimiter=" ").columns == ("text", "x")


def test_blank() -> None:
    assert sniff_dialect(["\n", " \n"], ReadOptions()) is None
    assert sniff_dialect([], ReadOptions()) is None


def test_quotes_after_blanks() -> None:
    """Lines that no delimiter divides are read whole, although their quotes begin after blanks."""
    sniffed = sniff_dialect(['{"a":\n', ' "so good"\n', ' "so bad" }\n'], ReadOptions())
    assert sniffed is not None and sniffed.delimiter is None


def test_unclear_delimiter(tmp_path: Path) -> None:
    """A single row that two delimiters divide into as many cells is asked about, and the option decides."""
    content = 'positive;so \\"good,\\" really!\n'
    with pytest.raises(
        SettingsError, match=r"it is unclear whether ',' or ';' divides its cells; --delimiter overrides"
    ):
        open_content(tmp_path, content, header=False)
    table = open_content(tmp_path, content, header=False, delimiter=";")
    assert read_cells(table) == [("positive", 'so "good," really!')]
