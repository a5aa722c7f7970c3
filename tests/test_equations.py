"""The equations and the PyTorch classifier are one function, for every cell, pooling, direction and depth."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.checkpoint.shapes import expected_shapes
from rnnsent.data.batches import pad
from rnnsent.network import equations
from rnnsent.network.classifier import to_weights
from tests.support.networks import CELLS, N_CLASSES, ROWS, VARIANTS, VOCAB_SIZE, make_classifier


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.sampled_from(VARIANTS), ROWS)
def test_numpy_matches_padded_torch(variant, rows) -> None:
    """A text has the same logits alone in numpy as padded in a PyTorch batch, at every token too."""
    classifier = make_classifier(*variant)
    weights = to_weights(classifier)
    texts = [np.array(row, dtype=np.int32) for row in rows]
    ids, lengths = map(torch.from_numpy, pad(texts))
    with torch.inference_mode():
        batched = classifier(ids, lengths).numpy()
        outputs_by_row = classifier.step_logits(classifier.embed(ids), lengths).numpy()
    for text, expected, outputs in zip(texts, batched, outputs_by_row, strict=True):
        np.testing.assert_allclose(equations.logits(text, weights, classifier.config), expected, atol=1e-5)
        alone = equations.step_logits(text, weights, classifier.config)
        np.testing.assert_allclose(alone, outputs[: len(text)], atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_cells(cell: str) -> None:
    """Every cell equals that of PyTorch."""
    torch.manual_seed(1)
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](4, 6, batch_first=True)
    x = torch.randn(1, 9, 4)
    weights = {f"cell.{name}": tensor.numpy() for name, tensor in module.state_dict().items()}
    with torch.inference_mode():
        expected = module(x)[0][0].numpy()
    states = equations.CELLS[cell](x[0].numpy(), *equations.cell_weights(weights, "cell", cell))
    np.testing.assert_allclose(states, expected, atol=1e-6)


def test_attention_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-attention in blocks equals self-attention at once."""
    classifier = make_classifier("lstm", "self-attention", True, 1)
    weights, ids = to_weights(classifier), np.arange(20) % 30
    whole = equations.logits(ids, weights, classifier.config)
    for scores in (1, 2 * 20 * 3):  # blocks of one step and of three
        monkeypatch.setattr(equations, "MAX_ATTENTION_SCORES", scores)
        np.testing.assert_allclose(equations.logits(ids, weights, classifier.config), whole, atol=1e-6)


def test_attention_memory() -> None:
    """The memory of self-attention is bounded for long texts."""
    T, heads = 6_000, 8
    random = np.random.default_rng(0)
    weights = {
        f"pooling.{name}.weight": np.eye(heads, dtype=np.float32) for name in ("query", "key", "value", "output")
    }
    weights |= {f"pooling.{name}.bias": np.zeros(heads, np.float32) for name in ("query", "key", "value", "output")}
    weights |= {"pooling.norm.weight": np.ones(heads, np.float32), "pooling.norm.bias": np.zeros(heads, np.float32)}
    states = random.standard_normal((T, heads), np.float32)
    tracemalloc.start()
    try:
        equations.self_attention(states, weights, heads)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * 4 * equations.MAX_ATTENTION_SCORES  # a tenth of all T x T scores


@pytest.mark.parametrize("variant", VARIANTS)
def test_shapes(variant) -> None:
    """The expected shapes are those of the classifier."""
    classifier = make_classifier(*variant)
    shapes = {name: tuple(tensor.shape) for name, tensor in classifier.state_dict().items()}
    assert shapes == expected_shapes(classifier.config, vocab_size=VOCAB_SIZE, n_classes=N_CLASSES)
