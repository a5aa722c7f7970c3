"""Every pooling, computed by hand, and the proof that padding never reaches its result."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.config import ModelConfig
from rnnsent.network.pooling import POOLINGS, Pooling, states_width

HIDDEN = torch.tensor(
    [
        [[1.0, 20.0], [3.0, 10.0], [99.0, 99.0]],
        [[-1.0, -2.0], [-3.0, -4.0], [-5.0, -6.0]],
    ]
)  # (B, T, D)
PADDING = torch.tensor([[False, False, True], [False, False, False]])


def make_pooling(name: str, *, hidden_size: int = 1) -> Pooling:
    torch.manual_seed(0)
    return POOLINGS[name](ModelConfig(hidden_size=hidden_size, pooling=name, attention_heads=2)).eval()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("last", [[3.0, 20.0], [-5.0, -2.0]]),  # the last real step from the left, the first from the right
        ("mean", [[2.0, 15.0], [-3.0, -4.0]]),
        ("max", [[3.0, 20.0], [-1.0, -2.0]]),
        ("mean-max", [[2.0, 15.0, 3.0, 20.0], [-3.0, -4.0, -1.0, -2.0]]),
    ],
)
def test_weightless_poolings(name: str, expected: list[list[float]]) -> None:
    """Poolings without weights, computed by hand."""
    torch.testing.assert_close(make_pooling(name)(HIDDEN, PADDING), torch.tensor(expected))


def test_uniform_attention() -> None:
    """Attention with equal scores is the mean."""
    attention = make_pooling("attention")
    attention.query.data.zero_()
    torch.testing.assert_close(attention(HIDDEN, PADDING), make_pooling("mean")(HIDDEN, PADDING))


def test_attention_query() -> None:
    """Attention selects the step that matches its query."""
    attention = make_pooling("attention")
    attention.key.weight.data = torch.eye(2)
    attention.key.bias.data.zero_()
    attention.query.data = torch.tensor([1_000.0, 0.0])
    hidden = torch.tensor([[[-0.5, 7.0], [0.5, 8.0], [0.9, 9.0]]])
    padding = torch.tensor([[False, False, True]])
    torch.testing.assert_close(attention(hidden, padding), torch.tensor([[0.5, 8.0]]))


def test_self_attention_residual() -> None:
    """Self-attention without an output projection is layer norm."""
    layer = make_pooling("self-attention")
    layer.output.weight.data.zero_()
    layer.output.bias.data.zero_()
    # Two numbers less their mean, over their standard deviation, are -1 and 1.
    expected = torch.tensor([[-1.0, 1.0], [1.0, -1.0]])
    torch.testing.assert_close(layer(HIDDEN, PADDING), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", POOLINGS)
def test_size(name: str) -> None:
    """The size is the width of the result."""
    config = ModelConfig(hidden_size=4, pooling=name, attention_heads=2)
    pooling = POOLINGS[name](config)
    hidden, padding = torch.randn(2, 3, states_width(config)), torch.zeros(2, 3, dtype=torch.bool)
    assert pooling(hidden, padding).shape == (2, pooling.size)
    assert pooling.every_step(hidden, padding).shape == (2, 3, pooling.size)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(sorted(POOLINGS)), st.lists(st.integers(1, 6), min_size=1, max_size=4), st.floats(-1e3, 1e3))
def test_padding(name: str, lengths: list[int], filler: float) -> None:
    """Padding never changes a row."""
    pooling = make_pooling(name, hidden_size=2)
    padding = torch.arange(7) >= torch.tensor(lengths)[:, None]
    hidden = torch.randn(len(lengths), 7, 4).masked_fill(padding[..., None], filler)
    with torch.inference_mode():
        together = pooling(hidden, padding)
        for row, length in enumerate(lengths):
            alone = pooling(hidden[row : row + 1, :length], padding[row : row + 1, :length])
            torch.testing.assert_close(together[row : row + 1], alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", POOLINGS)
def test_every_step(name: str) -> None:
    """The pooling of one step is that step of `every_step`."""
    pooling = make_pooling(name, hidden_size=2)
    hidden, padding = torch.randn(3, 1, 4), torch.zeros(3, 1, dtype=torch.bool)
    torch.testing.assert_close(pooling(hidden, padding), pooling.every_step(hidden, padding)[:, 0])
