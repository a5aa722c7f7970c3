"""The validation split of labeled texts, and which classes have enough texts to be trained. Knows no files and no Hub."""

from collections.abc import Sequence

import numpy as np

from rnnsent.data.examples import Examples
from rnnsent.errors import DataError

DEFAULT_VALIDATION_FRACTION = 0.1


def split_validation(
    examples: Examples, fraction: float, seed: int, source_name: str = "the data"
) -> tuple[Examples, Examples]:
    """Split into (train, validation), stratified by class; copies of a text always go to the same side.

    A class with one distinct text is in train only.

    Raises:
        DataError: no class has two distinct texts, so that there is nothing to validate on.
    """
    generator = np.random.default_rng([seed, len(examples)])
    in_validation = np.zeros(len(examples), dtype=bool)  # (N,)
    for texts in _group_rows_by_class(examples):
        target = max(1, round(fraction * sum(map(len, texts))))
        n_selected = 0
        for index in generator.permutation(len(texts))[:-1]:  # at least one text remains in train
            if n_selected >= target:
                break
            in_validation[texts[index]] = True
            n_selected += len(texts[index])
    if not in_validation.any():
        raise DataError(f"{source_name} has no class with two distinct texts, one of them to validate on; add texts")
    return examples.take(np.flatnonzero(~in_validation)), examples.take(np.flatnonzero(in_validation))


def count_distinct_texts(examples: Examples, limit: int) -> dict[str, int]:
    """The number of distinct texts of each class, counted up to a limit."""
    distinct: list[set[str]] = [set() for _ in examples.classes]
    for text, label in zip(examples.texts, examples.labels.tolist(), strict=True):
        if len(distinct[label]) < limit:
            distinct[label].add(text)
    return {name: len(texts) for name, texts in zip(examples.classes, distinct, strict=True)}


def _group_rows_by_class(examples: Examples) -> list[list[list[int]]]:
    """The rows of each distinct text, by class."""
    groups: list[list[list[int]]] = [[] for _ in examples.classes]
    for rows in _group_rows_by_text(examples.texts).values():
        groups[examples.labels[rows[0]]].append(rows)
    return groups


def _group_rows_by_text(texts: Sequence[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return rows
