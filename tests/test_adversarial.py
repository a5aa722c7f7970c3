"""Proves that an adversarial step has its length and does harm, and that a virtual one needs no label for it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from fitting import encoded, fit_of, same, snapshot, updates
from torch import Tensor
from torch.nn import functional as F

from rnnsent.config import ModelConfig
from rnnsent.data.batches import pad
from rnnsent.fit.adversarial import adversarial, virtual_adversarial_loss
from rnnsent.fit.loop import Encoded
from rnnsent.model.classifier import Classifier

ROWS = [np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)]
REAL = torch.tensor([[True, True, True], [True, False, False]])


def vectors_and_logits(classes: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Token vectors (2, 3, E) of ROWS, and what gives their logits."""
    torch.manual_seed(0)
    classifier = Classifier(ModelConfig(embedding_dim=8, hidden=8), vocabulary=10, classes=classes).eval()
    ids, lengths = map(torch.from_numpy, pad(ROWS))
    x = classifier.embedded(ids).detach().requires_grad_()
    return x, lambda vectors: classifier.logits(vectors, lengths)


def test_an_adversarial_step_is_as_long_as_asked_and_raises_the_loss() -> None:
    x, logits_of = vectors_and_logits(2)

    def loss_of(vectors: Tensor) -> Tensor:
        return F.cross_entropy(logits_of(vectors), torch.tensor([0, 1]))

    moved = adversarial(x, REAL, loss_of(x), 0.05)
    lengths = (x * REAL[..., None]).norm(dim=(1, 2)).detach()  # of what is real alone
    np.testing.assert_allclose((moved - x).norm(dim=(1, 2)).detach(), 0.05 * lengths, rtol=1e-4)
    assert torch.equal(moved[1, 1:], x[1, 1:])  # padding stays
    assert loss_of(moved) > loss_of(x)


def test_adversarial_training_changes_what_is_learned() -> None:
    data = encoded(ROWS, np.array([0, 1]))
    plain, moved = (updates(fit_of(data, adversarial=size))[0].loss for size in (0.0, 0.1))
    assert moved > plain


@pytest.mark.parametrize("classes", [2, 5])
def test_a_virtual_step_changes_the_answer_more_than_a_random_one(classes: int) -> None:
    x, logits_of = vectors_and_logits(classes)
    before = logits_of(x).softmax(dim=-1)

    def divergence(step: Tensor) -> float:
        step = step * REAL[..., None]
        step = 0.05 * (x * REAL[..., None]).norm(dim=(1, 2), keepdim=True) * step / step.norm(dim=(1, 2), keepdim=True)
        return F.kl_div(logits_of(x + step).log_softmax(dim=-1), before, reduction="batchmean").item()

    random = [divergence(torch.randn_like(x)) for _ in range(50)]
    virtual = [virtual_adversarial_loss(x, REAL, logits_of(x), logits_of, 0.05).item() for _ in range(50)]
    assert np.mean(virtual) > 3 * np.mean(random)
    if classes == 2:  # one direction or its opposite: what any number of power iterations would end at
        assert max(virtual) < 1.2 * min(virtual)
        assert min(virtual) > max(random)


def test_texts_without_a_label_count_only_for_the_virtual_step() -> None:
    """Their loss is 0 and they are not in the mean, whatever the smoothing; a batch of them alone is learned from too."""
    known = encoded(ROWS, np.array([0, 1]))
    mixed = Encoded([*ROWS, *ROWS], np.concatenate([known.targets, np.zeros_like(known.targets)]))
    alone = updates(fit_of(known, label_smoothing=0.1))[0]
    beside = updates(fit_of(mixed, label_smoothing=0.1))[0]
    assert beside.loss == pytest.approx(alone.loss, rel=1e-5)
    assert beside.accuracy == alone.accuracy
    unknown = Encoded(ROWS, np.zeros_like(known.targets))
    still, virtual = (fit_of(unknown, virtual_adversarial=size, weight_decay=0.0) for size in (0.0, 0.05))
    before = snapshot(still.classifier)
    assert updates(still)[0].loss == 0
    updates(virtual)
    assert same(before, snapshot(still.classifier))
    assert not same(before, snapshot(virtual.classifier))
