"""What can be counted of speed: little padding is computed, every text is cut once, and threads are left as they were."""

from pathlib import Path

import numpy as np
import pytest

from rnnsent.model.engines import TorchEngine
from rnnsent.predict import Predictor


@pytest.fixture
def counted(write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Predictor, list[tuple[int, int]]]:
    """A predictor on PyTorch, and the size of each batch that it computes as (steps, real tokens)."""
    predictor = Predictor(write_model(tmp_path / "counted"))
    predictor._engine = engine = predictor._torch
    batches: list[tuple[int, int]] = []
    classifier = engine._classifier

    def counting(ids, lengths):
        batches.append((ids.numel(), int(lengths.sum())))
        return classifier(ids, lengths)

    monkeypatch.setattr(engine, "_classifier", counting)
    return predictor, batches


def reviews(count: int) -> list[str]:
    """Texts as long as reviews are: 230 tokens in the middle, a few ten times as long."""
    lengths = np.random.default_rng(0).lognormal(np.log(230), 0.7, count).astype(int) + 1
    return ["good " * length for length in lengths]


@pytest.mark.parametrize("order", ["as they come", "by length"])
def test_hardly_any_padding_is_computed_whatever_the_order_of_the_input(counted, order: str) -> None:
    predictor, batches = counted
    texts = reviews(4_000)
    if order == "by length":
        texts.sort(key=len)
    found = predictor.predict(texts)
    computed, real = map(sum, zip(*batches, strict=True))
    assert real == sum(each.n_tokens for each in found) == sum(text.count("good") for text in texts)
    assert computed / real < 1.02


def test_every_text_is_cut_into_tokens_once(counted, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor, _ = counted
    cut: list[str] = []
    encode = predictor._tokenizer.encode
    monkeypatch.setattr(predictor._tokenizer, "encode", lambda texts: (cut.extend(texts), encode(texts))[1])
    texts = [f"good {number}" for number in range(9_000)]
    assert [each.text for each in predictor.predict(texts)] == texts
    assert sorted(cut) == sorted(texts)


def test_pytorch_keeps_the_threads_of_whoever_uses_the_library(counted) -> None:
    import torch

    predictor, _ = counted
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        predictor.predict(["good", "bad", "film"] * 9)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_bfloat16_is_near_and_asked_for_alone(write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnsent.model.device.has_bfloat16", lambda _: True)
    checkpoint = write_model(tmp_path / "fast", hidden=16)
    plain, fast = (
        TorchEngine(Predictor(checkpoint)._weights, checkpoint.recipe.model, "cpu", fast=each) for each in (False, True)
    )
    rows = [np.arange(2, 9, dtype=np.int32) % 5 + 2, np.array([2], dtype=np.int32)]
    assert (plain.is_fast, fast.is_fast) == (False, True)
    assert 0 < np.abs(plain.logits(rows) - fast.logits(rows)).max() < 0.05


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "mean-max"])
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, True), (1, False), (2, False)])
def test_a_very_long_text_has_the_same_answer_a_stretch_at_a_time(
    write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell, pooling, layers, bidirectional
) -> None:
    settings = {"cell": cell, "pooling": pooling, "layers": layers, "bidirectional": bidirectional}
    predictor = Predictor(write_model(tmp_path / "long", **settings))
    rows = [np.arange(29, dtype=np.int32) % 5 + 2, np.array([3], dtype=np.int32)]
    whole = predictor._torch.logits(rows)
    monkeypatch.setattr(TorchEngine, "LONG", 7)
    monkeypatch.setattr("rnnsent.model.long_text.STRETCH", 4)
    monkeypatch.setattr(predictor._torch, "_classifier", OnlyShort(predictor._torch._classifier, 7))
    monkeypatch.setattr(predictor._torch, "MAX_ROWS", 1)
    np.testing.assert_allclose(predictor._torch.logits(rows), whole, atol=1e-6)


class OnlyShort:
    """A classifier that is never given a long text whole."""

    def __init__(self, classifier, longest: int) -> None:
        self._classifier, self._longest = classifier, longest

    def __call__(self, ids, lengths):
        assert ids.shape[1] <= self._longest
        return self._classifier(ids, lengths)

    def __getattr__(self, name: str):
        return getattr(self._classifier, name)
