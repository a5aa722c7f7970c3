"""Adversarial and virtual adversarial training of token vectors (Miyato et al. 2017).

The paper normalizes the embedding and perturbs each text by a fixed norm. Here the norm of the perturbation is a
fraction of the text's own norm, which needs no second, normalized embedding.
Letters: B texts, T tokens of the longest, E embedding, K classes.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

MIN_NORM = 1e-12  # of a gradient, to avoid division by zero


def perturb(x: Tensor, mask: Tensor, loss: Tensor, epsilon: float) -> Tensor:
    """Token vectors (B, T, E) moved along the gradient of the loss, each text by `epsilon` times its norm.

    Args:
        x: token vectors (B, T, E).
        mask: (B, T), False on padding.
        loss: a scalar that is differentiable with respect to x.
        epsilon: norm of the perturbation as a fraction of the norm of the text.
    """
    (gradient,) = torch.autograd.grad(loss, x, retain_graph=True)  # (B, T, E), 0 on padding
    norm = (x.detach() * mask[..., None]).norm(dim=(1, 2), keepdim=True)  # (B, 1, 1)
    direction = gradient / gradient.norm(dim=(1, 2), keepdim=True).clamp_min(MIN_NORM)
    return x + epsilon * norm * direction


def virtual_adversarial_loss(
    x: Tensor, mask: Tensor, logits: Tensor, compute_logits: Callable[[Tensor], Tensor], epsilon: float
) -> Tensor:
    """KL(p(x) || p(x + r)) in nats, mean over texts, for a perturbation r that changes p most; needs no labels.

    The perturbation r is along J' F e, where J is the Jacobian of the logits, F = diag(p) - p p' their Fisher
    information and e is normally distributed. That is one power iteration towards the direction in which p changes
    fastest, started from K random logits instead of the paper's T x E random vectors: it takes one backward pass
    instead of a forward and a backward pass, and with two classes it gives that direction exactly.

    Args:
        x: token vectors (B, T, E).
        mask: (B, T), False on padding.
        logits: (B, K) for x, differentiable with respect to x.
        compute_logits: token vectors (B, T, E) -> logits (B, K).
        epsilon: norm of r as a fraction of the norm of the text.
    """
    p = logits.detach().softmax(dim=-1)  # (B, K)
    noise = p.sqrt() * torch.randn_like(p)  # (B, K)
    direction = noise - p * noise.sum(dim=-1, keepdim=True)  # (B, K), with covariance F
    perturbed = perturb(x, mask, (direction * logits).sum(), epsilon)  # (B, T, E)
    log_q = compute_logits(perturbed).log_softmax(dim=-1)  # (B, K)
    return F.kl_div(log_q, p, reduction="batchmean")
