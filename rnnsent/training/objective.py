"""What training minimizes: the cross-entropy, of adversarially perturbed texts too if the settings say so.

Letters: B texts, T tokens of the longest, E embedding, K classes, N texts or tokens.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from rnnsent.config import TrainingConfig
from rnnsent.network.classifier import Classifier
from rnnsent.training.adversarial import perturb, virtual_adversarial_loss


class Objective:
    """The loss of a classifier on a batch.

    Args:
        class_weights: (K,) factors of the cross-entropy; None weights all classes equally.
    """

    def __init__(self, classifier: Classifier, config: TrainingConfig, class_weights: Tensor | None = None) -> None:
        self._classifier, self._config, self._class_weights = classifier, config, class_weights

    def compute(self, ids: Tensor, lengths: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) of the texts, without perturbation, and the loss, a scalar.

        Args:
            ids: (B, T), padded on the right.
            lengths: (B,).
            targets: (B, K), 0 for all classes of an unlabeled text, which has no cross-entropy.
        """
        config = self._config
        x = self._classifier.embed(ids)  # (B, T, E)
        mask = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T), False on padding
        logits, loss = self._cross_entropy(x, lengths, targets)
        total = loss
        if config.adversarial_epsilon:
            perturbed = perturb(x, mask, loss, config.adversarial_epsilon)  # (B, T, E)
            total = total + self._cross_entropy(perturbed, lengths, targets)[1]
        if config.vat_epsilon:
            total = total + virtual_adversarial_loss(
                x,
                mask,
                logits,
                lambda perturbed: self._cross_entropy(perturbed, lengths, targets)[0],
                config.vat_epsilon,
            )
        return logits, total

    def _cross_entropy(self, x: Tensor, lengths: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) for token vectors (B, T, E), and the mean cross-entropy over texts, or over all their tokens."""
        if self._config.loss == "final":
            logits = self._classifier.logits(x, lengths)  # (B, K)
            return logits, self._mean_cross_entropy(logits, targets)
        token_logits = self._classifier.step_logits(x, lengths)  # (B, T, K)
        mask = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T)
        token_targets = targets[:, None].expand_as(token_logits)  # (B, T, K)
        final = token_logits[torch.arange(len(x), device=x.device), lengths - 1]  # (B, K)
        return final, self._mean_cross_entropy(token_logits[mask], token_targets[mask])

    def _mean_cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The cross-entropy of logits (N, K), averaged over the labeled of the targets (N, K)."""
        labeled = targets.sum(dim=-1) > 0  # (N,)
        losses = F.cross_entropy(
            logits, targets, self._class_weights, reduction="none", label_smoothing=self._config.label_smoothing
        )  # (N,)
        return torch.where(labeled, losses, 0.0).sum() / labeled.sum().clamp_min(1)
