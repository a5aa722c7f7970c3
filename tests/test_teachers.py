"""Teachers: which one a word means, whose classes fit, what is kept of their answers, and how several agree."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from rnnsent import teach
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import DataError, ModelError
from rnnsent.training.teachers import CHUNK, CheckpointTeacher, EnsembleTeacher, LabelingProgress, answers, load_teacher

CLASSES = ("negative", "positive")


class Counting:
    """Says the same of every text, and counts how many it was asked for."""

    words = ()

    def __init__(self, shares: Sequence[float], classes: Sequence[str] = CLASSES, digest: str = "d" * 64) -> None:
        self.shares, self.classes, self.digest, self.asked = shares, tuple(classes), digest, 0

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        return np.tile(np.array(self.shares, dtype=np.float32), (len(texts), 1))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "cache"


def ask(teacher: object, classes: Sequence[str], texts: Sequence[str]) -> tuple[list[LabelingProgress], np.ndarray]:
    """What a caller of `yield from` sees and gets."""
    events, asking = [], answers(teacher, classes, texts)
    while True:
        try:
            events.append(next(asking))
        except StopIteration as end:
            return events, end.value


def test_answers_come_in_the_order_of_the_data_s_classes() -> None:
    _, found = ask(Counting([0.9, 0.1], ("positive", "negative")), CLASSES, ["a", "b"])
    np.testing.assert_allclose(found, [[0.1, 0.9]] * 2)


def test_numbered_labels_are_the_classes_in_order() -> None:
    _, found = ask(Counting([0.9, 0.1], ("LABEL_0", "LABEL_1")), CLASSES, ["a"])
    np.testing.assert_allclose(found, [[0.9, 0.1]])


def test_other_classes_are_an_error_that_names_both() -> None:
    with pytest.raises(ModelError, match="joy, anger, but the data's are negative, positive"):
        ask(Counting([0.9, 0.1], ("joy", "anger")), CLASSES, ["a"])


def test_what_was_said_is_kept_by_teacher_and_text(cache: Path) -> None:
    texts = [str(number) for number in range(CHUNK + 5)]
    first = Counting([0.2, 0.8])
    events, found = ask(first, CLASSES, texts)
    assert [event.done for event in events] == [CHUNK, CHUNK + 5]
    assert len(found) == first.asked == CHUNK + 5
    again = Counting([0.5, 0.5])
    np.testing.assert_array_equal(ask(again, CLASSES, texts)[1], found)
    assert again.asked == 0
    other = Counting([0.5, 0.5], digest="e" * 64)
    ask(other, CLASSES, texts)
    assert other.asked == CHUNK + 5
    changed = Counting([0.2, 0.8])
    ask(changed, CLASSES, [*texts[:-1], "changed"])
    assert changed.asked == 5


def test_a_broken_answer_is_asked_for_again(cache: Path) -> None:
    ask(Counting([0.2, 0.8]), CLASSES, ["a"])
    (path,) = cache.rglob("*.npy")
    path.write_bytes(path.read_bytes()[:-3])
    again = Counting([0.2, 0.8])
    ask(again, CLASSES, ["a"])
    assert again.asked == 1


def test_several_teachers_teach_their_mean_whatever_the_order_of_their_classes() -> None:
    ensemble = EnsembleTeacher([Counting([0.2, 0.8]), Counting([0.4, 0.6], ("positive", "negative"))])
    np.testing.assert_allclose(ensemble.probabilities(["a"]), [[0.4, 0.6]])


def test_a_model_teaches_by_name_by_path_and_with_others(
    tmp_path: Path, write_model: Callable[..., Checkpoint]
) -> None:
    one = write_model(tmp_path / "models" / "one")
    two = write_model(tmp_path / "elsewhere", hidden_size=5)
    assert isinstance(load_teacher("one", "cpu"), CheckpointTeacher)
    both = load_teacher(f"one,{two.path}", "cpu")
    texts = ["a good film", "a dull film"]
    each = [load_teacher(str(model.path), "cpu").probabilities(texts) for model in (one, two)]
    np.testing.assert_allclose(both.probabilities(texts), np.mean(each, axis=0), rtol=1e-6)
    assert "film" in both.words


def test_what_is_no_teacher_is_named() -> None:
    with pytest.raises((ModelError, DataError), match=r"--teacher \./nosuch"):
        load_teacher("./nosuch", "cpu")


def test_no_code_of_a_teacher_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the user asked on a terminal whether it may be, as the library does where nothing is said."""
    asked: list[dict[str, object]] = []

    def from_pretrained(_: str, **options: object) -> None:
        asked.append(options)
        if len(asked) == 2:
            raise ValueError("contains custom code which must be executed\nto load the model")

    loader = SimpleNamespace(from_pretrained=from_pretrained)
    logs = SimpleNamespace(set_verbosity_error=lambda: None, disable_progress_bar=lambda: None)
    library = SimpleNamespace(AutoTokenizer=loader, AutoModelForSequenceClassification=loader, logging=logs)
    monkeypatch.setitem(sys.modules, "transformers", library)
    with pytest.raises(ModelError, match=r"contains custom code which must be executed$"):
        load_teacher("owner/name", "cpu")
    assert [options["trust_remote_code"] for options in asked] == [False, False]


class WordTokenizer:
    """In the manner of a fast tokenizer of transformers: 1, the words' lengths, 2; in windows where they are asked for."""

    is_fast = True

    def __call__(
        self, texts: list[str], *, truncation: bool, max_length: int, return_overflowing_tokens: bool = False
    ) -> dict[str, list[Any]]:
        rows: list[list[int]] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            ids, size = [len(word) for word in text.split()], max_length - 2
            windows = [ids[start : start + size] for start in range(0, max(len(ids), 1), size)]
            for window in windows if return_overflowing_tokens else windows[:1]:
                rows.append([1, *window, 2])
                owners.append(number)
        assert truncation
        return {"input_ids": rows, "overflow_to_sample_mapping": owners}

    def pad(self, rows: dict[str, list[list[int]]], return_tensors: str) -> "Padded":
        assert return_tensors == "pt"
        longest = max(map(len, rows["input_ids"]))
        return Padded(ids=torch.tensor([row + [0] * (longest - len(row)) for row in rows["input_ids"]]))


class Padded(dict[str, torch.Tensor]):
    def to(self, device: torch.device) -> "Padded":
        return self


class MeanModel:
    """Its second logit is the mean of a window's tokens, the first is 0."""

    config = SimpleNamespace(num_labels=2, id2label={0: "negative", 1: "positive"})

    def __call__(self, ids: torch.Tensor) -> SimpleNamespace:
        mean = ids.sum(dim=1) / (ids != 0).sum(dim=1)
        return SimpleNamespace(logits=torch.stack([torch.zeros_like(mean), mean], dim=1))

    def to(self, device: torch.device) -> "MeanModel":
        return self

    def eval(self) -> "MeanModel":
        return self


@pytest.mark.parametrize("fast", [True, False])
def test_a_text_longer_than_a_transformer_reads_is_read_in_windows(monkeypatch: pytest.MonkeyPatch, fast: bool) -> None:
    """Unless its tokenizer can give the first alone, as those can that are written in Python."""
    logs = SimpleNamespace(set_verbosity_error=lambda: None, disable_progress_bar=lambda: None)
    tokenizer = WordTokenizer()
    tokenizer.is_fast = fast
    library = SimpleNamespace(
        AutoTokenizer=SimpleNamespace(from_pretrained=lambda *_, **__: tokenizer),
        AutoModelForSequenceClassification=SimpleNamespace(from_pretrained=lambda *_, **__: MeanModel()),
        logging=logs,
    )
    monkeypatch.setitem(sys.modules, "transformers", library)
    monkeypatch.setattr(teach, "WINDOW", 6)
    found = load_teacher("folder", "cpu").probabilities(["", "aaa", "aaa aaa aaa aaa b b"])
    windows = [(1 + 2) / 2, (1 + 3 + 2) / 3, (1 + 12 + 2) / 6, (1 + 2 + 2) / 4]  # the last two of one text
    last = (6 * windows[2] + 4 * windows[3]) / 10 if fast else windows[2]
    expected = 1 / (1 + np.exp(-np.array([windows[0], windows[1], last])))
    np.testing.assert_allclose(found[:, 1], expected, rtol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
