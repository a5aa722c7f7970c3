"""Which engine predicts: numpy first, PyTorch once the input is large enough, and threads in between."""

import numpy as np
import pytest

from rnnsent import predictor as module
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import DeviceError
from rnnsent.network.numpy_engine import NumpyEngine
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.parallel import PAUSE, Pause
from rnnsent.predictor import Predictor
from tests.support.predictions import probabilities_of, stream


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


@pytest.fixture
def bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the processor supports bfloat16."""
    monkeypatch.setattr("rnnsent.network.device.has_bfloat16", lambda _: True)


def allow_numpy(texts: int, predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch is worth loading after this many texts "a good film"."""
    monkeypatch.setattr(module, "TORCH_THRESHOLD", texts * predictor._multiplications(["a good film"]))


def test_torch_switch(model: Checkpoint, monkeypatch: pytest.MonkeyPatch, bfloat16: None) -> None:
    """PyTorch takes over once the input is large enough for bfloat16 to pay."""
    predictor = Predictor(model, precision="bfloat16")
    allow_numpy(2, predictor, monkeypatch)
    before = predictor.predict(["a good film"])
    predictor.predict(["a good film"])
    assert isinstance(predictor._engine, NumpyEngine)
    after = predictor.predict(["a good film"])  # the third time is past the two that were allowed
    assert isinstance(predictor._engine, TorchEngine)
    np.testing.assert_allclose(probabilities_of(after), probabilities_of(before), atol=0.05)
    predictor.predict(["a"])
    assert isinstance(predictor._engine, TorchEngine)


def test_torch_switch_in_stream(model: Checkpoint, monkeypatch: pytest.MonkeyPatch, bfloat16: None) -> None:
    """PyTorch takes over within a long stream."""
    monkeypatch.setattr(module, "THREADING_THRESHOLD", -1)
    predictor = Predictor(model, precision="bfloat16")
    allow_numpy(6, predictor, monkeypatch)
    batches = [["a good film"] * 4, ["a bad film"], ["a good film", "", "bad"], PAUSE, ["good"]]
    texts = [text for batch in batches if not isinstance(batch, Pause) for text in batch]
    engines, predictions = [], []
    for batch in stream(predictor, batches):
        engines.append(type(predictor._engine))
        predictions += batch.predictions
    assert [prediction.text for prediction in predictions] == texts
    expected = probabilities_of(Predictor(model).predict(texts))
    np.testing.assert_allclose(probabilities_of(predictions), expected, atol=0.05)
    assert (engines[0], engines[-1]) == (NumpyEngine, TorchEngine)


def test_numpy_stays(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """numpy stays if PyTorch has neither a GPU nor bfloat16."""
    monkeypatch.setattr("rnnsent.network.device.has_bfloat16", lambda _: False)
    predictor = Predictor(model, device="cpu", precision="bfloat16")
    allow_numpy(0, predictor, monkeypatch)
    predictor.predict(["a good film"] * 2)
    assert isinstance(predictor._engine, NumpyEngine)


@pytest.mark.parametrize("threshold", [0, 1e9], ids=["threads", "no threads"])
def test_threads(predictor: Predictor, monkeypatch: pytest.MonkeyPatch, threshold: float) -> None:
    """Batches come back in order with and without threads."""
    monkeypatch.setattr(module, "THREADING_THRESHOLD", threshold)
    texts = ["good", "", "a bad film", "film " * 40, "..."] * 7
    batches = [texts[:3], PAUSE, texts[3:20], [], texts[20:]]
    predictions = [prediction for batch in stream(predictor, batches) for prediction in batch.predictions]
    assert [prediction.text for prediction in predictions] == texts
    np.testing.assert_allclose(probabilities_of(predictions[:5] * 7), probabilities_of(predictions), atol=1e-6)


def test_missing_device(model: Checkpoint) -> None:
    """A missing device is refused at once."""
    import torch

    missing = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(DeviceError, match=f"--device {missing}"):
        Predictor(model, device=missing)
