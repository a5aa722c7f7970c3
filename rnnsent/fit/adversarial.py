"""Adversarial training of token vectors (Miyato et al. 2017): learn the text, and the text moved where it hurts most."""

import torch
from torch import Tensor


def adversarial(x: Tensor, loss: Tensor, size: float) -> Tensor:
    """Token vectors (B, T, E) moved along the gradient of the loss, each text by `size` times its own norm.

    The paper fixes the step and normalises the vectors; a share of the norm is the same without a second set of them.
    """
    (gradient,) = torch.autograd.grad(loss, x, retain_graph=True)  # (B, T, E), 0 on padding
    length = x.detach().norm(dim=(1, 2), keepdim=True)  # (B, 1, 1)
    direction = gradient / gradient.norm(dim=(1, 2), keepdim=True).clamp_min(1e-12)
    return x + size * length * direction
