"""The optimiser, its learning rate and the average of the weights. Knows weights and settings, no data."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from rnnsent.config import TrainConfig
from rnnsent.errors import RnnsentError


def learning_rate(config: TrainConfig, updates: int, share: float) -> float:
    """The rate after so many updates and this share of all epochs: a linear rise over the first updates, then the
    decay that was chosen."""
    rise = min(1.0, (updates + 1) / config.warmup) if config.warmup else 1.0
    fall = {"none": 1.0, "linear": 1 - share, "cosine": 0.5 + 0.5 * math.cos(math.pi * share)}[config.decay]
    return config.learning_rate * rise * fall


def make_optimizer(model: nn.Module, embedding: Tensor, config: TrainConfig) -> torch.optim.Optimizer:
    """The optimiser of a model's weights, one of which is the embedding."""
    others = [weight for weight in model.parameters() if weight is not embedding]
    fused = embedding.device.type in ("cpu", "cuda")
    if config.optimizer == "adam":
        return torch.optim.Adam([embedding, *others], lr=config.learning_rate, fused=fused)
    # Rare words get few gradients; decaying their vectors at each update would undo them.
    groups = [{"params": [embedding], "weight_decay": 0.0}, {"params": others, "weight_decay": config.weight_decay}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=fused)


def descend(loss: Tensor, optimizer: torch.optim.Optimizer, config: TrainConfig, rate: float) -> float:
    """One update of the weights at a learning rate; the value of the loss.

    Raises:
        RnnsentError: the loss is no number any more; the weights are as they were.
    """
    value = loss.item()
    if not math.isfinite(value):
        raise RnnsentError(f"the loss became {value}; lower --learning-rate or set --clip-norm")
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    if config.clip_norm:
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        nn.utils.clip_grad_norm_(weights, config.clip_norm)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    return value


def moving_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """Exponential moving average of the weights (Polyak and Juditsky 1992), shorter in the first updates."""

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], updates: Tensor | int) -> None:
        rate = min(decay, (1 + int(updates)) / (10 + int(updates)))
        with torch.no_grad():
            torch._foreach_lerp_(list(averaged), list(current), 1 - rate)

    return update
