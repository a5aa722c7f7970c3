"""Proves the command line in process: help, formats and exit codes, errors in one line, and what a terminal gets.
Whole runs in processes of their own stand in test_end_to_end."""

import contextlib
import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

import rnnsent
from rnnsent.cli.app import main, run
from rnnsent.cli.options import complete_files, complete_models, complete_recipes, complete_sources, complete_splits
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.report import terminal

COMMANDS = ("train", "evaluate", "predict", "models", "datasets")
CLASSES = ["negative", "positive"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Checkpoint) -> Iterator[Path]:
    """A working folder whose models/ holds a tiny model; what `run` changes in the process is put back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal, "_quiet", False)
    before = signal.getsignal(signal.SIGTERM)
    yield tmp_path
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def answer(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    """Run a command line that must end well, and give what it wrote to stdout."""

    def of(*arguments: str) -> str:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert (code, err) == (0, b"")
        return out.decode()

    return of


@pytest.fixture
def fault(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str]]:
    """Run a command line that must fail, and give its exit code and the one line on stderr."""

    def of(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        out, err = capsysbinary.readouterr()
        assert out == b""
        assert err.count(b"\n") == 1, err
        assert err.startswith(b"rnnsent: error: ")
        return code, err.decode()

    return of


@pytest.fixture
def give(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Put bytes on stdin."""
    with contextlib.ExitStack() as opened:

        def of(content: bytes) -> None:
            (place / "stdin").write_bytes(content)
            monkeypatch.setattr("sys.stdin", opened.enter_context((place / "stdin").open()))

        yield of


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Run a command line with stdout on a terminal of its own, and give what that was sent."""
    monkeypatch.setenv("TERM", "xterm-256color")
    opened: list[int] = []

    def of(*arguments: str, columns: int = 60) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        master, slave = pty.openpty()
        opened.append(master)
        received = bytearray()

        def receive() -> None:
            try:
                while chunk := os.read(master, 4_096):
                    received.extend(chunk)
            except OSError:  # the other end is closed
                return

        reader = threading.Thread(target=receive, daemon=True)
        reader.start()
        with open(slave, "w") as stdout, monkeypatch.context() as patch:  # noqa: PTH123
            patch.setattr("sys.stdout", stdout)
            assert run(list(arguments)) == 0
        reader.join(timeout=10)
        return received.decode().replace("\r\n", "\n")

    yield of
    for descriptor in opened:
        os.close(descriptor)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_each_command_has_an_example_of_it(answer, command: str, option: str) -> None:
    shown = answer(command, option)
    assert re.search(rf"Examples?:\s+rnnsent {command}", shown)
    assert "\x1b" not in shown


def test_the_help_names_every_command_and_an_empty_line_asks_for_it(answer) -> None:
    shown = answer("--help")
    assert all(re.search(rf"^  {command} ", shown, re.MULTILINE) for command in COMMANDS)
    assert 'Example: rnnsent predict "A quiet triumph."' in shown
    assert answer() == shown


def test_no_summary_of_a_command_is_cut_on_a_narrow_terminal(answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in answer("--help").partition("Commands:")[2]


def test_the_version_is_that_of_the_package_and_of_the_project(answer) -> None:
    assert answer("--version") == f"rnnsent {rnnsent.__version__}\n"
    project = Path(rnnsent.__file__).parents[1] / "pyproject.toml"
    assert tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] == rnnsent.__version__


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["predict", "good"], 0), (["predict", "-m", "x", "y"], 1), (["x"], 2)]
)
def test_main_exits_with_the_code(arguments: list[str], code: int) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "No such command 'nosuch'. (see `rnnsent --help`)"),
        (["predict", "--nosuch", "x"], "No such option: --nosuch (see `rnnsent predict --help`)"),
        (["predict", "-f", "xml", "x"], "'--format' / '-f': 'xml' is not one of 'table', 'tsv', 'jsonl', 'csv'"),
        (["predict", "--column", "text", "x"], "--column"),
        (["predict", "-o", "x.parquet", "good"], "--output"),
        (["predict", "--trace", "-o", "x.parquet", "tiny.csv"], "--trace cannot be written as Parquet"),
        (["predict", "-f", "csv", "-o", "x.parquet", "tiny.csv"], "x.parquet is a Parquet file, and the format csv"),
        (["predict", "--json", "-o", "x.parquet", "tiny.csv"], "x.parquet is a Parquet file, and the format jsonl"),
        (["predict", "--json", "-f", "tsv", "x"], "--json is --format jsonl, and --format tsv was given too"),
        (["predict", "tiny.csv", "tiny.csv"], "one table at a time"),
        (["predict", "hello", "tiny.csv"], "tiny.csv is a file and 'hello' is a text"),
        (["predict", "--device", "tpu", "x"], "--device"),
        (["evaluate"], "source"),
        (["train"], "sources"),
        (["train", "x", "--hidden", "many"], "--hidden"),
        (["train", "x", "--hidden", "0"], "--hidden is 0; it must be at least 1"),
        (["train", "x", "--learning-rate", "nan"], "--learning-rate is nan"),
        (["train", "x", "--cell", "lstn"], "--cell"),
        (["train", "x", "--recipe", "nosuch"], "default, textbook"),
        (["train", "x", "--name", "../x"], "--name is '../x'"),
        (["train", "x", "--resume"], "no unfinished run of 'x'"),
        (["train", "x", "--name", "tiny", "--resume"], "the run of 'tiny' is finished"),
        (["train", "x", "--resume", "--force"], "--resume goes on with a run and --force starts anew"),
    ],
)
def test_a_wrong_call_is_one_line_that_names_the_option_and_exits_with_2(
    fault, place: Path, arguments, words: str
) -> None:
    (place / "tiny.csv").write_text("text\ngood\n")
    code, line = fault(*arguments)
    assert code == 2
    assert words in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "-m", "tinny", "x"], "did you mean 'tiny'?"),
        (["predict", "absent.csv"], "there is no file absent.csv"),
        (["predict", "-o", "absent/out.tsv", "x"], "absent: there is no such folder; make it first"),
        (["predict", "models"], "models is a folder"),
        (["predict", "./absent"], "there is no file ./absent; to score these very words, pipe them"),
        (["evaluate", "absent.csv"], "there is no file or folder"),
        (["datasets", "nosuch"], "unknown data set 'nosuch'"),
        (["predict", "absent\x1b[31m.csv"], "absent␛[31m.csv"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exits_with_1(fault, arguments: list[str], words: str) -> None:
    code, line = fault(*arguments)
    assert code == 1
    assert words in line
    assert "\x1b" not in line


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


def test_a_text_file_is_read_by_lines(answer, place: Path) -> None:
    (place / "lines.txt").write_text("good\nbad\n")
    assert [line.split("\t")[2] for line in answer("predict", "lines.txt").splitlines()] == ["good", "bad"]


def test_a_trace_has_a_line_a_token_with_its_record_and_place(answer) -> None:
    rows = [line.split("\t") for line in answer("predict", "--trace", "", "a GOOD film").splitlines()]
    assert rows[0] == ["1", "", "", "", "", "", ""]
    assert [row[:2] for row in rows[1:]] == [["2", ""], ["2", "1"], ["2", "2"], ["2", "3"]]
    assert [row[4:] for row in rows[2:]] == [["0", "1", "a"], ["2", "6", "GOOD"], ["7", "11", "film"]]
    record = json.loads(answer("predict", "--trace", "--json", "a GOOD film"))
    assert [step["token"] for step in record["steps"]] == ["a", "GOOD", "film"]
    assert (record["record"], record["text"]) == (1, "a GOOD film")


def test_the_trace_of_a_table_counts_its_records_over_all_windows(answer, place: Path) -> None:
    (place / "in.csv").write_text("id,text\n" + "x,good film\n" * 1_100)
    rows = list(csv.DictReader(io.StringIO(answer("predict", "in.csv", "--trace", "-f", "csv"))))
    own = [row for row in rows if not row["step"]]
    assert [int(row["record"]) for row in own] == list(range(1, 1_101))
    assert [(row["record"], row["text"]) for row in rows[-2:]] == [("1100", "good"), ("1100", "film")]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_a_table_without_rows_gives_its_header_with_what_is_added(answer, place: Path, suffix: str) -> None:
    (place / "in.csv").write_text("id,text\n")
    added = ["label", "probability", "probability_negative", "probability_positive"]
    assert answer("predict", "in.csv", "-o", f"out.{suffix}") == ""
    if suffix == "jsonl":
        assert (place / "out.jsonl").read_bytes() == b""
    elif suffix == "parquet":
        found = pyarrow.parquet.read_table(place / "out.parquet")
        assert (found.column_names, len(found)) == (["id", "text", *added], 0)
    else:
        delimiter = "," if suffix == "csv" else "\t"
        assert (place / f"out.{suffix}").read_text() == delimiter.join(["id", "text", *added]) + "\n"
    assert answer("predict", "in.csv", "-f", "table") == ""
    assert answer("predict", "in.csv", "--trace") == ""


def test_a_column_that_is_asked_for_must_be_there_even_without_rows(fault, place: Path) -> None:
    (place / "in.csv").write_text("id,text\n")
    assert "no column 'nope'" in fault("predict", "in.csv", "-c", "nope")[1]


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_table_keeps_its_columns_and_rows_in_its_own_format(answer, place: Path, suffix: str, delimiter: str) -> None:
    rows = [["7", "good\rfilm", "x"], ["8", "", 'a "b"\n']]
    with (place / f"in.{suffix}").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["id", "review", "label"], *rows])
    found = answer("predict", f"in.{suffix}", "--column", "review")
    header, *cells = csv.reader(io.StringIO(found, newline=""), delimiter=delimiter)
    assert header[:5] == ["id", "review", "label", "predicted_label", "predicted_probability"]
    assert [row[:3] for row in cells] == rows
    assert [row[3] in CLASSES for row in cells] == [True, False]


def test_the_output_file_has_the_format_of_its_suffix(answer, place: Path) -> None:
    assert answer("predict", "good", "-o", "out.jsonl") == ""
    assert json.loads((place / "out.jsonl").read_text())["text"] == "good"
    answer("predict", "good", "-o", "out.csv")
    assert (place / "out.csv").read_text().startswith("text,label,")
    (place / "in.csv").write_text("id,text\n1,good\n")
    answer("predict", "in.csv", "-o", "out.parquet")
    answer("predict", "out.parquet", "-o", "again.jsonl")
    record = json.loads((place / "again.jsonl").read_text())
    assert record["label"] == record["predicted_label"]


def test_a_failure_leaves_the_old_output(fault, place: Path) -> None:
    (place / "out.csv").write_text("old")
    (place / "in.csv").write_text("text\ngood\nragged,row\n")
    code, line = fault("predict", "in.csv", "-o", "out.csv")
    assert (code, "in.csv:3" in line) == (1, True)
    assert (place / "out.csv").read_text() == "old"
    assert not list(place.glob(".out*"))


def test_models_and_data_sets_are_listed_for_people_and_as_json(answer) -> None:
    assert re.search(r"^ tiny ", answer("models"), re.MULTILINE)
    listed = {each["name"]: each for each in json.loads(answer("models", "--json"))}
    assert sorted(listed) == ["english", "tiny"]
    assert listed["tiny"]["classes"] == CLASSES
    assert listed["tiny"]["model"]["hidden"] == 3
    assert "stanfordnlp/imdb" in answer("datasets")
    named = {each["name"]: each for each in json.loads(answer("datasets", "--json"))}
    assert named["imdb"]["from"] == "stanfordnlp/imdb"
    assert named["sentences"]["from"] == "ships with rnnsent"


def test_a_data_set_is_shown_for_people_and_as_json(answer, place: Path) -> None:
    (place / "in.csv").write_text("text,label\ngood,pos\nGood,neg\nbad,neg\n")
    assert "(so many of 100 texts have at most so many words)" in answer("datasets", "in.csv")
    (split,) = json.loads(answer("datasets", "in.csv", "--json"))["splits"]
    assert (split["texts"], split["duplicates"], split["conflicting"]) == (3, 1, 1)


def test_an_evaluation_is_kept_with_the_model(answer, place: Path) -> None:
    (place / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    figures = json.loads(answer("evaluate", "in.csv", "--model", "tiny", "--json"))
    assert figures["n"] == 2
    kept = json.loads((place / "models" / "tiny" / "metrics.json").read_text())
    assert [each["accuracy"] for each in kept.values()] == [figures["accuracy"]]
    assert f"{figures['accuracy']:.2%}" in answer("evaluate", "in.csv", "-m", "tiny")


def test_the_file_that_stdout_is_gets_the_results_as_stdout_does(place: Path) -> None:
    for name in ("-", "/dev/stdout"):
        (place / "log").write_text("before\n")
        with (place / "log").open("ab") as log:
            subprocess.run([sys.executable, "-m", "rnnsent", "predict", "good", "-o", name], stdout=log, check=True)
        first, second = (place / "log").read_text().splitlines()
        assert (first, second.split("\t")[2]) == ("before", "good")
        assert not list(place.glob(".log*"))
    assert not (place / "-").exists()


def closed(place: Path, redirection: str) -> subprocess.CompletedProcess[bytes]:
    command = f"{sys.executable} -m rnnsent {redirection}"
    return subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, stdin=subprocess.DEVNULL)


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
    ],
)
def test_a_stream_that_cannot_be_used_is_one_line(place: Path, redirection: str, words: bytes) -> None:
    answer = closed(place, redirection)
    assert answer.returncode in (1, 2)
    assert answer.stderr.startswith(b"rnnsent: error: " + words), answer.stderr
    assert (answer.stderr.count(b"\n"), answer.stdout) == (1, b"")


def test_with_stderr_closed_stdout_holds_results_alone(place: Path) -> None:
    answer = closed(place, "models --json 2>&-")
    assert (answer.returncode, type(json.loads(answer.stdout))) == (0, list)
    assert closed(place, "predict -m nosuch x 2>&-").stdout == b""


def broken(place: Path) -> None:
    (place / "models" / "broken").mkdir()
    (place / "models" / "broken" / "config.json").write_text("{")


def test_a_note_goes_to_stderr_and_quiet_silences_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken(place)
    assert run(["models", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [each["name"] for each in json.loads(out)] == ["english", "tiny"]
    assert err.startswith("unreadable: ")
    for arguments in (["models", "--json", "-q"], ["models", "--json", "--quiet"], ["-q", "models", "--json"]):
        terminal._quiet = False
        assert run(arguments) == 0
        assert capsys.readouterr() == (out, "")


def test_a_model_that_cannot_be_read_is_passed_over_with_a_note(place: Path, capsys) -> None:
    broken(place)
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err.startswith("note: passed over a model that cannot be read: models/broken/config.json")


def test_a_terminal_is_told_which_model_answers_where_none_was_named(screen, capsys) -> None:
    screen("predict", "good")
    assert capsys.readouterr().err == "model: tiny\n"
    screen("predict", "-m", "tiny", "good")
    assert capsys.readouterr().err == ""


def test_quiet_does_not_silence_errors(fault) -> None:
    assert fault("-q", "predict", "-m", "nosuch", "x")[0] == 1


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rnnsent.predict.Predictor.predict", interrupted)
    assert run(["predict", "good"]) == 130
    assert capsys.readouterr() == ("", "")


def test_sigterm_exits_as_a_shell_expects_so_that_temporary_files_go(answer) -> None:
    answer("--version")
    with pytest.raises(SystemExit) as exit_:
        signal.raise_signal(signal.SIGTERM)
    assert exit_.value.code == 143


def test_a_terminal_gets_a_table_in_colours_that_fits(screen) -> None:
    shown = screen("predict", "good " * 40, "電影" * 40, columns=50)
    lines = [re.sub(r"\x1b\[\d+m", "", line) for line in shown.splitlines()]
    assert re.match(r"\x1b\[3[12]m(negative|positive) █", shown)
    assert len(lines) == 2
    assert all(line.endswith("…") for line in lines)
    assert len(lines[0]) == 50


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("no_color", [False, True])
def test_what_is_listed_fits_the_terminal_with_and_without_colours(
    screen, place: Path, monkeypatch: pytest.MonkeyPatch, columns: int, no_color: bool
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    (place / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    for arguments in (["datasets"], ["datasets", "in.csv"], ["models"], ["evaluate", "in.csv"]):
        shown = re.sub(r"\x1b\[[0-9;]*m", "", screen(*arguments, columns=columns))
        assert max(map(len, shown.splitlines())) <= columns


def test_no_color_means_none(screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["predict", "good"], ["models"], ["datasets"]):
        assert "\x1b" not in screen(*arguments)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in screen("predict", "good")


@pytest.mark.parametrize("format_", ["table", "tsv", "csv", "jsonl"])
def test_no_escape_code_of_a_text_reaches_a_terminal(screen, format_: str) -> None:
    shown = screen("predict", "-f", format_, "good \x1b]0;title\x07\x9b2J\u202e", columns=120)
    bare = re.sub(r"\x1b\[(31|32|0)m", "", shown)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", bare.replace("\t", ""))
    assert "good" in bare


def test_escape_codes_go_through_a_pipe_as_they_came(answer) -> None:
    assert answer("predict", "-f", "tsv", "good \x1b[0m").endswith("\tgood \x1b[0m\n")


def test_a_shell_completes_models_and_sources(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete_models("") == ["english", "tiny"]
    assert complete_models("t") == ["tiny"]
    assert complete_models("x") == []
    assert complete_sources("yelp") == ["yelp_polarity", "yelp_review_full"]
    assert "sentences" in complete_sources("")
    (place / "sorted.csv").write_text("")
    (place / ".hidden").write_text("")
    (place / "models" / "a.txt").write_text("")
    assert complete_sources("s") == ["sentences", "sst2", "sst5", "sorted.csv"]
    assert complete_files("") == ["models/", "sorted.csv"]
    assert complete_files("models/") == ["models/a.txt", "models/tiny/"]
    assert complete_files(".h") == [".hidden"]
    assert complete_files("absent/x") == []
    assert complete_recipes("d") == ["default"]
    assert complete_splits("t") == ["train", "test"]
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(place / "absent"))
    assert complete_models("") == ["english"]


def test_training_tells_its_progress_on_stderr_and_saves_a_model(place: Path, capsys) -> None:
    rows = [f"{word} film {i},{label}" for i in range(6) for word, label in (("good", "pos"), ("bad", "neg"))]
    (place / "in.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    small = ["--hidden", "4", "--embedding-dim", "4", "--epochs", "1", "--min-updates", "0", "--no-bidirectional"]
    assert run(["train", "in.csv", "--name", "new", "--device", "cpu", *small]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 1/1: loss " in err
    assert err.splitlines()[-1].startswith("saved models/new: validation accuracy ")
    config = json.loads((place / "models" / "new" / "config.json").read_text())
    assert (config["model"]["hidden"], config["model"]["bidirectional"], config["finished"]) == (4, False, True)
    assert run(["train", "in.csv", "--name", "new", *small]) == 2
    assert "--force" in capsys.readouterr().err
