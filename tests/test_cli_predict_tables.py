"""`rnnsent predict` in process with tables: columns, dialects, unreadable rows and missing values."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from rnnsent.cli.app import run
from rnnsent.data.open_table import open_file
from rnnsent.data.read_options import ReadOptions

pytestmark = pytest.mark.usefixtures("working_dir")

CLASSES = ["negative", "positive"]


def test_null_table(run_error, working_dir: Path) -> None:
    """The rows of a table do not end at NUL."""
    (working_dir / "in.csv").write_text("id,text\n1,good\n")
    code, message = run_error("predict", "-0", "in.csv")
    assert (code, "--null is for lines of text, and in.csv is a table (csv)" in message) == (2, True)


def test_trace_table(run_ok, working_dir: Path) -> None:
    """The trace of a table keeps its columns, and numbers its records across batches."""
    (working_dir / "in.csv").write_text("id,text\n" + "x,good film\n" * 1_100)
    rows = list(csv.DictReader(io.StringIO(run_ok("predict", "in.csv", "--trace", "-f", "csv"))))
    own = [row for row in rows if not row["step"]]
    assert [int(row["record"]) for row in own] == list(range(1, 1_101))
    assert {(row["id"], row["text"]) for row in own} == {("x", "good film")}
    assert [(row["record"], row["token"], row["id"]) for row in rows[-2:]] == [
        ("1100", "good", ""),
        ("1100", "film", ""),
    ]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_empty_table(run_ok, working_dir: Path, suffix: str) -> None:
    """A table without rows gives its header with the prediction's columns."""
    (working_dir / "in.csv").write_text("id,text\n")
    added = ["label", "probability", "probability_negative", "probability_positive"]
    assert run_ok("predict", "in.csv", "-o", f"out.{suffix}") == ""
    if suffix == "jsonl":
        assert (working_dir / "out.jsonl").read_bytes() == b""
    elif suffix == "parquet":
        result = pyarrow.parquet.read_table(working_dir / "out.parquet")
        assert (result.column_names, len(result)) == (["id", "text", *added], 0)
    else:
        delimiter = "," if suffix == "csv" else "\t"
        assert (working_dir / f"out.{suffix}").read_text() == delimiter.join(["id", "text", *added]) + "\n"
    assert run_ok("predict", "in.csv", "-f", "table") == ""
    assert run_ok("predict", "in.csv", "--trace") == ",".join(["record,step,start,end,token,id,text", *added]) + "\n"


def test_missing_column(run_error, working_dir: Path) -> None:
    """A requested column must exist, even without rows."""
    (working_dir / "in.csv").write_text("id,text\n")
    assert "no column 'nope'" in run_error("predict", "in.csv", "-c", "nope")[1]


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_table_roundtrip(run_ok, working_dir: Path, suffix: str, delimiter: str) -> None:
    """A table keeps its columns, rows and format."""
    rows = [["7", "good\rfilm", "x"], ["8", "", 'a "b"\n']]
    with (working_dir / f"in.{suffix}").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["id", "review", "label"], *rows])
    result = run_ok("predict", "-q", f"in.{suffix}", "--text-column", "review")
    header, *cells = csv.reader(io.StringIO(result, newline=""), delimiter=delimiter)
    assert header[:5] == ["id", "review", "label", "predicted_label", "predicted_probability"]
    assert [row[:3] for row in cells] == rows
    assert [row[3] in CLASSES for row in cells] == [True, False]


DIALECTS = {
    "semicolons": 'id;text;id\r\n1;"good; film";a\r\n2;"so ""bad""";\r\n',
    "all quoted": '"id","","text"\n"1","x","good, film"\n"2","","a bad\nfilm"\n',
    "escapes": '\ufeff"id","text","path"\r"1","so \\"good\\", really","a\\\\b"\r"2","bad","c"\r',
    "literal quotes": 'id\ttext\tn\n1\t"good" film\ta\n2\tbad "film\tb\n3\tso "so" film"\tc\n4\tfine\td\n',
    "no header": "1|good film|2020-01-01\n2|a very bad film|2020-01-02\n3|a film|2020-01-03\n",
}


@pytest.mark.parametrize("content", DIALECTS.values(), ids=DIALECTS)
def test_dialect_roundtrip(run_ok, working_dir: Path, content: str) -> None:
    """A table is returned in its dialect: what is read from the output is what was read from the input."""
    suffix = "tsv" if "\t" in content else "csv"
    (working_dir / f"in.{suffix}").write_bytes(content.encode())
    column = "2" if "|" in content else "text"
    run_ok("-q", "predict", f"in.{suffix}", "-c", column, "-o", f"out.{suffix}")
    before, after = (open_file(working_dir / f"{name}.{suffix}", ReadOptions()) for name in ("in", "out"))
    assert before.dialect
    assert after.dialect
    assert [dict(list(row.items())[: len(before.columns)]) for row in after.readable_rows()] == list(
        before.readable_rows()
    )
    header = before.dialect.header
    added = ("label", "probability", "probability_negative", "probability_positive")
    assert after.dialect == replace(before.dialect, header=None if header is None else (*header, *added))


BROKEN = {
    "csv": "id,text\n1,good\n2,bad,film\n3,a,bad,film\n4,great\n",
    "tsv": "id\ttext\n1\tgood\n2\tbad\tfilm\n3\ta\tbad\tfilm\n4\tgreat\n",
    "jsonl": '{"id": "1", "text": "good"}\n{"id"\n[3]\n{"id": "4", "text": "great"}\n',
}
SKIPPED = b"warning: 2 unreadable rows without a label; the first: in.%s:%d: "


@pytest.mark.parametrize(("suffix", "line"), [("csv", 3), ("tsv", 3), ("jsonl", 2)])
def test_on_error(
    working_dir: Path, run_error, capsysbinary: pytest.CaptureFixture[bytes], suffix: str, line: int
) -> None:
    """An unreadable row stops the command, or keeps its place without a label."""
    (working_dir / f"in.{suffix}").write_text(BROKEN[suffix])
    code, message = run_error("predict", f"in.{suffix}", "--json", "-o", "none.jsonl")
    assert (code, f"in.{suffix}:{line}: " in message, "--on-error skip" in message) == (1, True, True)
    assert not (working_dir / "none.jsonl").exists()

    def run_skip(*arguments: str) -> str:
        assert run(["predict", f"in.{suffix}", "--on-error", "skip", *arguments]) == 0
        out, err = capsysbinary.readouterr()
        assert err.startswith(SKIPPED % (suffix.encode(), line))
        assert err.count(b"\n") == 1
        return out.decode()

    rows = [json.loads(line_) for line_ in run_skip("--json").splitlines()]
    assert [row.get("id") for row in rows] == ["1", None, None, "4"]
    assert [row["label"] in CLASSES for row in rows] == [True, False, False, True]
    assert [(row["line"], row["label"], row["probability"]) for row in rows[1:3]] == [
        (line, None, None),
        (line + 1, None, None),
    ]
    assert all(row["error"] for row in rows[1:3])
    for format_, delimiter in (("csv", ","), ("tsv", "\t")):
        header, *cells = csv.reader(io.StringIO(run_skip("-f", format_), newline=""), delimiter=delimiter)
        assert header[:3] == ["id", "text", "label"]
        assert [row[0] for row in cells] == ["1", "", "", "4"]
        assert cells[1] == cells[2] == [""] * len(header)
    run_skip("-o", "out.parquet")
    result = pyarrow.parquet.read_table(working_dir / "out.parquet").to_pylist()
    assert [(row["id"], row["label"] is None) for row in result] == [
        ("1", False),
        (None, True),
        (None, True),
        ("4", False),
    ]
    _, *lines = run_skip("--trace", "-f", "tsv").splitlines()
    assert [line_.split("\t")[0] for line_ in lines if not line_.split("\t")[1]] == list("1234")


@pytest.mark.parametrize("rows", [1, 3_000])
def test_leading_bad_rows(run_ok, working_dir: Path, rows: int) -> None:
    """The columns are those of the first readable row."""
    (working_dir / "in.jsonl").write_text("{\n" * rows + '{"text": "good"}\n')
    result = run_ok("-q", "predict", "in.jsonl", "--on-error", "skip", "-f", "csv").splitlines()
    assert result[0].startswith("text,label,")
    assert (len(result), result[rows], result[-1].startswith("good,")) == (rows + 2, ",,,,", True)
    (working_dir / "in.jsonl").write_text("{\n" * rows)
    result = run_ok("-q", "predict", "in.jsonl", "--on-error", "skip", "--json").splitlines()
    assert [json.loads(line)["line"] for line in result] == list(range(1, rows + 1))


def test_csv_safe(run_ok, working_dir: Path, stdin) -> None:
    """Formulas are kept as they are, or escaped with --csv-safe."""
    formula = '=HYPERLINK("http://x","y")'
    (working_dir / "in.csv").write_text(f'@id,text\n-1,"{formula.replace(chr(34), chr(34) * 2)}"\n+2,good\n')
    for option, prefix in ((), ""), (("--csv-safe",), "'"):
        header, *rows = csv.reader(io.StringIO(run_ok("predict", "in.csv", "--quiet", *option)))
        assert header[:2] == [f"{prefix}@id", "text"]
        assert [row[:2] for row in rows] == [[f"{prefix}-1", prefix + formula], [f"{prefix}+2", "good"]]
        (row,) = csv.DictReader(io.StringIO(run_ok("predict", "=good", "-f", "csv", *option)))
        assert (row["text"], row["label"] in CLASSES) == (prefix + "=good", True)
        stdin(b"=1\t@2\r-3\n")
        assert run_ok("predict", "-", *option).split("\t", 2)[2] == f"{prefix}=1\t{prefix}@2\r{prefix}-3\n"
        trace = run_ok("predict", "=", "--trace", "-f", "csv", *option)
        assert [each["text"] for each in csv.DictReader(io.StringIO(trace))] == [prefix + "="] * 2


@pytest.mark.parametrize("options", [["--json"], ["-f", "table"], ["-o", "out.jsonl"], ["in.csv", "-o", "out.parquet"]])
def test_csv_safe_formats(run_error, working_dir: Path, options: list[str]) -> None:
    """--csv-safe is refused for formats that no spreadsheet opens."""
    (working_dir / "in.csv").write_text("text\ngood\n")
    words = options if options[0] == "in.csv" else ["good", *options]
    code, message = run_error("predict", "--csv-safe", *words)
    assert (code, "--csv-safe is for csv and tsv output" in message) == (2, True)


def test_number_column(run_ok, working_dir: Path) -> None:
    """A column of numbers is read as text."""
    pyarrow.parquet.write_table(pyarrow.table({"n": [7, None, 0.5]}), working_dir / "in.parquet")
    rows = [json.loads(line) for line in run_ok("-q", "predict", "in.parquet", "-c", "n").splitlines()]
    assert [(row["n"], row["label"] is None) for row in rows] == [(7.0, False), (None, True), (0.5, False)]


def test_missing_texts(working_dir: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Rows whose text is missing keep their place without a label, and are counted."""
    (working_dir / "in.csv").write_text("id,text\n1,a good film\n2,NaN\n3,\n4,N/A\n5,not bad\n")
    assert run(["predict", "in.csv"]) == 0
    out, err = capsysbinary.readouterr()
    labels = [row["label"] for row in csv.DictReader(io.StringIO(out.decode()))]
    assert [label in CLASSES for label in labels] == [True, False, False, False, True]
    assert err == b"note: 3 rows without a text, and so without a label\n"
