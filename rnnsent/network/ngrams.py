"""The n-gram model: weights of n-grams, whose sums are added to the network's logits, in numpy.

NB-SVM (Wang and Manning 2012) beside a network, as in wide and deep models (Cheng et al. 2016). An n-gram is known by a
32-bit hash of its token ids, so a model stores G numbers and no table of strings. Knows ids, not text.

Letters: N texts, G n-grams that have a weight, C columns (one for two classes, otherwise one per class), K classes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import Ids
from rnnsent.network.calibration import EXPONENTS, SCALES

KEYS, WEIGHTS, BIAS = "ngrams.keys", "ngrams.weights", "ngrams.bias"

# Odd constants of the 64-bit mixers in SplitMix (Steele et al. 2014).
_MULTIPLIER, _FINISH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_EMPTY = np.empty(0, dtype=np.int64)

CHUNK_TOKENS = 1 << 18  # tokens whose n-grams are hashed at once


def hash_ngrams(rows: Sequence[Ids], max_ngram: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Every n-gram of 1 to `max_ngram` tokens, repeats included: the index of its row, and its hash."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    row_of_token = np.repeat(np.arange(len(rows)), lengths)  # (tokens,)
    ids = np.concatenate(rows).astype(np.uint64) if len(rows) else np.empty(0, np.uint64)  # (tokens,)
    indices, keys = [], []
    for n in range(1, min(max_ngram, max(len(ids), 1)) + 1):
        n_starts = len(ids) - n + 1
        is_within_row = row_of_token[:n_starts] == row_of_token[n - 1 :]
        state = np.full(n_starts, n, dtype=np.uint64)
        for offset in range(n):
            state *= _MULTIPLIER
            state += ids[offset : offset + n_starts]
            state ^= state >> np.uint64(29)
        state *= _FINISH
        indices.append(row_of_token[:n_starts][is_within_row])
        keys.append((state[is_within_row] >> np.uint64(32)).astype(np.uint32))
    return np.concatenate(indices), np.concatenate(keys)


class NgramModel:
    """The n-gram model of a checkpoint: keys (G,) in ascending order, weights (G, C) and bias (C,)."""

    # Most n-grams of a text have no weight. A table of the first bits of the keys, which fits the cache, excludes them.
    TABLE_BITS = 20

    def __init__(self, weights: Mapping[str, NDArray[Any]], max_ngram: int, n_classes: int) -> None:
        self._keys, self._weights, self._bias = weights[KEYS], weights[WEIGHTS], weights[BIAS]
        self._max_ngram, self.n_classes = max_ngram, n_classes
        self._may_have_weight = np.zeros(1 << self.TABLE_BITS, dtype=bool)
        self._may_have_weight[self._first_bits(self._keys)] = True

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """Logits (N, K); an n-gram counts once per row, however often it occurs."""
        pairs = [self._lookup(*chunk) for chunk in split_chunks(rows, self._max_ngram)]
        unique = _unique(np.concatenate([_EMPTY, *pairs]))
        indices, positions = np.divmod(unique, max(len(self._keys), 1))
        columns = [np.bincount(indices, weights=column[positions], minlength=len(rows)) for column in self._weights.T]
        return to_logits(np.stack(columns, axis=1) + self._bias, self.n_classes).astype(np.float32)

    def bias_logits(self) -> NDArray[np.float64]:
        """Logits (1, K) of a row without a known n-gram."""
        return to_logits(self._bias.astype(np.float64)[None], self.n_classes)

    def token_logits(self, row: Ids) -> NDArray[np.float64]:
        """What each token of a row adds to the logits, (T, K): an n-gram's weight, divided among its occurrences and their tokens.

        With `bias_logits`, they add up to the logits of the row.
        """
        _, keys = hash_ngrams([row], self._max_ngram)  # (G,), from all starts for n = 1, then for n = 2, and so on
        sizes = range(1, min(self._max_ngram, len(row)) + 1)
        starts = np.concatenate([np.arange(len(row) - n + 1) for n in sizes])  # (G,)
        lengths = np.repeat(list(sizes), [len(row) - n + 1 for n in sizes])  # (G,)
        scores = np.zeros((len(row), self._weights.shape[1]))  # (T, C)
        if len(self._keys):
            _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
            positions = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
            n_shares = counts[inverse] * lengths  # (G,)
            shares = (
                np.where(self._keys[positions] == keys, 1 / n_shares, 0)[:, None] * self._weights[positions]
            )  # (G, C)
            for offset in range(self._max_ngram):
                reaches = lengths > offset
                np.add.at(scores, starts[reaches] + offset, shares[reaches])
        return to_logits(scores, self.n_classes)

    def _lookup(self, row_indices: NDArray[np.int64], chunks: Sequence[Ids]) -> NDArray[np.int64]:
        """A number for each n-gram of the chunks that has a weight: its row's index times G plus its position."""
        indices, keys = hash_ngrams(chunks, self._max_ngram)
        candidates = np.flatnonzero(self._may_have_weight[self._first_bits(keys)])
        indices, keys = row_indices[indices[candidates]], keys[candidates]
        positions = np.searchsorted(self._keys, keys)
        positions[positions == len(self._keys)] = 0
        matches = self._keys[positions] == keys if len(self._keys) else np.zeros(0, dtype=bool)
        return _unique(indices[matches] * len(self._keys) + positions[matches])

    def _first_bits(self, keys: NDArray[np.uint32]) -> NDArray[np.uint32]:
        return keys >> np.uint32(32 - self.TABLE_BITS)


def network_weights(weights: Mapping[str, Any]) -> dict[str, Any]:
    """A checkpoint's tensors without those of the n-gram model and of calibration."""
    return {name: tensor for name, tensor in weights.items() if name not in (KEYS, WEIGHTS, BIAS, EXPONENTS, SCALES)}


def to_logits(scores: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    """Scores (N, C) as logits (N, K): for two classes, one score z is the logits -z/2 and z/2."""
    return scores * np.array([-0.5, 0.5]) if n_classes == 2 else scores


def split_chunks(rows: Sequence[Ids], max_ngram: int) -> Iterator[tuple[NDArray[np.int64], list[Ids]]]:
    """The rows in chunks of about CHUNK_TOKENS tokens in all, with the row index of each chunk.

    Neighboring chunks overlap, so that no n-gram is lost.
    """
    indices: list[int] = []
    chunks: list[Ids] = []
    n_tokens = 0
    for index, row in enumerate(rows):
        for start in range(0, len(row), CHUNK_TOKENS):
            indices.append(index)
            chunks.append(row[start : start + CHUNK_TOKENS + max_ngram - 1])
            n_tokens += len(chunks[-1])
            if n_tokens >= CHUNK_TOKENS:
                yield np.array(indices), chunks
                indices, chunks, n_tokens = [], [], 0
    if chunks:
        yield np.array(indices), chunks


def _unique(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Unique numbers in ascending order; ten times as fast as np.unique on these."""
    numbers = np.sort(numbers, kind="stable")
    return numbers[np.diff(numbers, prepend=-1) != 0]
