"""Proves each update of the weights against figures counted by hand: its rate, its norm, its decay and its average."""

import math
from typing import Any

import pytest
import torch
from fitting import fit_of, same, snapshot

from rnnsent.errors import RnnsentError
from rnnsent.fit.loop import Fit, Update


@pytest.mark.parametrize(
    ("training", "rates"),
    [
        ({"decay": "none"}, [1, 1, 1, 1]),
        ({"decay": "linear"}, [1, 0.75, 0.5, 0.25]),
        ({"decay": "cosine"}, [1, 0.5 + math.sqrt(0.5) / 2, 0.5, 0.5 - math.sqrt(0.5) / 2]),
        ({"decay": "none", "warmup": 4}, [0.25, 0.5, 0.75, 1]),
        ({"decay": "linear", "warmup": 2}, [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_the_learning_rate_rises_and_falls_as_counted_by_hand(training: dict[str, Any], rates: list[float]) -> None:
    fit = fit_of(learning_rate=0.1, **training)
    found = [fit.optimizer.param_groups[-1]["lr"] for event in fit.run() if isinstance(event, Update)]
    assert found == pytest.approx([0.1 * rate for rate in rates])


def test_the_average_of_the_weights_moves_at_the_rate_counted_by_hand() -> None:
    fit = fit_of(learning_rate=0.05, average=0.9)
    assert fit.average is not None
    averages, weights = [], []
    for event in fit.run():
        if isinstance(event, Update):
            averages.append(snapshot(fit.average.module)["output.weight"])
            weights.append(snapshot(fit.classifier)["output.weight"])
    assert torch.equal(averages[0], weights[0])
    for i in (1, 2, 3):  # the rate after i updates is (1 + i) / (10 + i), until that is more than 0.9
        rate = (1 + i) / (10 + i)
        torch.testing.assert_close(averages[i], rate * averages[i - 1] + (1 - rate) * weights[i])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_with_a_remedy(value: float) -> None:
    fit = fit_of()
    fit.classifier.output.bias.data[0] = value
    with pytest.raises(RnnsentError, match=r"the loss became (nan|inf); lower --learning-rate or set --clip"):
        list(fit.run())
    assert fit.best == {}


def norm_of_gradients(fit: Fit) -> float:
    next(fit.run())
    return float(torch.cat([weight.grad.flatten() for weight in fit.classifier.parameters()]).norm())


def test_gradients_are_clipped_to_the_norm_asked_for() -> None:
    assert norm_of_gradients(fit_of()) > 0.02
    assert norm_of_gradients(fit_of(clip_norm=0.01)) == pytest.approx(0.01, rel=1e-3)


def test_only_adamw_decays_weights_and_never_the_embedding() -> None:
    def after(optimizer: str, decay: float) -> dict[str, torch.Tensor]:
        fit = fit_of(optimizer=optimizer, weight_decay=decay, epochs=1, batch_size=8)
        list(fit.run())
        return snapshot(fit.classifier)

    plain, decayed = after("adamw", 0.0), after("adamw", 0.5)
    assert torch.equal(plain["embedding.weight"], decayed["embedding.weight"])
    assert float(decayed["output.weight"].norm()) < float(plain["output.weight"].norm())
    assert same(after("adam", 0.0), after("adam", 0.5))
