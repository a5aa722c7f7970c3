"""`rnnsent predict` in process: formats, stdin, files, tables, traces and outputs."""

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


def test_tsv(run_ok) -> None:
    """In a pipe, texts become tab-separated lines."""
    rows = [line.split("\t") for line in run_ok("predict", "good", "", "a bad film").splitlines()]
    assert [row[2] for row in rows] == ["good", "", "a bad film"]
    assert [row[0] in CLASSES for row in rows] == [True, False, True]
    assert rows[1] == ["", "", ""]


def test_formats(run_ok) -> None:
    """Every format has the same label and probability."""
    (record,) = map(json.loads, run_ok("predict", "--format", "jsonl", "good").splitlines())
    label, probability = record["label"], record["probability"]
    assert run_ok("predict", "--json", "good") == json.dumps(record) + "\n"
    assert run_ok("predict", "--format", "tsv", "good") == f"{label}\t{probability:.4f}\tgood\n"
    (row,) = csv.DictReader(io.StringIO(run_ok("predict", "--format", "csv", "good")))
    assert (row["label"], float(row["probability"])) == (label, probability)
    assert row.keys() == {"text", "label", "probability", "probability_negative", "probability_positive"}
    table = run_ok("predict", "-f", "table", "good").split()
    assert (table[0], table[2:]) == (label, [f"{probability:.3f}", "good"])


def test_stdin(run_ok, stdin) -> None:
    """Each line of stdin is one record, with or without -."""
    for arguments in (["-q", "predict", "-", "--json"], ["-q", "predict", "--json"]):
        stdin(b"good\r\n\nbad\xff")
        texts = [json.loads(line)["text"] for line in run_ok(*arguments).splitlines()]
        assert texts == ["good", "", "bad\ufffd"]


def test_null(run_ok, stdin) -> None:
    """Records that end at NUL keep their line ends."""
    for option in ("-0", "--null"):
        stdin(b"good\nfilm\0\0bad")
        records = run_ok("predict", "-", option).removesuffix("\0").split("\0")
        assert [record.split("\t", 2)[2] for record in records] == ["good\nfilm", "", "bad"]


def test_null_table(run_error, working_dir: Path) -> None:
    """The rows of a table do not end at NUL."""
    (working_dir / "in.csv").write_text("id,text\n1,good\n")
    code, message = run_error("predict", "-0", "in.csv")
    assert (code, "--null is for lines of text, and in.csv is a table (csv)" in message) == (2, True)


@pytest.mark.parametrize("option", [["-o", "out.html"], ["-o", "out.xlsx.gz"], ["-f", "csv", "-o", "out.json"]])
def test_refused_output(run_error, working_dir: Path, option: list[str]) -> None:
    """What cannot be written is refused before anything is read."""
    code, message = run_error("predict", "no/such.csv", *option)
    assert (code, message.startswith("rnnsent: error: --output out.")) == (2, True)


def test_text_file(run_ok, working_dir: Path) -> None:
    (working_dir / "lines.txt").write_text("good\nbad\n")
    assert [line.split("\t")[2] for line in run_ok("predict", "lines.txt").splitlines()] == ["good", "bad"]


def test_trace(run_ok) -> None:
    """A trace has one line per token, with record, step and offsets."""
    rows = [line.split("\t") for line in run_ok("predict", "--trace", "", "a GOOD film").splitlines()]
    assert rows[0] == ["1", "", "", "", "", "", ""]
    assert [row[:2] for row in rows[1:]] == [["2", ""], ["2", "1"], ["2", "2"], ["2", "3"]]
    assert [[*row[2:4], row[6]] for row in rows[2:]] == [["0", "1", "a"], ["2", "6", "GOOD"], ["7", "11", "film"]]
    record = json.loads(run_ok("predict", "--trace", "--json", "a GOOD film"))
    assert [step["token"] for step in record["steps"]] == ["a", "GOOD", "film"]
    assert (record["record"], record["text"]) == (1, "a GOOD film")


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


def test_suffix(run_ok, working_dir: Path) -> None:
    """An output file has the format of its suffix."""
    assert run_ok("predict", "good", "-o", "out.jsonl") == ""
    assert json.loads((working_dir / "out.jsonl").read_text())["text"] == "good"
    run_ok("predict", "good", "-o", "out.csv")
    assert (working_dir / "out.csv").read_text().startswith("text,label,")
    (working_dir / "in.csv").write_text("id,text\n1,good\n")
    run_ok("predict", "in.csv", "-o", "out.parquet")
    run_ok("predict", "out.parquet", "-o", "again.jsonl")
    record = json.loads((working_dir / "again.jsonl").read_text())
    assert record["label"] == record["predicted_label"]


def test_failure_keeps_output(run_error, working_dir: Path) -> None:
    (working_dir / "out.csv").write_text("old")
    (working_dir / "in.csv").write_text("id,text\n1,good\n2,ragged,row\n")
    code, line = run_error("predict", "in.csv", "-o", "out.csv")
    assert (code, "in.csv:3" in line) == (1, True)
    assert (working_dir / "out.csv").read_text() == "old"
    assert not list(working_dir.glob(".out*"))


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


def test_surrogate(run_ok, working_dir: Path) -> None:
    """A lone surrogate passes through every format."""
    (working_dir / "in.jsonl").write_text('{"text": "good \\ud800"}\n')
    assert json.loads(run_ok("predict", "in.jsonl"))["text"] == "good \ud800"
    assert run_ok("predict", "in.jsonl", "-f", "csv").splitlines()[1].startswith("good \ufffd,")
    run_ok("predict", "in.jsonl", "-o", "out.parquet")
    assert pyarrow.parquet.read_table(working_dir / "out.parquet")["text"].to_pylist() == ["good \ufffd"]


def test_utf16(run_ok, stdin, working_dir: Path) -> None:
    data = "good\r\n\n電影\n".encode("utf-16")
    stdin(data)
    (working_dir / "lines.txt").write_bytes(data)
    for argument in ("-", "lines.txt"):
        assert [json.loads(line)["text"] for line in run_ok("predict", argument, "--json").splitlines()] == [
            "good",
            "",
            "電影",
        ]


def test_skipped_singular(working_dir: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """One skipped row is reported in the singular."""
    (working_dir / "in.csv").write_text("id,text\n1,good\n2,bad,film\n")
    assert run(["predict", "in.csv", "--on-error", "skip", "--json"]) == 0
    assert capsysbinary.readouterr().err.startswith(b"warning: 1 unreadable row without a label; the first: in.csv:3: ")


def test_missing_texts(working_dir: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Rows whose text is missing keep their place without a label, and are counted."""
    (working_dir / "in.csv").write_text("id,text\n1,a good film\n2,NaN\n3,\n4,N/A\n5,not bad\n")
    assert run(["predict", "in.csv"]) == 0
    out, err = capsysbinary.readouterr()
    labels = [row["label"] for row in csv.DictReader(io.StringIO(out.decode()))]
    assert [label in CLASSES for label in labels] == [True, False, False, False, True]
    assert err == b"note: 3 rows without a text, and so without a label\n"


def test_gates(capsys: pytest.CaptureFixture[str]) -> None:
    """All gates are printed after the predictions; a failed one exits with 3."""
    arguments = ["predict", "good", "", "bad", "-o", "out.tsv", "--require", "n>=3", "--require", "unlabeled<=20%"]
    assert run(arguments) == 3
    assert len(Path("out.tsv").read_text().splitlines()) == 3
    *_, first, second, error = capsys.readouterr().err.splitlines()
    assert (first, second) == ("passed: n>=3 (is 3)", "failed: unlabeled<=20% (is 0.3333)")
    assert error == "rnnsent: error: 1 of 2 gates failed: unlabeled<=20% (is 0.3333)"
    assert run([*arguments[:-1], "unlabeled<=0.5", "--junit", "gates.xml"]) == 0
    assert 'failures="0"' in Path("gates.xml").read_text()


@pytest.mark.parametrize("gate", ["share.neutral<=0.2", "negative<=0.2", "share.negative<=20", "share.negative"])
def test_invalid_gate(capsys: pytest.CaptureFixture[str], gate: str) -> None:
    """An invalid gate is a usage error before anything is predicted."""
    assert run(["predict", "good", "--require", gate]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"--require {gate!r}: " in captured.err
