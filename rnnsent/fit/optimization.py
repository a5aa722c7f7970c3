"""The optimiser, its learning rate and the average of the weights. Knows weights and settings, no data."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from rnnsent.config import TrainConfig
from rnnsent.model.classifier import Classifier


def learning_rate(config: TrainConfig, updates: int, share: float) -> float:
    """The rate after so many updates and this share of all epochs: a linear rise over the first updates, then the
    decay that was chosen."""
    rise = min(1.0, (updates + 1) / config.warmup) if config.warmup else 1.0
    fall = {"none": 1.0, "linear": 1 - share, "cosine": 0.5 + 0.5 * math.cos(math.pi * share)}[config.decay]
    return config.learning_rate * rise * fall


def make_optimizer(classifier: Classifier, config: TrainConfig) -> torch.optim.Optimizer:
    embedding = [classifier.embedding.weight]
    others = [weight for name, weight in classifier.named_parameters() if not name.startswith("embedding.")]
    fused = embedding[0].device.type in ("cpu", "cuda")
    if config.optimizer == "adam":
        return torch.optim.Adam([*embedding, *others], lr=config.learning_rate, fused=fused)
    # Rare words get few gradients; decaying their vectors at each update would undo them.
    groups = [{"params": embedding, "weight_decay": 0.0}, {"params": others, "weight_decay": config.weight_decay}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=fused)


def moving_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """Exponential moving average of the weights (Polyak and Juditsky 1992), shorter in the first updates."""

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], updates: Tensor | int) -> None:
        rate = min(decay, (1 + int(updates)) / (10 + int(updates)))
        with torch.no_grad():
            torch._foreach_lerp_(list(averaged), list(current), 1 - rate)

    return update
