"""What can be counted of speed: little padding is computed, every text is cut once, and threads are left as they were."""

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rnnsent.network import batched, cells, hardware
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.prediction import Predictor


@pytest.fixture
def predictor(write_model, tmp_path: Path) -> Predictor:
    return Predictor(write_model(tmp_path / "counted"), device="cpu")


@pytest.fixture
def pytorch(predictor: Predictor) -> TorchEngine:
    predictor._engine = TorchEngine(predictor._weights, predictor._config, "cpu")
    return predictor._engine


def reviews(count: int) -> list[str]:
    """Texts as long as reviews are: 230 tokens in the middle, a few ten times as long."""
    lengths = np.random.default_rng(0).lognormal(np.log(230), 0.7, count).astype(int) + 1
    return ["good " * length for length in lengths]


def ordered_map(texts: list[str], order: str) -> list[str]:
    return sorted(texts, key=len) if order == "by length" else texts


@pytest.mark.parametrize("order", ["as they come", "by length"])
def test_numpy_computes_each_token_once_and_no_padding(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    steps: list[int] = []  # texts in each
    step = cells.Lstm.step
    monkeypatch.setattr(cells.Lstm, "step", lambda self, x: (steps.append(x.shape[1]), step(self, x))[1])
    entries: list[int] = []
    table = batched.InputTable.__init__

    def counting(self, some, *args) -> None:
        table(self, some, *args)
        entries.append(len(some))

    monkeypatch.setattr(batched.InputTable, "__init__", counting)
    texts = ordered_map(reviews(1_000), order)
    found = predictor.predict(texts)
    assert sum(steps) == sum(each.n_tokens for each in found) == sum(text.count("good") for text in texts)
    assert entries == [len(predictor.checkpoint.tokenizer.vocabulary())]  # once, whatever comes


@pytest.mark.parametrize("order", ["as they come", "by length"])
def test_pytorch_computes_hardly_any_padding(
    predictor: Predictor, pytorch: TorchEngine, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    batches: list[tuple[int, int]] = []  # steps, and real tokens among them
    classifier = pytorch._classifier

    def counting(ids, lengths):
        batches.append((ids.numel(), int(lengths.sum())))
        return classifier(ids, lengths)

    monkeypatch.setattr(pytorch, "_classifier", counting)
    texts = ordered_map(reviews(4_000), order)
    predictor.predict(texts)
    computed, real = map(sum, zip(*batches, strict=True))
    assert real == sum(text.count("good") for text in texts)
    assert computed / real < 1.02


def test_every_text_is_cut_into_tokens_once(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []
    encode = predictor._tokenizer.encode
    monkeypatch.setattr(predictor._tokenizer, "encode", lambda texts: (cut.extend(texts), encode(texts))[1])
    texts = [f"good {number}" for number in range(9_000)]
    assert [each.text for each in predictor.predict(texts)] == texts
    assert sorted(cut) == sorted(texts)


def test_pytorch_keeps_the_threads_of_whoever_uses_the_library(
    predictor: Predictor, pytorch: TorchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr("rnnsent.prediction.THREADS_PAY_FROM", 0)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        predictor.predict(["good", "bad", "film"] * 9)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("threads_from", [0, 1e9], ids=["on threads", "at once"])
def test_numpy_keeps_the_threads_of_whoever_uses_the_library(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, threads_from: float
) -> None:
    monkeypatch.setattr("rnnsent.prediction.THREADS_PAY_FROM", threads_from)
    seen: list[int] = []
    network = predictor._engine._network
    logits = network.logits
    monkeypatch.setattr(network, "logits", lambda rows: (seen.append(blas_threads()), logits(rows))[1])
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        predictor.predict(["good", "bad", "film"] * 9)
        assert blas_threads() == before
    assert set(seen) == {1}


def blas_threads() -> int:
    return max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)


@pytest.mark.parametrize(("asked", "threads"), [("3", 3), ("500", hardware.MOST_WORKERS), ("", None), ("many", None)])
def test_threads_are_as_many_as_asked_for_or_processors(monkeypatch, asked: str, threads: int | None) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(5)), raising=False)
    assert hardware.workers() == (threads or 5)


def test_a_gpu_is_looked_for_by_its_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    driver = tmp_path / "nvidiactl"
    monkeypatch.setattr(hardware, "GPU_DRIVERS", (str(driver),))
    assert not hardware.may_have_gpu()
    driver.touch()
    assert hardware.may_have_gpu()


def test_bfloat16_is_near_and_asked_for_alone(write_model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnsent.network.device.has_bfloat16", lambda _: True)
    checkpoint = write_model(tmp_path / "fast", hidden_size=16)
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
    settings = {"cell": cell, "pooling": pooling, "num_layers": layers, "bidirectional": bidirectional}
    checkpoint = write_model(tmp_path / "long", **settings)
    engine = TorchEngine(checkpoint.weights, checkpoint.recipe.model, "cpu")
    rows = [np.arange(29, dtype=np.int32) % 5 + 2, np.array([3], dtype=np.int32)]
    whole = engine.logits(rows)
    monkeypatch.setattr(TorchEngine, "LONG", 7)
    monkeypatch.setattr("rnnsent.network.long_text.STRETCH", 4)
    monkeypatch.setattr(engine, "_classifier", OnlyShort(engine._classifier, 7))
    monkeypatch.setattr(engine, "MAX_ROWS", 1)
    np.testing.assert_allclose(engine.logits(rows), whole, atol=1e-6)


class OnlyShort:
    """A classifier that is never given a long text whole."""

    def __init__(self, classifier, longest: int) -> None:
        self._classifier, self._longest = classifier, longest

    def __call__(self, ids, lengths):
        assert ids.shape[1] <= self._longest
        return self._classifier(ids, lengths)

    def __getattr__(self, name: str):
        return getattr(self._classifier, name)
