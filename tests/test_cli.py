"""The command line in process: help, usage errors, exit codes, listings, evaluation, completion and installation."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pyarrow.parquet
import pytest

import rnnsent
from rnnsent.cli import packages
from rnnsent.cli.app import main, run
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


def test_evaluate(run_ok, working_dir: Path) -> None:
    """The metrics of an evaluation are printed and stored with the model."""
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    metrics = json.loads(run_ok("evaluate", "in.csv", "--model", "tiny", "--json", "-q"))
    assert metrics["n"] == 2
    stored = json.loads((working_dir / "models" / "tiny" / "metrics.json").read_text())
    assert [evaluation["accuracy"] for evaluation in stored.values()] == [metrics["accuracy"]]
    assert f"{metrics['accuracy']:.2%}" in run_ok("evaluate", "in.csv", "-m", "tiny", "-q")
    assert run_ok("models", "verify", "tiny") == "tiny: OK (6 files)\n"


def test_evaluate_bundled(
    capsys: pytest.CaptureFixture[str], working_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundled model is never written to, even by its relative path in a checkout."""
    monkeypatch.setattr("rnnsent.checkpoint.store.BUNDLED", working_dir / "models")
    monkeypatch.setattr("rnnsent.checkpoint.store.DEFAULT_BUNDLED", "tiny")
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    files = {path: path.read_bytes() for path in (working_dir / "models" / "tiny").iterdir()}
    for model in ("tiny", "./models/tiny", str(working_dir / "models" / "tiny")):
        assert run(["evaluate", "in.csv", "--model", model]) == 0
        assert "the metrics are not stored with the model" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (working_dir / "models" / "tiny").iterdir()} == files


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


def test_windows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On Windows every command line is one error."""
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(SystemExit) as exit_:
        main(["predict", "good"])
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("rnnsent: error: Windows is not supported; use Linux, macOS, or the Windows Subsystem for Linux\n")


def test_windows_import(working_dir: Path) -> None:
    """The application can be imported without the modules that Windows lacks, so that it can print the error."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['fcntl', 'grp', 'pty', 'pwd', 'resource', 'termios', 'tty'])); "
        "from rnnsent.__main__ import main; import rnnsent.cli.app; sys.platform = 'win32'; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=working_dir, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("rnnsent: error: Windows is not supported; ")
    assert result.stderr.count("\n") == 1


REMEDY = "install the full package: pip uninstall rnnsent-predict && pip install rnnsent"


@pytest.mark.parametrize(
    ("arguments", "module", "feature"),
    [
        (["train", "in.csv"], "torch", "train"),
        (["train", "in.csv"], "filelock", "train"),
        (["tune", "in.csv"], "datasets", "tune"),
        (["evaluate", "in.csv"], "sklearn", "evaluate"),
        (["predict", "good", "-o", "out.parquet"], "pyarrow", "this"),
    ],
    ids=join_arguments,
)
def test_missing_package(
    run_error, working_dir: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], module: str, feature: str
) -> None:
    """A command that needs a package which rnnsent-predict lacks says how to install it."""
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "rnnsent.output.parquet_writer", raising=False)
    monkeypatch.delitem(sys.modules, "rnnsent.data.arrow", raising=False)
    code, line = run_error(*arguments)
    assert code == 1
    assert line == f"rnnsent: error: {feature} needs {module}, which is not installed; {REMEDY}\n"
    assert not (working_dir / "out.parquet").exists()


def test_unknown_missing_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing module that no package leaves out is a bug and not hidden."""
    monkeypatch.setitem(sys.modules, "rnnsent.data.inputs", None)
    with pytest.raises(ModuleNotFoundError, match=r"rnnsent\.data\.inputs"):
        run(["predict", "good"])


def test_both_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With rnnsent and rnnsent-predict both installed, a command prints one warning after its results."""
    site = tmp_path / "site-packages"
    monkeypatch.setattr(packages, "__file__", str(site / "rnnsent" / "cli" / "packages.py"))
    for name in ("rnnsent-0.1.0.dist-info", "rnnsent_other-0.1.0.dist-info"):
        (site / name).mkdir(parents=True)
    assert run(["predict", "good"]) == 0
    assert capsys.readouterr().err == ""
    (site / "rnnsent_predict-0.1.0.dist-info").mkdir()
    assert run(["predict", "good"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\tgood\n")
    assert err == (
        "warning: rnnsent and rnnsent-predict are both installed and share their files; keep one: "
        "pip uninstall rnnsent rnnsent-predict && pip install rnnsent\n"
    )
    assert run(["predict", "good", "-q"]) == 0
    assert capsys.readouterr().err == ""
