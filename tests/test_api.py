"""The Python interface: lazy, typed, and the same answers as the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

import rnnsent
from rnnsent.checkpoint.checkpoint import Checkpoint

USER_PROGRAM = """
from pathlib import Path

import rnnsent

predictor: rnnsent.Predictor = rnnsent.load("english")
predictions: list[rnnsent.Prediction] = predictor.predict(["good", "bad"])
label: str | None = predictions[0].label
trained: rnnsent.Predictor = rnnsent.train("sentences", settings={"training.epochs": 1}, on_event=print)
path: Path = trained.checkpoint.path
accuracy: float = rnnsent.evaluate(trained, "sentences").metrics.accuracy
p_value: float = rnnsent.compare("english", trained, "sentences").p_value
try:
    rnnsent.load("none")
except rnnsent.RnnsentError as error:
    print(error)
"""


def test_lazy_import() -> None:
    """`import rnnsent` imports neither NumPy nor PyTorch, and no module of the package."""
    code = "import sys, rnnsent; print([n for n in sys.modules if n.partition('.')[0] in ('numpy', 'torch') or n.startswith('rnnsent.')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_names() -> None:
    """Every public name exists, and a name that does not is the usual error."""
    assert rnnsent.__all__ == sorted(rnnsent.__all__)
    assert all(getattr(rnnsent, name).__doc__ for name in rnnsent.__all__)
    assert set(rnnsent.__all__) < set(dir(rnnsent))
    with pytest.raises(AttributeError, match="module 'rnnsent' has no attribute 'none'"):
        _ = rnnsent.none


def test_types(tmp_path: Path) -> None:
    """A program of a user passes strict type checks."""
    program = tmp_path / "program.py"
    program.write_text(USER_PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout


def test_train_and_evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train, evaluate and predict without the command line."""
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path))
    events: list[object] = []
    settings = {"training.epochs": 1, "model.hidden_size": 8, "model.embedding_dim": 8}
    trained = rnnsent.train("sentences", name="a", settings=settings, device="cpu", on_event=events.append)
    assert events
    assert trained.checkpoint.path == tmp_path / "a"
    evaluation = rnnsent.evaluate(trained, "sentences")
    assert 0 <= evaluation.metrics.accuracy <= 1
    (loaded,), (kept,) = rnnsent.load("a").predict(["good"]), trained.predict(["good"])
    assert (loaded.label, loaded.probability) == (kept.label, pytest.approx(kept.probability, abs=1e-5))
    with pytest.raises(rnnsent.RnnsentError, match="exists"):
        rnnsent.train("sentences", name="a", settings=settings, device="cpu")


def test_evaluate_writes_nothing(model: Checkpoint, data_dir: Path) -> None:
    """An evaluation from Python returns the metrics, and does not store them with the model."""
    (data_dir / "test.csv").write_text("text,label\ngood,positive\nbad,negative\nvery good,positive\n")
    files = {path: path.read_bytes() for path in model.path.iterdir()}
    evaluation = rnnsent.evaluate("tiny", str(data_dir))
    assert (evaluation.metrics.n, evaluation.split, evaluation.model) == (3, "test", "tiny")
    assert rnnsent.evaluate(rnnsent.load("tiny"), str(data_dir)).metrics == evaluation.metrics
    swapped = rnnsent.evaluate("tiny", str(data_dir), label_map={"pos": "negative", "neg": "positive"})
    assert swapped.metrics.accuracy == pytest.approx(1 - evaluation.metrics.accuracy)
    assert {path: path.read_bytes() for path in model.path.iterdir()} == files


def test_train_errors(data_dir: Path) -> None:
    """Invalid settings and sources are errors of the package, before anything is written."""
    with pytest.raises(rnnsent.RnnsentError, match=r"unknown setting 'training\.epoch'; did you mean"):
        rnnsent.train(str(data_dir), settings={"training.epoch": 1})
    with pytest.raises(rnnsent.RnnsentError, match="--epochs is 'many'"):
        rnnsent.train(str(data_dir), settings={"training.epochs": "many"})
    with pytest.raises(rnnsent.RnnsentError, match="unknown data set 'nosuch'"):
        rnnsent.train("nosuch", device="cpu")
    assert not [path for path in (data_dir.parent / "models").glob("*") if path.is_dir()]
