"""Optimizer steps: learning rate, EMA, gradient clipping and weight decay, computed by hand."""

import math
from typing import Any

import pytest
import torch

from rnnsent.errors import RnnsentError
from rnnsent.training.events import StepResult
from rnnsent.training.loop import Trainer
from tests.support.training import copy_weights, is_equal, make_trainer


@pytest.mark.parametrize(
    ("training", "factors"),
    [
        ({"lr_schedule": "constant"}, [1, 1, 1, 1]),
        ({"lr_schedule": "linear"}, [1, 0.75, 0.5, 0.25]),
        ({"lr_schedule": "cosine"}, [1, 0.5 + math.sqrt(0.5) / 2, 0.5, 0.5 - math.sqrt(0.5) / 2]),
        ({"lr_schedule": "constant", "warmup_steps": 4}, [0.25, 0.5, 0.75, 1]),
        ({"lr_schedule": "linear", "warmup_steps": 2}, [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_learning_rate(training: dict[str, Any], factors: list[float]) -> None:
    """Each schedule, with and without warmup, gives the learning rates computed by hand."""
    trainer = make_trainer(learning_rate=0.1, **training)
    rates = [trainer.optimizer.param_groups[-1]["lr"] for event in trainer.run() if isinstance(event, StepResult)]
    assert rates == pytest.approx([0.1 * factor for factor in factors])


def test_ema() -> None:
    """The averaged weights decay by (1 + n) / (10 + n) after n steps, until that exceeds `ema_decay`."""
    trainer = make_trainer(learning_rate=0.05, ema_decay=0.9)
    assert trainer.averaged_model is not None
    averages, weights = [], []
    for event in trainer.run():
        if isinstance(event, StepResult):
            averages.append(copy_weights(trainer.averaged_model.module)["output.weight"])
            weights.append(copy_weights(trainer.classifier)["output.weight"])
    assert torch.equal(averages[0], weights[0])
    for n in (1, 2, 3):
        decay = (1 + n) / (10 + n)
        torch.testing.assert_close(averages[n], decay * averages[n - 1] + (1 - decay) * weights[n])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_loss_not_finite(value: float) -> None:
    """A loss that is NaN or infinite is an error that names the remedy."""
    trainer = make_trainer()
    trainer.classifier.output.bias.data[0] = value
    message = r"the loss became (nan|inf); lower --learning-rate or set training\.max_grad_norm"
    with pytest.raises(RnnsentError, match=message):
        list(trainer.run())
    assert trainer.best_weights == {}


def gradient_norm_after_step(trainer: Trainer) -> float:
    next(trainer.run())
    return float(torch.cat([weight.grad.flatten() for weight in trainer.classifier.parameters()]).norm())


def test_clipping() -> None:
    """Gradients are clipped to `max_grad_norm`."""
    assert gradient_norm_after_step(make_trainer()) > 0.02
    assert gradient_norm_after_step(make_trainer(max_grad_norm=0.01)) == pytest.approx(0.01, rel=1e-3)


def test_weight_decay() -> None:
    """Only adamw decays weights, and never the embedding."""

    def train(optimizer: str, weight_decay: float) -> dict[str, torch.Tensor]:
        trainer = make_trainer(optimizer=optimizer, weight_decay=weight_decay, epochs=1, batch_size=8)
        list(trainer.run())
        return copy_weights(trainer.classifier)

    plain, decayed = train("adamw", 0.0), train("adamw", 0.5)
    assert torch.equal(plain["embedding.weight"], decayed["embedding.weight"])
    assert float(decayed["output.weight"].norm()) < float(plain["output.weight"].norm())
    assert is_equal(train("adam", 0.0), train("adam", 0.5))
