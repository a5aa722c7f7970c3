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

    def compute(
        self, ids: Tensor, lengths: Tensor, targets: Tensor, allowed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Logits (B, K) of the texts, without perturbation, and the loss, a scalar.

        Args:
            ids: (B, T), padded on the right.
            lengths: (B,).
            targets: (B, K), 0 for all classes of an unlabeled text, which has no cross-entropy.
            allowed: (B, K) the classes that the cross-entropy of a text is about; None are all.
        """
        config = self._config
        x = self._classifier.embed(ids)  # (B, T, E)
        mask = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T), False on padding
        logits, loss = self._cross_entropy(x, lengths, targets, allowed)
        total = loss
        if config.adversarial_epsilon:
            perturbed = perturb(x, mask, loss, config.adversarial_epsilon)  # (B, T, E)
            total = total + self._cross_entropy(perturbed, lengths, targets, allowed)[1]
        if config.vat_epsilon:
            total = total + virtual_adversarial_loss(
                x,
                mask,
                logits,
                lambda perturbed: self._cross_entropy(perturbed, lengths, targets, allowed)[0],
                config.vat_epsilon,
            )
        return logits, total

    def _cross_entropy(
        self, x: Tensor, lengths: Tensor, targets: Tensor, allowed: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Logits (B, K) for token vectors (B, T, E), and the mean cross-entropy over texts, or over all their tokens."""
        if self._config.loss == "final":
            logits = self._classifier.logits(x, lengths)  # (B, K)
            return logits, self._mean_cross_entropy(logits, targets, allowed)
        token_logits = self._classifier.step_logits(x, lengths)  # (B, T, K)
        mask = torch.arange(x.shape[1], device=x.device) < lengths[:, None]  # (B, T)
        token_targets = targets[:, None].expand_as(token_logits)  # (B, T, K)
        token_allowed = None if allowed is None else allowed[:, None].expand_as(token_logits)[mask]  # (N, K)
        final = token_logits[torch.arange(len(x), device=x.device), lengths - 1]  # (B, K)
        return final, self._mean_cross_entropy(token_logits[mask], token_targets[mask], token_allowed)

    def _mean_cross_entropy(self, logits: Tensor, targets: Tensor, allowed: Tensor | None) -> Tensor:
        """The cross-entropy of logits (N, K), averaged over the labeled of the targets (N, K)."""
        labeled = targets.sum(dim=-1) > 0  # (N,)
        smoothing = self._config.label_smoothing
        if allowed is None:
            losses = F.cross_entropy(
                logits, targets, self._class_weights, reduction="none", label_smoothing=smoothing
            )  # (N,)
        else:
            losses = masked_cross_entropy(logits, targets, allowed, self._class_weights, smoothing)
        return torch.where(labeled, losses, 0.0).sum() / labeled.sum().clamp_min(1)


def masked_cross_entropy(
    logits: Tensor, targets: Tensor, allowed: Tensor, class_weights: Tensor | None = None, label_smoothing: float = 0.0
) -> Tensor:
    """The cross-entropy (N,) among the allowed classes of each text: the logits of others are left out of the softmax.

    Args:
        logits: (N, K).
        targets: (N, K), 0 for classes that are not allowed.
        allowed: (N, K), at least one class of each row.
        class_weights: (K,).
        label_smoothing: how much of the target is divided among the allowed classes.
    """
    log_probabilities = F.log_softmax(logits.float().masked_fill(~allowed, -torch.inf), dim=-1)  # (N, K)
    uniform = allowed / allowed.sum(dim=-1, keepdim=True)  # (N, K)
    weights = (1 - label_smoothing) * targets + label_smoothing * uniform  # (N, K)
    if class_weights is not None:
        weights = weights * class_weights
    return -(weights * log_probabilities.masked_fill(~allowed, 0.0)).sum(dim=-1)
