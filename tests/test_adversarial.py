"""Proves that an adversarial step has its length and does harm."""

import numpy as np
import torch
from fitting import encoded, fit_of, updates
from torch.nn import functional as F

from rnnsent.data.batches import pad
from rnnsent.fit.adversarial import adversarial


def test_an_adversarial_step_is_as_long_as_asked_and_raises_the_loss() -> None:
    fit = fit_of(encoded([np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)], np.array([0, 1])))
    ids, lengths = map(torch.from_numpy, pad([np.array([2, 4, 5]), np.array([3])]))
    x = fit.classifier.embedded(ids).detach().requires_grad_()

    def loss_of(vectors: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(fit.classifier.eval().logits(vectors, lengths), torch.tensor([0, 1]))

    moved = adversarial(x, loss_of(x), 0.05)
    np.testing.assert_allclose((moved - x).norm(dim=(1, 2)).detach(), 0.05 * x.norm(dim=(1, 2)).detach(), rtol=1e-4)
    assert torch.equal(moved[1, 1:], x[1, 1:])  # padding stays
    assert loss_of(moved) > loss_of(x)


def test_adversarial_training_changes_what_is_learned() -> None:
    data = encoded([np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)], np.array([0, 1]))
    plain, moved = (updates(fit_of(data, adversarial=size))[0].loss for size in (0.0, 0.1))
    assert moved > plain
