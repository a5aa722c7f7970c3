"""How the hidden states of a text become one vector, in PyTorch: a class for each `--pooling`.

Letters as in classifier.py. Each takes hidden (B, T, D) and padding (B, T), True where a row has ended, and gives
(B, P); `every_step` gives (B, T, P), what each step would give alone. The formulas stand in equations.py.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from rnnsent.config import ModelConfig


class Pooling(nn.Module):
    """What every pooling offers; `size` is P."""

    size: int

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        """A step's own state, which is also its mean and its maximum."""
        return hidden


class LastStep(Pooling):
    """The state of each direction when it has read everything: the last real step, and the first from the right."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.hidden = config.hidden
        self.size = states_width(config)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        last = (~padding).sum(dim=1) - 1  # (B,)
        left = hidden[torch.arange(len(hidden), device=hidden.device), last, : self.hidden]  # (B, H)
        return torch.cat([left, hidden[:, 0, self.hidden :]], dim=-1)  # (B, D)


class Mean(Pooling):
    """The mean over the real steps."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.size = states_width(config)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return masked_mean(hidden, padding)


class Max(Mean):
    """The largest value of each dimension over the real steps."""

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return masked_max(hidden, padding)


class MeanMax(Pooling):
    """Mean and maximum side by side."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.size = 2 * states_width(config)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return torch.cat([masked_mean(hidden, padding), masked_max(hidden, padding)], dim=-1)  # (B, 2D)

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return torch.cat([hidden, hidden], dim=-1)  # (B, T, 2D)


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
        self.heads = config.heads
        self.query, self.key, self.value, self.output = (nn.Linear(self.size, self.size) for _ in range(4))
        self.norm = nn.LayerNorm(self.size)

    def forward(self, hidden: Tensor, padding: Tensor) -> Tensor:
        return masked_mean(self.every_step(hidden, padding), padding)

    def every_step(self, hidden: Tensor, padding: Tensor) -> Tensor:
        B, T, D = hidden.shape
        query, key, value = (
            layer(hidden).view(B, T, self.heads, D // self.heads).transpose(1, 2)  # (B, heads, T, D / heads)
            for layer in (self.query, self.key, self.value)
        )
        # Without a mask no device falls back to a kernel with T squared numbers; a long text is a batch of its own.
        whole = B == 1 and not padding.any()
        mask = None if whole else ~padding[:, None, None, :]  # (B, 1, 1, T)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self.output(mixed.transpose(1, 2).reshape(B, T, D))  # (B, T, D)
        return self.norm(hidden + mixed)


POOLINGS: dict[str, Callable[[ModelConfig], Pooling]] = {
    "last": LastStep,
    "mean": Mean,
    "max": Max,
    "mean-max": MeanMax,
    "attention": Attention,
    "self-attention": SelfAttention,
}


def states_width(config: ModelConfig) -> int:
    """D, the width of the top layer's states."""
    return config.hidden * (2 if config.bidirectional else 1)


def masked_mean(hidden: Tensor, padding: Tensor) -> Tensor:
    full, rest, ended = _split(hidden, padding)
    real = (~padding).sum(dim=1, keepdim=True)  # (B, 1)
    return (full.sum(dim=1) + rest.masked_fill(ended, 0).sum(dim=1)) / real  # (B, D)


def masked_max(hidden: Tensor, padding: Tensor) -> Tensor:
    full, rest, ended = _split(hidden, padding)
    largest = full.amax(dim=1)  # (B, D)
    return torch.maximum(largest, rest.masked_fill(ended, -torch.inf).amax(dim=1)) if rest.shape[1] else largest


def _split(hidden: Tensor, padding: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The steps at which no row has ended, (B, S, D), the others (B, T - S, D), and where those are padding.

    Rows of a batch are of similar length, so that few steps must be copied to be masked. A GPU masks all but the
    first, since to ask it for the shortest row would make it wait.
    """
    S = 1 if padding.is_cuda else int((~padding).sum(dim=1).min())
    return hidden[:, :S], hidden[:, S:], padding[:, S:, None]
