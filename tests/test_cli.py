"""The command line in process: help, usage errors, exit codes, listings, Parquet and completion."""

import json
import re
import tomllib
from pathlib import Path

import pyarrow.parquet
import pytest

import rnnsent
from rnnsent.cli.app import main
from rnnsent.cli.options import complete_files, complete_models, complete_recipes, complete_sources, complete_splits

pytestmark = pytest.mark.usefixtures("working_dir")

COMMANDS = ("train", "tune", "evaluate", "compare", "check", "predict", "datasets", "models")
CLASSES = ["negative", "positive"]


def join_arguments(value: object) -> str:
    """The test id of a command line; empty for other parameters."""
    return " ".join(value) if isinstance(value, list) else ""


@pytest.mark.parametrize("command", [*COMMANDS, "models verify", "models default", "models rename"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run_ok, command: str, option: str) -> None:
    """The help of each command has an example of it."""
    text = run_ok(*command.split(), option)
    assert re.search(rf"Examples?:\s+rnnsent {command}", text)
    assert "\x1b" not in text


def test_train_help(run_ok, monkeypatch: pytest.MonkeyPatch) -> None:
    """`train` shows a few options in groups, on about one screen; everything else is a setting."""
    monkeypatch.setenv("COLUMNS", "110")
    text = run_ok("train", "--help")
    assert len(text.splitlines()) < 75
    text = text.partition("Arguments:")[2]
    groups = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert groups == ["Data", "Model", "Training", "Distillation", "Run"]
    assert len(re.findall(r"^  (?:-\w, )?--", text, re.MULTILINE)) <= 25


def test_root_help(run_ok) -> None:
    """The help lists every command, and is also shown without arguments."""
    text = run_ok("--help")
    assert all(re.search(rf"^  {command} ", text, re.MULTILINE) for command in COMMANDS)
    assert 'Example: rnnsent predict "A quiet triumph."' in text
    assert run_ok() == text


@pytest.mark.parametrize("group", [[], ["models"]])
def test_summaries(run_ok, monkeypatch: pytest.MonkeyPatch, group: list[str]) -> None:
    """No summary of a command is truncated on a narrow terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    _, heading, summaries = run_ok(*group, "--help").partition("Commands:")
    assert heading
    assert "..." not in summaries


def test_version(run_ok) -> None:
    """The version is that of the package and of the project."""
    assert run_ok("--version") == f"rnnsent {rnnsent.__version__}\n"
    project = Path(rnnsent.__file__).parents[1] / "pyproject.toml"
    assert tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] == rnnsent.__version__


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["predict", "good"], 0), (["predict", "-m", "x", "y"], 1), (["x"], 2)]
)
def test_exit_code(arguments: list[str], code: int) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "No such command 'nosuch'. (see `rnnsent --help`)"),
        (["predict", "--nosuch", "x"], "No such option: --nosuch (see `rnnsent predict --help`)"),
        (
            ["predict", "-f", "xml", "x"],
            "'--format' / '-f': 'xml' is not one of 'table', 'tsv', 'csv', 'json', 'jsonl', 'xlsx'",
        ),
        (["predict", "--text-column", "text", "x"], "--text-column is for tables, and the input is texts"),
        (["predict", "--json", "-f", "tsv", "x"], "--json is short for --format jsonl, but --format tsv was given"),
        (["predict", "--precision", "float16", "x"], "'--precision': 'float16' is not one of 'float32', 'bfloat16'"),
        (["predict", "tiny.csv", "tiny.csv"], "one table at a time"),
        (["predict", "hello", "tiny.csv"], "tiny.csv is a file and 'hello' is a text"),
        (["predict", "--device", "tpu", "x"], "--device"),
        (["evaluate"], "Missing argument 'SOURCES'"),
        (["train"], "Missing argument 'SOURCES'"),
        (["tune"], "Missing argument 'SOURCES'"),
        (["tune", "x", "--minutes", "-1"], "--minutes"),
        (["train", "x", "--hidden-size", "many"], "--hidden-size"),
        (["train", "x", "--hidden-size", "0"], "--hidden-size is 0; it must be at least 1"),
        (["train", "x", "--learning-rate", "nan"], "--learning-rate is nan"),
        (["train", "x", "--cell", "lstn"], "--cell"),
        (["train", "x", "--recipe", "nosuch"], "default, textbook"),
        (["train", "x", "--name", "../x"], "--name '../x' is invalid"),
        (["train", "x", "--name", "tiny"], "models/tiny already exists; use --force to replace it"),
        (["train", "x", "--resume"], "no unfinished run of 'x'"),
        (["train", "x", "--name", "tiny", "--resume"], "the run of 'tiny' is finished"),
        (["train", "x", "--resume", "--force"], "--resume continues an interrupted run and --force starts over"),
        (["models", "default", "tiny", "--unset"], "--unset takes no NAME"),
    ],
    ids=join_arguments,
)
def test_usage_error(run_error, working_dir: Path, arguments: list[str], message: str) -> None:
    """A usage error is one line that names the option, and exits with 2."""
    (working_dir / "tiny.csv").write_text("text\ngood\n")
    code, line = run_error(*arguments)
    assert code == 2
    assert message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "-m", "tinny", "x"], "did you mean 'tiny'?"),
        (["predict", "absent.csv"], "no file named absent.csv"),
        (["predict", "-o", "absent/out.tsv", "x"], "absent: no such folder; create it first"),
        (["predict", "models"], "models is a folder"),
        (["predict", "./absent"], "no file named ./absent; to score this as text, pipe it"),
        (["predict", "-m", "broken", "x"], "models/broken/config.json"),
        (["evaluate", "absent.csv"], "absent.csv: no such file or folder"),
        (["evaluate", "sentences", "--split", "nope"], "no split 'nope'"),
        (["train", "nosuch"], "unknown data set 'nosuch'"),
        (["train", "absent.csv"], "absent.csv: no such file or folder"),
        (["train", "empty.csv"], "empty.csv is empty"),
        (["train", "one.csv"], "one class"),
        (["train", "ragged.csv"], "ragged.csv:3: 3 fields, but the table has 2 columns"),
        (["train", "one.csv", "--text-column", "nope"], "no column 'nope'"),
        (["train", "sentences", "--device", "cuda"], "cuda"),
        (["datasets", "nosuch"], "unknown data set 'nosuch'"),
        (["models", "default", "tinny"], "did you mean 'tiny'?"),
        (["predict", "absent\x1b[31m.csv"], "absent␛[31m.csv"),
    ],
    ids=join_arguments,
)
def test_failure(run_error, working_dir: Path, arguments: list[str], message: str) -> None:
    """A failure is one line that names the culprit, exits with 1, and changes no model."""
    (working_dir / "empty.csv").write_text("")
    (working_dir / "one.csv").write_text("text,label\na,x\nb,x\n")
    (working_dir / "ragged.csv").write_text("text,label\na,x\nb,y,z\n")
    (working_dir / "models" / "broken").mkdir()
    (working_dir / "models" / "broken" / "config.json").write_text("{")
    before = sorted((working_dir / "models").rglob("*"))
    code, line = run_error(*arguments)
    assert code == 1
    assert message in line
    assert "\x1b" not in line
    assert sorted((working_dir / "models").rglob("*")) == before


def test_datasets(run_ok) -> None:
    """The short names are listed as a table and as JSON."""
    assert "stanfordnlp/imdb" in run_ok("datasets")
    listed = {entry["name"]: entry for entry in json.loads(run_ok("datasets", "--json"))}
    assert listed["imdb"]["from"] == "stanfordnlp/imdb"
    assert listed["sentences"]["from"] == "bundled"


def test_dataset(run_ok, working_dir: Path) -> None:
    """A data set is described as a table and as JSON."""
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nGood,neg\nbad,neg\n")
    assert "(text length percentiles, in words)" in run_ok("datasets", "in.csv", "-q")
    (split,) = json.loads(run_ok("datasets", "in.csv", "--json", "-q"))["splits"]
    assert (split["texts"], split["duplicates"], split["conflicting"]) == (3, 1, 1)


@pytest.mark.parametrize("arguments", [["-f", "parquet", "-o", "out.parquet"], ["-o", "out.parquet"]], ids=" ".join)
def test_parquet(run_ok, working_dir: Path, arguments: list[str]) -> None:
    """Texts and traces are written as Parquet, by the format or by the suffix alone."""
    assert run_ok("predict", "good", "", *arguments) == ""
    rows = pyarrow.parquet.read_table(working_dir / "out.parquet").to_pylist()
    (record,) = map(json.loads, run_ok("predict", "good", "--json").splitlines())
    assert [row["text"] for row in rows] == ["good", ""]
    assert [rows[0][name] for name in ("label", "probability")] == [record["label"], record["probability"]]
    assert {name: rows[0][f"probability_{name}"] for name in CLASSES} == record["probabilities"]
    assert rows[1]["label"] is rows[1]["probability"] is None

    assert run_ok("predict", "a GOOD film", "--trace", *arguments) == ""
    table = pyarrow.parquet.read_table(working_dir / "out.parquet")
    added = ["label", "probability", "probability_negative", "probability_positive"]
    assert table.column_names == ["record", "step", "start", "end", "text", *added]
    rows = table.to_pylist()
    assert [[row[name] for name in ("record", "step", "start", "end", "text")] for row in rows] == [
        [1, None, None, None, "a GOOD film"],
        [1, 1, 0, 1, "a"],
        [1, 2, 2, 6, "GOOD"],
        [1, 3, 7, 11, "film"],
    ]
    (record,) = map(json.loads, run_ok("predict", "a GOOD film", "--trace", "--json").splitlines())
    assert [row["probability"] for row in rows[1:]] == [step["probability"] for step in record["steps"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "csv", "-o", "out.parquet"], "--output out.parquet is parquet, but --format csv was given; choose one"),
        (["--json", "-o", "out.parquet"], "--output out.parquet is parquet, but --format jsonl was given; choose one"),
        (["-f", "parquet", "-o", "out.csv"], "--output out.csv is csv, but --format parquet was given; choose one"),
        (["-f", "parquet"], "parquet cannot be written to stdout; use --output FILE"),
        (["-f", "parquet", "-o", "-"], "parquet cannot be written to stdout; use --output FILE"),
        (["-f", "parquet", "--trace"], "parquet cannot be written to stdout; use --output FILE"),
    ],
    ids=join_arguments,
)
@pytest.mark.parametrize("source", ["good", "in.csv"])
def test_parquet_usage(run_error, working_dir: Path, source: str, arguments: list[str], message: str) -> None:
    """A contradiction between the format and the output exits with 2 and writes nothing."""
    (working_dir / "in.csv").write_text("text\ngood\n")
    code, line = run_error("predict", source, *arguments)
    assert (code, message in line) == (2, True), line
    assert not list(working_dir.glob("*out.*"))


def test_completion(working_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell completes models, sources, files, recipes and splits."""
    assert complete_models("") == ["english", "tiny"]
    assert complete_models("t") == ["tiny"]
    assert complete_models("x") == []
    assert complete_sources("yelp") == ["yelp_polarity", "yelp_review_full"]
    assert "sentences" in complete_sources("")
    (working_dir / "sorted.csv").write_text("")
    (working_dir / ".hidden").write_text("")
    (working_dir / "models" / "a.txt").write_text("")
    assert complete_sources("s") == ["sentences", "sst2", "sst5", "sorted.csv"]
    assert complete_files("") == ["models/", "sorted.csv"]
    assert complete_files("models/") == ["models/a.txt", "models/tiny/"]
    assert complete_files(".h") == [".hidden"]
    assert complete_files("absent/x") == []
    assert complete_recipes("d") == ["default"]
    assert complete_splits("t") == ["train", "test"]
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(working_dir / "absent"))
    assert complete_models("") == ["english"]
