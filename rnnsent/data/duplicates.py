"""Texts that occur several times in a split, and those of them with different labels. Knows no files."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Duplicates:
    """Repeated texts; those that differ only in case and whitespace count as equal.

    Attributes:
        n_repeated: texts that also appear earlier in the split.
        conflicts: the first text of each group with several labels, and the number of texts of each label, by its index.
    """

    n_repeated: int
    conflicts: tuple[tuple[str, dict[int, int]], ...]


def normalize_text(text: str) -> str:
    """A text without differences of case and whitespace."""
    return " ".join(text.casefold().split())


def find_duplicates(texts: Sequence[str], labels: NDArray[np.int64]) -> Duplicates:
    """The repeated texts of a split.

    Args:
        labels: (N,) indices of the classes of the N texts.
    """
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(normalize_text(text), []).append(row)
    conflicts = []
    for group in rows.values():
        values, counts = np.unique(labels[group], return_counts=True)
        if len(values) > 1:
            conflicts.append((texts[group[0]], dict(zip(values.tolist(), counts.tolist(), strict=True))))
    return Duplicates(len(texts) - len(rows), tuple(conflicts))
