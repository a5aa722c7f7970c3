"""`rnnsent train` and `rnnsent tune` in process: settings, errors before any work, and a short run."""

import itertools
import json
import signal
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnsent.checkpoint.checkpoint import WEIGHTS
from rnnsent.cli.app import run
from rnnsent.cli.train import STOPPED

pytestmark = pytest.mark.usefixtures("working_dir")

TINY = [
    "--hidden-size", "4", "--epochs", "1", "--set", "model.embedding-dim=4", "--set", "training.min_steps=0",
    "--device", "cpu",
]  # fmt: skip


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the test fail if a command opens a data set."""

    def fail(*_: object, **__: object) -> None:
        pytest.fail("a data set was opened")

    monkeypatch.setattr("rnnsent.training.request.find_source", fail)


def write_reviews(path: Path) -> None:
    rows = [f"{word} film {i},{label}" for i in range(6) for word, label in (("good", "pos"), ("bad", "neg"))]
    path.write_text("text,label\n" + "\n".join(rows) + "\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "training.epoch=3"], "--set training.epoch=3: unknown setting 'training.epoch'; did you mean"),
        (["--set", "max_grad_norm=1"], "unknown setting 'max_grad_norm'; did you mean training.max_grad_norm?"),
        (["--set", "training.dropout=0.1"], "unknown setting 'training.dropout'; did you mean model.dropout?"),
        (["--set", "optimizer.name=adam"], "unknown setting 'optimizer.name'; "),
        (["--set", "training.seed"], "--set training.seed: write TABLE.KEY=VALUE, for example "),
        (["--set", "training.batch_size=many"], "training.batch_size is 'many'; it must be an integer"),
        (["--set", "training.batch_size=0.5"], "training.batch_size is '0.5'; it must be an integer"),
        (["--set", "training.weight_decay=x"], "training.weight_decay is 'x'; it must be a number"),
        (["--set", "model.bidirectional=maybe"], "model.bidirectional is 'maybe'; it must be true or false"),
        (["--set", "training.loss=mean"], "training.loss is 'mean'; choose final, per-token"),
        (["--set", "training.batch_size=0"], "training.batch_size is 0; it must be at least 1"),
        (["--set", "model.dropout=2"], "model.dropout is 2.0; it must be at most 0.95"),
        (["--epochs", "2", "--set", "training.epochs=3"], "--epochs and --set training.epochs are the same setting"),
        (["--cell", "gru", "--set", "model.cell=gru"], "--cell and --set model.cell are the same setting"),
        (["--set", "training.seed=1", "--set", "training.seed=2"], "--set training.seed is given twice"),
        (["--label-map", "1=bad,2"], "--label-map '1=bad,2': '2' is invalid; write OLD=NEW,OLD=NEW"),
        (
            ["--label-map", "1=bad", "--label-map", "1=good"],
            "--label-map maps the class '1' twice, to 'bad' and 'good'",
        ),
        (["--teacher", "tiny"], "--teacher needs --unlabeled"),
        (["--unlabeled", "lines.txt"], "--unlabeled needs --teacher, training.lm_epochs or training.vat_epsilon"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("command", ["train", "tune"])
@pytest.mark.usefixtures("no_data")
def test_invalid_setting(
    run_error: Callable[..., tuple[int, str]], working_dir: Path, command: str, arguments: list[str], message: str
) -> None:
    """An invalid setting is one line and exits with 2 before any data is read."""
    write_reviews(working_dir / "in.csv")
    code, line = run_error(command, "in.csv", *arguments)
    assert (code, message in line) == (2, True), line
    assert {path.name for path in (working_dir / "models").iterdir() if path.is_dir()} == {"tiny"}


def test_train(working_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Training reports its progress on stderr, saves a model with the settings, and does not replace it."""
    write_reviews(working_dir / "in.csv")
    command = ["train", "in.csv", "--name", "new", *TINY, "--set", "model.bidirectional=false"]
    assert run(command) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 1/1: loss " in err
    assert err.splitlines()[-1].startswith("saved models/new: validation accuracy ")
    assert err.endswith('try: rnnsent predict -m new "..."\n')
    config = json.loads((working_dir / "models" / "new" / "config.json").read_text())
    assert [config["model"][key] for key in ("hidden_size", "embedding_dim", "bidirectional")] == [4, 4, False]
    assert config["finished"] is True
    assert run(command) == 2
    assert "--force" in capsys.readouterr().err
    assert run([*command, "--force", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_label_map(working_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ratings are trained on as the classes that they are mapped to, and the map is recorded."""
    lines = [f"film {('awful', 'bad', 'fair', 'good', 'great')[i % 5]} {i},{i % 5 - 2}" for i in range(60)]
    (working_dir / "in.csv").write_text("text,label\n" + "\n".join([*lines, "dull film,unsure"]) + "\n")
    arguments = ["train", "in.csv", "--name", "new", *TINY, "--label-map", "-2--1=negative,0=,1-2=positive"]
    assert run([*arguments, "--label-map", "unsure="]) == 0
    described = "in.csv: text 'text', label 'label': negative 24, positive 24; left out 13 rows by the label map"
    assert described in capsys.readouterr().err.splitlines()
    config = json.loads((working_dir / "models" / "new" / "config.json").read_text())
    assert config["classes"] == ["negative", "positive"]
    assert config["data"][0]["label_map"] == "-2--1=negative,0=,1-2=positive,unsure="


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_after_last_epoch(
    working_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    """A signal while the n-gram model is fitted stops at once, and the run resumes there with the same weights."""
    write_reviews(working_dir / "in.csv")
    command = ["train", "in.csv", "--name", "new", *TINY]
    assert run(["train", "in.csv", "--name", "undisturbed", *TINY, "-q"]) == 0
    monkeypatch.setattr("rnnsent.output.terminal._quiet", False)
    with monkeypatch.context() as patch:
        patch.setattr("rnnsent.training.assemble.fit_ngrams", lambda *_, **__: signal.raise_signal(number))
        if number == signal.SIGINT:
            assert run(command) == code
        else:
            with pytest.raises(SystemExit, match=str(code)):
                run(command)
    assert capsys.readouterr().err.endswith(f"(best)\n{STOPPED}\n")
    assert not (working_dir / "models" / "new").exists()
    assert run([*command, "--resume"]) == 0
    assert "on cpu, resuming after the last epoch" in capsys.readouterr().err
    resumed, undisturbed = (working_dir / "models" / name / WEIGHTS for name in ("new", "undisturbed"))
    assert resumed.read_bytes() == undisturbed.read_bytes()


def test_tune(working_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuning ends with the command that trains with the best settings, which trains."""
    clock = SimpleNamespace(monotonic=itertools.count().__next__)  # a second passes between two looks at it
    monkeypatch.setattr("rnnsent.training.tune.time", clock)
    write_reviews(working_dir / "in.csv")
    assert run(["tune", "in.csv", "--minutes", "0.2", *TINY]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    *_, last = err.splitlines()
    assert last.endswith("; train with the best: rnnsent train in.csv --recipe models/in.toml")
    recipe = tomllib.loads((working_dir / "models" / "in.toml").read_text())
    assert (recipe["model"]["hidden_size"], recipe["training"]["epochs"]) == (4, 1)
    _, _, command = last.partition("train with the best: rnnsent ")
    assert run([*command.split(), "--device", "cpu", "-q"]) == 0
    assert (working_dir / "models" / "in" / "config.json").is_file()
