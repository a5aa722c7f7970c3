"""Proves the command line in process: help, exit codes, errors in one line, listings, completion and training.
Whole runs in processes of their own stand in test_end_to_end."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import rnnsent
from rnnsent.cli.app import main, run
from rnnsent.cli.options import complete_files, complete_models, complete_recipes, complete_sources, complete_splits
from rnnsent.model.checkpoint import FILES

pytestmark = pytest.mark.usefixtures("working_folder")


COMMANDS = ("train", "evaluate", "predict", "models", "datasets")
CLASSES = ["negative", "positive"]


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
    fault, working_folder: Path, arguments, words: str
) -> None:
    (working_folder / "tiny.csv").write_text("text\ngood\n")
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


def test_models_are_verified_one_a_line(answer, working_folder: Path) -> None:
    assert answer("models", "verify", "tiny") == "tiny: 6 files as manifest.json lists them\n"
    assert [line.partition(":")[0] for line in answer("models", "verify").splitlines()] == ["english", "tiny"]
    (working_folder / "models" / "tiny" / "manifest.json").unlink()
    said = "tiny: sound, but without a manifest.json to compare with\n"
    assert answer("models", "verify", str(working_folder / "models" / "tiny")) == said


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_told_with_the_name_of_its_file(fault, working_folder: Path, name: str) -> None:
    path = working_folder / "models" / "tiny" / name
    content = bytearray(path.read_bytes() or b"{}")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, line = fault("models", "verify", "tiny")
    assert code == 1
    assert f"models/tiny/{name}" in line


def test_each_broken_model_is_told_and_the_sound_ones_too(working_folder: Path, capsys) -> None:
    for name in ("first", "second"):
        shutil.copytree(working_folder / "models" / "tiny", working_folder / "models" / name)
        (working_folder / "models" / name / "README.md").write_text("changed")
    assert run(["models", "verify"]) == 1
    out, err = capsys.readouterr()
    assert [line.partition(":")[0] for line in out.splitlines()] == ["english", "tiny"]
    assert [Path(line.split()[2]).parts[1] for line in err.splitlines()] == ["first", "second"]


def test_a_data_set_is_shown_for_people_and_as_json(answer, working_folder: Path) -> None:
    (working_folder / "in.csv").write_text("text,label\ngood,pos\nGood,neg\nbad,neg\n")
    assert "(so many of 100 texts have at most so many words)" in answer("datasets", "in.csv")
    (split,) = json.loads(answer("datasets", "in.csv", "--json"))["splits"]
    assert (split["texts"], split["duplicates"], split["conflicting"]) == (3, 1, 1)


def test_an_evaluation_is_kept_with_the_model(answer, working_folder: Path) -> None:
    (working_folder / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    figures = json.loads(answer("evaluate", "in.csv", "--model", "tiny", "--json"))
    assert figures["n"] == 2
    kept = json.loads((working_folder / "models" / "tiny" / "metrics.json").read_text())
    assert [each["accuracy"] for each in kept.values()] == [figures["accuracy"]]
    assert f"{figures['accuracy']:.2%}" in answer("evaluate", "in.csv", "-m", "tiny")
    assert answer("models", "verify", "tiny") == "tiny: 6 files as manifest.json lists them\n"


def test_the_model_that_ships_is_never_written_to(
    capsys: pytest.CaptureFixture[str], working_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a checkout is the working folder, in which it is found by a relative path."""
    monkeypatch.setattr("rnnsent.evaluate.SHIPPED", working_folder / "models")
    (working_folder / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    files = {path: path.read_bytes() for path in (working_folder / "models" / "tiny").iterdir()}
    for model in ("tiny", "./models/tiny", str(working_folder / "models" / "tiny")):
        assert run(["evaluate", "in.csv", "--model", model]) == 0
        assert "these figures are not kept with the model" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (working_folder / "models" / "tiny").iterdir()} == files


def test_a_shell_completes_models_and_sources(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete_models("") == ["english", "tiny"]
    assert complete_models("t") == ["tiny"]
    assert complete_models("x") == []
    assert complete_sources("yelp") == ["yelp_polarity", "yelp_review_full"]
    assert "sentences" in complete_sources("")
    (working_folder / "sorted.csv").write_text("")
    (working_folder / ".hidden").write_text("")
    (working_folder / "models" / "a.txt").write_text("")
    assert complete_sources("s") == ["sentences", "sst2", "sst5", "sorted.csv"]
    assert complete_files("") == ["models/", "sorted.csv"]
    assert complete_files("models/") == ["models/a.txt", "models/tiny/"]
    assert complete_files(".h") == [".hidden"]
    assert complete_files("absent/x") == []
    assert complete_recipes("d") == ["default"]
    assert complete_splits("t") == ["train", "test"]
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(working_folder / "absent"))
    assert complete_models("") == ["english"]


def test_training_tells_its_progress_on_stderr_and_saves_a_model(working_folder: Path, capsys) -> None:
    rows = [f"{word} film {i},{label}" for i in range(6) for word, label in (("good", "pos"), ("bad", "neg"))]
    (working_folder / "in.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    small = ["--hidden", "4", "--embedding-dim", "4", "--epochs", "1", "--min-updates", "0", "--no-bidirectional"]
    assert run(["train", "in.csv", "--name", "new", "--device", "cpu", *small]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 1/1: loss " in err
    assert err.splitlines()[-1].startswith("saved models/new: validation accuracy ")
    config = json.loads((working_folder / "models" / "new" / "config.json").read_text())
    assert (config["model"]["hidden"], config["model"]["bidirectional"], config["finished"]) == (4, False, True)
    assert run(["train", "in.csv", "--name", "new", *small]) == 2
    assert "--force" in capsys.readouterr().err
