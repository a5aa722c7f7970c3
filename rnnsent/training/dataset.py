"""Encoded texts and their targets, what a network is trained on. Knows ids and probabilities, no text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import Ids


@dataclass(frozen=True)
class EncodedDataset:
    """N rows of token ids, none of them empty, and their targets (N, K), a probability for each class.

    A label is a one-hot target, a teacher's target may be any distribution, and the target of an unlabeled text is 0
    for all classes.

    Attributes:
        allowed: (N, K) whether the source of a row has a class; the loss leaves out the others. None if all rows have all.
    """

    rows: Sequence[Ids]
    targets: NDArray[np.float32]
    allowed: NDArray[np.bool_] | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """The most probable class of each row, (N,)."""
        return self.targets.argmax(axis=1)


def concatenate(datasets: Sequence[EncodedDataset]) -> EncodedDataset:
    """All rows of the data sets, in order."""
    rows = [row for dataset in datasets for row in dataset.rows]
    targets = np.concatenate([dataset.targets for dataset in datasets])
    if all(dataset.allowed is None for dataset in datasets):
        return EncodedDataset(rows, targets)
    allowed = [
        np.ones(dataset.targets.shape, dtype=bool) if dataset.allowed is None else dataset.allowed
        for dataset in datasets
    ]
    return EncodedDataset(rows, targets, np.concatenate(allowed))
