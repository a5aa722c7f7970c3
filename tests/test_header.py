"""Whether the first row names the columns is told where it is clear, and otherwise asked about."""

import json
from pathlib import Path

import pytest

from rnnsent.data.header import Layout, find_layout
from rnnsent.errors import SettingsError
from tests.support.read_tables import open_content, read_cells, read_content

TEXTS = ["A lovely lamp, and cheap", "A dreadful lamp", "The lamp was superb in all ways", "It was awful"] * 5
LABELS = ["pos", "neg", "pos", "neg"] * 5


def write_rows(pattern: str, count: int = 20) -> str:
    """Rows by a pattern, for example "{i},{text},{label}"; texts are quoted."""
    rows = zip(range(1, count + 1), TEXTS, LABELS, strict=False)
    return "".join(pattern.format(i=i, text=json.dumps(text), label=label) + "\n" for i, text, label in rows)


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("id,text,label\n" + write_rows("{i},{text},{label}"), ("id", "text", "label")),
        ("v1,v2\n" + write_rows("{label},{text}"), ("v1", "v2")),
        ("v1,v2,,\n" + write_rows("{label},{text},,"), ("v1", "v2", "column_3", "column_4")),
        (",text\n" + write_rows("{i},{text}"), ("column_1", "text")),
        (",0\n" + write_rows("{i},{text}"), ("column_1", "0")),
        ("0,1,2\n" + write_rows("{i},{text},{label}"), ("0", "1", "2")),
        ("Price (USD),What customers say\n" + write_rows("{i}.99,{text}"), ("Price (USD)", "What customers say")),
        ("Umsatz;Kommentar\n" + write_rows("{i};{text}"), ("Umsatz", "Kommentar")),
        ("foo,text\n", ("foo", "text")),
        ("text\n", ("text",)),
        ("text", ("text",)),
        ("comments\nok\n", ("comments",)),
        (
            "text,label\n" + write_rows("{text},{label}") + "text,label\n" + write_rows("{text},{label}"),
            ("text", "label"),
        ),
    ],
)
def test_header(tmp_path: Path, content: str, columns: tuple[str, ...]) -> None:
    """A header differs from the rows below it, or has usual names."""
    table = open_content(tmp_path, content)
    assert (table.columns, table.has_header) == (columns, True)


SURVEYS = [
    "Timestamp,How satisfied are you with our service overall?,Is there anything else that you would like to tell us?",
    "On a scale from 1 to 5 how satisfied were you with your last order?,What could we do better in the future?,And you?",
    '"What did you like, and what not?","Please rate us, from 1 (bad) to 5 (good).","Other comments?"',
]


@pytest.mark.parametrize("questions", SURVEYS)
def test_survey(tmp_path: Path, questions: str) -> None:
    """The names of columns may be long questions, as those of Google Forms."""
    patterns = ["2024/01/{i:02d} 3:12:00 PM GMT+1,{i},{text}", "{i},{text},so {i} it goes", "{text},{i},so {i} it goes"]
    content = questions + "\n" + write_rows(patterns[SURVEYS.index(questions)])
    table = open_content(tmp_path, content)
    assert (table.has_header, len(table.columns), len(read_cells(table))) == (True, 3, 20)


@pytest.mark.parametrize(
    "pattern", ["{i},{text},{label}", "{text},{label}", "{label},{text}", "{i},2024-01-{i:02d},{text}", "{i},{text},,"]
)
def test_no_header(tmp_path: Path, pattern: str) -> None:
    """Without a header the first row is data like the others, and the columns are called by number."""
    table = open_content(tmp_path, write_rows(pattern))
    assert (table.has_header, table.columns) == (False, tuple(str(i + 1) for i in range(len(table.columns))))
    assert len(read_cells(table)) == 20


def test_six_columns(tmp_path: Path) -> None:
    """Tweets with six quoted columns, without a header and in Latin-1, are read whole."""
    content = "".join(
        f'"{i % 2 * 4}","{1467810369 + i}","Mon Apr 06 22:19:{i + 10} PDT 2009","NO_QUERY","user{i}","@you {text} ça va très bien"\n'
        for i, text in enumerate(TEXTS)
    )
    table = open_content(tmp_path, content.encode("latin-1"))
    cells = read_cells(table)
    assert (table.has_header, len(table.columns), len(cells)) == (False, 6, 20)
    assert cells[0] == (
        "0",
        "1467810369",
        "Mon Apr 06 22:19:10 PDT 2009",
        "NO_QUERY",
        "user0",
        f"@you {TEXTS[0]} ça va très bien",
    )


@pytest.mark.parametrize(
    "content",
    [
        "good film,pos\n",
        "v1,v2\n",
        "foo\nok\nnice\n",
        "Great\nIt was a fine day at the sea\nI would not come again for this\n",
        "Why did I buy this lamp?\nIt was a fine day at the sea\nI would not come again for this\n",
        "good,pos\nbad,neg\n",
        "Good, bad\nDreadful, lamp\nFine, too\n",
    ],
)
def test_unclear(tmp_path: Path, content: str) -> None:
    """What cannot be inferred is asked about, and both answers are taken; no row is lost in silence."""
    with pytest.raises(SettingsError, match=r"it is unclear whether the first row names the columns \('.*--no-header$"):
        open_content(tmp_path, content)
    n_rows = content.count("\n")
    assert len(read_content(tmp_path, content, header=False)) == n_rows
    assert len(read_content(tmp_path, content, header=True)) == n_rows - 1


def test_one_column(tmp_path: Path) -> None:
    """Sentences alone have no header."""
    content = "A lovely lamp\nA bad lamp\nAn ordinary lamp\n"
    table = open_content(tmp_path, content)
    assert (table.has_header, len(read_cells(table))) == (False, 3)


@pytest.mark.parametrize(
    "above",
    [
        "Customer survey 2024,,\n",
        "Customer survey 2024\n\n",
        "Customer survey, 2024\n",
        "Customer survey 2024,,\nExported on 2024-05-01,,\n\n",
        "# made by a program\n# on a day, in May\n",
        "\n\n",
        ",,\n",
        "Reviews\n",
    ],
)
def test_preamble(tmp_path: Path, above: str) -> None:
    """Titles, comments and blank rows may stand above the header."""
    table = open_content(tmp_path, above + "id,text,label\n" + write_rows("{i},{text},{label}"))
    assert (table.columns, len(read_cells(table))) == (("id", "text", "label"), 20)


def test_preamble_of_one_row(tmp_path: Path) -> None:
    """The header of a single row below a title lacks the name of the index, as pandas writes it."""
    table = open_content(tmp_path, "Export of 2024-05-01,\n,\n,sentence\n1,It works well  so far.\n")
    assert read_cells(table) == [("1", "It works well  so far.")]


def test_preamble_of_one_filled_column(tmp_path: Path) -> None:
    """A title and a blank row precede a header whose first column is empty in every row."""
    content = "Customer reviews,\n,\nremarks x,What did you like?\n" + write_rows(",{text}")
    table = open_content(tmp_path, content, header=True)
    assert (table.columns, len(read_cells(table))) == (("remarks x", "What did you like?"), 20)


def test_preamble_of_one_cell(tmp_path: Path) -> None:
    """A title of one cell precedes a header of two, of which the second is empty in every row."""
    content = "Survey 2024\nReview Text\t\n" + write_rows("{text}\t")
    table = open_content(tmp_path, content, "in.tsv", header=True)
    assert (table.columns, len(read_cells(table))) == (("Review Text", "column_2"), 20)


def test_preamble_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Lines that are skipped are counted."""
    with caplog.at_level("INFO"):
        open_content(tmp_path, "A title,,\n\nid,text,label\n" + write_rows("{i},{text},{label}"))
    assert caplog.messages[0].endswith("in.csv: skipped 1 line above the first row")


def test_hash_of_name(tmp_path: Path) -> None:
    """A first row with # is not a comment if it names columns or has as many cells as the others."""
    assert open_content(tmp_path, "#id,text\n" + write_rows("{i},{text}")).columns == ("#id", "text")
    cells = read_content(tmp_path, "text,label\n#happy day,pos\n#sad day,neg\n")
    assert cells == [("#happy day", "pos"), ("#sad day", "neg")]


def test_sparse_first_row(tmp_path: Path) -> None:
    """A first row with few cells is data if there is no header, and not a title."""
    content = ',,"so it goes"\n' + write_rows("{i},{label},{text}")
    assert read_content(tmp_path, content, header=False)[0] == ("", "", "so it goes")


@pytest.mark.parametrize(
    "below",
    [
        "--,----,-----\n",
        ",Response,Open-Ended Response\n",
        ",Open-Ended Response,Response\n",
        '"ID","Please tell us why","Rating"\n"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"\n',
        "[-],[words],[stars]\n",
    ],
    ids=["rule", "SurveyMonkey", "SurveyMonkey, other order", "Qualtrics", "units"],
)
def test_description(tmp_path: Path, below: str) -> None:
    """Rows below the header that describe the columns are not data."""
    table = open_content(tmp_path, "id,text,score\n" + below + write_rows("{i},{text},{i}"))
    assert (table.columns, read_cells(table)[0]) == (("id", "text", "score"), ("1", TEXTS[0], "1"))


def test_printed_table(tmp_path: Path) -> None:
    """What psql prints, and a table in Markdown, are tables with a rule."""
    rows = [("1", "so good", "pos"), ("2", "so, so", "neg")]
    psql = " id | text    | label \n----+---------+-------\n  1 | so good | pos\n  2 | so, so  | neg\n(2 rows)\n"
    markdown = "| id | text | label |\n|---:|------|:------|\n| 1 | so good | pos |\n| 2 | so, so | neg |\n"
    for content in (psql, markdown):
        cells = [
            tuple(filter(None, map(str.strip, row)))
            for row in read_content(tmp_path, content)
            if isinstance(row, tuple)
        ]
        assert cells[:2] == rows


def test_find_layout() -> None:
    """Blank rows alone have no header, and what the user says is not questioned."""
    assert find_layout([]) == Layout(0, None)
    assert find_layout([["1", "a b"], ["2", "c d"]], has_header=True) == Layout(0, True)
    assert find_layout([["text", "label"], ["x y", "pos"]], has_header=False) == Layout(0, False)


@pytest.mark.parametrize(
    "first",
    [
        "true,https://example.com/1,もう二度と買いません。",
        "TRUE,https://example.com/1,とても面白い映画",
        "true,https://example.com/1,短い文。",
    ],
)
def test_first_row_in_japanese(tmp_path: Path, first: str) -> None:
    """Text without blanks, a class in another case and a link are data, though texts below have blanks."""
    texts = ["二日で壊れて しまいました。 とても面白い 映画でした。", "部屋は狭いけれど 清潔でした。 おすすめです。"]
    rows = "".join(f"{('True', 'False')[i % 2]},https://example.com/{i},{texts[i % 2]}{i}\n" for i in range(30))
    assert read_content(tmp_path, f"{first}\n{rows}")[0] == tuple(first.split(","))
