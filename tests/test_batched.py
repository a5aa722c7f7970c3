"""The batched numpy network is the function of the equations, for every variant and any batch."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.network import batched, equations
from rnnsent.network.batched import BatchedNetwork
from tests.support.networks import ROWS, VARIANTS, make_weights


@settings(deadline=None, derandomize=True, max_examples=120)
@given(st.sampled_from(VARIANTS), ROWS)
def test_matches_equations(variant, rows) -> None:
    """A text has the same logits in any batch as by the equations."""
    weights, config = make_weights(*variant)
    texts = [np.array(row, dtype=np.int32) for row in rows]
    expected = [equations.logits(text, weights, config) for text in texts]
    np.testing.assert_allclose(BatchedNetwork(weights, config).logits(texts), expected, atol=1e-5)


@pytest.mark.parametrize("max_bytes", [0, 10_000, 10**6], ids=["one per batch", "some", "one"])
def test_tables(monkeypatch: pytest.MonkeyPatch, max_bytes: int) -> None:
    """The number of batches and of input tables changes nothing."""
    weights, config = make_weights("lstm", "mean-max", True, 1)
    random = np.random.default_rng(1)
    texts = [random.integers(0, 30, length).astype(np.int32) for length in random.integers(1, 40, 50)]
    whole = BatchedNetwork(weights, config).logits(texts)
    monkeypatch.setattr(batched, "MAX_ROWS", 3)
    monkeypatch.setattr(batched, "MAX_TABLE_BYTES", max_bytes)
    np.testing.assert_allclose(BatchedNetwork(weights, config).logits(texts), whole, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "mean-max"])
def test_mean_in_chunks(monkeypatch: pytest.MonkeyPatch, pooling: str) -> None:
    """The mean over many states is summed in chunks."""
    weights, config = make_weights("gru", pooling, True, 1)
    rows = [np.arange(29, dtype=np.int32), np.array([3], dtype=np.int32), np.arange(8, dtype=np.int32)]
    whole = BatchedNetwork(weights, config).logits(rows)
    monkeypatch.setattr(batched, "CHUNK_STEPS", 4)
    np.testing.assert_allclose(BatchedNetwork(weights, config).logits(rows), whole, atol=1e-6)


def test_memory() -> None:
    """The states of a long text are not stored."""
    weights, config = make_weights("lstm", "mean-max", True, 1)
    text = np.arange(50_000, dtype=np.int32) % 30
    tracemalloc.start()
    try:
        BatchedNetwork(weights, config).logits([text])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(text) * 16 * 4  # the size of its states; only ids and table positions are in memory
