"""The command line as a user runs it, in processes of its own: train, evaluate, predict, and errors in one line."""

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

SMALL = ["--hidden", "8", "--embedding-dim", "8", "--epochs", "1", "--min-updates", "0"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model in it, trained on the embedded sentences."""
    folder = tmp_path_factory.mktemp("work")
    assert run(folder, "train", "sentences", *SMALL).returncode == 0
    return folder


def run(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RNNSENT")},
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "rnnsent", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True)


def on_a_terminal(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a command whose three streams are one terminal, and what that was sent."""
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


def test_training_shows_its_progress_on_a_terminal(tmp_path: Path) -> None:
    code, shown = on_a_terminal(tmp_path, "train", "sentences", *SMALL)
    assert code == 0, shown
    assert "Traceback" not in shown
    assert "tokens/s" in shown
    assert "saved models/sentences: validation accuracy " in shown


def test_a_checkpoint_holds_all_its_files(place: Path) -> None:
    assert {path.name for path in (place / "models" / "sentences").iterdir()} == {
        "config.json", "model.safetensors", "tokenizer.json", "metrics.json", "history.jsonl", "README.md", "manifest.json",
    }  # fmt: skip


def test_lines_come_back_one_for_one(place: Path) -> None:
    given = b"good\n\nbad\r\ntab\there\xe2\x80\xa8and\rthere\x00\n\xff\xfe last"
    answer = run(place, "predict", "-", "--json", given=given)
    records = [json.loads(line) for line in answer.stdout.split(b"\n")[:-1]]
    assert [record["text"] for record in records] == [
        "good",
        "",
        "bad",
        "tab\there\u2028and\rthere\x00",
        "\ufffd\ufffd last",
    ]
    assert records[1]["label"] is None
    assert abs(sum(records[0]["probabilities"].values()) - 1) < 1e-9


def test_a_table_keeps_its_columns_rows_and_newlines(place: Path) -> None:
    rows = [{"id": "1", "text": 'two\nlines, "quoted"'}, {"id": "2", "text": ""}]
    with (place / "reviews.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows(rows)
    answer = run(place, "predict", "reviews.csv", "--column", "text")
    found = list(csv.DictReader(answer.stdout.decode().splitlines(keepends=True)))
    assert [{key: row[key] for key in ("id", "text")} for row in found] == rows
    assert found[0]["label"] in ("negative", "positive")
    assert found[1]["label"] == ""


def test_evaluate_gives_one_json_object_with_shares(place: Path) -> None:
    figures = json.loads(run(place, "evaluate", "sentences", "--json").stdout)
    assert 0 <= figures["accuracy_interval"][0] <= figures["accuracy"] <= figures["accuracy_interval"][1] <= 1
    assert figures["n"] == 580
    assert sum(map(sum, figures["confusion_matrix"])) == 580


def test_escape_codes_stay_in_json_and_models_are_listed(place: Path) -> None:
    assert b"sentences" in run(place, "models").stdout
    assert b"\\u001b" in run(place, "predict", "--json", "\x1b[31mred").stdout


def test_a_disk_without_room_ends_a_training_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)); "
        "sys.argv[0] = 'rnnsent'; runpy.run_module('rnnsent', run_name='__main__')"
    )
    command = [sys.executable, "-c", limited, "-q", "train", "sentences", *SMALL]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 1
    assert re.fullmatch(r"rnnsent: error: models/\S+: File too large\n", answer.stderr), answer.stderr
    assert list((tmp_path / "models").iterdir()) == []


def test_ctrl_c_while_the_application_is_loaded_is_quiet(tmp_path: Path) -> None:
    interrupted = """
import runpy, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
runpy.run_module("rnnsent", run_name="__main__")
"""
    answer = subprocess.run([sys.executable, "-c", interrupted], cwd=tmp_path, capture_output=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (130, b"", b"")


def test_the_installed_command_is_the_module_s_own() -> None:
    project = tomllib.loads((Path(rnnsent.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"rnnsent": f"{main.__module__}:{main.__name__}"}


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    command = f"yes good | head -20000 | {sys.executable} -m rnnsent predict - | head -1"
    answer = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True)
    assert answer.stdout.count(b"\n") == 1
    assert answer.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["train", "nosuch"], 1, "unknown data set 'nosuch'"),
        (["train", "sentences"], 2, "--force"),
        (["train", "missing.csv"], 1, "missing.csv"),
        (["train", "sentences", "--hidden", "0", "--name", "x"], 2, "--hidden"),
        (["train", "sentences", "--device", "cuda", "--name", "x"], 1, "cuda"),
        (["train", "empty.csv"], 1, "empty.csv"),
        (["train", "one.csv"], 1, "one class"),
        (["train", "ragged.csv"], 1, "ragged.csv:3"),
        (["train", "one.csv", "--text-column", "nope"], 1, "nope"),
        (["predict", "-m", "nosuch", "x"], 1, "nosuch"),
        (["predict", "missing.txt"], 1, "missing.txt"),
        (["predict", "-m", "broken", "x"], 1, "config.json"),
        (["evaluate", "sentences", "--split", "nope"], 1, "nope"),
        (["nosuch"], 2, "nosuch"),
    ],
)
def test_an_error_is_one_line_that_names_the_culprit(place: Path, arguments: list[str], code: int, words: str) -> None:
    (place / "empty.csv").write_text("")
    (place / "one.csv").write_text("text,label\na,x\nb,x\n")
    (place / "ragged.csv").write_text("text,label\na,x\nb\n")
    (place / "models" / "broken").mkdir(exist_ok=True)
    (place / "models" / "broken" / "config.json").write_text("{")
    before = sorted((place / "models").iterdir())
    answer = run(place, *arguments)
    assert answer.returncode == code, answer.stderr
    assert answer.stderr.count(b"\n") == 1, answer.stderr
    assert words in answer.stderr.decode()
    assert sorted((place / "models").iterdir()) == before
    (place / "models" / "broken" / "config.json").unlink()


def test_the_shipped_model_answers_where_there_is_no_other(tmp_path: Path) -> None:
    answer = run(tmp_path, "predict", "A wonderful film.", "Terrible, a waste of time.")
    assert [line.split("\t")[0] for line in answer.stdout.decode().splitlines()] == ["positive", "negative"]
