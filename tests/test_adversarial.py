"""Adversarial and virtual adversarial training: the perturbation's norm and direction, and unlabeled texts."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from rnnsent.config import ModelConfig
from rnnsent.data.batches import pad
from rnnsent.network.classifier import Classifier
from rnnsent.training.adversarial import perturb, virtual_adversarial_loss
from rnnsent.training.dataset import EncodedDataset
from tests.support.training import copy_weights, is_equal, make_trainer, one_hot, run_steps

ROWS = [np.array([2, 4, 5], dtype=np.int32), np.array([3], dtype=np.int32)]
MASK = torch.tensor([[True, True, True], [True, False, False]])


def make_vectors(n_classes: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Token vectors (2, 3, E) of ROWS, and a function that computes logits from token vectors."""
    torch.manual_seed(0)
    classifier = Classifier(ModelConfig(embedding_dim=8, hidden_size=8), vocabulary=10, classes=n_classes).eval()
    ids, lengths = map(torch.from_numpy, pad(ROWS))
    x = classifier.embed(ids).detach().requires_grad_()
    return x, lambda vectors: classifier.logits(vectors, lengths)


def test_perturb() -> None:
    """A perturbation has the requested norm, leaves padding unchanged and raises the loss."""
    x, compute_logits = make_vectors(2)

    def compute_loss(vectors: Tensor) -> Tensor:
        return F.cross_entropy(compute_logits(vectors), torch.tensor([0, 1]))

    perturbed = perturb(x, MASK, compute_loss(x), 0.05)
    norms = (x * MASK[..., None]).norm(dim=(1, 2)).detach()  # without padding
    np.testing.assert_allclose((perturbed - x).norm(dim=(1, 2)).detach(), 0.05 * norms, rtol=1e-4)
    assert torch.equal(perturbed[1, 1:], x[1, 1:])
    assert compute_loss(perturbed) > compute_loss(x)


def test_adversarial_training() -> None:
    """`adversarial_epsilon` adds the loss of perturbed texts."""
    dataset = one_hot(ROWS, np.array([0, 1]))
    plain, adversarial = (
        run_steps(make_trainer(dataset, adversarial_epsilon=epsilon))[0].loss for epsilon in (0.0, 0.1)
    )
    assert adversarial > plain


@pytest.mark.parametrize("n_classes", [2, 5])
def test_virtual_perturbation(n_classes: int) -> None:
    """A virtual adversarial perturbation changes the prediction more than a random one of the same norm."""
    x, compute_logits = make_vectors(n_classes)
    probabilities = compute_logits(x).softmax(dim=-1)

    def compute_divergence(direction: Tensor) -> float:
        direction = direction * MASK[..., None]
        norm = 0.05 * (x * MASK[..., None]).norm(dim=(1, 2), keepdim=True)
        perturbed = x + norm * direction / direction.norm(dim=(1, 2), keepdim=True)
        return F.kl_div(compute_logits(perturbed).log_softmax(dim=-1), probabilities, reduction="batchmean").item()

    random = [compute_divergence(torch.randn_like(x)) for _ in range(50)]
    virtual = [virtual_adversarial_loss(x, MASK, compute_logits(x), compute_logits, 0.05).item() for _ in range(50)]
    assert np.mean(virtual) > 3 * np.mean(random)
    if n_classes == 2:  # one direction up to its sign, to which any number of power iterations would converge
        assert max(virtual) < 1.2 * min(virtual)
        assert min(virtual) > max(random)


def test_unlabeled() -> None:
    """Unlabeled texts have no cross-entropy and do not count in its mean; only VAT trains on them."""
    labeled = one_hot(ROWS, np.array([0, 1]))
    no_targets = np.zeros_like(labeled.targets)
    mixed = EncodedDataset([*ROWS, *ROWS], np.concatenate([labeled.targets, no_targets]))
    labeled_step = run_steps(make_trainer(labeled, label_smoothing=0.1))[0]
    mixed_step = run_steps(make_trainer(mixed, label_smoothing=0.1))[0]
    assert mixed_step.loss == pytest.approx(labeled_step.loss, rel=1e-5)
    assert mixed_step.accuracy == labeled_step.accuracy
    unlabeled = EncodedDataset(ROWS, no_targets)
    plain, vat = (make_trainer(unlabeled, vat_epsilon=epsilon, weight_decay=0.0) for epsilon in (0.0, 0.05))
    initial = copy_weights(plain.classifier)
    assert run_steps(plain)[0].loss == 0
    run_steps(vat)
    assert is_equal(initial, copy_weights(plain.classifier))
    assert not is_equal(initial, copy_weights(vat.classifier))
