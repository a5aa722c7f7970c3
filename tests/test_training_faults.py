"""What ends a training before its time costs nothing but time: a loss that is no number, another run of the same name,
and a --resume of what is not the same run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rnnsent.errors import DataError, RnnsentError, SettingsError
from rnnsent.fit.loop import Fit
from rnnsent.model.checkpoint import WEIGHTS, Checkpoint
from rnnsent.model.resume import ResumeState
from rnnsent.predict import Predictor
from rnnsent.train import Request, Saved, Stopped, train

SETTINGS = {"epochs": 3, "hidden": 4, "embedding_dim": 4, "min_updates": 0, "batch_size": 8, "min_frequency": 1}


@pytest.fixture
def request_(place: Path) -> Request:
    return Request((str(place),), name="name", overrides=SETTINGS, device="cpu")


@pytest.fixture
def models(place: Path) -> Path:
    return place.parent / "models"


def last(request: Request, **options: Callable[[], bool]) -> object:
    return list(train(request, **options))[-1]


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_loss_that_is_no_number_leaves_the_older_model_and_the_last_good_state(
    request_: Request, models: Path, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    last(replace(request_, overrides={**SETTINGS, "seed": 1}))
    older = (models / "name" / WEIGHTS).read_bytes()
    last(replace(request_, name="undisturbed"))
    losses = Fit._loss

    def exploding(fit: Fit, *arguments: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, loss = losses(fit, *arguments)
        return logits, loss * value if fit.place.epoch == 1 and fit.place.batch == 2 else loss

    monkeypatch.setattr(Fit, "_loss", exploding)
    with pytest.raises(RnnsentError, match=r"the loss became (nan|inf); lower --learning-rate or set --clip-norm"):
        last(replace(request_, force=True))
    assert (models / "name" / WEIGHTS).read_bytes() == older
    assert Predictor(Checkpoint.read(models / "name")).predict(["good"])[0].label in ("negative", "positive")
    kept = ResumeState(models / "name").read_tensors()
    assert all(torch.isfinite(tensor).all() for tensor in kept.values() if tensor.is_floating_point())
    monkeypatch.setattr(Fit, "_loss", losses)
    assert isinstance(last(replace(request_, resume=True)), Saved)
    assert (models / "name" / WEIGHTS).read_bytes() == (models / "undisturbed" / WEIGHTS).read_bytes()


def test_a_second_run_of_a_name_is_told_and_does_not_touch_the_first(request_: Request, models: Path) -> None:
    last(replace(request_, name="undisturbed"))
    first = train(request_)
    next(first)
    for second in (request_, replace(request_, force=True), replace(request_, resume=True)):
        with pytest.raises(RnnsentError, match="'name' is being trained in another process; wait for it"):
            last(second)
    assert isinstance(list(first)[-1], Saved)
    assert (models / "name" / WEIGHTS).read_bytes() == (models / "undisturbed" / WEIGHTS).read_bytes()


@pytest.fixture
def stopped(request_: Request) -> Request:
    asked = iter(range(99))
    assert isinstance(last(request_, stop=lambda: next(asked) >= 3), Stopped)
    return replace(request_, resume=True)


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [("hidden", 5, "--hidden 4, not 5"), ("seed", 1, "--seed 0, not 1"), ("tokenizer", "char", "--tokenizer word, not char")],
)  # fmt: skip
def test_other_settings_are_named_when_a_run_is_to_go_on(
    stopped: Request, setting: str, value: object, named: str
) -> None:
    with pytest.raises(SettingsError, match=f"the unfinished run has {named}; --resume cannot change that"):
        last(replace(stopped, overrides={setting: value}))
    assert isinstance(last(stopped), Saved)


def test_other_texts_are_named_when_a_run_is_to_go_on(stopped: Request, place: Path) -> None:
    (place / "train.csv").write_text((place / "train.csv").read_text().replace("number 7,", "number seven,"))
    with pytest.raises(DataError, match=r"the (train|validation) texts of .* are not those of the unfinished run"):
        last(stopped)


def test_another_source_is_named_when_a_run_is_to_go_on(stopped: Request, place: Path) -> None:
    with pytest.raises(SettingsError, match=rf"was trained on {place}; --resume cannot change that"):
        last(replace(stopped, sources=("sentences",)))
