"""`rnnsent predict` in process: formats, stdin, files, tables, traces and outputs."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from rnnsent.cli.app import run

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
