"""Adversarial and virtual adversarial training of token vectors (Miyato et al. 2017): learn the text, and the text moved
where it hurts most.

The paper fixes the step and normalises the vectors; a share of the text's own norm is the same without a second set of
them. Letters: B texts, T tokens of the longest, E embedding, K classes.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SMALLEST = 1e-12  # norm of a gradient


def adversarial(x: Tensor, real: Tensor, loss: Tensor, size: float) -> Tensor:
    """Token vectors moved along the gradient of the loss, each text by `size` times its own norm.

    Args:
        x: token vectors (B, T, E).
        real: (B, T), False on padding.
        loss: one number, whose graph leads back to x.
    """
    (gradient,) = torch.autograd.grad(loss, x, retain_graph=True)  # (B, T, E), 0 on padding
    length = (x.detach() * real[..., None]).norm(dim=(1, 2), keepdim=True)  # (B, 1, 1)
    direction = gradient / gradient.norm(dim=(1, 2), keepdim=True).clamp_min(SMALLEST)
    return x + size * length * direction


def virtual_adversarial_loss(
    x: Tensor, real: Tensor, logits: Tensor, logits_of: Callable[[Tensor], Tensor], size: float
) -> Tensor:
    """How far a step of `size` can lead the answer away, KL(p(x) || p(x + r)) in nats, mean over texts; needs no label.

    The step r is along J' F e, where J is the slope of the logits, F = diag(p) - p p' their Fisher information and e
    drawn from a normal distribution: one power iteration towards the direction in which p changes fastest, begun among
    the K logits and not among the T x E numbers of the text. For two classes it is that direction itself, and in the
    place of the paper's forward and backward pass there is one backward pass.

    Args:
        x: token vectors (B, T, E).
        real: (B, T), False on padding.
        logits: (B, K) of x, whose graph leads back to x.
        logits_of: token vectors -> logits (B, K).
    """
    before = logits.detach().softmax(dim=-1)  # (B, K)
    drawn = before.sqrt() * torch.randn_like(before)
    weights = drawn - before * drawn.sum(dim=-1, keepdim=True)  # (B, K), with covariance F
    moved = adversarial(x, real, (weights * logits).sum(), size)
    after = logits_of(moved).log_softmax(dim=-1)  # (B, K)
    return F.kl_div(after, before, reduction="batchmean")
