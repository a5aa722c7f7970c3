"""A search keeps to its time, tries the recipe's own settings first, and its winner trains to the score it had."""

from pathlib import Path

import pytest

from rnnsent.config import Recipe, load_recipe
from rnnsent.errors import SettingsError
from rnnsent.fit.loop import Epoch
from rnnsent.request import Request
from rnnsent.train import train
from rnnsent.tune import SPACE, Trial, Tuned, to_toml, tune

SMALL = {"hidden": 8, "embedding_dim": 8, "min_updates": 0, "min_frequency": 1, "ngrams": 0, "epochs": 2}


@pytest.fixture
def request_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    rows = [f"it was {word} film {n},{label}" for n in range(40) for word, label in (("good", "pos"), ("dull", "neg"))]
    (tmp_path / "reviews.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    return Request((str(tmp_path / "reviews.csv"),), name="a", overrides=SMALL, device="cpu")


def test_the_winner_is_a_recipe_that_trains_to_its_score(request_: Request, tmp_path: Path) -> None:
    asked = iter(range(10_000))
    events = list(tune(request_, 5.0, stop=lambda: next(asked) > 100))
    trials, tuned = [event for event in events if isinstance(event, Trial)], events[-1]
    assert isinstance(tuned, Tuned)
    assert len(trials) > 1
    assert tuned.path == tmp_path / "models" / "a.toml"
    assert tuned.accuracy == max(trial.accuracy for trial in trials)
    assert not trials[0].settings.keys() & SMALL.keys()  # what the user gave is not searched
    recipe = load_recipe(str(tuned.path))
    assert all(getattr(recipe.model, name) == SMALL[name] for name in ("hidden", "embedding_dim"))
    whole = next(trial for trial in trials if trial.best and trial.accuracy == tuned.accuracy)
    again = Request(request_.sources, name="a", recipe=str(tuned.path), device="cpu")
    epochs = [event for event in train(again) if isinstance(event, Epoch)]
    assert whole.settings == tuned.settings
    assert max(epoch.validation_accuracy for epoch in epochs) >= tuned.accuracy


def test_the_first_trial_is_the_recipe_itself(request_: Request) -> None:
    asked = iter(range(10_000))
    request = Request(request_.sources, name="a", overrides={"min_updates": 0, "ngrams": 0}, device="cpu")
    first = next(event for event in tune(request, 5.0, stop=lambda: next(asked) > 6) if isinstance(event, Trial))
    own = {name: value for group in Recipe().to_dict().values() for name, value in group.items() if name in SPACE}
    assert first.settings == pytest.approx(own)


def test_no_time_is_an_error_that_says_so(request_: Request) -> None:
    with pytest.raises(SettingsError, match="--tune"):
        list(tune(request_, 0.0))


def test_every_recipe_comes_back_from_its_toml(tmp_path: Path) -> None:
    for name in ("default", "textbook"):
        path = tmp_path / f"{name}.toml"
        path.write_text(to_toml(load_recipe(name)))
        assert load_recipe(str(path)) == load_recipe(name)
