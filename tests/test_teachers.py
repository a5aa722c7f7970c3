"""Teachers: which one a name means, matching classes, the cache, ensembles and long texts."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import DataError, ModelError
from rnnsent.training import teachers
from rnnsent.training.events import LabelingProgress
from rnnsent.training.teachers import (
    TEXTS_PER_FILE,
    CheckpointTeacher,
    EnsembleTeacher,
    find_taught_classes,
    load_teacher,
    teacher_probabilities,
)

CLASSES = ("negative", "positive")


class ConstantTeacher:
    """Gives every text the same probabilities, and counts the texts."""

    words = ()

    def __init__(self, values: Sequence[float], classes: Sequence[str] = CLASSES, digest: str = "d" * 64) -> None:
        self.values, self.classes, self.digest, self.n_texts = values, tuple(classes), digest, 0

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        self.n_texts += len(texts)
        return np.tile(np.array(self.values, dtype=np.float32), (len(texts), 1))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "cache"


def label(teacher: object, classes: Sequence[str], texts: Sequence[str]) -> tuple[list[LabelingProgress], np.ndarray]:
    """The events of the generator, and what it returns."""
    events, generator = [], teacher_probabilities(teacher, classes, texts)
    while True:
        try:
            events.append(next(generator))
        except StopIteration as end:
            return events, end.value


def test_class_order() -> None:
    """Probabilities are in the order of the data's classes."""
    _, probabilities = label(ConstantTeacher([0.9, 0.1], ("positive", "negative")), CLASSES, ["a", "b"])
    np.testing.assert_allclose(probabilities, [[0.1, 0.9]] * 2)


def test_numbered_labels() -> None:
    """LABEL_0, LABEL_1 are the classes in order."""
    _, probabilities = label(ConstantTeacher([0.9, 0.1], ("LABEL_0", "LABEL_1")), CLASSES, ["a"])
    np.testing.assert_allclose(probabilities, [[0.9, 0.1]])


def test_other_classes() -> None:
    """A teacher with other classes is an error that names both."""
    with pytest.raises(ModelError, match="joy, anger, but those of the data are negative, positive"):
        label(ConstantTeacher([0.9, 0.1], ("joy", "anger")), CLASSES, ["a"])


def test_no_texts() -> None:
    """No texts have an empty array of probabilities."""
    events, probabilities = label(ConstantTeacher([0.9, 0.1]), CLASSES, [])
    assert (events, probabilities.shape) == ([], (0, 2))


def test_cache(cache: Path) -> None:
    """Probabilities are cached by teacher and text."""
    texts = [str(number) for number in range(TEXTS_PER_FILE + 5)]
    first = ConstantTeacher([0.2, 0.8])
    events, probabilities = label(first, CLASSES, texts)
    assert [event.done for event in events] == [TEXTS_PER_FILE, TEXTS_PER_FILE + 5]
    assert len(probabilities) == first.n_texts == TEXTS_PER_FILE + 5
    again = ConstantTeacher([0.5, 0.5])
    np.testing.assert_array_equal(label(again, CLASSES, texts)[1], probabilities)
    assert again.n_texts == 0
    other = ConstantTeacher([0.5, 0.5], digest="e" * 64)
    label(other, CLASSES, texts)
    assert other.n_texts == TEXTS_PER_FILE + 5
    changed = ConstantTeacher([0.2, 0.8])
    label(changed, CLASSES, [*texts[:-1], "changed"])
    assert changed.n_texts == 5


def test_damaged_cache(cache: Path) -> None:
    """A damaged cache file is replaced."""
    label(ConstantTeacher([0.2, 0.8]), CLASSES, ["a"])
    (path,) = cache.rglob("*.npy")
    path.write_bytes(path.read_bytes()[:-3])
    for n_texts in (1, 0):
        again = ConstantTeacher([0.2, 0.8])
        label(again, CLASSES, ["a"])
        assert again.n_texts == n_texts


def test_ensemble() -> None:
    """An ensemble averages teachers, whatever the order of their classes."""
    ensemble = EnsembleTeacher([ConstantTeacher([0.2, 0.8]), ConstantTeacher([0.4, 0.6], ("positive", "negative"))])
    np.testing.assert_allclose(ensemble.predict_proba(["a"]), [[0.4, 0.6]])


def test_load_checkpoint(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """A checkpoint is loaded by name, by path, and as part of an ensemble."""
    one = write_model(tmp_path / "models" / "one")
    two = write_model(tmp_path / "elsewhere", hidden_size=5)
    assert isinstance(load_teacher("one", "cpu"), CheckpointTeacher)
    both = load_teacher(f"one,{two.path}", "cpu")
    texts = ["a good film", "a dull film"]
    members = [load_teacher(str(model.path), "cpu").predict_proba(texts) for model in (one, two)]
    np.testing.assert_allclose(both.predict_proba(texts), np.mean(members, axis=0), rtol=1e-6)
    assert "film" in both.words


def test_checkpoint_without_history(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """A checkpoint assembled by hand, without a history, is one; a config of transformers is not."""
    model = write_model(tmp_path / "model")
    (model.path / "history.jsonl").unlink()
    assert isinstance(load_teacher(str(model.path), "cpu"), CheckpointTeacher)
    (tmp_path / "bert").mkdir()
    (tmp_path / "bert" / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    assert not teachers._is_checkpoint(tmp_path / "bert")


def test_digest(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """The digest differs where the tokens of a text do, though the weights are equal."""
    word, char = write_model(tmp_path / "word"), write_model(tmp_path / "char", tokenizer="char")
    assert load_teacher(str(word.path), "cpu").digest == load_teacher(str(word.path), "cpu").digest
    assert load_teacher(str(word.path), "cpu").digest != load_teacher(str(char.path), "cpu").digest


def test_unknown_teacher() -> None:
    """A name that is not a model is an error that names it, with and without transformers."""
    with pytest.raises((ModelError, DataError), match=r"--teacher \./nosuch"):
        load_teacher("./nosuch", "cpu")


def test_no_remote_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code of a teacher is never executed, and the user is not asked whether it may be."""
    options_used: list[dict[str, object]] = []

    def from_pretrained(_: str, **options: object) -> None:
        options_used.append(options)
        if len(options_used) == 2:
            raise ValueError("contains custom code which must be executed\nto load the model")

    loader = SimpleNamespace(from_pretrained=from_pretrained)
    logs = SimpleNamespace(set_verbosity_error=lambda: None, disable_progress_bar=lambda: None)
    library = SimpleNamespace(AutoTokenizer=loader, AutoModelForSequenceClassification=loader, logging=logs)
    monkeypatch.setitem(sys.modules, "transformers", library)
    with pytest.raises(ModelError, match=r"contains custom code which must be executed$"):
        load_teacher("owner/name", "cpu")
    assert [options["trust_remote_code"] for options in options_used] == [False, False]


class WordTokenizer:
    """Like a fast tokenizer of transformers: 1, the lengths of the words, 2; in chunks if requested."""

    is_fast = True

    def __call__(
        self, texts: list[str], *, truncation: bool, max_length: int, return_overflowing_tokens: bool = False
    ) -> dict[str, list[Any]]:
        rows: list[list[int]] = []
        text_indices: list[int] = []
        for number, text in enumerate(texts):
            ids, size = [len(word) for word in text.split()], max_length - 2
            chunks = [ids[start : start + size] for start in range(0, max(len(ids), 1), size)]
            for chunk in chunks if return_overflowing_tokens else chunks[:1]:
                rows.append([1, *chunk, 2])
                text_indices.append(number)
        assert truncation
        return {"input_ids": rows, "overflow_to_sample_mapping": text_indices}

    def pad(self, rows: dict[str, list[list[int]]], return_tensors: str) -> "Padded":
        assert return_tensors == "pt"
        longest = max(map(len, rows["input_ids"]))
        return Padded(ids=torch.tensor([row + [0] * (longest - len(row)) for row in rows["input_ids"]]))


class Padded(dict[str, torch.Tensor]):
    def to(self, device: torch.device) -> "Padded":
        return self


class MeanModel:
    """Its second logit is the mean of a chunk's tokens, and its first is 0."""

    config = SimpleNamespace(num_labels=2, id2label={0: "negative", 1: "positive"})

    def __call__(self, ids: torch.Tensor) -> SimpleNamespace:
        mean = ids.sum(dim=1) / (ids != 0).sum(dim=1)
        return SimpleNamespace(logits=torch.stack([torch.zeros_like(mean), mean], dim=1))

    def to(self, device: torch.device) -> "MeanModel":
        return self

    def eval(self) -> "MeanModel":
        return self


@pytest.mark.parametrize("fast", [True, False])
def test_long_text(monkeypatch: pytest.MonkeyPatch, fast: bool) -> None:
    """A long text is split into chunks; a slow tokenizer returns only the first."""
    logs = SimpleNamespace(set_verbosity_error=lambda: None, disable_progress_bar=lambda: None)
    tokenizer = WordTokenizer()
    tokenizer.is_fast = fast
    library = SimpleNamespace(
        AutoTokenizer=SimpleNamespace(from_pretrained=lambda *_, **__: tokenizer),
        AutoModelForSequenceClassification=SimpleNamespace(from_pretrained=lambda *_, **__: MeanModel()),
        logging=logs,
    )
    monkeypatch.setitem(sys.modules, "transformers", library)
    monkeypatch.setattr(teachers, "CONTEXT_LENGTH", 6)
    probabilities = load_teacher("folder", "cpu").predict_proba(["", "aaa", "aaa aaa aaa aaa b b"])
    chunks = [(1 + 2) / 2, (1 + 3 + 2) / 3, (1 + 12 + 2) / 6, (1 + 2 + 2) / 4]  # the last two of one text
    last = (6 * chunks[2] + 4 * chunks[3]) / 10 if fast else chunks[2]
    expected = 1 / (1 + np.exp(-np.array([chunks[0], chunks[1], last])))
    np.testing.assert_allclose(probabilities[:, 1], expected, rtol=1e-5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


def test_fewer_classes() -> None:
    """A teacher without a class gives it no probability, and says nothing about it; one with other classes is an error."""
    teacher = ConstantTeacher([0.9, 0.1], ("positive", "negative"))
    three = ("negative", "neutral", "positive")
    assert label(teacher, three, ["a"])[1].tolist() == [[np.float32(0.1), 0, np.float32(0.9)]]
    assert find_taught_classes(teacher, three).tolist() == [True, False, True]
    assert find_taught_classes(teacher, CLASSES).all()
    with pytest.raises(ModelError, match="those of the data are negative, neutral, mixed"):
        label(teacher, ("negative", "neutral", "mixed"), ["a"])
