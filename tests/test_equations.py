"""The equations in numpy and the PyTorch classifier are one function, for every cell, pooling, direction and depth."""

import itertools
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.checkpoint.shapes import expected_shapes
from rnnsent.config import ModelConfig
from rnnsent.data.batches import pad
from rnnsent.network import equations
from rnnsent.network.classifier import Classifier, to_weights

CELLS = ("rnn", "lstm", "gru")
POOLINGS = ("last", "mean", "max", "mean-max", "attention", "self-attention")
VARIANTS = list(itertools.product(CELLS, POOLINGS, (False, True), (1, 2)))
ROWS = st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=12), min_size=1, max_size=5)


def classifier_of(cell: str, pooling: str, bidirectional: bool, layers: int) -> Classifier:
    config = ModelConfig(
        cell=cell, pooling=pooling, bidirectional=bidirectional, num_layers=layers, hidden_size=8, embedding_dim=5, attention_heads=2
    )  # fmt: skip
    torch.manual_seed(0)
    classifier = Classifier(config, vocabulary=30, classes=3).eval()
    for weight in classifier.parameters():
        torch.nn.init.uniform_(weight, -0.5, 0.5)
    return classifier


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.sampled_from(VARIANTS), ROWS)
def test_a_text_scores_the_same_alone_in_numpy_as_padded_in_a_torch_batch(variant, rows) -> None:
    classifier = classifier_of(*variant)
    weights = to_weights(classifier)
    texts = [np.array(row, dtype=np.int32) for row in rows]
    ids, lengths = map(torch.from_numpy, pad(texts))
    with torch.inference_mode():
        batched = classifier(ids, lengths).numpy()
        steps = classifier.step_logits(classifier.embed(ids), lengths).numpy()
    for text, whole, outputs in zip(texts, batched, steps, strict=True):
        np.testing.assert_allclose(equations.logits(text, weights, classifier.config), whole, atol=1e-5)
        alone = equations.step_logits(text, weights, classifier.config)
        np.testing.assert_allclose(alone, outputs[: len(text)], atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_each_cell_is_the_one_of_pytorch(cell: str) -> None:
    torch.manual_seed(1)
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](4, 6, batch_first=True)
    x = torch.randn(1, 9, 4)
    weights = {f"cell.{name}": tensor.numpy() for name, tensor in module.state_dict().items()}
    with torch.inference_mode():
        expected = module(x)[0][0].numpy()
    found = equations.CELLS[cell](x[0].numpy(), *equations.cell_weights(weights, "cell", cell))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_attention_over_many_blocks_is_attention_over_one(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = classifier_of("lstm", "self-attention", True, 1)
    weights, ids = to_weights(classifier), np.arange(20) % 30
    whole = equations.logits(ids, weights, classifier.config)
    for scores in (1, 2 * 20 * 3):  # a step at a time, and three
        monkeypatch.setattr(equations, "ATTENTION_SCORES", scores)
        np.testing.assert_allclose(equations.logits(ids, weights, classifier.config), whole, atol=1e-6)


def test_attention_over_a_long_text_stays_within_its_memory() -> None:
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
    assert peak < 1.5 * 4 * equations.ATTENTION_SCORES  # a tenth of all T x T scores


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_expected_shapes_are_those_of_the_classifier(variant) -> None:
    classifier = classifier_of(*variant)
    found = {name: tuple(tensor.shape) for name, tensor in classifier.state_dict().items()}
    assert found == expected_shapes(classifier.config, vocab_size=30, n_classes=3)
