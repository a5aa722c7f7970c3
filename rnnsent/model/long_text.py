"""The logits of one very long text in bounded memory: its states are pooled as they come, a stretch of steps at a time.

Possible where no state is needed twice: not for attention, nor for a layer that reads both directions of another.
Letters as in classifier.py.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from rnnsent.config import ModelConfig
from rnnsent.model.classifier import Classifier

STRETCH = 8_192  # steps


def can_be_stretched(config: ModelConfig) -> bool:
    one_way = config.layers == 1 or not config.bidirectional
    return one_way and config.pooling in ("last", "mean", "max", "mean-max")


def logits(classifier: Classifier, ids: Tensor) -> Tensor:
    """Logits (1, K) for the ids (T,) of one text, the same as `classifier` gives."""
    directions = [(ids, [layer.left_to_right for layer in classifier.layers])]
    if classifier.config.bidirectional:
        directions.append((ids.flip(0), [layer.right_to_left for layer in classifier.layers]))
    parts = [_pooled(classifier, cells, order) for order, cells in directions]
    last, mean, largest = (torch.cat(each, dim=-1) for each in zip(*parts, strict=True))  # (1, D) each
    pooled = {"last": [last], "mean": [mean], "max": [largest], "mean-max": [mean, largest]}[classifier.config.pooling]
    return classifier.output(torch.cat(pooled, dim=-1))


def _pooled(classifier: Classifier, cells: Sequence[Any], ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The last state, the mean and the maximum of the states of one direction, (1, H) each."""
    kept: list[Tensor | tuple[Tensor, Tensor] | None] = [None] * len(cells)
    # Twice the digits, so that a sum of a million states is as exact as that of a hundred.
    total = torch.zeros(1, classifier.config.hidden, dtype=torch.float64, device=ids.device)
    largest = torch.full((1, classifier.config.hidden), -torch.inf, device=ids.device)
    for stretch in torch.split(ids, STRETCH):
        x = classifier.embedding(stretch[None])  # (1, S, E)
        for number, cell in enumerate(cells):
            x, kept[number] = cell(x, kept[number])  # (1, S, H)
        x = x.float()
        total += x.sum(dim=1, dtype=torch.float64)  # (1, H)
        largest = torch.maximum(largest, x.amax(dim=1))  # (1, H)
    return x[:, -1], (total / len(ids)).float(), largest
