"""Self-training: two models in one run, which can be stopped in either round, and one where nothing is unlabelled."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnnsent.errors import SettingsError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.request import Request
from rnnsent.rounds import train_in_rounds
from rnnsent.train import Saved, Stopped

OVERRIDES = {
    "teacher": "self", "pieces": "texts", "epochs": 2, "hidden": 8, "embedding_dim": 8, "min_updates": 0,
    "batch_size": 8, "min_frequency": 1, "ngrams": 2,
}  # fmt: skip


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"it was a {word} film\n" for word in ("good", "bad", "dull", "fine") * 10))
    return path


def run(place: Path, name: str, stop: Callable[[], bool] = lambda: False, **changes: object) -> list[object]:
    asked = {key: changes.pop(key) for key in ("resume", "force") if key in changes}
    return list(train_in_rounds(Request((str(place),), name, overrides={**OVERRIDES, **changes}, **asked), stop=stop))


def after(updates: int) -> Callable[[], bool]:
    left = [updates]

    def stop() -> bool:
        left[0] -= 1
        return left[0] <= 0

    return stop


def model(place: Path, name: str) -> Checkpoint:
    return Checkpoint.read(place.parent / "models" / name)


def test_the_first_model_teaches_the_second_and_both_stay(place: Path, lines: Path) -> None:
    saved = [event for event in run(place, "a", unlabelled=str(lines)) if isinstance(event, Saved)]
    assert [event.checkpoint.name for event in saved] == ["a-first", "a"]
    assert model(place, "a-first").recipe.teaching.teacher == ""
    second = model(place, "a").recipe
    assert (second.teaching.teacher, second.training.fine_tune) == ("a-first", "a-first")


def test_adversarial_steps_are_kept_for_the_second_round(place: Path, lines: Path) -> None:
    run(place, "a", unlabelled=str(lines), adversarial=0.05)
    assert [model(place, name).recipe.training.adversarial for name in ("a-first", "a")] == [0.0, 0.05]
    assert isinstance(run(place, "b", teacher=None, adversarial=0.05)[-1], Saved)
    assert model(place, "b").recipe.training.adversarial == 0.05


def test_another_model_may_teach_beside_the_first(place: Path, lines: Path) -> None:
    run(place, "other", teacher=None, seed=1)
    run(place, "alone", unlabelled=str(lines))
    run(place, "a", teacher="other,self", unlabelled=str(lines))
    second = model(place, "a").recipe
    assert (second.teaching.teacher, second.training.fine_tune) == ("other,a-first", "a-first")
    ours, alone = (model(place, name).weights["output.weight"] for name in ("a", "alone"))
    assert not np.array_equal(ours, alone)


@pytest.mark.parametrize("updates", [3, 30])
def test_a_run_that_is_stopped_in_either_round_goes_on_to_the_same_model(
    place: Path, lines: Path, updates: int
) -> None:
    run(place, "whole", unlabelled=str(lines))
    assert isinstance(run(place, "cut", after(updates), unlabelled=str(lines))[-1], Stopped)
    assert isinstance(run(place, "cut", unlabelled=str(lines), resume=True)[-1], Saved)
    whole, cut = model(place, "whole").weights, model(place, "cut").weights
    assert all(np.array_equal(whole[name], cut[name]) for name in whole)


def test_without_unlabelled_texts_there_is_one_round(place: Path) -> None:
    assert sum(isinstance(event, Saved) for event in run(place, "a")) == 1
    assert model(place, "a").recipe.teaching.teacher == ""
    assert not (place.parent / "models" / "a-first").exists()


def test_a_first_model_of_other_settings_is_not_taken_for_this_run_s(place: Path, lines: Path) -> None:
    run(place, "a", unlabelled=str(lines))
    (place.parent / "models" / "a").rename(place.parent / "models" / "b")
    with pytest.raises(SettingsError, match=r"a-first is there already, with other settings: --force"):
        run(place, "a", unlabelled=str(lines), seed=1)
    assert isinstance(run(place, "a", unlabelled=str(lines), seed=1, force=True)[-1], Saved)


def test_a_model_that_is_there_is_told_before_the_first_round(place: Path, lines: Path) -> None:
    run(place, "a", unlabelled=str(lines))
    with pytest.raises(SettingsError, match="is there already: --force replaces it"):
        run(place, "a", unlabelled=str(lines))


def test_a_run_of_one_round_is_resumed_without_repeating_its_settings(place: Path, lines: Path) -> None:
    once = {"teacher": None, "pretrain": "lm", "unlabelled": str(lines)}
    assert isinstance(run(place, "a", after(3), **once)[-1], Stopped)
    assert isinstance(run(place, "a", teacher=None, unlabelled=str(lines), resume=True)[-1], Saved)
