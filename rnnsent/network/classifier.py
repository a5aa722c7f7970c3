"""The recurrent text classifier in PyTorch: token ids and lengths in, logits out. Knows no text and no files.

Letters: B texts, T tokens of the longest, E embedding, H hidden, D width of the states (H or 2H), P pooled, K classes.
The same network in numpy, one text at a time, is in equations.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from rnnsent.config import ModelConfig
from rnnsent.network.pooling import POOLINGS, Pooling, states_width

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class TorchLayer(nn.Module):
    """One recurrent layer, (B, T, inputs) -> (B, T, D).

    The right-to-left direction is a separate cell on reversed rows: `nn.LSTM(bidirectional=True)` would read the
    padding before the text, and packed sequences leave the fast kernels.
    """

    def __init__(self, inputs: int, config: ModelConfig) -> None:
        super().__init__()
        cell = CELLS[config.cell]
        self.left_to_right = cell(inputs, config.hidden_size, batch_first=True)
        self.right_to_left = cell(inputs, config.hidden_size, batch_first=True) if config.bidirectional else None

    def forward(self, x: Tensor, reverse: Tensor) -> Tensor:
        left, _ = self.left_to_right(x)  # (B, T, H)
        if self.right_to_left is None:
            return left
        right, _ = self.right_to_left(_reverse_steps(x, reverse))  # (B, T, H), last token first
        return torch.cat([left, _reverse_steps(right, reverse)], dim=-1)  # (B, T, 2H)


class Classifier(nn.Module):
    """Embedding, recurrent layers, pooling and a linear output layer."""

    def __init__(self, config: ModelConfig, *, vocabulary: int, classes: int) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(vocabulary, config.embedding_dim)
        widths = [config.embedding_dim] + [states_width(config)] * (config.num_layers - 1)
        self.layers = nn.ModuleList([TorchLayer(width, config) for width in widths])
        self.pooling: Pooling = POOLINGS[config.pooling](config)
        self.output = nn.Linear(self.pooling.size, classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, K) for ids (B, T) padded on the right; padding never changes a row's logits."""
        return self.logits(self.embed(ids), lengths)

    def embed(self, ids: Tensor) -> Tensor:
        """Token vectors (B, T, E), with embedding dropout in training."""
        x = self.embedding(ids)  # (B, T, E)
        if self.training and self.config.embedding_dropout:
            # One mask for all tokens of a text (variational dropout, Gal and Ghahramani 2016).
            x = x * F.dropout(x.new_ones(len(x), 1, x.shape[-1]), self.config.embedding_dropout)
        return x

    def logits(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, K) for token vectors (B, T, E)."""
        hidden, padding = self.hidden_states(x, lengths)  # (B, T, D), (B, T)
        with full_precision(hidden.device):
            pooled = self.pooling(hidden, padding)  # (B, P)
            return self.output(F.dropout(pooled, self.config.dropout, self.training))

    def step_logits(self, x: Tensor, lengths: Tensor) -> Tensor:
        """V h_t + c at every step (B, T, K) for token vectors (B, T, E); values after a row's end are meaningless."""
        hidden, padding = self.hidden_states(x, lengths)  # (B, T, D), (B, T)
        with full_precision(hidden.device):
            pooled = self.pooling.every_step(hidden, padding)  # (B, T, P)
            return self.output(F.dropout(pooled, self.config.dropout, self.training))

    def hidden_states(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The top layer's states (B, T, D), and padding (B, T), True after a row's end."""
        padding, reverse = _padding_and_reverse(x, lengths)  # (B, T) both
        for layer in self.layers:
            x = layer(x, reverse)  # (B, T, D)
        return x.float(), padding

    def first_layer_states(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The states of the first layer (B, T, D), and padding (B, T)."""
        padding, reverse = _padding_and_reverse(x, lengths)  # (B, T) both
        return self.layers[0](x, reverse).float(), padding

    def to_bfloat16(self) -> None:
        """Compute the states in bfloat16; pooling and logits remain in float32."""
        self.embedding.to(torch.bfloat16)
        self.layers.to(torch.bfloat16)

    def initialize(self) -> None:
        """Initialize for training.

        Recurrent weights are orthogonal (Saxe et al. 2014), and forget gates are open (Jozefowicz et al. 2015).
        """
        nn.init.normal_(self.embedding.weight, std=0.1)
        for name, weight in self.layers.named_parameters():
            if "weight_hh" in name:
                for gate in torch.split(weight.data, self.config.hidden_size):
                    nn.init.orthogonal_(gate)
            elif "weight_ih" in name:
                nn.init.xavier_uniform_(weight)
            else:
                nn.init.zeros_(weight)
                if self.config.cell == "lstm" and "bias_ih" in name:
                    weight.data[self.config.hidden_size : 2 * self.config.hidden_size] = 1


def from_weights(weights: Mapping[str, NDArray[np.float32]], config: ModelConfig, device: torch.device) -> Classifier:
    """A classifier with these weights, ready to predict on the device."""
    classifier = Classifier(config, vocabulary=len(weights["embedding.weight"]), classes=len(weights["output.bias"]))
    classifier.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.items()})
    return classifier.to(device).eval()


def to_weights(classifier: nn.Module) -> dict[str, NDArray[np.float32]]:
    """The weights by name, copied to the CPU as numpy arrays."""
    return {name: tensor.detach().float().cpu().numpy().copy() for name, tensor in classifier.state_dict().items()}


def to_tensors(ids: NDArray[np.int64], lengths: NDArray[np.int64], device: torch.device) -> tuple[Tensor, Tensor]:
    """A padded batch on the device; the copy to a GPU is asynchronous, from pinned memory."""
    pair = (torch.from_numpy(ids), torch.from_numpy(lengths))
    if device.type == "cuda":
        pair = (pair[0].pin_memory(), pair[1].pin_memory())
    return pair[0].to(device, non_blocking=True), pair[1].to(device, non_blocking=True)


def full_precision(device: torch.device) -> torch.autocast:
    """Disable autocast: sums over hundreds of steps, and logits, need more than the 8 bits of bfloat16."""
    return torch.autocast(device.type, enabled=False)


def _padding_and_reverse(x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Padding (B, T) of rows (B, T, N), and the order (B, T) that reverses the real steps of each."""
    steps = torch.arange(x.shape[1], device=x.device)  # (T,)
    padding = steps >= lengths[:, None]  # (B, T)
    return padding, torch.where(padding, steps, lengths[:, None] - 1 - steps)  # padding stays in place


class _Reverse(torch.autograd.Function):
    """Rows (B, T, N) with the real steps of each reversed, by the order (B, T) of `_padding_and_reverse`.

    Whole steps are copied, which `gather` does number by number. Reversing is its own inverse, so the gradient is
    reversed too; PyTorch cannot know that, and would accumulate it step by step.
    """

    @staticmethod
    def forward(context: Any, x: Tensor, order: Tensor) -> Tensor:
        context.save_for_backward(order)
        return _reorder(x, order)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (order,) = context.saved_tensors
        return _reorder(gradients[0], order), None


def _reverse_steps(x: Tensor, order: Tensor) -> Tensor:
    reordered: Tensor = _Reverse.apply(x, order)  # type: ignore[no-untyped-call]
    return reordered


def _reorder(x: Tensor, order: Tensor) -> Tensor:
    B, T, N = x.shape
    positions = (order + T * torch.arange(B, device=x.device)[:, None]).reshape(B * T)
    return x.reshape(B * T, N).index_select(0, positions).view(B, T, N)
