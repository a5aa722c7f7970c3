"""The classes of a model are renamed in every file that names them, and nothing else changes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnsent.checkpoint import rename, store
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.rename import rename_classes
from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.evaluation.evaluate import compute_evaluation, evaluate
from rnnsent.evaluation.store_metrics import save_evaluation
from rnnsent.lock import run_lock
from rnnsent.predictor import Predictor
from tests.support.tables import two_class_rows, write_table


@pytest.fixture
def evaluated(write_model: Callable[..., Checkpoint], tmp_path: Path) -> Checkpoint:
    """A model of the classes 0 and 1 with one stored evaluation."""
    model = Checkpoint.read(write_model(tmp_path / "models" / "a", classes=("0", "1")).path)
    examples = Examples(["good film", "bad film", "film"], np.array([1, 0, 1]), ("0", "1"))
    save_evaluation(model, compute_evaluation(Predictor(model), examples, source="reviews", split="test"))
    return Checkpoint.read(model.path)


def test_rename(evaluated: Checkpoint) -> None:
    """Config, metrics and card have the new names, the manifest is right, and the predictions are the same."""
    before = evaluated.metrics["reviews:test"]
    probabilities = Predictor(evaluated).predict_proba(["good film"]).probabilities
    renamed = rename_classes(evaluated.path, {"1": "positive", "0": "negative"})
    assert renamed.classes == Checkpoint.read(evaluated.path).classes == ("negative", "positive")
    after = renamed.metrics["reviews:test"]
    assert after["per_class"] == {"negative": before["per_class"]["0"], "positive": before["per_class"]["1"]}
    assert after["classes"] == ["negative", "positive"]
    assert {**after, "per_class": 0, "classes": 0} == {**before, "per_class": 0, "classes": 0}
    assert "with the classes negative, positive" in (renamed.path / "README.md").read_text(encoding="utf-8")
    assert renamed.manifest is not None
    renamed.verify()
    assert np.array_equal(Predictor(renamed).predict_proba(["good film"]).probabilities, probabilities)


def test_swap(evaluated: Checkpoint) -> None:
    """Two classes may exchange their names, and one may be renamed alone."""
    assert rename_classes(evaluated.path, {"0": "1", "1": "0"}).classes == ("1", "0")
    assert rename_classes(evaluated.path, {"1": "bad"}).classes == ("bad", "0")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"2": "x"}, "'a' has no class '2'; its classes are '0', '1'"),
        ({"0": "1"}, "two classes of 'a' would be called '1'"),
        ({"0": "x", "1": "X "}, "two classes of 'a' would be called 'x'"),
    ],
)
def test_invalid(evaluated: Checkpoint, names: dict[str, str], message: str) -> None:
    """An unknown class, or two classes of one name, are rejected and change nothing."""
    before = {path.name: path.read_bytes() for path in evaluated.path.iterdir()}
    with pytest.raises(SettingsError, match=message):
        rename_classes(evaluated.path, names)
    assert {path.name: path.read_bytes() for path in evaluated.path.iterdir()} == before


def test_bundled(evaluated: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled model keeps its classes."""
    monkeypatch.setattr(store, "BUNDLED", evaluated.path.parent)
    monkeypatch.setattr(store, "DEFAULT_BUNDLED", "a")
    with pytest.raises(SettingsError, match="'a' is bundled with rnnsent and stays as it is; copy the folder"):
        rename_classes(evaluated.path, {"0": "bad"})


def test_locked(evaluated: Checkpoint) -> None:
    """While another process writes the model, it is not changed."""
    with (
        run_lock(evaluated.path, "'a' is being trained"),
        pytest.raises(RnnsentError, match="rename its classes after"),
    ):
        rename_classes(evaluated.path, {"0": "bad"})


def test_failed_write(evaluated: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk is full, the model stays as it is."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rename, "write_manifest", fail)
    with pytest.raises(OSError, match="No space left"):
        rename_classes(evaluated.path, {"0": "bad"})
    assert Checkpoint.read(evaluated.path).classes == ("0", "1")
    assert [path.name for path in evaluated.path.parent.iterdir()] == ["a"]


def test_seen_in_training(write_model: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """A model still recognizes the texts that it was trained on, also after its classes exchanged their names."""
    source = find_source(str(write_table(tmp_path / "data.csv", two_class_rows("good film"))))
    model = write_model(tmp_path / "models" / "a")
    record = {"name": "data", "location": "elsewhere", "train_fingerprint": source.read("train").fingerprint()}
    replace(model, data=(record,)).write(
        weights=model.weights, tokenizer_json=model.tokenizer_json, metrics={}, history=[], card=""
    )
    other = find_source(source.name, label_map={"neg": "bad", "pos": "good"})
    for names in ({"negative": "positive", "positive": "negative"}, {"negative": "good", "positive": "bad"}):
        rename_classes(model.path, names)
    assert Checkpoint.read(model.path).classes == ("bad", "good")
    assert evaluate(Predictor(Checkpoint.read(model.path)), other, "train").seen_in_training_as == "train"
