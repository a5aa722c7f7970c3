"""Batches of token ids: rows of similar length, padded on the right. Knows ids, not text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import PADDING_ID, Ids

# Uniform noise up to this many tokens is added to the lengths before sorting, so that batches differ between epochs.
# It costs about half as many padding tokens per row.
LENGTH_NOISE = 8


def make_batches(
    lengths: NDArray[np.int64], *, max_rows: int, max_tokens: int, generator: np.random.Generator | None = None
) -> list[NDArray[np.int64]]:
    """Group row indices into batches of similar length.

    Args:
        lengths: (N,) number of tokens in each row.
        max_rows: maximum number of rows in a batch.
        max_tokens: maximum number of tokens in a batch, including padding; a longer row is a batch of its own.
        generator: shuffles rows of similar length and the order of the batches; None only sorts by length.
    """
    keys = lengths.astype(np.float64)
    if generator is not None:
        keys = keys + generator.uniform(0, LENGTH_NOISE, len(keys))
    order = np.argsort(keys, kind="stable")
    batches, start, longest = [], 0, 0
    for end, row in enumerate(order):
        length = int(lengths[row])
        padded_length = max(longest, length)
        if end > start and (end - start == max_rows or (end - start + 1) * padded_length > max_tokens):
            batches.append(order[start:end])
            start, padded_length = end, length
        longest = padded_length
    if start < len(order):
        batches.append(order[start:])
    if generator is not None:
        batches = [batches[i] for i in generator.permutation(len(batches))]
    return batches


def crop_and_batch(
    rows: Sequence[Ids], *, crop_length: int, max_rows: int, max_tokens: int, generator: np.random.Generator
) -> tuple[list[Ids], list[NDArray[np.int64]]]:
    """The rows of one training epoch, each a `random_crop`, and their shuffled batches of row indices (`make_batches`)."""
    cropped = [random_crop(row, crop_length, generator) for row in rows]
    lengths = np.array([len(row) for row in cropped], dtype=np.int64)
    return cropped, make_batches(lengths, max_rows=max_rows, max_tokens=max_tokens, generator=generator)


def pad(rows: Sequence[Ids]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids (B, T) padded on the right to the longest row, and lengths (B,); no row may be empty."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ids = np.full((len(rows), int(lengths.max())), PADDING_ID, dtype=np.int64)
    ids[np.arange(ids.shape[1]) < lengths[:, None]] = np.concatenate(rows)
    return ids, lengths


def random_crop(row: Ids, size: int, generator: np.random.Generator) -> Ids:
    """`size` consecutive tokens (size,) from a random start; the whole row (T,) if it is no longer, or if size is 0."""
    if not size or len(row) <= size:
        return row
    start = int(generator.integers(0, len(row) - size + 1))
    return row[start : start + size]
