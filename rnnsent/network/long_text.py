"""The logits of one very long text in bounded memory: states are pooled chunk by chunk, and not stored.

This is possible if no state is needed twice: not for attention, nor for a layer that reads both directions of the one
below.

Letters: B = 1 text, S steps of a chunk, T tokens, E embedding, H hidden, D width of the states (H or 2H), K classes.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from rnnsent.config import ModelConfig
from rnnsent.network.classifier import Classifier
from rnnsent.network.equations import STREAMING_POOLINGS

CHUNK_STEPS = 8_192


def supports_chunking(config: ModelConfig) -> bool:
    reads_one_way = config.num_layers == 1 or not config.bidirectional
    return reads_one_way and config.pooling in STREAMING_POOLINGS


def logits(classifier: Classifier, ids: Tensor) -> Tensor:
    """Logits (1, K) for the ids (T,) of one text, the same as those of `classifier`."""
    directions = [(ids, [layer.left_to_right for layer in classifier.layers])]
    if classifier.config.bidirectional:
        directions.append((ids.flip(0), [layer.right_to_left for layer in classifier.layers]))
    parts = [_pool_direction(classifier, cells, ordered) for ordered, cells in directions]
    last, mean, maximum = (torch.cat(part, dim=-1) for part in zip(*parts, strict=True))  # (1, D) each
    pooled = [
        {"last": last, "mean": mean, "max": maximum}[name] for name in STREAMING_POOLINGS[classifier.config.pooling]
    ]
    return classifier.output(torch.cat(pooled, dim=-1))


def _pool_direction(classifier: Classifier, cells: Sequence[Any], ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The last state, the mean and the maximum of the states of one direction, (1, H) each."""
    states: list[Tensor | tuple[Tensor, Tensor] | None] = [None] * len(cells)
    # In float64, so that a sum over a million states is as exact as one over a hundred.
    total = torch.zeros(1, classifier.config.hidden_size, dtype=torch.float64, device=ids.device)
    maximum = torch.full((1, classifier.config.hidden_size), -torch.inf, device=ids.device)
    for chunk in torch.split(ids, CHUNK_STEPS):
        x = classifier.embedding(chunk[None])  # (1, S, E)
        for layer, cell in enumerate(cells):
            x, states[layer] = cell(x, states[layer])  # (1, S, H)
        x = x.float()
        total += x.sum(dim=1, dtype=torch.float64)  # (1, H)
        maximum = torch.maximum(maximum, x.amax(dim=1))  # (1, H)
    return x[:, -1], (total / len(ids)).float(), maximum
