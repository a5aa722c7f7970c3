"""The command line as users run it, in separate processes: train, evaluate, predict, and errors in one line."""

import csv
import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

import rnnsent
from rnnsent.__main__ import main

SMALL = ["--hidden-size", "8", "--epochs", "1", "--set", "model.embedding_dim=8", "--set", "training.min_steps=0"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model, trained on the bundled sentences."""
    path = tmp_path_factory.mktemp("work")
    assert run(path, "train", "sentences", *SMALL).returncode == 0
    return path


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RNNSENT")},
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "rnnsent", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True)


def run_in_terminal(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a command whose three streams are one terminal, and the output on it."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "rnnsent", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TERM": "xterm-256color"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    received = bytearray()
    with suppress(OSError):  # the other end is closed
        while chunk := os.read(master, 4_096):
            received.extend(chunk)
    os.close(master)
    return process.wait(), received.decode().replace("\r\n", "\n")


def test_progress(tmp_path: Path) -> None:
    """Training shows its progress on a terminal."""
    code, output = run_in_terminal(tmp_path, "train", "sentences", *SMALL)
    assert code == 0, output
    assert "Traceback" not in output
    assert "tokens/s" in output
    assert "saved models/sentences: validation accuracy " in output


def test_checkpoint_files(folder: Path) -> None:
    assert {path.name for path in (folder / "models" / "sentences").iterdir()} == {
        "config.json", "model.safetensors", "tokenizer.json", "metrics.json", "history.jsonl", "README.md", "manifest.json",
    }  # fmt: skip


def test_lines(folder: Path) -> None:
    """Each line of stdin is one record."""
    lines = b"good\n\nbad\r\ntab\there\xe2\x80\xa8and\rthere\x00\n\xff\xfe last"
    result = run(folder, "predict", "-", "--json", stdin=lines)
    records = [json.loads(line) for line in result.stdout.split(b"\n")[:-1]]
    assert [record["text"] for record in records] == [
        "good",
        "",
        "bad",
        "tab\there\u2028and\rthere\x00",
        "\ufffd\ufffd last",
    ]
    assert records[1]["label"] is None
    assert abs(sum(records[0]["probabilities"].values()) - 1) < 1e-9


def test_table(folder: Path) -> None:
    """A table keeps its columns, rows and newlines."""
    rows = [{"id": "1", "text": 'two\nlines, "quoted"'}, {"id": "2", "text": ""}]
    with (folder / "reviews.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows(rows)
    result = run(folder, "predict", "reviews.csv", "--text-column", "text")
    records = list(csv.DictReader(result.stdout.decode().splitlines(keepends=True)))
    assert [{key: row[key] for key in ("id", "text")} for row in records] == rows
    assert records[0]["label"] in ("negative", "positive")
    assert records[1]["label"] == ""


def test_evaluate(folder: Path) -> None:
    """`evaluate --json` prints one object with fractions."""
    metrics = json.loads(run(folder, "evaluate", "sentences", "--json").stdout)
    assert 0 <= metrics["accuracy_interval"][0] <= metrics["accuracy"] <= metrics["accuracy_interval"][1] <= 1
    assert metrics["n"] == 580
    assert sum(map(sum, metrics["confusion_matrix"])) == 580


def test_models(folder: Path) -> None:
    """Models are listed, and JSON keeps escape codes."""
    assert b"sentences" in run(folder, "models").stdout
    assert b"\\u001b" in run(folder, "predict", "--json", "\x1b[31mred").stdout


def test_full_disk(tmp_path: Path) -> None:
    """A full disk ends training in one line and leaves nothing."""
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)); "
        "sys.argv[0] = 'rnnsent'; runpy.run_module('rnnsent', run_name='__main__')"
    )
    command = [sys.executable, "-c", code, "-q", "train", "sentences", *SMALL]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1
    assert re.fullmatch(r"rnnsent: error: models/\S+: File too large\n", result.stderr), result.stderr
    assert list((tmp_path / "models").iterdir()) == []


def test_ctrl_c_at_startup(tmp_path: Path) -> None:
    """Ctrl-C while the application is imported is quiet."""
    code = """
import runpy, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
runpy.run_module("rnnsent", run_name="__main__")
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"")


def test_entry_point() -> None:
    """The installed command is `python -m rnnsent`."""
    project = tomllib.loads((Path(rnnsent.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"rnnsent": f"{main.__module__}:{main.__name__}"}


def test_closed_pipe(folder: Path) -> None:
    """A reader that goes away is not an error."""
    command = f"yes good | head -20000 | {sys.executable} -m rnnsent predict -q - | head -1"
    result = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True)
    assert result.stdout.count(b"\n") == 1
    assert result.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "ragged.csv"], 1, "ragged.csv:3"),
        (["train", "sentences"], 2, "--force"),
        (["predict", "-m", "nosuch", "x"], 1, "nosuch"),
    ],
)
def test_errors(folder: Path, arguments: list[str], code: int, message: str) -> None:
    """An error is one line that names the culprit and changes no model; test_cli.py has more of them, in process."""
    (folder / "ragged.csv").write_text("text,label\na,x\nb,y,z\n")
    before = sorted((folder / "models").iterdir())
    result = run(folder, "-q", *arguments)
    assert result.returncode == code, result.stderr
    assert result.stderr.count(b"\n") == 1, result.stderr
    assert message in result.stderr.decode()
    assert sorted((folder / "models").iterdir()) == before


def test_bundled_model(tmp_path: Path) -> None:
    """The bundled model is used if there is no other, without a note."""
    result = run(tmp_path, "predict", "A wonderful film.", "Terrible, a waste of time.")
    assert result.stderr == b""
    assert [line.split("\t")[0] for line in result.stdout.decode().splitlines()] == ["positive", "negative"]
