"""The batched numpy network is the function that the equations are, for every variant and whatever stands in a batch."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_equations import ROWS, VARIANTS

from rnnsent.checkpoint.shapes import expected_shapes
from rnnsent.config import ModelConfig
from rnnsent.network import batched, equations


def network_weights(
    cell: str, pooling: str, bidirectional: bool, layers: int
) -> tuple[dict[str, np.ndarray], ModelConfig]:
    config = ModelConfig(
        cell=cell, pooling=pooling, bidirectional=bidirectional, num_layers=layers, hidden_size=8, embedding_dim=5, attention_heads=2
    )  # fmt: skip
    random = np.random.default_rng(0)
    shapes = expected_shapes(config, vocab_size=30, n_classes=3)
    return {name: random.uniform(-0.5, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}, config


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.sampled_from(VARIANTS), ROWS)
def test_a_text_scores_the_same_in_any_batch_as_by_the_equations(variant, rows) -> None:
    weights, config = network_weights(*variant)
    texts = [np.array(row, dtype=np.int32) for row in rows]
    expected = [equations.logits(text, weights, config) for text in texts]
    np.testing.assert_allclose(batched.Network(weights, config).logits(texts), expected, atol=1e-5)


@pytest.mark.parametrize("most_kept", [0, 10_000, 10**6], ids=["a table a batch", "some tables", "one table"])
def test_many_batches_and_many_tables_change_nothing(monkeypatch: pytest.MonkeyPatch, most_kept: int) -> None:
    weights, config = network_weights("lstm", "mean-max", True, 1)
    random = np.random.default_rng(1)
    texts = [random.integers(0, 30, length).astype(np.int32) for length in random.integers(1, 40, 50)]
    whole = batched.Network(weights, config).logits(texts)
    monkeypatch.setattr(batched, "MAX_ROWS", 3)
    monkeypatch.setattr(batched, "MOST_KEPT", most_kept)
    np.testing.assert_allclose(batched.Network(weights, config).logits(texts), whole, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "mean-max"])
def test_a_mean_of_many_states_is_taken_a_stretch_at_a_time(monkeypatch: pytest.MonkeyPatch, pooling: str) -> None:
    weights, config = network_weights("gru", pooling, True, 1)
    rows = [np.arange(29, dtype=np.int32), np.array([3], dtype=np.int32), np.arange(8, dtype=np.int32)]
    whole = batched.Network(weights, config).logits(rows)
    monkeypatch.setattr(batched, "STRETCH", 4)
    np.testing.assert_allclose(batched.Network(weights, config).logits(rows), whole, atol=1e-6)


def test_the_states_of_a_long_text_are_not_kept() -> None:
    weights, config = network_weights("lstm", "mean-max", True, 1)
    text = np.arange(50_000, dtype=np.int32) % 30
    tracemalloc.start()
    try:
        batched.Network(weights, config).logits([text])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(text) * 16 * 4  # of its states; ids and places of the table alone are there
