"""Proves that every format gives back what went into it, and that a line of the table fits the terminal."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from controls import FORBIDDEN
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnsent.errors import DataError
from rnnsent.predict import Prediction
from rnnsent.report.predictions import Csv, Formatter, Jsonl, Table, TableRows, Tsv

CLASSES = ("negative", "positive")
BLANK = Prediction("", None, None, None, 0, None)


def prediction(text: str, share: float = 0.25) -> Prediction:
    probabilities = {"negative": 1 - share, "positive": share}
    label = max(probabilities, key=lambda name: probabilities[name])
    return Prediction(text, label, probabilities[label], probabilities, 1, 0.0)


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_characters="\n")), st.floats(0, 1))
def test_a_line_of_tsv_gives_back_label_probability_and_text(text: str, share: float) -> None:
    given_ = prediction(text, share)
    line = Tsv().record(given_)
    label, probability, rest = line.removesuffix("\n").split("\t", 2)
    assert (label, rest) == (given_.label, text)
    assert float(probability) == pytest.approx(given_.probability, abs=1e-4)


def test_a_line_end_in_a_text_is_a_space_where_records_are_lines_and_itself_where_they_end_at_nul() -> None:
    assert Tsv().record(prediction("two\nlines")) == "negative\t0.7500\ttwo lines\n"
    assert Tsv("\0").record(prediction("two\nlines\0")) == "negative\t0.7500\ttwo\nlines \0"


@settings(deadline=None, derandomize=True)
@given(st.text(), st.floats(0, 1))
def test_csv_gives_back_any_text_and_every_probability(text: str, share: float) -> None:
    formatter, given_ = Csv(CLASSES), prediction(text, share)
    header, row = rows_of(formatter.header() + formatter.record(given_))
    assert header == ["text", "label", "probability", "probability_negative", "probability_positive"]
    assert row[:2] == [text, given_.label]
    assert list(map(float, row[2:])) == [given_.probability, 1 - share, share]


@settings(deadline=None, derandomize=True)
@given(st.text(), st.floats(0, 1))
def test_json_lines_give_back_the_whole_prediction(text: str, share: float) -> None:
    line = Jsonl().record(prediction(text, share))
    assert line.count("\n") == 1
    assert json.loads(line) == prediction(text, share).to_dict()


@pytest.mark.parametrize(
    ("formatter", "line"),
    [
        (Tsv(), "\t\t\n"),
        (Csv(CLASSES), ",,,,\n"),
        (Table(CLASSES, width=None, color=False), "-        ··········   -    \n"),
    ],
)
def test_a_blank_record_still_is_a_record(formatter: Formatter, line: str) -> None:
    assert formatter.record(BLANK) == line
    assert json.loads(Jsonl().record(BLANK))["label"] is None


@settings(deadline=None, derandomize=True)
@given(
    st.text(st.one_of(st.characters(), st.sampled_from("電影👍ａ\x1b\t"))),
    st.integers(40, 130),
    st.booleans(),
    st.sampled_from([CLASSES, ("負面", "正面")]),
)
def test_a_line_of_the_table_fits_the_terminal_whatever_its_text(text, width, color, classes) -> None:
    given_ = replace(prediction(text), label=classes[0])
    line = Table(classes, width=width, color=color).record(given_)
    bare = line.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert bare.endswith("\n")
    assert not FORBIDDEN.search(bare)
    assert cell_len(bare.removesuffix("\n")) <= width
    assert bare.startswith(classes[0])


def test_a_terminal_that_is_too_small_still_shows_the_label() -> None:
    for width in (1, 10, 28):
        line = Table(CLASSES, width=width, color=False).record(prediction("a good film"))
        assert line.startswith("negative ████████·· 0.750  ")
        assert line.endswith("…\n")


def test_labels_in_wide_characters_stand_in_one_column_with_others() -> None:
    table = Table(("負面", "positive"), width=None, color=False)
    wide = table.record(replace(prediction("x"), label="負面"))
    narrow = table.record(replace(prediction("x"), label="positive"))
    assert cell_len(wide.partition("█")[0]) == cell_len(narrow.partition("█")[0]) == 9


def test_a_text_that_fits_is_shown_whole_and_one_that_does_not_is_cut_with_a_sign() -> None:
    head = "negative ████████·· 0.750  "
    table = Table(CLASSES, width=len(head) + 6, color=False)
    assert table.record(prediction("abcdef")) == head + "abcdef\n"
    assert table.record(prediction("abcdefg")) == head + "abcde…\n"
    assert table.record(prediction("電影電影")) == head + "電影…\n"


def test_the_first_class_is_red_the_last_green_and_the_text_plain() -> None:
    table = Table(("a", "b", "c"), width=None, color=True)
    lines = [table.record(Prediction("x", name, 1.0, {}, 1, 0.0)) for name in ("a", "b", "c")]
    assert [line.partition("m")[0] if line[0] == "\x1b" else "" for line in lines] == ["\x1b[31", "", "\x1b[32"]
    assert all(line.endswith("x\n") for line in lines)


@pytest.mark.parametrize(("format_", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_rows_keep_their_cells_beside_what_is_added(format_: Any, delimiter: str) -> None:
    rows = TableRows(format_, ["id", "label"], CLASSES, "in.jsonl")
    text = (
        rows.header()
        + rows.record({"id": 'a\r"b",\t\n', "label": None}, prediction("x"))
        + rows.record({"id": 3}, BLANK)
    )
    header, first, second = rows_of(text, delimiter)
    assert header == [
        "id", "label", "predicted_label", "predicted_probability", "predicted_probability_negative",
        "predicted_probability_positive",
    ]  # fmt: skip
    assert first == ['a\r"b",\t\n', "", "negative", "0.75", "0.75", "0.25"]
    assert second == ["3", "", "", "", "", ""]


def test_rows_as_json_keep_their_types_and_columns_that_come_later() -> None:
    rows = TableRows("jsonl", ["id"], CLASSES, "in.jsonl")
    assert rows.header() == ""
    record = json.loads(rows.record({"id": [1, {"a": None}], "later": True}, prediction("x")))
    assert record == {
        "id": [1, {"a": None}], "later": True, "label": "negative", "probability": 0.75,
        "probability_negative": 0.75, "probability_positive": 0.25,
    }  # fmt: skip


def test_a_column_that_comes_later_does_not_fit_into_a_table_with_a_header() -> None:
    rows = TableRows("csv", ["id"], CLASSES, "in.jsonl")
    rows.record({"id": 1}, prediction("x"))
    with pytest.raises(DataError, match=r"in\.jsonl: row 2 has the column 'later', which the first row lacks.*jsonl$"):
        rows.record({"id": 1, "later": True}, prediction("x"))


def test_a_column_that_comes_later_is_not_overwritten_by_what_is_added() -> None:
    with pytest.raises(DataError, match="row 1 has the column 'label', which the first row lacks"):
        TableRows("jsonl", ["id"], CLASSES, "in.jsonl").record({"id": 1, "label": "mine"}, prediction("x"))


def test_what_is_no_text_is_json_in_a_delimited_file_and_bytes_are_their_text() -> None:
    rows = TableRows("csv", ["a"], CLASSES, "in.parquet")
    values = [{"a": [1]}, ["電", None], True, b"caf\xc3\xa9\xff", 7, 0.5, None]
    written = "".join(rows.record({"a": value}, BLANK) for value in values)
    assert [row[0] for row in rows_of(written)] == [
        '{"a": [1]}', '["電", null]', "true", "café\ufffd", "7", "0.5", ""
    ]  # fmt: skip
    lines = TableRows("jsonl", ["a"], CLASSES, "in.parquet").record({"a": [b"caf\xc3\xa9"]}, BLANK)
    assert json.loads(lines)["a"] == ["café"]
