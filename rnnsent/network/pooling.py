"""Pooling of the hidden states of a text into one vector, in PyTorch: one class per method.

Letters as in classifier.py. Each takes hidden (B, T, D) and padding (B, T), True where a row has ended, and returns
(B, P); `every_step` returns (B, T, P), the pooling of each step alone. The formulas are in equations.py.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnsent.config import ModelConfig
from rnnsent.network.equations import STREAMING_POOLINGS


class Pooling(nn.Module):
    """What every pooling offers; `size` is P."""

    size: int

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        """A step's own state, which is also its mean and its maximum."""
        return hidden


class StreamingPooling(Pooling):
    """The last state, the mean or the maximum over the real steps, or several of them concatenated.

    The last state of each direction is the one that has read the whole text: left to right at the last real step, right
    to left at the first.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.hidden_size = config.hidden_size
        self.summaries = STREAMING_POOLINGS[config.pooling]
        self.size = states_width(config) * len(self.summaries)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        methods = {"last": self._last, "mean": masked_mean, "max": masked_max}
        return torch.cat([methods[name](hidden, padding) for name in self.summaries], dim=-1)  # (B, P)

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return hidden.repeat(1, 1, len(self.summaries))  # (B, T, P)

    def _last(self, hidden: Tensor, padding: Tensor) -> Tensor:
        last = (~padding).sum(dim=1) - 1  # (B,)
        left = hidden[torch.arange(len(hidden), device=hidden.device), last, : self.hidden_size]  # (B, H)
        return torch.cat([left, hidden[:, 0, self.hidden_size :]], dim=-1)  # (B, D)


class Attention(Pooling):
    """A learned weight for each step (Yang et al. 2016, the word attention of hierarchical attention networks)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.size = states_width(config)
        self.key = nn.Linear(self.size, self.size)
        self.query = nn.Parameter(torch.randn(self.size) / self.size**0.5)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        scores = torch.tanh(self.key(hidden)) @ self.query  # (B, T)
        weights = scores.masked_fill(padding, -torch.inf).softmax(dim=1)  # (B, T)
        return (weights[:, None] @ hidden)[:, 0]  # (B, D)


class SelfAttention(Pooling):
    """The attention layer of a Transformer on the states (Vaswani et al. 2017), then their mean."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.size = states_width(config)
        self.heads = config.attention_heads
        self.query, self.key, self.value, self.output = (nn.Linear(self.size, self.size) for _ in range(4))
        self.norm = nn.LayerNorm(self.size)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return masked_mean(self.every_step(hidden, padding), padding)  # (B, D)

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        B, T, D = hidden.shape
        query, key, value = (
            layer(hidden).view(B, T, self.heads, D // self.heads).transpose(1, 2)  # (B, heads, T, D / heads)
            for layer in (self.query, self.key, self.value)
        )
        # Without a mask no device falls back to a kernel with T squared numbers; a long text is a batch of its own.
        is_unpadded = B == 1 and not padding.any()
        mask = None if is_unpadded else ~padding[:, None, None, :]  # (B, 1, 1, T)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self.output(mixed.transpose(1, 2).reshape(B, T, D))  # (B, T, D)
        return self.norm(hidden + mixed)


POOLINGS: dict[str, Callable[[ModelConfig], Pooling]] = {
    **dict.fromkeys(STREAMING_POOLINGS, StreamingPooling),
    "attention": Attention,
    "self-attention": SelfAttention,
}


def states_width(config: ModelConfig) -> int:
    """D, the width of the top layer's states."""
    return config.hidden_size * (2 if config.bidirectional else 1)


def masked_mean(hidden: Tensor, padding: Tensor) -> Tensor:
    """The mean over the real steps, (B, D)."""
    unpadded, rest, ended = _split_steps(hidden, padding)
    lengths = (~padding).sum(dim=1, keepdim=True)  # (B, 1)
    return (unpadded.sum(dim=1) + rest.masked_fill(ended, 0).sum(dim=1)) / lengths  # (B, D)


def masked_max(hidden: Tensor, padding: Tensor) -> Tensor:
    """The maximum over the real steps, (B, D)."""
    unpadded, rest, ended = _split_steps(hidden, padding)
    maximum = unpadded.amax(dim=1)  # (B, D)
    return torch.maximum(maximum, rest.masked_fill(ended, -torch.inf).amax(dim=1)) if rest.shape[1] else maximum


def _split_steps(hidden: Tensor, padding: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The steps at which no row has ended (B, S, D), the others (B, T - S, D), and where those are padding.

    Rows of a batch have similar lengths, so few steps must be copied to be masked. A GPU masks all but the first, since
    asking it for the shortest row would make it wait.
    """
    S = 1 if padding.is_cuda else int((~padding).sum(dim=1).min())
    return hidden[:, :S], hidden[:, S:], padding[:, S:, None]
