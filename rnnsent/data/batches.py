"""Rows of token ids -> batches of rows of similar length, padded on the right. Knows ids, not text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.tokenizer import Ids
from rnnsent.data.tokenizer_rules import PADDING_ID

# Lengths are shaken by this much before sorting, so that a text meets other texts in each epoch; the padding that
# this costs is about half of it in each row.
LENGTH_NOISE = 8


def buckets(
    lengths: NDArray[np.int64], *, max_rows: int, max_tokens: int, generator: np.random.Generator | None = None
) -> list[NDArray[np.int64]]:
    """Group row numbers into batches of similar length.

    Args:
        lengths: (N,) tokens in each row.
        max_rows: most rows in a batch.
        max_tokens: most tokens in a batch, padding included; a longer row stands alone.
        generator: shuffles rows of similar length, and the order of the batches; None sorts by length alone.
    """
    keys = lengths.astype(np.float64)
    if generator is not None:
        keys = keys + generator.uniform(0, LENGTH_NOISE, len(keys))
    order = np.argsort(keys, kind="stable")
    batches, start, longest = [], 0, 0
    for end, row in enumerate(order):
        widest = max(longest, int(lengths[row]))
        if end > start and (end - start == max_rows or (end - start + 1) * widest > max_tokens):
            batches.append(order[start:end])
            start, widest = end, int(lengths[row])
        longest = widest
    if start < len(order):
        batches.append(order[start:])
    if generator is not None:
        batches = [batches[i] for i in generator.permutation(len(batches))]
    return batches


def pad(rows: Sequence[Ids]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids (B, T) padded on the right to the longest row, and lengths (B,); every row must have a token."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ids = np.full((len(rows), int(lengths.max())), PADDING_ID, dtype=np.int64)
    ids[np.arange(ids.shape[1]) < lengths[:, None]] = np.concatenate(rows)
    return ids, lengths


def random_window(row: Ids, size: int, generator: np.random.Generator) -> Ids:
    """`size` consecutive tokens of a longer row, from a random place; the whole row where it is no longer, or size is 0."""
    if not size or len(row) <= size:
        return row
    start = int(generator.integers(0, len(row) - size + 1))
    return row[start : start + size]
