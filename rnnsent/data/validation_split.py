"""The validation split of labeled texts, and which classes have enough texts to be trained. Knows no files and no Hub.

Which side a text is on depends on the text alone, so that a model that starts from another one, the bundled one for
example, is never validated on what the other was trained on, whatever texts are added, removed or reordered meanwhile.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from rnnsent.data.examples import Examples
from rnnsent.errors import DataError

DEFAULT_VALIDATION_FRACTION = 0.1
HASH_RULE = "hash"  # recorded in a checkpoint whose validation split was cut by `split_validation`

_Rows: TypeAlias = list[int]  # of one text and its copies


def hash_text(text: str) -> float:
    """A number in [0, 1) that looks random; the same for a text in any case and with any blanks."""
    digest = hashlib.sha256(_normalize(text).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)


def split_validation(examples: Examples, fraction: float, source_name: str = "the data") -> tuple[Examples, Examples]:
    """Split into (train, validation): a text is for validation if `hash_text` is below the fraction.

    A class with several distinct texts has at least one on each side, and a class with one has it in train. Texts that
    differ only in case or blanks go to the same side.

    Raises:
        DataError: no class has two distinct texts, so that there is nothing to validate on.
    """

    def choose(texts: Sequence[_Rows]) -> Sequence[_Rows]:
        hashes = {rows[0]: hash_text(examples.texts[rows[0]]) for rows in texts}
        in_order = sorted(texts, key=lambda rows: hashes[rows[0]])
        n_below = sum(value < fraction for value in hashes.values())
        return in_order[: min(max(n_below, 1), len(texts) - 1)]

    return _split(examples, choose, source_name)


def sample_validation(
    examples: Examples, fraction: float, seed: int, source_name: str = "the data"
) -> tuple[Examples, Examples]:
    """The split into (train, validation) of checkpoints without HASH_RULE: a sample of each class, drawn with a seed.

    Raises:
        DataError: as `split_validation`.
    """
    generator = np.random.default_rng([seed, len(examples)])

    def choose(texts: Sequence[_Rows]) -> Sequence[_Rows]:
        target = max(1, round(fraction * sum(map(len, texts))))
        chosen: list[_Rows] = []
        for index in generator.permutation(len(texts))[:-1]:
            if sum(map(len, chosen)) >= target:
                break
            chosen.append(texts[index])
        return chosen

    return _split(examples, choose, source_name, key=str)


def count_distinct_texts(examples: Examples, limit: int) -> dict[str, int]:
    """The number of distinct texts of each class, counted up to a limit."""
    distinct: list[set[str]] = [set() for _ in examples.classes]
    for text, label in zip(examples.texts, examples.labels.tolist(), strict=True):
        if len(distinct[label]) < limit:
            distinct[label].add(text)
    return {name: len(texts) for name, texts in zip(examples.classes, distinct, strict=True)}


def _normalize(text: str) -> str:
    """What two copies of a text have in common: not their case, nor their blanks."""
    return " ".join(text.casefold().split())


def _split(
    examples: Examples,
    choose: Callable[[Sequence[_Rows]], Sequence[_Rows]],
    source_name: str,
    key: Callable[[str], str] = _normalize,
) -> tuple[Examples, Examples]:
    """Split into (train, validation).

    Args:
        choose: the texts of a class that are for validation, of all of them; texts are given by their rows.
        key: equal for copies of a text.
    """
    in_validation = np.zeros(len(examples), dtype=bool)  # (N,)
    for texts in _group_rows_by_class(examples, key):
        for rows in choose(texts) if len(texts) > 1 else ():
            in_validation[rows] = True
    if not in_validation.any():
        raise DataError(f"{source_name} has no class with two distinct texts, one of them to validate on; add texts")
    return examples.take(np.flatnonzero(~in_validation)), examples.take(np.flatnonzero(in_validation))


def _group_rows_by_class(examples: Examples, key: Callable[[str], str]) -> list[list[_Rows]]:
    """The rows of each distinct text, by the class of the first of them."""
    rows_by_text: dict[str, _Rows] = {}
    for row, text in enumerate(examples.texts):
        rows_by_text.setdefault(key(text), []).append(row)
    groups: list[list[_Rows]] = [[] for _ in examples.classes]
    for rows in rows_by_text.values():
        groups[examples.labels[rows[0]]].append(rows)
    return groups
