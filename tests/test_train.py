"""Training writes a complete checkpoint, is reproducible, and resumes to the same weights after an interruption."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.examples import Examples
from rnnsent.data.file_source import FileSource
from rnnsent.errors import SettingsError
from rnnsent.training.events import EpochResult, Event, ModelSaved, TrainingStopped
from rnnsent.training.recipe import resolve_recipe
from rnnsent.training.request import TrainingRequest
from rnnsent.training.train import train
from tests.support.settings import dotted

SMALL = {"epochs": 3, "hidden_size": 8, "embedding_dim": 8, "min_steps": 0, "batch_size": 8, "min_frequency": 1}
FAST = {"epochs": 12, "patience": 12, "learning_rate": 2e-2, "warmup_steps": 0, "ema_decay": 0.0}


def run(
    data_dir: Path, name: str, *, stop: Callable[[], bool] = lambda: False, resume: bool = False, **settings: Any
) -> Event:
    """Train with small settings and return the last event; keywords are further settings."""
    request = TrainingRequest(
        (str(data_dir),), name=name, settings=dotted(**{**SMALL, **settings}), resume=resume, device="cpu"
    )
    return list(train(request, stop=stop))[-1]


def stop_after(n_events: int) -> Callable[[], bool]:
    calls = iter(range(1_000))
    return lambda: next(calls) >= n_events


def read_weights(data_dir: Path, name: str) -> dict[str, np.ndarray]:
    return dict(Checkpoint.read(data_dir.parent / "models" / name).weights)


def is_equal(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


@pytest.fixture
def lines(data_dir: Path) -> Path:
    """A file of unlabeled texts, some of which have no token."""
    path = data_dir.parent / "lines.txt"
    path.write_text("it was a good film\n<br />\nit was a dull film\nso it was\n" * 10)
    return path


def test_seed(data_dir: Path) -> None:
    """The same seed gives the same weights, and another seed others."""
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert isinstance(run(data_dir, name, seed=seed), ModelSaved)
    assert is_equal(read_weights(data_dir, "a"), read_weights(data_dir, "b"))
    assert not is_equal(read_weights(data_dir, "a"), read_weights(data_dir, "c"))


@pytest.mark.parametrize("n_events", [1, 7, 12, 20])
@pytest.mark.parametrize("ema_decay", [0.0, 0.9])
def test_resume(data_dir: Path, n_events: int, ema_decay: float) -> None:
    """A stopped run must be resumed explicitly and with the same settings, and ends with the same weights."""
    run(data_dir, "uninterrupted", ema_decay=ema_decay)
    stopped = run(data_dir, "resumed", ema_decay=ema_decay, stop=stop_after(n_events))
    assert isinstance(stopped, TrainingStopped)
    with pytest.raises(SettingsError, match="--resume"):
        run(data_dir, "resumed", ema_decay=ema_decay)
    with pytest.raises(SettingsError, match="--hidden-size 8, not 16"):
        run(data_dir, "resumed", ema_decay=ema_decay, resume=True, hidden_size=16)
    assert isinstance(run(data_dir, "resumed", ema_decay=ema_decay, resume=True), ModelSaved)
    assert is_equal(read_weights(data_dir, "uninterrupted"), read_weights(data_dir, "resumed"))
    assert not (data_dir.parent / "models" / ".resumed.resume").exists()


def test_test_split_is_never_read(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training reads the train split and no other split of a source without a validation split."""
    read = FileSource.read
    splits: list[str] = []

    def recording_read(source: FileSource, split: str) -> Examples:
        splits.append(split)
        return read(source, split)

    monkeypatch.setattr(FileSource, "read", recording_read)
    run(data_dir, "a", epochs=1)
    assert splits == ["train"]


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "per-token", "pooling": "last"},
        {"class_weights": "balanced"},
        {"kind": "bpe"},
        {"loss": "per-token", "pooling": "last", "vat_epsilon": 0.02},
    ],
)
def test_variants(data_dir: Path, settings: dict[str, object]) -> None:
    """Each variant of the loss and the tokenizer learns an easy task."""
    saved = run(data_dir, "a", **FAST, **settings)
    assert isinstance(saved, ModelSaved)
    assert saved.validation.metrics.accuracy > 0.7


@pytest.mark.parametrize("n_events", [3, 15, 40])
def test_resume_pretraining(data_dir: Path, lines: Path, n_events: int) -> None:
    """A run with pretraining resumes to the same weights from either stage; its vocabulary has the unlabeled texts."""
    settings = {"lm_epochs": 3, "unlabeled": str(lines)}
    run(data_dir, "uninterrupted", **settings)
    assert isinstance(run(data_dir, "resumed", stop=stop_after(n_events), **settings), TrainingStopped)
    assert isinstance(run(data_dir, "resumed", resume=True, **settings), ModelSaved)
    pretrained = read_weights(data_dir, "uninterrupted")
    assert is_equal(pretrained, read_weights(data_dir, "resumed"))
    run(data_dir, "without")
    assert read_weights(data_dir, "without")["embedding.weight"].shape != pretrained["embedding.weight"].shape


def test_vat_on_unlabeled(data_dir: Path, lines: Path) -> None:
    """Virtual adversarial training also uses unlabeled texts, whose words get into the vocabulary."""
    plain = run(data_dir, "plain", **FAST)
    vat = run(data_dir, "vat", **FAST, vat_epsilon=0.05, unlabeled=str(lines))
    assert isinstance(plain, ModelSaved)
    assert isinstance(vat, ModelSaved)
    assert vat.validation.metrics.accuracy > 0.7
    assert "so" in vat.checkpoint.tokenizer.vocabulary()
    assert "so" not in plain.checkpoint.tokenizer.vocabulary()


def test_distillation(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model learns from the probabilities of a teacher, which are cached."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(data_dir.parent / "cache"))
    run(data_dir, "teacher", **FAST)
    lines = data_dir.parent / "lines.txt"
    lines.write_text("".join(f"it was {word} film\n\n" for word in ("good", "awful", "lovely", "dull") * 30))
    settings = {"teacher": "teacher", "unlabeled": str(lines), "teacher_inputs": "texts", "synthetic_texts": 20}
    student = run(data_dir, "student", epochs=12, **settings)
    assert isinstance(student, ModelSaved)
    assert student.validation.metrics.accuracy > 0.7
    assert len(list((data_dir.parent / "cache").rglob("*.npy"))) == 1


def test_fine_tune(data_dir: Path) -> None:
    """A fine-tuned model starts with the weights, the tokenizer and the network of its base model."""
    run(data_dir, "base", **FAST)
    request = TrainingRequest(
        (str(data_dir),), name="tuned", settings=dotted(fine_tune="base", epochs=1, min_steps=0), device="cpu"
    )
    (epoch,) = [event for event in train(request) if isinstance(event, EpochResult)]
    assert epoch.train_accuracy > 0.9  # from the first batch on
    base, tuned = (Checkpoint.read(data_dir.parent / "models" / name) for name in ("base", "tuned"))
    assert tuned.tokenizer_json == base.tokenizer_json
    assert tuned.recipe.model.hidden_size == base.recipe.model.hidden_size
    with pytest.raises(SettingsError, match="--hidden-size is 16, but --fine-tune base has 8"):
        run(data_dir, "other", fine_tune="base", hidden_size=16)


def test_fine_tune_normalization(model: Checkpoint) -> None:
    """A fine-tuned model normalizes like its base model, also one from before that was a setting."""
    config = json.loads((model.path / "config.json").read_text())
    del config["tokenizer"]["normalization"]
    (model.path / "config.json").write_text(json.dumps(config))
    (model.path / "manifest.json").unlink()
    settings = dotted(fine_tune=str(model.path))
    assert resolve_recipe(TrainingRequest(("a",), name="b", settings=settings)).tokenizer.normalization == "basic"
    with pytest.raises(
        SettingsError, match=r"tokenizer\.normalization is full, but --fine-tune tiny has basic; omit it"
    ):
        resolve_recipe(TrainingRequest(("a",), name="b", settings={**settings, "tokenizer.normalization": "full"}))


def test_fine_tune_other_classes(data_dir: Path) -> None:
    """A base model with other classes gives all weights but those of the output layer."""
    run(data_dir, "base")
    others = data_dir.parent / "others.csv"
    others.write_text(
        "text,label\n" + "".join(f"it was {word} film {n},{n % 3}\n" for n in range(60) for word in ("a", "b"))
    )
    request = TrainingRequest(
        (str(others),), name="three", settings=dotted(fine_tune="base", epochs=1, min_steps=0), device="cpu"
    )
    assert isinstance(list(train(request))[-1], ModelSaved)
    assert Checkpoint.read(data_dir.parent / "models" / "three").classes == ("0", "1", "2")


@pytest.mark.parametrize(("settings", "expected_dim"), [({}, 3), ({"embedding_dim": 5}, 5)])
def test_pretrained_embeddings(data_dir: Path, settings: dict[str, int], expected_dim: int) -> None:
    """Pretrained vectors fill the first dimensions of the embedding, and determine its size unless it is given."""
    vectors = data_dir / "vectors.vec"
    vectors.write_text("good 7 8 9\nnowhere 1 2 3\n")
    without_dim = {key: value for key, value in SMALL.items() if key != "embedding_dim"}
    frozen = {"learning_rate": 0.0, "ema_decay": 0.0, "epochs": 1, "pretrained_embeddings": str(vectors)}
    request = TrainingRequest(
        (str(data_dir),), name="vectors", settings=dotted(**{**without_dim, **frozen, **settings}), device="cpu"
    )
    saved = list(train(request))[-1]
    assert isinstance(saved, ModelSaved)
    good = saved.checkpoint.tokenizer.vocabulary()["good"]
    embedding = saved.checkpoint.weights["embedding.weight"]
    assert embedding.shape[1] == expected_dim
    np.testing.assert_allclose(embedding[good][:3], [7, 8, 9], atol=9 / 127 / 2)  # half a step of int8


def test_pretrained_embeddings_too_wide(data_dir: Path) -> None:
    """Pretrained vectors with more dimensions than the embedding are an error."""
    vectors = data_dir / "vectors.vec"
    vectors.write_text("good 7 8 9\n")
    message = r"model\.embedding_dim is 2, but the vectors of .*vectors\.vec have 3 dimensions"
    with pytest.raises(SettingsError, match=message):
        run(data_dir, "vectors", pretrained_embeddings=str(vectors), embedding_dim=2)
