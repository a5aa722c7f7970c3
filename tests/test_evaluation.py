"""Evaluations stored with a model: never in a model that was replaced meanwhile, and never in the bundled one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnsent.checkpoint import store
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.examples import Examples
from rnnsent.errors import ModelError, RnnsentError
from rnnsent.evaluation import Evaluation, compute_evaluation, save_evaluation
from rnnsent.lock import run_lock
from rnnsent.prediction import Predictor


@pytest.fixture
def model(write_model: Callable[..., Checkpoint], tmp_path: Path) -> Checkpoint:
    return Checkpoint.read(write_model(tmp_path / "models" / "a").path)


def evaluate(model: Checkpoint) -> Evaluation:
    examples = Examples(["good film", "bad film"], np.array([1, 0]), tuple(model.classes))
    return compute_evaluation(Predictor(model), examples, source="reviews", split="test")


def test_two_evaluations(model: Checkpoint) -> None:
    """Two evaluations of a model are both stored, although each began before the other was stored."""
    evaluation = evaluate(model)
    assert save_evaluation(model, evaluation)
    assert save_evaluation(model, replace(evaluation, split="validation"))
    stored = Checkpoint.read(model.path)
    assert {"reviews:test", "reviews:validation"} <= stored.metrics.keys()
    stored.verify()


def test_replaced_model(model: Checkpoint, write_model: Callable[..., Checkpoint]) -> None:
    """A model that was replaced during its evaluation is left as it is."""
    evaluation = evaluate(model)
    write_model(model.path, hidden_size=5)
    before = {path.name: path.read_bytes() for path in model.path.iterdir()}
    with pytest.raises(ModelError, match="'a' was replaced during its evaluation"):
        save_evaluation(model, evaluation)
    assert {path.name: path.read_bytes() for path in model.path.iterdir()} == before


def test_locked_model(model: Checkpoint) -> None:
    """While another process writes the model, the evaluation is not stored."""
    evaluation = evaluate(model)
    with run_lock(model.path, "'a' is being trained"), pytest.raises(RnnsentError, match="the metrics are not stored"):
        save_evaluation(model, evaluation)


def test_bundled_model(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled model keeps its metrics; another model in the same folder, as in a checkout, gets them."""
    monkeypatch.setattr(store, "BUNDLED", model.path.parent)
    assert save_evaluation(model, evaluate(model))
    monkeypatch.setattr(store, "DEFAULT_BUNDLED", model.name)
    assert not save_evaluation(model, evaluate(model))
