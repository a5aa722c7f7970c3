"""What stdout, stderr and a terminal get: results, notes, errors, colors, and no escape code of a text."""

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


def test_output_is_stdout(working_dir: Path) -> None:
    """--output - and /dev/stdout append to the file that stdout is."""
    for name in ("-", "/dev/stdout"):
        (working_dir / "log").write_text("before\n")
        with (working_dir / "log").open("ab") as log:
            subprocess.run([sys.executable, "-m", "rnnsent", "predict", "good", "-o", name], stdout=log, check=True)
        first, second = (working_dir / "log").read_text().splitlines()
        assert (first, second.split("\t")[2]) == ("before", "good")
        assert not list(working_dir.glob(".log*"))
    assert not (working_dir / "-").exists()


def run_redirected(working_dir: Path, redirection: str) -> subprocess.CompletedProcess[bytes]:
    (working_dir / "lines").write_bytes(b"a good film\n" * 3_000)
    (working_dir / "lines.csv").write_bytes(b"text\n" + b"a good film\n" * 3_000)
    (working_dir / "in.csv").write_text("text,label\ngood,positive\nbad,negative\n")
    command = f"{sys.executable} -m rnnsent {redirection}"
    return subprocess.run(["bash", "-c", command], cwd=working_dir, capture_output=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("redirection", "message"),
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
        ("evaluate -q in.csv --json > /dev/full", b"stdout: No space left on device"),
        ("datasets -q sentences > /dev/full", b"No space left on device"),
        ("models verify > /dev/full", b"stdout: No space left on device"),
        ("--help > /dev/full", b"No space left on device"),
    ],
)
def test_unusable_streams(working_dir: Path, redirection: str, message: bytes) -> None:
    """A closed or full stream is one line of error."""
    result = run_redirected(working_dir, redirection)
    assert result.returncode in (1, 2)
    assert result.stderr.startswith(b"rnnsent: error: "), result.stderr
    assert message in result.stderr
    assert (result.stderr.count(b"\n"), result.stdout) == (1, b"")


def test_full_disk(working_dir: Path) -> None:
    """A full disk leaves the old file."""
    (working_dir / "lines").write_bytes(b"a good film\n" * 1_000)
    (working_dir / "lines.csv").write_bytes(b"text\n" + b"a good film\n" * 1_000)
    code = "import resource, sys; from rnnsent.cli.app import main; "
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)); main(sys.argv[1:])"
    for name, source in (
        ("out.tsv", "lines"),
        ("out.csv", "lines.csv"),
        ("out.parquet", "lines.csv"),
        ("out.xlsx", "lines"),
    ):
        (working_dir / name).write_text("old")
        command = [sys.executable, "-c", code, "predict", source, "-o", name]
        result = subprocess.run(command, cwd=working_dir, capture_output=True)
        assert (result.returncode, result.stderr) == (1, f"rnnsent: error: {name}: File too large\n".encode())
        assert (working_dir / name).read_text() == "old"
        assert not list(working_dir.glob(".out*"))


def test_closed_pipe(working_dir: Path) -> None:
    """A reader that goes away ends the command quietly."""
    result = run_redirected(working_dir, "predict lines | head -1; exit ${PIPESTATUS[0]}")
    assert (result.returncode in (0, 141), result.stdout.count(b"\n"), result.stderr) == (True, 1, b"")


def test_closed_named_pipe(working_dir: Path) -> None:
    """A reader of --output that goes away ends the command quietly too, whether it has a name or a descriptor."""
    os.mkfifo(working_dir / "pipe")
    for redirection in ("predict lines -o pipe & head -1 pipe; wait $!", "predict lines -o >(head -1)"):
        result = run_redirected(working_dir, redirection)
        assert (result.returncode, result.stdout.count(b"\n"), result.stderr) == (0, 1, b"")


@pytest.mark.parametrize(
    "command",
    ["--help", "predict -h", "models", "models --json", "models verify", "datasets", "datasets -q in.csv",
     "predict x", "predict - < lines", "predict lines.csv", "evaluate -q in.csv"],
)  # fmt: skip
def test_unread_stdout(working_dir: Path, command: str) -> None:
    """A stdout that nobody reads is not an error."""
    result = run_redirected(working_dir, f"{command} > >(exec true)")
    assert (result.returncode in (0, 1), result.stdout, result.stderr) == (True, b"", b"")


@pytest.mark.parametrize("redirection", ["2> /dev/full", "2> >(exec true)", "2>&-"])
def test_unwritable_notes(working_dir: Path, redirection: str) -> None:
    """A note that cannot be written does not end the work."""
    (working_dir / "broken.csv").write_text("text,other\nx,y,z\ngood,x\n")
    result = run_redirected(working_dir, f"predict broken.csv --on-error skip --json {redirection}")
    assert (result.returncode, result.stdout.count(b"\n"), result.stderr) == (0, 2, b"")


def test_closed_stderr(working_dir: Path) -> None:
    """With stderr closed, stdout has results only."""
    result = run_redirected(working_dir, "models --json 2>&-")
    assert (result.returncode, type(json.loads(result.stdout))) == (0, list)
    assert run_redirected(working_dir, "predict -m nosuch x 2>&-").stdout == b""


def break_model(working_dir: Path) -> None:
    (working_dir / "models" / "broken").mkdir()
    (working_dir / "models" / "broken" / "config.json").write_text("{")


def test_quiet(working_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Notes go to stderr, and --quiet silences them."""
    break_model(working_dir)
    assert run(["models", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [entry["name"] for entry in json.loads(out)] == ["english", "tiny"]
    assert err.startswith("unreadable: ")
    for arguments in (["models", "--json", "-q"], ["models", "--json", "--quiet"], ["-q", "models", "--json"]):
        terminal._quiet = False
        assert run(arguments) == 0
        assert capsys.readouterr() == (out, "")


def test_unreadable_model(working_dir: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be read is skipped with a note."""
    monkeypatch.delenv("RNNSENT_MODEL")
    break_model(working_dir)
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err.startswith("note: skipped a model that cannot be read: models/broken/config.json")


def test_model_note(run_in_terminal, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest model in models/ is named on stderr; a model that the user names is not."""
    monkeypatch.delenv("RNNSENT_MODEL")
    run_in_terminal("predict", "good")
    assert capsys.readouterr().err.startswith("note: using models/tiny, the newest model in models/; choose another")
    run_in_terminal("predict", "-m", "tiny", "good")
    assert capsys.readouterr().err == ""


def test_quiet_errors(run_error) -> None:
    """--quiet does not silence errors."""
    assert run_error("-q", "predict", "-m", "nosuch", "x")[0] == 1


def test_terminal_table(run_in_terminal) -> None:
    """A terminal gets a table in colors that fits its width."""
    output = run_in_terminal("predict", "good " * 40, "電影" * 40, columns=50)
    lines = [re.sub(r"\x1b\[\d+m", "", line) for line in output.splitlines()]
    assert re.match(r"\x1b\[3[12]m(negative|positive) █", output)
    assert len(lines) == 2
    assert all(line.endswith("…") for line in lines)
    assert len(lines[0]) == 50


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("no_color", [False, True])
def test_listings_fit(
    run_in_terminal, working_dir: Path, monkeypatch: pytest.MonkeyPatch, columns: int, no_color: bool
) -> None:
    """Listings fit the terminal, with and without colors."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    for arguments in (["datasets"], ["datasets", "in.csv"], ["models"], ["evaluate", "in.csv"]):
        output = re.sub(r"\x1b\[[0-9;]*m", "", run_in_terminal(*arguments, columns=columns))
        assert max(map(len, output.splitlines())) <= columns


def test_no_color(run_in_terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and TERM=dumb disable colors."""
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["predict", "good"], ["models"], ["datasets"]):
        assert "\x1b" not in run_in_terminal(*arguments)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run_in_terminal("predict", "good")


@pytest.mark.parametrize("format_", ["table", "tsv", "csv", "jsonl"])
@pytest.mark.parametrize("options", [[], ["--trace"]], ids=" ".join)
def test_escape_codes(run_in_terminal, format_: str, options: list[str]) -> None:
    """No escape code of a text reaches a terminal."""
    output = run_in_terminal("predict", *options, "-f", format_, "good \x1b]0;title\x07\x9b2J\u202e", columns=120)
    plain = re.sub(r"\x1b\[(31|32|0)m", "", output)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain.replace("\t", ""))
    assert "good" in plain


ESCAPES = "\x1b]0;title\x07\x9b2J\u202e"


@pytest.mark.parametrize("format_", ["tsv", "csv", "jsonl", "table"])
def test_escape_codes_in_output(run_ok, format_: str) -> None:
    """No escape code of a text reaches a terminal that is the output file."""
    master, slave = pty.openpty()
    run_ok("predict", "-f", format_, f"good {ESCAPES}", "-o", os.ttyname(slave))
    output = os.read(master, 10_000).decode()
    os.close(slave)
    os.close(master)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", output)
    assert "good" in output


def test_escape_codes_in_data(run_in_terminal, working_dir: Path) -> None:
    """No escape code of a data set reaches a terminal."""
    name = f"in{ESCAPES[:-1]}.csv"
    (working_dir / name).write_text(f"text,label\n{ESCAPES}good,{ESCAPES}pos\nbad,neg\n")
    (working_dir / f"plain{name}").write_text(f"text,label\n{ESCAPES}good,pos\nbad,neg\n")
    for arguments in (["datasets", name], ["datasets", name, "--json"], ["evaluate", f"plain{name}"]):
        output = re.sub(r"\x1b\[[0-9;]*m", "", run_in_terminal(*arguments))
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output)
        assert "pos" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", f"./{ESCAPES}"], ["predict", "-m", ESCAPES, "x"], ["predict", "x", "-o", f"no/{ESCAPES}"],
        ["predict", f"--{ESCAPES}"], [ESCAPES], ["datasets", ESCAPES], ["evaluate", f"{ESCAPES}.csv"],
        ["predict", "in.csv", "-c", ESCAPES], ["predict", "in.jsonl"], ["predict", "wide.csv"],
    ],
)  # fmt: skip
def test_escape_codes_in_errors(run_error, working_dir: Path, arguments: list[str]) -> None:
    """No error has an escape code."""
    (working_dir / "in.csv").write_text(f"text{ESCAPES}\nx\n")
    (working_dir / "in.jsonl").write_text(f"{ESCAPES}\n")
    (working_dir / "wide.csv").write_text(",".join(f"{ESCAPES}{i}" for i in range(5_000)) + "\n" + "," * 4_999 + "\n")
    _, line = run_error(*arguments)
    assert len(line) < 10_000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", line)


def test_escape_codes_in_pipe(run_ok) -> None:
    """Escape codes pass through a pipe unchanged."""
    assert run_ok("predict", "-f", "tsv", "good \x1b[0m").endswith("\tgood \x1b[0m\n")
