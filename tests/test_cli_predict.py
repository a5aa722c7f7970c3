"""Proves `rnnsent predict` in process: formats, stdin, files, tables, traces and what is written where."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from rnnsent.cli.app import run

pytestmark = pytest.mark.usefixtures("working_folder")

CLASSES = ["negative", "positive"]


def test_texts_become_tab_separated_lines_in_a_pipe(answer) -> None:
    rows = [line.split("\t") for line in answer("predict", "good", "", "a bad film").splitlines()]
    assert [row[2] for row in rows] == ["good", "", "a bad film"]
    assert [row[0] in CLASSES for row in rows] == [True, False, True]
    assert rows[1] == ["", "", ""]


def test_each_format_tells_the_same(answer) -> None:
    (record,) = map(json.loads, answer("predict", "--format", "jsonl", "good").splitlines())
    label, probability = record["label"], record["probability"]
    assert answer("predict", "--json", "good") == json.dumps(record) + "\n"
    assert answer("predict", "--format", "tsv", "good") == f"{label}\t{probability:.4f}\tgood\n"
    (row,) = csv.DictReader(io.StringIO(answer("predict", "--format", "csv", "good")))
    assert (row["label"], float(row["probability"])) == (label, probability)
    assert row.keys() == {"text", "label", "probability", "probability_negative", "probability_positive"}
    table = answer("predict", "-f", "table", "good").split()
    assert (table[0], table[2:]) == (label, [f"{probability:.3f}", "good"])


def test_lines_of_stdin_come_back_one_for_one(answer, give) -> None:
    for arguments in (["predict", "-", "--json"], ["predict", "--json"]):
        give(b"good\r\n\nbad\xff")
        texts = [json.loads(line)["text"] for line in answer(*arguments).splitlines()]
        assert texts == ["good", "", "bad\ufffd"]


def test_records_that_end_at_nul_keep_their_lines(answer, give) -> None:
    for option in ("-0", "--null"):
        give(b"two\nlines\0\0last")
        records = answer("predict", "-", option).removesuffix("\0").split("\0")
        assert [record.split("\t", 2)[2] for record in records] == ["two\nlines", "", "last"]


def test_a_text_file_is_read_by_lines(answer, working_folder: Path) -> None:
    (working_folder / "lines.txt").write_text("good\nbad\n")
    assert [line.split("\t")[2] for line in answer("predict", "lines.txt").splitlines()] == ["good", "bad"]


def test_a_trace_has_a_line_a_token_with_its_record_and_place(answer) -> None:
    rows = [line.split("\t") for line in answer("predict", "--trace", "", "a GOOD film").splitlines()]
    assert rows[0] == ["1", "", "", "", "", "", ""]
    assert [row[:2] for row in rows[1:]] == [["2", ""], ["2", "1"], ["2", "2"], ["2", "3"]]
    assert [row[4:] for row in rows[2:]] == [["0", "1", "a"], ["2", "6", "GOOD"], ["7", "11", "film"]]
    record = json.loads(answer("predict", "--trace", "--json", "a GOOD film"))
    assert [step["token"] for step in record["steps"]] == ["a", "GOOD", "film"]
    assert (record["record"], record["text"]) == (1, "a GOOD film")


def test_the_trace_of_a_table_counts_its_records_over_all_windows(answer, working_folder: Path) -> None:
    (working_folder / "in.csv").write_text("id,text\n" + "x,good film\n" * 1_100)
    rows = list(csv.DictReader(io.StringIO(answer("predict", "in.csv", "--trace", "-f", "csv"))))
    own = [row for row in rows if not row["step"]]
    assert [int(row["record"]) for row in own] == list(range(1, 1_101))
    assert [(row["record"], row["text"]) for row in rows[-2:]] == [("1100", "good"), ("1100", "film")]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_a_table_without_rows_gives_its_header_with_what_is_added(answer, working_folder: Path, suffix: str) -> None:
    (working_folder / "in.csv").write_text("id,text\n")
    added = ["label", "probability", "probability_negative", "probability_positive"]
    assert answer("predict", "in.csv", "-o", f"out.{suffix}") == ""
    if suffix == "jsonl":
        assert (working_folder / "out.jsonl").read_bytes() == b""
    elif suffix == "parquet":
        found = pyarrow.parquet.read_table(working_folder / "out.parquet")
        assert (found.column_names, len(found)) == (["id", "text", *added], 0)
    else:
        delimiter = "," if suffix == "csv" else "\t"
        assert (working_folder / f"out.{suffix}").read_text() == delimiter.join(["id", "text", *added]) + "\n"
    assert answer("predict", "in.csv", "-f", "table") == ""
    assert answer("predict", "in.csv", "--trace") == ""


def test_a_column_that_is_asked_for_must_be_there_even_without_rows(fault, working_folder: Path) -> None:
    (working_folder / "in.csv").write_text("id,text\n")
    assert "no column 'nope'" in fault("predict", "in.csv", "-c", "nope")[1]


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_table_keeps_its_columns_and_rows_in_its_own_format(
    answer, working_folder: Path, suffix: str, delimiter: str
) -> None:
    rows = [["7", "good\rfilm", "x"], ["8", "", 'a "b"\n']]
    with (working_folder / f"in.{suffix}").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["id", "review", "label"], *rows])
    found = answer("predict", f"in.{suffix}", "--column", "review")
    header, *cells = csv.reader(io.StringIO(found, newline=""), delimiter=delimiter)
    assert header[:5] == ["id", "review", "label", "predicted_label", "predicted_probability"]
    assert [row[:3] for row in cells] == rows
    assert [row[3] in CLASSES for row in cells] == [True, False]


def test_the_output_file_has_the_format_of_its_suffix(answer, working_folder: Path) -> None:
    assert answer("predict", "good", "-o", "out.jsonl") == ""
    assert json.loads((working_folder / "out.jsonl").read_text())["text"] == "good"
    answer("predict", "good", "-o", "out.csv")
    assert (working_folder / "out.csv").read_text().startswith("text,label,")
    (working_folder / "in.csv").write_text("id,text\n1,good\n")
    answer("predict", "in.csv", "-o", "out.parquet")
    answer("predict", "out.parquet", "-o", "again.jsonl")
    record = json.loads((working_folder / "again.jsonl").read_text())
    assert record["label"] == record["predicted_label"]


def test_a_failure_leaves_the_old_output(fault, working_folder: Path) -> None:
    (working_folder / "out.csv").write_text("old")
    (working_folder / "in.csv").write_text("text\ngood\nragged,row\n")
    code, line = fault("predict", "in.csv", "-o", "out.csv")
    assert (code, "in.csv:3" in line) == (1, True)
    assert (working_folder / "out.csv").read_text() == "old"
    assert not list(working_folder.glob(".out*"))


BROKEN = {
    "csv": 'id,text\n1,good\n2\n3,"bad\n4,fine\n',
    "tsv": 'id\ttext\n1\tgood\n2\n3\t"bad\n4\tfine\n',
    "jsonl": '{"id": "1", "text": "good"}\n{"id"\n[3]\n{"id": "4", "text": "fine"}\n',
}
NOTE = b"skipped 2 rows that cannot be read; the first: in.%s:%d: "


@pytest.mark.parametrize(("suffix", "line"), [("csv", 3), ("tsv", 3), ("jsonl", 2)])
def test_a_row_that_cannot_be_read_stops_or_is_answered_in_its_place(
    working_folder: Path, fault, capsysbinary: pytest.CaptureFixture[bytes], suffix: str, line: int
) -> None:
    (working_folder / f"in.{suffix}").write_text(BROKEN[suffix])
    code, message = fault("predict", f"in.{suffix}", "--json", "-o", "none.jsonl")
    assert (code, f"in.{suffix}:{line}: " in message, "--on-error skip" in message) == (1, True, True)
    assert not (working_folder / "none.jsonl").exists()

    def skipping(*arguments: str) -> str:
        assert run(["predict", f"in.{suffix}", "--on-error", "skip", *arguments]) == 0
        out, err = capsysbinary.readouterr()
        assert err.startswith(NOTE % (suffix.encode(), line))
        assert err.count(b"\n") == 1
        return out.decode()

    rows = [json.loads(each) for each in skipping("--json").splitlines()]
    assert [row.get("id") for row in rows] == ["1", None, None, "4"]
    assert [row["label"] in CLASSES for row in rows] == [True, False, False, True]
    assert [(row["line"], row["label"], row["probability"]) for row in rows[1:3]] == [
        (line, None, None),
        (line + 1, None, None),
    ]
    assert all(row["error"] for row in rows[1:3])
    for format_, delimiter in (("csv", ","), ("tsv", "\t")):
        header, *cells = csv.reader(io.StringIO(skipping("-f", format_), newline=""), delimiter=delimiter)
        assert header[:3] == ["id", "text", "label"]
        assert [row[0] for row in cells] == ["1", "", "", "4"]
        assert cells[1] == cells[2] == [""] * len(header)
    skipping("-o", "out.parquet")
    found = pyarrow.parquet.read_table(working_folder / "out.parquet").to_pylist()
    assert [(row["id"], row["label"] is None) for row in found] == [
        ("1", False),
        (None, True),
        (None, True),
        ("4", False),
    ]
    assert [
        row.split("\t")[0] for row in skipping("--trace", "-f", "tsv").splitlines() if not row.split("\t")[1]
    ] == list("1234")


@pytest.mark.parametrize("rows", [1, 3_000])
def test_the_columns_are_those_of_the_first_row_that_can_be_read(answer, working_folder: Path, rows: int) -> None:
    (working_folder / "in.jsonl").write_text("{\n" * rows + '{"text": "good"}\n')
    found = answer("-q", "predict", "in.jsonl", "--on-error", "skip", "-f", "csv").splitlines()
    assert found[0].startswith("text,label,")
    assert (len(found), found[rows], found[-1].startswith("good,")) == (rows + 2, ",,,,", True)
    (working_folder / "in.jsonl").write_text("{\n" * rows)
    found = answer("-q", "predict", "in.jsonl", "--on-error", "skip", "--json").splitlines()
    assert [json.loads(line)["line"] for line in found] == list(range(1, rows + 1))


def test_text_that_a_spreadsheet_would_run_is_kept_or_guarded(answer, working_folder: Path, give) -> None:
    formula = '=HYPERLINK("http://x","y")'
    (working_folder / "in.csv").write_text(f'@id,text\n-1,"{formula.replace(chr(34), chr(34) * 2)}"\n+2,good\n')
    for option, guard in ((), ""), (("--excel-safe",), "'"):
        header, *rows = csv.reader(io.StringIO(answer("predict", "in.csv", *option)))
        assert header[:2] == [f"{guard}@id", "text"]
        assert [row[:2] for row in rows] == [[f"{guard}-1", guard + formula], [f"{guard}+2", "good"]]
        (row,) = csv.DictReader(io.StringIO(answer("predict", "=1", "-f", "csv", *option)))
        assert (row["text"], row["label"] in CLASSES) == (guard + "=1", True)
        give(b"=1\t@2\r-3\n")
        assert answer("predict", "-", *option).split("\t", 2)[2] == f"{guard}=1\t{guard}@2\r{guard}-3\n"
        trace = answer("predict", "=", "--trace", "-f", "csv", *option)
        assert [each["text"] for each in csv.DictReader(io.StringIO(trace))] == [guard + "="] * 2


@pytest.mark.parametrize("options", [["--json"], ["-f", "table"], ["-o", "out.jsonl"], ["in.csv", "-o", "out.parquet"]])
def test_what_no_spreadsheet_opens_is_not_guarded(fault, working_folder: Path, options: list[str]) -> None:
    (working_folder / "in.csv").write_text("text\ngood\n")
    words = options if options[0] == "in.csv" else ["good", *options]
    code, message = fault("predict", "--excel-safe", *words)
    assert (code, "--excel-safe guards csv and tsv output" in message) == (2, True)


def test_a_column_of_numbers_is_read_as_their_digits(answer, working_folder: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"n": [7, None, 0.5]}), working_folder / "in.parquet")
    rows = [json.loads(line) for line in answer("predict", "in.parquet", "-c", "n").splitlines()]
    assert [(row["n"], row["label"] is None) for row in rows] == [(7.0, False), (None, True), (0.5, False)]


def test_half_a_character_goes_through_every_format(answer, working_folder: Path) -> None:
    (working_folder / "in.jsonl").write_text('{"text": "good \\ud800"}\n')
    assert json.loads(answer("predict", "in.jsonl"))["text"] == "good \ud800"
    assert answer("predict", "in.jsonl", "-f", "csv").splitlines()[1].startswith("good \ufffd,")
    answer("predict", "in.jsonl", "-o", "out.parquet")
    assert pyarrow.parquet.read_table(working_folder / "out.parquet")["text"].to_pylist() == ["good \ufffd"]


def test_a_line_of_utf16_is_answered(answer, give, working_folder: Path) -> None:
    data = "good\r\n\n電影\n".encode("utf-16")
    give(data)
    (working_folder / "lines.txt").write_bytes(data)
    for word in ("-", "lines.txt"):
        assert [json.loads(line)["text"] for line in answer("predict", word, "--json").splitlines()] == [
            "good",
            "",
            "電影",
        ]


def test_one_row_is_one_row(working_folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (working_folder / "in.csv").write_text("id,text\n1,good\n2\n")
    assert run(["predict", "in.csv", "--on-error", "skip", "--json"]) == 0
    assert capsysbinary.readouterr().err.startswith(b"skipped 1 row that cannot be read; the first: in.csv:3: ")
