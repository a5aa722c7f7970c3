"""Proves what stdout, stderr and a terminal get: results, notes, errors, colors, and no escape code of a text."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnnsent.cli.app import run
from rnnsent.output import terminal

pytestmark = pytest.mark.usefixtures("working_dir")


def test_the_file_that_stdout_is_gets_the_results_as_stdout_does(working_dir: Path) -> None:
    for name in ("-", "/dev/stdout"):
        (working_dir / "log").write_text("before\n")
        with (working_dir / "log").open("ab") as log:
            subprocess.run([sys.executable, "-m", "rnnsent", "predict", "good", "-o", name], stdout=log, check=True)
        first, second = (working_dir / "log").read_text().splitlines()
        assert (first, second.split("\t")[2]) == ("before", "good")
        assert not list(working_dir.glob(".log*"))
    assert not (working_dir / "-").exists()


def closed(working_dir: Path, redirection: str) -> subprocess.CompletedProcess[bytes]:
    for name in ("lines", "lines.csv"):
        (working_dir / name).write_bytes(b"text\n" + b"a good film\n" * 3_000)
    (working_dir / "in.csv").write_text("text,label\ngood,positive\nbad,negative\n")
    command = f"{sys.executable} -m rnnsent {redirection}"
    return subprocess.run(["bash", "-c", command], cwd=working_dir, capture_output=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("redirection", "words"),
    [
        ("predict x >&-", b"stdout is closed"),
        ("predict -f table x >&-", b"stdout is closed"),
        ("models >&-", b"stdout is closed"),
        ("datasets >&-", b"stdout is closed"),
        ("predict - <&-", b"stdin is closed"),
        ("predict <&-", b"nothing to predict"),
        ("predict x > /dev/full", b"stdout: No space left on device"),
        ("models --json > /dev/full", b"stdout: No space left on device"),
        ("predict x -o /dev/full", b"/dev/full: No space left on device"),
        ("predict lines > /dev/full", b"stdout: No space left on device"),
        ("predict - < lines > /dev/full", b"stdout: No space left on device"),
        ("predict lines.csv -o /dev/full", b"/dev/full: No space left on device"),
        ("evaluate in.csv --json > /dev/full", b"stdout: No space left on device"),
        ("datasets sentences > /dev/full", b"No space left on device"),
        ("models verify > /dev/full", b"stdout: No space left on device"),
        ("--help > /dev/full", b"No space left on device"),
    ],
)
def test_a_stream_that_cannot_be_used_is_one_line(working_dir: Path, redirection: str, words: bytes) -> None:
    answer = closed(working_dir, redirection)
    assert answer.returncode in (1, 2)
    assert answer.stderr.startswith(b"rnnsent: error: "), answer.stderr
    assert words in answer.stderr
    assert (answer.stderr.count(b"\n"), answer.stdout) == (1, b"")


def test_a_disk_that_is_full_leaves_the_old_file(working_dir: Path) -> None:
    (working_dir / "lines").write_bytes(b"a good film\n" * 1_000)
    (working_dir / "lines.csv").write_bytes(b"text\n" + b"a good film\n" * 1_000)
    code = "import resource, sys; from rnnsent.cli.app import main; "
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)); main(sys.argv[1:])"
    for name, word in (("out.tsv", "lines"), ("out.csv", "lines.csv"), ("out.parquet", "lines.csv")):
        (working_dir / name).write_text("old")
        command = [sys.executable, "-c", code, "predict", word, "-o", name]
        answer = subprocess.run(command, cwd=working_dir, capture_output=True)
        assert (answer.returncode, answer.stderr) == (1, f"rnnsent: error: {name}: File too large\n".encode())
        assert (working_dir / name).read_text() == "old"
        assert not list(working_dir.glob(".out*"))


def test_a_reader_that_goes_away_ends_the_command_quietly(working_dir: Path) -> None:
    answer = closed(working_dir, "predict lines | head -1; exit ${PIPESTATUS[0]}")
    assert (answer.returncode in (0, 141), answer.stdout.count(b"\n"), answer.stderr) == (True, 1, b"")


@pytest.mark.parametrize(
    "words",
    ["--help", "predict -h", "models", "models --json", "models verify", "datasets", "datasets in.csv", "predict x",
     "predict - < lines", "predict lines.csv", "evaluate in.csv"],
)  # fmt: skip
def test_a_stdout_that_nobody_reads_is_no_error(working_dir: Path, words: str) -> None:
    answer = closed(working_dir, f"{words} > >(exec true)")
    assert (answer.returncode in (0, 1), answer.stdout, answer.stderr) == (True, b"", b"")


@pytest.mark.parametrize("nowhere", ["2> /dev/full", "2> >(exec true)", "2>&-"])
def test_a_note_that_cannot_be_written_ends_no_work(working_dir: Path, nowhere: str) -> None:
    (working_dir / "broken.csv").write_text("text,other\nx\ngood,x\n")
    answer = closed(working_dir, f"predict broken.csv --on-error skip --json {nowhere}")
    assert (answer.returncode, answer.stdout.count(b"\n"), answer.stderr) == (0, 2, b"")


def test_with_stderr_closed_stdout_holds_results_alone(working_dir: Path) -> None:
    answer = closed(working_dir, "models --json 2>&-")
    assert (answer.returncode, type(json.loads(answer.stdout))) == (0, list)
    assert closed(working_dir, "predict -m nosuch x 2>&-").stdout == b""


def broken(working_dir: Path) -> None:
    (working_dir / "models" / "broken").mkdir()
    (working_dir / "models" / "broken" / "config.json").write_text("{")


def test_a_note_goes_to_stderr_and_quiet_silences_it(working_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken(working_dir)
    assert run(["models", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [each["name"] for each in json.loads(out)] == ["english", "tiny"]
    assert err.startswith("unreadable: ")
    for arguments in (["models", "--json", "-q"], ["models", "--json", "--quiet"], ["-q", "models", "--json"]):
        terminal._quiet = False
        assert run(arguments) == 0
        assert capsys.readouterr() == (out, "")


def test_a_model_that_cannot_be_read_is_passed_over_with_a_note(working_dir: Path, capsys) -> None:
    broken(working_dir)
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err.startswith("note: passed over a model that cannot be read: models/broken/config.json")


def test_a_terminal_is_told_which_model_answers_where_none_was_named(run_in_terminal, capsys) -> None:
    run_in_terminal("predict", "good")
    assert capsys.readouterr().err == "model: tiny\n"
    run_in_terminal("predict", "-m", "tiny", "good")
    assert capsys.readouterr().err == ""


def test_quiet_does_not_silence_errors(run_error) -> None:
    assert run_error("-q", "predict", "-m", "nosuch", "x")[0] == 1


def test_a_terminal_gets_a_table_in_colors_that_fits(run_in_terminal) -> None:
    shown = run_in_terminal("predict", "good " * 40, "電影" * 40, columns=50)
    lines = [re.sub(r"\x1b\[\d+m", "", line) for line in shown.splitlines()]
    assert re.match(r"\x1b\[3[12]m(negative|positive) █", shown)
    assert len(lines) == 2
    assert all(line.endswith("…") for line in lines)
    assert len(lines[0]) == 50


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("no_color", [False, True])
def test_what_is_listed_fits_the_terminal_with_and_without_colors(
    run_in_terminal, working_dir: Path, monkeypatch: pytest.MonkeyPatch, columns: int, no_color: bool
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    for arguments in (["datasets"], ["datasets", "in.csv"], ["models"], ["evaluate", "in.csv"]):
        shown = re.sub(r"\x1b\[[0-9;]*m", "", run_in_terminal(*arguments, columns=columns))
        assert max(map(len, shown.splitlines())) <= columns


def test_no_color_means_none(run_in_terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["predict", "good"], ["models"], ["datasets"]):
        assert "\x1b" not in run_in_terminal(*arguments)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run_in_terminal("predict", "good")


@pytest.mark.parametrize("format_", ["table", "tsv", "csv", "jsonl"])
@pytest.mark.parametrize("options", [[], ["--trace"]], ids=" ".join)
def test_no_escape_code_of_a_text_reaches_a_terminal(run_in_terminal, format_: str, options: list[str]) -> None:
    shown = run_in_terminal("predict", *options, "-f", format_, "good \x1b]0;title\x07\x9b2J\u202e", columns=120)
    bare = re.sub(r"\x1b\[(31|32|0)m", "", shown)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", bare.replace("\t", ""))
    assert "good" in bare


ESCAPES = "\x1b]0;title\x07\x9b2J\u202e"


@pytest.mark.parametrize("format_", ["tsv", "csv", "jsonl", "table"])
def test_no_escape_code_of_a_text_reaches_a_terminal_that_is_the_output_file(run_ok, format_: str) -> None:
    master, slave = pty.openpty()
    run_ok("predict", "-f", format_, f"good {ESCAPES}", "-o", os.ttyname(slave))
    shown = os.read(master, 10_000).decode()
    os.close(slave)
    os.close(master)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", shown)
    assert "good" in shown


def test_no_escape_code_of_a_data_set_reaches_a_terminal(run_in_terminal, working_dir: Path) -> None:
    name = f"in{ESCAPES[:-1]}.csv"
    (working_dir / name).write_text(f"text,label\n{ESCAPES}good,{ESCAPES}pos\nbad,neg\n")
    (working_dir / f"plain{name}").write_text(f"text,label\n{ESCAPES}good,pos\nbad,neg\n")
    for arguments in (["datasets", name], ["datasets", name, "--json"], ["evaluate", f"plain{name}"]):
        shown = re.sub(r"\x1b\[[0-9;]*m", "", run_in_terminal(*arguments))
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)
        assert "pos" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", f"./{ESCAPES}"], ["predict", "-m", ESCAPES, "x"], ["predict", "x", "-o", f"no/{ESCAPES}"],
        ["predict", f"--{ESCAPES}"], [ESCAPES], ["datasets", ESCAPES], ["evaluate", f"{ESCAPES}.csv"],
        ["predict", "in.csv", "-c", ESCAPES], ["predict", "in.jsonl"], ["predict", "wide.csv"],
    ],
)  # fmt: skip
def test_no_error_holds_an_escape_code(run_error, working_dir: Path, arguments: list[str]) -> None:
    (working_dir / "in.csv").write_text(f"text{ESCAPES}\nx\n")
    (working_dir / "in.jsonl").write_text(f"{ESCAPES}\n")
    (working_dir / "wide.csv").write_text(
        ",".join(f"{ESCAPES}{i}" for i in range(5_000)) + "\n" + "," * 4_999 + "\n"
    )
    _, line = run_error(*arguments)
    assert len(line) < 10_000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", line)


def test_escape_codes_go_through_a_pipe_as_they_came(run_ok) -> None:
    assert run_ok("predict", "-f", "tsv", "good \x1b[0m").endswith("\tgood \x1b[0m\n")
