"""The optimizer, the learning rate schedule and the moving average of the weights. Knows weights and settings, no data."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from rnnsent.config import TrainingConfig
from rnnsent.errors import RnnsentError


def compute_learning_rate(config: TrainingConfig, step: int, progress: float) -> float:
    """The learning rate of a step: linear warmup, then the schedule.

    Args:
        step: number of the step, from 0.
        progress: fraction of all epochs that is done.
    """
    warmup = min(1.0, (step + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    factors = {"constant": 1.0, "linear": 1 - progress, "cosine": 0.5 + 0.5 * math.cos(math.pi * progress)}
    return config.learning_rate * warmup * factors[config.lr_schedule]


def make_optimizer(model: nn.Module, embedding: Tensor, config: TrainingConfig) -> torch.optim.Optimizer:
    """The optimizer of a model's weights, one of which is the embedding."""
    others = [weight for weight in model.parameters() if weight is not embedding]
    fused = embedding.device.type in ("cpu", "cuda")
    if config.optimizer == "adam":
        return torch.optim.Adam([embedding, *others], lr=config.learning_rate, fused=fused)
    # The vectors of rare words get few gradients, and weight decay at every step would undo them.
    groups = [{"params": [embedding], "weight_decay": 0.0}, {"params": others, "weight_decay": config.weight_decay}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=fused)


def optimizer_step(
    loss: Tensor, optimizer: torch.optim.Optimizer, config: TrainingConfig, learning_rate: float
) -> float:
    """Update the weights once, with clipped gradients, and return the value of the loss.

    Raises:
        RnnsentError: the loss is NaN or infinite; the weights are unchanged.
    """
    value = loss.item()
    if not math.isfinite(value):
        raise RnnsentError(f"the loss became {value}; lower --learning-rate or set training.max_grad_norm")
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    if config.max_grad_norm:
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        nn.utils.clip_grad_norm_(weights, config.max_grad_norm)
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()
    return value


def ema_update(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """The update of an exponential moving average of the weights (Polyak and Juditsky 1992).

    After n steps the decay is at most (1 + n) / (10 + n), so that the initial weights are soon forgotten.
    """

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], steps: Tensor | int) -> None:
        step_decay = min(decay, (1 + int(steps)) / (10 + int(steps)))
        with torch.no_grad():
            torch._foreach_lerp_(list(averaged), list(current), 1 - step_decay)

    return update
