"""Self-training: the first of two models teaches the second, and a run stopped in either one can be resumed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import RnnsentError, SettingsError
from rnnsent.lock import run_lock
from rnnsent.training.events import Event, ModelSaved, TrainingStopped
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from tests.support.settings import dotted

SMALL = {
    "teacher_inputs": "texts", "epochs": 2, "hidden_size": 8, "embedding_dim": 8, "min_steps": 0,
    "batch_size": 8, "min_frequency": 1, "max_ngram": 2,
}  # fmt: skip


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file of unlabeled texts."""
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"it was a {word} film\n" for word in ("good", "bad", "dull", "fine") * 10))
    return path


def run(
    data_dir: Path,
    name: str,
    *,
    stop: Callable[[], bool] = lambda: False,
    resume: bool = False,
    force: bool = False,
    **settings: Any,
) -> list[Event]:
    """Train with small settings and return all events; keywords are further settings."""
    request = TrainingRequest(
        (str(data_dir),), name, settings=dotted(**{**SMALL, **settings}), resume=resume, force=force
    )
    return list(train(request, stop=stop))


def stop_after(n_events: int) -> Callable[[], bool]:
    calls = iter(range(1, 1_000))
    return lambda: next(calls) >= n_events


def read_model(data_dir: Path, name: str) -> Checkpoint:
    return Checkpoint.read(data_dir.parent / "models" / name)


def test_two_models(data_dir: Path, lines: Path) -> None:
    """The first model teaches the second, which starts from its weights, and both are saved."""
    events = run(data_dir, "a", teacher="self", unlabeled=str(lines))
    assert [event.checkpoint.name for event in events if isinstance(event, ModelSaved)] == ["a-first", "a"]
    assert read_model(data_dir, "a-first").recipe.distillation.teacher == ""
    second = read_model(data_dir, "a").recipe
    assert (second.distillation.teacher, second.training.fine_tune) == ("a-first", "a-first")


def test_adversarial(data_dir: Path, lines: Path) -> None:
    """Only the second model gets adversarial training, and so does a model without self-training."""
    run(data_dir, "a", teacher="self", unlabeled=str(lines), adversarial_epsilon=0.05)
    assert [read_model(data_dir, name).recipe.training.adversarial_epsilon for name in ("a-first", "a")] == [0.0, 0.05]
    assert isinstance(run(data_dir, "b", adversarial_epsilon=0.05)[-1], ModelSaved)
    assert read_model(data_dir, "b").recipe.training.adversarial_epsilon == 0.05


def test_other_teacher(data_dir: Path, lines: Path) -> None:
    """Another model may be a teacher together with the first one."""
    run(data_dir, "other", seed=1)
    run(data_dir, "alone", teacher="self", unlabeled=str(lines))
    run(data_dir, "a", teacher="other,self", unlabeled=str(lines))
    second = read_model(data_dir, "a").recipe
    assert (second.distillation.teacher, second.training.fine_tune) == ("other,a-first", "a-first")
    both, alone = (read_model(data_dir, name).weights["output.weight"] for name in ("a", "alone"))
    assert not np.array_equal(both, alone)


@pytest.mark.parametrize("n_events", [3, 30])
def test_resume(data_dir: Path, lines: Path, n_events: int) -> None:
    """A run that is stopped in either model resumes to the same weights."""
    settings = {"teacher": "self", "unlabeled": str(lines)}
    run(data_dir, "uninterrupted", **settings)
    assert isinstance(run(data_dir, "resumed", stop=stop_after(n_events), **settings)[-1], TrainingStopped)
    assert isinstance(run(data_dir, "resumed", resume=True, **settings)[-1], ModelSaved)
    uninterrupted, resumed = (read_model(data_dir, name).weights for name in ("uninterrupted", "resumed"))
    assert all(np.array_equal(uninterrupted[name], resumed[name]) for name in uninterrupted)


def test_resume_other_settings(data_dir: Path, lines: Path) -> None:
    """A run stopped in the first model must be resumed with the same settings, or the second would get others."""
    settings = {"teacher": "self", "unlabeled": str(lines)}
    assert isinstance(run(data_dir, "a", stop=stop_after(3), **settings)[-1], TrainingStopped)
    request = TrainingRequest((str(data_dir),), "a", settings=dotted(**settings), resume=True)
    with pytest.raises(SettingsError, match=r"the unfinished run has .*; --resume cannot change that"):
        list(train(request))
    assert isinstance(run(data_dir, "a", resume=True, **settings)[-1], ModelSaved)


def test_no_unlabeled(data_dir: Path) -> None:
    """Without unlabeled texts only one model is trained."""
    assert sum(isinstance(event, ModelSaved) for event in run(data_dir, "a", teacher="self")) == 1
    assert read_model(data_dir, "a").recipe.distillation.teacher == ""
    assert not (data_dir.parent / "models" / "a-first").exists()


def test_first_model_of_other_settings(data_dir: Path, lines: Path) -> None:
    """An existing first model with other settings is not used."""
    settings = {"teacher": "self", "unlabeled": str(lines)}
    run(data_dir, "a", **settings)
    (data_dir.parent / "models" / "a").rename(data_dir.parent / "models" / "b")
    with pytest.raises(SettingsError, match=r"a-first already exists with training\.seed 0, not 1; use --force"):
        run(data_dir, "a", **settings, seed=1)
    assert isinstance(run(data_dir, "a", **settings, seed=1, force=True)[-1], ModelSaved)


def test_existing_model(data_dir: Path, lines: Path) -> None:
    """An existing model is an error before the first model is trained."""
    run(data_dir, "a", teacher="self", unlabeled=str(lines))
    with pytest.raises(SettingsError, match="a already exists; use --force to replace it"):
        run(data_dir, "a", teacher="self", unlabeled=str(lines))


def test_locks(data_dir: Path, lines: Path) -> None:
    """Neither model is trained while another process trains it, and the first is not touched either."""
    for name in ("a", "a-first"):
        with (
            run_lock(data_dir.parent / "models" / name, f"{name!r} is being trained"),
            pytest.raises(RnnsentError, match=f"'{name}' is being trained in another process"),
        ):
            run(data_dir, "a", teacher="self", unlabeled=str(lines))
    assert not (data_dir.parent / "models" / "a-first").exists()


def test_resume_without_settings(data_dir: Path, lines: Path) -> None:
    """A run of one model is resumed without its other settings, even if those given are invalid alone."""
    stopped = run(data_dir, "a", stop=stop_after(3), lm_epochs=2, unlabeled=str(lines))[-1]
    assert isinstance(stopped, TrainingStopped)
    request = TrainingRequest((str(data_dir),), "a", settings=dotted(unlabeled=str(lines)), resume=True)
    assert isinstance(list(train(request))[-1], ModelSaved)
    assert read_model(data_dir, "a").recipe.training.lm_epochs == 2
