"""Engines: padding, tokenization, threads, bfloat16 and long texts."""

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rnnsent.network import batched, cells, equations, hardware
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.predictor import Predictor


@pytest.fixture
def predictor(write_model, tmp_path: Path) -> Predictor:
    return Predictor(write_model(tmp_path / "counted"), device="cpu")


@pytest.fixture
def torch_engine(predictor: Predictor) -> TorchEngine:
    predictor._engine = TorchEngine(predictor._weights, predictor._config, "cpu")
    return predictor._engine


def make_reviews(count: int) -> list[str]:
    """Texts with the lengths of reviews: 230 tokens on average, a few ten times as long."""
    lengths = np.random.default_rng(0).lognormal(np.log(230), 0.7, count).astype(int) + 1
    return ["good " * length for length in lengths]


def sort_texts(texts: list[str], order: str) -> list[str]:
    return sorted(texts, key=len) if order == "sorted" else texts


@pytest.mark.parametrize("order", ["unsorted", "sorted"])
def test_numpy_padding(predictor: Predictor, monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    """numpy computes each token once, and no padding."""
    steps: list[int] = []  # texts per step
    step = cells.BatchedLstm.step
    monkeypatch.setattr(cells.BatchedLstm, "step", lambda self, x: (steps.append(x.shape[1]), step(self, x))[1])
    entries: list[int] = []
    table = batched.InputTable.__init__

    def count_entries(self, indices, *args) -> None:
        table(self, indices, *args)
        entries.append(len(indices))

    monkeypatch.setattr(batched.InputTable, "__init__", count_entries)
    texts = sort_texts(make_reviews(1_000), order)
    predictions = predictor.predict(texts)
    assert (
        sum(steps)
        == sum(prediction.n_tokens for prediction in predictions)
        == sum(text.count("good") for text in texts)
    )
    assert entries == [len(predictor.checkpoint.tokenizer.vocabulary())]  # once


@pytest.mark.parametrize("order", ["unsorted", "sorted"])
def test_torch_padding(
    predictor: Predictor, torch_engine: TorchEngine, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """PyTorch computes hardly any padding."""
    batches: list[tuple[int, int]] = []  # padded and real tokens
    classifier = torch_engine._classifier

    def count_tokens(ids, lengths):
        batches.append((ids.numel(), int(lengths.sum())))
        return classifier(ids, lengths)

    monkeypatch.setattr(torch_engine, "_classifier", count_tokens)
    texts = sort_texts(make_reviews(1_500), order)
    predictor.predict(texts)
    computed, real = map(sum, zip(*batches, strict=True))
    assert real == sum(text.count("good") for text in texts)
    assert computed / real < 1.02


def test_tokenized_once(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text is tokenized once."""
    tokenized: list[str] = []
    encode = predictor._tokenizer.encode
    monkeypatch.setattr(predictor._tokenizer, "encode", lambda texts: (tokenized.extend(texts), encode(texts))[1])
    texts = [f"good {number}" for number in range(9_000)]
    assert [prediction.text for prediction in predictor.predict(texts)] == texts
    assert sorted(tokenized) == sorted(texts)


def test_torch_threads(predictor: Predictor, torch_engine: TorchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's number of threads is restored."""
    import torch

    monkeypatch.setattr("rnnsent.predictor.THREADING_THRESHOLD", 0)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        predictor.predict(["good", "bad", "film"] * 9)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("threshold", [0, 1e9], ids=["threads", "no threads"])
def test_blas_threads(predictor: Predictor, monkeypatch: pytest.MonkeyPatch, threshold: float) -> None:
    """BLAS runs on one thread, and its number of threads is restored."""
    monkeypatch.setattr("rnnsent.predictor.THREADING_THRESHOLD", threshold)
    n_threads: list[int] = []
    network = predictor._engine._network
    logits = network.logits
    monkeypatch.setattr(network, "logits", lambda rows: (n_threads.append(count_blas_threads()), logits(rows))[1])
    with threadpool_limits(limits=2, user_api="blas"):
        before = count_blas_threads()
        predictor.predict(["good", "bad", "film"] * 9)
        assert count_blas_threads() == before
    assert set(n_threads) == {1}


def count_blas_threads() -> int:
    return max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)


@pytest.mark.parametrize(
    ("variable", "expected"), [("3", 3), ("500", hardware.MAX_WORKERS), ("", None), ("many", None)]
)
def test_count_workers(monkeypatch, variable: str, expected: int | None) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", variable)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(5)), raising=False)
    assert hardware.count_workers() == (expected or 5)


def test_may_have_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A GPU is detected by its driver."""
    driver = tmp_path / "nvidiactl"
    monkeypatch.setattr(hardware, "GPU_DRIVERS", (str(driver),))
    assert not hardware.may_have_gpu()
    driver.touch()
    assert hardware.may_have_gpu()


def test_bfloat16(write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """bfloat16 is close to float32, and used on request only."""
    monkeypatch.setattr("rnnsent.network.device.has_bfloat16", lambda _: True)
    checkpoint = write_model(tmp_path / "fast", hidden_size=16)
    float32, bfloat16 = (
        TorchEngine(Predictor(checkpoint)._weights, checkpoint.recipe.model, "cpu", bfloat16=enabled)
        for enabled in (False, True)
    )
    rows = [np.arange(2, 9, dtype=np.int32) % 5 + 2, np.array([2], dtype=np.int32)]
    assert (float32.uses_bfloat16, bfloat16.uses_bfloat16) == (False, True)
    assert 0 < np.abs(float32.logits(rows) - bfloat16.logits(rows)).max() < 0.05


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("pooling", equations.STREAMING_POOLINGS)
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, True), (1, False), (2, False)])
def test_long_text(
    write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell, pooling, layers, bidirectional
) -> None:
    """A very long text has the same logits in chunks."""
    settings = {"cell": cell, "pooling": pooling, "num_layers": layers, "bidirectional": bidirectional}
    checkpoint = write_model(tmp_path / "long", **settings)
    engine = TorchEngine(checkpoint.weights, checkpoint.recipe.model, "cpu")
    rows = [np.arange(29, dtype=np.int32) % 5 + 2, np.array([3], dtype=np.int32)]
    expected = engine.logits(rows)
    monkeypatch.setattr(TorchEngine, "LONG_TEXT", 7)
    monkeypatch.setattr("rnnsent.network.long_text.CHUNK_STEPS", 4)
    monkeypatch.setattr(engine, "_classifier", ShortTextsOnly(engine._classifier, 7))
    monkeypatch.setattr(engine, "MAX_ROWS", 1)
    np.testing.assert_allclose(engine.logits(rows), expected, atol=1e-6)


class ShortTextsOnly:
    """A classifier that is never called with a long text."""

    def __init__(self, classifier, max_tokens: int) -> None:
        self._classifier, self._max_tokens = classifier, max_tokens

    def __call__(self, ids, lengths):
        assert ids.shape[1] <= self._max_tokens
        return self._classifier(ids, lengths)

    def __getattr__(self, name: str):
        return getattr(self._classifier, name)
