"""Tables keep every row and column in order, with the text of each row, and answer a pipe before it closes."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rnnsent.config import InputFormat
from rnnsent.data import table_reader
from rnnsent.data.byte_input import ByteInput
from rnnsent.data.read_options import ReadOptions
from rnnsent.data.records import RecordBatch
from rnnsent.data.rows import UnreadableRow
from rnnsent.data.table_reader import BATCH_ROWS, TableReader
from rnnsent.errors import DataError, SettingsError
from rnnsent.parallel import PAUSE
from tests.support.read_tables import write_file


def open_reader(folder: Path, content: str, kind: InputFormat = "csv", **options: Any) -> TableReader:
    return TableReader(ByteInput.open(write_file(folder, f"in.{kind}", content)), kind, ReadOptions(**options))


def read_batches(folder: Path, content: str, kind: InputFormat = "csv", **options: Any) -> list[RecordBatch]:
    batches = open_reader(folder, content, kind, **options).batches()
    return [batch for batch in batches if isinstance(batch, RecordBatch)]


def read_texts(folder: Path, content: str, kind: InputFormat = "csv", **options: Any) -> list[str]:
    return [text for batch in read_batches(folder, content, kind, **options) for text in batch.texts]


def test_batches(tmp_path: Path) -> None:
    batches = read_batches(tmp_path, "id,text\n" + "".join(f"{i},text {i}\n" for i in range(BATCH_ROWS + 3)))
    assert [len(batch.rows or ()) for batch in batches] == [BATCH_ROWS, 3]
    assert [text for batch in batches for text in batch.texts] == [f"text {i}" for i in range(BATCH_ROWS + 3)]
    assert batches[1].rows
    assert batches[1].rows[0] == {"id": str(BATCH_ROWS), "text": f"text {BATCH_ROWS}"}


def test_missing_texts(tmp_path: Path) -> None:
    """A row without a text keeps its place; the word null is a text in JSON, and none in a cell."""
    content = '{"text": "x"}\n{"text": null}\n{}\n{"text": 7}\n{"text": "null"}\n'
    reader = open_reader(tmp_path, content, "jsonl")
    (batch,) = reader.batches()
    assert isinstance(batch, RecordBatch)
    assert (batch.texts, len(batch.rows or ()), reader.n_without_text) == (["x", "", "", "7", "null"], 5, 2)
    assert read_texts(tmp_path, "id,text\n1,x\n2,\n3,NaN\n4,\\N\n5, null \n6,nullify\n") == [
        "x",
        "",
        "",
        "",
        "",
        "nullify",
    ]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('{"label": "pos"}\n{"text": "A lamp", "label": "pos"}\n', ["", "A lamp"]),
        ('{"body_html": null, "id": "1"}\n{"body_html": "A lovely lamp", "id": "2"}\n', ["", "A lovely lamp"]),
        ('{"id": 1}\n{"id": 2}\n{"id": 3, "review": "so good"}\n', ["", "", "so good"]),
    ],
)
def test_late_column(tmp_path: Path, content: str, texts: list[str]) -> None:
    """The columns are those of all first rows, not of the very first one."""
    assert read_texts(tmp_path, content, "jsonl") == texts


@pytest.mark.parametrize(
    "requested", ["Review Text", "review text", "review_text", "REVIEW-TEXT", "reviewtext", "3", " review.text "]
)
def test_text_column(tmp_path: Path, requested: str) -> None:
    """A column is found regardless of case, blanks and underscores, or by its number."""
    content = "id,title,Review Text\n1,y z,so good\n"
    assert read_texts(tmp_path, content, text_columns=(requested,)) == ["so good"]


def test_missing_column(tmp_path: Path) -> None:
    """A requested column must exist, whether there are rows or not."""
    for requested in ("nope", "0", "4"):
        with pytest.raises(
            DataError, match=rf"no column '{requested}'; choose one with --text-column: id, title, text$"
        ):
            open_reader(tmp_path, "id,title,text\n", text_columns=(requested,))


def test_several_columns(tmp_path: Path) -> None:
    """Several columns are joined in the order given, each on a line of its own; missing ones are left out."""
    content = "body,title\nso good,Fine\nso bad,\n,Well\n,\n"
    assert read_texts(tmp_path, content, text_columns=("title", "body")) == ["Fine\nso good", "so bad", "Well", ""]
    assert read_texts(tmp_path, content, text_columns=("body", "title"))[0] == "so good\nFine"


NESTED = '{"id": 0, "review": {"text": "so good", "stars": {"n": 5}}}\n{"id": 1, "review": {"text": "so bad"}}\n'


def test_nested(tmp_path: Path) -> None:
    """An object is not text; a dotted path into it is one, and a column of that very name goes first."""
    with pytest.raises(
        SettingsError, match=r"column 'review' has objects, not texts; choose one with --text-column: review\.text"
    ):
        read_texts(tmp_path, NESTED, "jsonl")
    assert read_texts(tmp_path, NESTED, "jsonl", text_columns=("review.text",)) == ["so good", "so bad"]
    flat = '{"review.text": "flat", "review": {"text": "deep"}}\n'
    assert read_texts(tmp_path, flat, "jsonl", text_columns=("review.text",)) == ["flat"]
    with pytest.raises(DataError, match=r"no column 'review\.nope'"):
        read_texts(tmp_path, NESTED, "jsonl", text_columns=("review.nope",))


def test_lists(tmp_path: Path) -> None:
    """A list of words is not text."""
    with pytest.raises(SettingsError, match="column 'text' has lists, not texts; choose another with --text-column"):
        read_texts(tmp_path, '{"id": 1, "text": ["so", "good"]}\n', "jsonl")
    with pytest.raises(SettingsError, match="column 'text' has lists"):
        read_texts(tmp_path, '{"id": 1, "text": ["so", "good"]}\n', "jsonl", text_columns=("text",))


def test_late_object(tmp_path: Path) -> None:
    """An object among texts, below the first rows, is an unreadable row."""
    content = '{"text": "x"}\n' * 1_500 + '{"text": {"a": "b"}}\n{"text": "y"}\n'
    assert read_texts(tmp_path, content, "jsonl", on_error="skip")[-3:] == ["x", "", "y"]
    with pytest.raises(DataError, match="column 'text' has objects, not texts"):
        read_texts(tmp_path, content, "jsonl")


@pytest.mark.parametrize(
    "content",
    [
        "id,user,n\n" + "".join(f"{i},u{i % 5},{i * 7}\n" for i in range(20)),
        "text,n\n" + "".join(f"{i},{i * 7}\n" for i in range(20)),
        "a,b\n" + "".join(f"so it goes {i},and so on {i}\n" for i in range(20)),
        "text,review\n" + "".join(f"so it goes {i},and so on {i}\n" for i in range(20)),
    ],
    ids=["ids and codes", "numbers", "two texts", "two names"],
)
def test_unclear_column(tmp_path: Path, content: str) -> None:
    """Ids and numbers are not texts, and of two columns of texts neither is taken: the user is asked."""
    with pytest.raises(SettingsError, match=r"in\.csv: the text column .*; choose one with --text-column: "):
        read_texts(tmp_path, content, header=True)


def test_numbers_requested(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A requested column of numbers is scored, with a warning."""
    assert read_texts(tmp_path, "text,n\n1,2\n3,4\n", header=True, text_columns=("n",)) == ["2", "4"]
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "the text column 'n' has numbers, for example '2'"
    ]


def test_columns(tmp_path: Path) -> None:
    """The columns of JSON are those of the first rows, known once they are read."""
    reader = open_reader(tmp_path, '{"text": "x", "id": 1}\n{"later": 2}\n', "jsonl")
    assert reader.columns == ()
    list(reader.batches())
    assert reader.columns == ("text", "id", "later")


def test_no_rows(tmp_path: Path) -> None:
    """A table without rows yields one empty batch, so that its header is written."""
    reader = open_reader(tmp_path, "id,text\n")
    assert (reader.columns, list(reader.batches())) == (("id", "text"), [RecordBatch([], [])])
    assert read_batches(tmp_path, "", "jsonl", text_columns=("text",)) == [RecordBatch([], [])]


def test_leading_bad_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unreadable rows are not collected without limit."""
    monkeypatch.setattr(table_reader, "MAX_LEADING_BAD_ROWS", 3)
    with pytest.raises(DataError, match=r"in\.jsonl: none of its first 3 rows can be read: not JSON"):
        read_batches(tmp_path, "{,\n" * 4 + "{}\n", "jsonl", on_error="skip")


def test_on_error(tmp_path: Path) -> None:
    """An unreadable row ends the reading, or keeps its place without a text."""
    content = "id,text\n1,good\n2,so,so\n3,bad\n"
    with pytest.raises(DataError, match=r"in\.csv:3: 3 fields, but .*; use --on-error skip to leave such rows without"):
        read_batches(tmp_path, content)
    reader = open_reader(tmp_path, content, on_error="skip")
    (batch,) = reader.batches()
    assert isinstance(batch, RecordBatch)
    assert batch.texts == ["good", "", "bad"]
    assert batch.rows
    assert isinstance(unread := batch.rows[1], UnreadableRow)
    assert (unread.line, reader.n_unreadable, reader.first_unreadable) == (3, 1, unread)


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("csv", "id,text\n", "{i},so good {i}\n"),
        ("csv", "sep=;\nid;text\n", '{i};"so good {i}"\n'),
        ("tsv", "id\ttext\r\n", "{i}\tso good {i}\r\n"),
        ("jsonl", "", '{{"id": {i}, "text": "so good {i}"}}\n'),
        ("json", "", '{{\n"id": {i},\n"text": "so good {i}"\n}}\n'),
        ("fasttext", "", "__label__x so good {i}\n"),
    ],
)
def test_pauses(kind: InputFormat, header: str, row: str) -> None:
    """A row is answered before the next one arrives, however long that takes."""
    reader, writer = os.pipe()
    answered = threading.Semaphore(0)

    def feed() -> None:
        os.write(writer, (header + row.format(i=0) + row.format(i=1)).encode())
        for i in range(2, 5):
            answered.acquire()
            os.write(writer, row.format(i=i).encode())
        os.close(writer)

    thread = threading.Thread(target=feed)
    thread.start()
    texts: list[str] = []
    for batch in read_all(reader, kind):
        if batch is PAUSE:
            answered.release()
        else:
            texts += list(batch.texts)
    thread.join()
    assert texts == [f"so good {i}" for i in range(5)]
    os.close(reader)


def read_all(descriptor: int, kind: InputFormat) -> Iterator[Any]:
    return TableReader(ByteInput("stdin", descriptor), kind, ReadOptions(text_columns=("text",))).batches()
