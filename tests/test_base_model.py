"""Which model a run starts from: the bundled one for English texts and its own tokenizer and network, else none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnsent.checkpoint import store
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run as run_command
from rnnsent.data.tokenizer import Tokenizer
from rnnsent.errors import SettingsError
from rnnsent.recipe import Recipe
from rnnsent.training import base_model
from rnnsent.training.base_model import measure_unknown_words
from rnnsent.training.events import ModelSaved, TrainingStopped
from rnnsent.training.recipe import BASE_MODEL_LEARNING_RATE, describe_difference
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from tests.support.settings import dotted

WORDS = "a good bad film was not very dull great"  # that the small bundled model knows
SETTINGS = {"epochs": 1, "min_steps": 0, "batch_size": 8}


@pytest.fixture
def bundled(tmp_path: Path, write_model: Callable[..., Checkpoint], monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """A small model in place of the bundled one, with the defaults of its own size."""
    monkeypatch.setattr(store, "BUNDLED", tmp_path / "bundled")
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    model = write_model(tmp_path / "bundled" / "english", max_ngram=2)
    monkeypatch.setattr(base_model, "Recipe", lambda: model.recipe)  # so none of its settings counts as requested
    return model


def write_texts(path: Path, words: str = WORDS, classes: Sequence[str] = ("negative", "positive"), n: int = 20) -> str:
    generator = np.random.default_rng(0)
    rows = [f"{' '.join(generator.permutation(words.split()))} {k},{name}" for k in range(n) for name in classes]
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    return str(path)


def start(source: str, bundled: Checkpoint, name: str = "a", **settings: Any) -> Checkpoint:
    """Train as by default, with the settings of the small bundled model."""
    network = {key: bundled.recipe.get(f"model.{key}") for key in ("embedding_dim", "hidden_size")}
    request = TrainingRequest(
        (source,), name=name, settings=dotted(**{**SETTINGS, **network, "min_frequency": 1, **settings}), device="cpu"
    )
    saved = list(train(request))[-1]
    assert isinstance(saved, ModelSaved)
    return saved.checkpoint


def test_english(tmp_path: Path, bundled: Checkpoint, log: list[str]) -> None:
    """English texts are trained on from the bundled model, with its words first and a lower learning rate."""
    model = start(write_texts(tmp_path / "a.csv", f"{WORDS} chlorophyll"), bundled)
    assert "starting from the bundled English model; --from-scratch starts from random weights" in log
    assert (model.recipe.training.fine_tune, model.recipe.training.learning_rate) == (
        "english",
        BASE_MODEL_LEARNING_RATE,
    )
    known, words = bundled.tokenizer.vocabulary(), model.tokenizer.vocabulary()
    assert known.items() < words.items()
    assert words["chlorophyll"] >= len(known)


@pytest.mark.parametrize(
    ("words", "settings", "reason"),
    [
        ("ein guter schlechter film war nicht sehr langweilig", {}, "of the words are unknown to the bundled model"),
        (WORDS, {"cell": "gru"}, "the bundled model has model.cell=lstm, not gru"),
        (WORDS, {"vocab_size": 9}, "not 9"),
        (WORDS, {"lowercase": False}, "tokenizer.lowercase=True, not False"),
        (WORDS, {"fine_tune": ""}, None),
        (WORDS, {"lm_epochs": 1}, None),
    ],
)
def test_from_scratch(
    tmp_path: Path, bundled: Checkpoint, log: list[str], words: str, settings: dict[str, object], reason: str | None
) -> None:
    """Other texts, tokenizers and networks are trained from random weights, and a line says why unless it was asked for."""
    model = start(write_texts(tmp_path / "a.csv", words), bundled, **settings)
    assert model.recipe.training.fine_tune == ""
    assert [line for line in log if "bundled" in line] == [line for line in log if reason and reason in line]
    assert bool(reason) == any("training from random weights" in line for line in log)


def test_own_learning_rate(tmp_path: Path, bundled: Checkpoint) -> None:
    assert start(write_texts(tmp_path / "a.csv"), bundled, learning_rate=1e-3).recipe.training.learning_rate == 1e-3


def test_hidden_by_own_model(tmp_path: Path, bundled: Checkpoint, write_model: Callable[..., Checkpoint]) -> None:
    """A user's model of the same name is not taken for the bundled one."""
    write_model(tmp_path / "models" / "english", hidden_size=5)
    model = start(write_texts(tmp_path / "a.csv"), bundled)
    assert model.recipe.training.fine_tune == str(bundled.path)


@pytest.mark.parametrize(("fraction", "is_larger"), [(0.0, False), (0.05, False), (0.2, True)])
def test_validation_of_the_base(
    tmp_path: Path, bundled: Checkpoint, log: list[str], fraction: float, is_larger: bool
) -> None:
    """A larger part for validation would have texts that the bundled model was trained on."""
    source = write_texts(tmp_path / "a.csv")
    trained = replace(bundled, data=({"name": source},))
    trained.write(weights=bundled.weights, tokenizer_json=bundled.tokenizer.to_json(), metrics={}, history=[], card="")
    model = start(source, bundled, validation_fraction=fraction)
    assert (model.recipe.training.fine_tune == "") == is_larger
    assert any(f"trained on texts of {source} that are now for validation" in line for line in log) == is_larger


def test_resume(tmp_path: Path, bundled: Checkpoint) -> None:
    """An interrupted run continues from the model that it started from."""
    source = write_texts(tmp_path / "a.csv")
    settings = dotted(**SETTINGS, embedding_dim=4, hidden_size=3, min_frequency=1)
    request = {"settings": settings, "name": "a", "device": "cpu", "recipe": "default"}
    stops = iter([False, False, True])
    stopped = list(train(TrainingRequest((source,), **request), stop=lambda: next(stops)))[-1]
    assert isinstance(stopped, TrainingStopped)
    finished = list(train(TrainingRequest((source,), resume=True, **request)))[-1]
    assert isinstance(finished, ModelSaved)
    assert finished.checkpoint.recipe.training.fine_tune == "english"


def test_difference() -> None:
    """A requested `auto` is whatever the stored run started from; other settings still differ."""
    stored = Recipe().with_settings({"training.fine_tune": "x", "model.hidden_size": 7, "training.learning_rate": 1e-4})
    assert describe_difference(stored, Recipe()) is None
    assert "--epochs" in str(describe_difference(stored, Recipe().with_settings({"training.epochs": 9})))
    scratch = stored.with_settings({"training.fine_tune": ""})
    assert "--fine-tune x" in str(describe_difference(stored, scratch))


def test_option(tmp_path: Path, bundled: Checkpoint, capsys: pytest.CaptureFixture[str]) -> None:
    """--from-scratch and --fine-tune exclude each other."""
    source = write_texts(tmp_path / "a.csv")
    assert run_command(["train", source, "--from-scratch", "--fine-tune", "english"]) == 2
    assert "give one" in capsys.readouterr().err


def test_smaller_vocabulary(tmp_path: Path, bundled: Checkpoint) -> None:
    """A vocabulary that has no room for the base model's is an error if the base model is named."""
    with pytest.raises(SettingsError, match="vocab_size"):
        start(write_texts(tmp_path / "a.csv"), bundled, fine_tune="english", vocab_size=9)


def test_unknown_words() -> None:
    tokenizer = Tokenizer.train(["good film"], Recipe().with_settings({"tokenizer.min_frequency": 1}).tokenizer)
    assert measure_unknown_words(tokenizer, ["good film", "bad movie!"]) == 0.5
    assert measure_unknown_words(tokenizer, ["12 34", ""]) == 1.0


@pytest.mark.parametrize("kind", ["word", "char"])
def test_extend(kind: str) -> None:
    """The frequent new words are added up to the size; ids stay, and anything but a vocabulary of words stays whole."""
    config = Recipe().with_settings({"tokenizer.min_frequency": 1, "tokenizer.kind": kind}).tokenizer
    tokenizer = Tokenizer.train(["good film"], config)
    texts = ["good goooood goooood goooood goooood zebra zebra zebra yak yak xenon xenon"]
    known = tokenizer.vocabulary()
    larger = tokenizer.extend(texts, len(known) + 1).vocabulary()
    assert larger == known | ({"zebra": len(known)} if kind == "word" else {})
    assert tokenizer.extend(texts, 2).vocabulary() == known
