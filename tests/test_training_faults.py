"""Faults of a training run cost no more than time: a loss that is not finite, a second run of a name, a wrong --resume."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.resume import ResumeState
from rnnsent.errors import DataError, RnnsentError, SettingsError
from rnnsent.predictor import Predictor
from rnnsent.training.events import Event, ModelSaved, TrainingStopped
from rnnsent.training.objective import Objective
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from tests.support.settings import dotted

SETTINGS = dotted(epochs=3, hidden_size=4, embedding_dim=4, min_steps=0, batch_size=8, min_frequency=1)


@pytest.fixture
def train_request(data_dir: Path) -> TrainingRequest:
    """A request to train models/name: 72 texts in 9 batches per epoch."""
    return TrainingRequest((str(data_dir),), name="name", settings=SETTINGS, device="cpu")


@pytest.fixture
def models(data_dir: Path) -> Path:
    """The folder of the models."""
    return data_dir.parent / "models"


@pytest.fixture
def resume_request(train_request: TrainingRequest) -> TrainingRequest:
    """A request to resume a run that was stopped after 4 steps."""
    calls = iter(range(99))
    assert isinstance(run(train_request, stop=lambda: next(calls) >= 3), TrainingStopped)
    return replace(train_request, resume=True)


def run(request: TrainingRequest, *, stop: Callable[[], bool] = lambda: False) -> Event:
    """Train and return the last event."""
    return list(train(request, stop=stop))[-1]


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_loss_not_finite(
    train_request: TrainingRequest, models: Path, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    """A loss that is not finite leaves the existing model and the last good state, from which training resumes."""
    run(replace(train_request, settings={**SETTINGS, "training.seed": 1}))
    existing = (models / "name" / WEIGHTS).read_bytes()
    run(replace(train_request, name="undisturbed"))
    compute = Objective.compute
    steps = iter(range(99))

    def diverge(objective: Objective, *batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, loss = compute(objective, *batch)
        return logits, loss * value if next(steps) == 11 else loss  # in the second epoch

    monkeypatch.setattr(Objective, "compute", diverge)
    message = r"the loss became (nan|inf); lower --learning-rate or set training\.max_grad_norm"
    with pytest.raises(RnnsentError, match=message):
        run(replace(train_request, force=True))
    assert next(steps) == 12
    assert (models / "name" / WEIGHTS).read_bytes() == existing
    assert Predictor(Checkpoint.read(models / "name")).predict(["good"])[0].label in ("negative", "positive")
    saved = ResumeState(models / "name").read_tensors()
    assert all(torch.isfinite(tensor).all() for tensor in saved.values() if tensor.is_floating_point())
    monkeypatch.setattr(Objective, "compute", compute)
    assert isinstance(run(replace(train_request, resume=True)), ModelSaved)
    assert (models / "name" / WEIGHTS).read_bytes() == (models / "undisturbed" / WEIGHTS).read_bytes()


def test_second_run(train_request: TrainingRequest, models: Path) -> None:
    """A second run of a name is an error and does not disturb the first."""
    run(replace(train_request, name="undisturbed"))
    first = train(train_request)
    next(first)
    for second in (train_request, replace(train_request, force=True), replace(train_request, resume=True)):
        with pytest.raises(RnnsentError, match="'name' is being trained in another process; wait for it"):
            run(second)
    assert isinstance(list(first)[-1], ModelSaved)
    assert (models / "name" / WEIGHTS).read_bytes() == (models / "undisturbed" / WEIGHTS).read_bytes()


@pytest.mark.parametrize(
    ("key", "value", "difference"),
    [
        ("model.hidden_size", 5, "--hidden-size 4, not 5"),
        ("training.seed", 1, "training.seed 0, not 1"),
        ("tokenizer.kind", "char", "tokenizer.kind word, not char"),
    ],
)
def test_resume_other_settings(resume_request: TrainingRequest, key: str, value: object, difference: str) -> None:
    """A setting that differs on --resume is named, and the run can still be resumed."""
    with pytest.raises(SettingsError, match=f"the unfinished run has {difference}; --resume cannot change that"):
        run(replace(resume_request, settings={key: value}))
    assert isinstance(run(resume_request), ModelSaved)


def test_resume_save_minutes(resume_request: TrainingRequest) -> None:
    """How often the state is saved may change on --resume."""
    assert isinstance(run(replace(resume_request, settings={"training.save_minutes": 1.0})), ModelSaved)


def test_resume_other_texts(resume_request: TrainingRequest, data_dir: Path) -> None:
    """Texts that differ on --resume are an error that names the split."""
    path = data_dir / "train.csv"
    path.write_text(path.read_text().replace("number 7,", "number seven,"))
    with pytest.raises(DataError, match=r"the (train|validation) texts of .* differ from those of the unfinished run"):
        run(resume_request)


def test_resume_other_source(resume_request: TrainingRequest, data_dir: Path) -> None:
    """A source that differs on --resume is an error that names the original one."""
    with pytest.raises(SettingsError, match=rf"was trained on {data_dir}; --resume cannot change that"):
        run(replace(resume_request, sources=("sentences",)))
