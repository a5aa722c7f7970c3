"""Tuning: it respects its time, starts with the recipe's own settings, and its best recipe reaches its accuracy again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe, load_recipe, recipe_names
from rnnsent.training.events import EpochResult, Trial, TuningFinished
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from rnnsent.training.tune import SEARCH_SPACE, to_toml, tune
from tests.support.settings import dotted

SMALL = {"hidden_size": 8, "embedding_dim": 8, "min_steps": 0, "min_frequency": 1, "max_ngram": 0, "epochs": 2}


@pytest.fixture
def tune_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingRequest:
    """A request to tune on 80 short reviews."""
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    rows = [f"it was {word} film {n},{label}" for n in range(40) for word, label in (("good", "pos"), ("dull", "neg"))]
    (tmp_path / "reviews.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    return TrainingRequest((str(tmp_path / "reviews.csv"),), name="a", settings=dotted(**SMALL), device="cpu")


def stop_after(n_steps: int) -> Callable[[], bool]:
    calls = iter(range(10_000))
    return lambda: next(calls) > n_steps


def test_best_recipe(tune_request: TrainingRequest, tmp_path: Path) -> None:
    """The best trial is written as a recipe, trains to the same accuracy, and keeps the given settings.

    An existing model of the name does not matter, since tuning writes only the recipe.
    """
    (tmp_path / "models" / "a").mkdir(parents=True)
    events = list(tune(tune_request, 5.0, stop=stop_after(100)))
    trials, finished = [event for event in events if isinstance(event, Trial)], events[-1]
    assert isinstance(finished, TuningFinished)
    assert len(trials) > 1
    assert finished.path == tmp_path / "models" / "a.toml"
    assert finished.accuracy == max(trial.accuracy for trial in trials)
    assert not trials[0].settings.keys() & tune_request.settings.keys()
    recipe = load_recipe(str(finished.path))
    assert all(recipe.get(key) == value for key, value in tune_request.settings.items())
    best = next(trial for trial in trials if trial.best and trial.accuracy == finished.accuracy)
    assert best.settings == finished.settings
    train_request = TrainingRequest(tune_request.sources, name="b", recipe=str(finished.path), device="cpu")
    epochs = [event for event in train(train_request) if isinstance(event, EpochResult)]
    assert max(epoch.validation_accuracy for epoch in epochs) >= finished.accuracy


def test_first_trial(tune_request: TrainingRequest) -> None:
    """The first trial has the recipe's own settings."""
    settings = dotted(min_steps=0, max_ngram=0)
    request = TrainingRequest(tune_request.sources, name="a", settings=settings, device="cpu")
    first = next(event for event in tune(request, 5.0, stop=stop_after(6)) if isinstance(event, Trial))
    assert first.settings == pytest.approx({key: Recipe().get(key) for key in SEARCH_SPACE})


def test_no_time(tune_request: TrainingRequest) -> None:
    """A search without a finished epoch is an error that names the option."""
    with pytest.raises(SettingsError, match="no trial finished an epoch in 0 minutes; raise --minutes"):
        list(tune(tune_request, 0.0))


def test_self_training(tune_request: TrainingRequest) -> None:
    """Self-training cannot be tuned."""
    request = TrainingRequest(tune_request.sources, settings=dotted(teacher="self"), device="cpu")
    with pytest.raises(SettingsError, match="rnnsent tune cannot tune self-training"):
        list(tune(request, 5.0))


@pytest.mark.parametrize("name", recipe_names())
def test_toml_roundtrip(tmp_path: Path, name: str) -> None:
    """Every recipe is read back from its TOML."""
    path = tmp_path / f"{name}.toml"
    path.write_text(to_toml(load_recipe(name)))
    assert load_recipe(str(path)) == load_recipe(name)


def test_determined_settings(tune_request: TrainingRequest, tmp_path: Path) -> None:
    """What a base model or word vectors determine is not searched, so that the recipe fits them."""
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("good " + " ".join(["0.1"] * 300) + "\n")
    settings = dotted(min_steps=0, max_ngram=0, min_frequency=1, pretrained_embeddings=str(vectors))
    request = TrainingRequest(tune_request.sources, name="a", settings=settings, device="cpu")
    trial = next(event for event in tune(request, 5.0, stop=stop_after(6)) if isinstance(event, Trial))
    assert "model.embedding_dim" not in trial.settings

    list(train(TrainingRequest(tune_request.sources, name="base", settings=dotted(**SMALL), device="cpu")))
    settings = dotted(min_steps=0, max_ngram=0, fine_tune="base")
    request = TrainingRequest(tune_request.sources, name="b", settings=settings, device="cpu")
    trial = next(event for event in tune(request, 5.0, stop=stop_after(6)) if isinstance(event, Trial))
    assert not {"model.embedding_dim", "model.hidden_size"} & trial.settings.keys()
