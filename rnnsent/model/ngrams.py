"""The wide side of a model: weights of n-grams, whose sums add to the network's logits, in numpy (Cheng et al. 2016).

Letters: N texts, G n-grams that have a weight, C columns: one for two classes, else one for each of K. An n-gram is
known by a 32-bit hash of its token ids, so that a model holds G numbers and no table of strings. Knows ids, not text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.tokenizer import Ids
from rnnsent.model.calibration import DECAY

KEYS, WEIGHTS, BIAS = "ngrams.keys", "ngrams.weights", "ngrams.bias"

# Odd constants of the 64-bit mixers of Steele et al. (2014, SplitMix).
_MULTIPLIER, _FINISH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_NONE = np.empty(0, dtype=np.int64)

BLOCK = 1 << 18  # tokens whose n-grams are in memory at once


def hashed(rows: Sequence[Ids], longest: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Each n-gram of 1 to `longest` tokens in each row: the row's number and the n-gram's hash, repeats included."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    of_row = np.repeat(np.arange(len(rows)), lengths)  # (tokens,)
    ids = np.concatenate(rows).astype(np.uint64) if len(rows) else np.empty(0, np.uint64)  # (tokens,)
    numbers, keys = [], []
    for size in range(1, longest + 1):
        starts = np.flatnonzero(of_row[: len(ids) - size + 1] == of_row[size - 1 :]) if len(ids) >= size else _NONE
        state = np.full(len(starts), size, dtype=np.uint64)
        for place in range(size):
            state = state * _MULTIPLIER + ids[starts + place]
            state ^= state >> np.uint64(29)
        state *= _FINISH
        numbers.append(of_row[starts])
        keys.append((state >> np.uint64(32)).astype(np.uint32))
    return np.concatenate(numbers), np.concatenate(keys)


class Ngrams:
    """The n-grams of a checkpoint: keys (G,) in rising order, weights (G, C) and bias (C,)."""

    # Most n-grams of a text have no weight: a table of the keys' first bits, which fits a cache, rules out most of them.
    TABLE_BITS = 20

    def __init__(self, weights: Mapping[str, NDArray[Any]], longest: int, classes: int) -> None:
        self._keys, self._weights, self._bias = weights[KEYS], weights[WEIGHTS], weights[BIAS]
        self._longest, self._classes = longest, classes
        self._may_be_known = np.zeros(1 << self.TABLE_BITS, dtype=bool)
        self._may_be_known[self._first_bits(self._keys)] = True

    def logits(self, rows: Sequence[Ids]) -> NDArray[np.float32]:
        """(N, K) for N rows; an n-gram counts once in a row however often it stands there."""
        found = [self._known(*block) for block in _blocks(rows, self._longest)]
        pairs = _distinct(np.concatenate([_NONE, *found]))
        numbers, places = np.divmod(pairs, max(len(self._keys), 1))
        sums = np.stack(
            [np.bincount(numbers, weights=column[places], minlength=len(rows)) for column in self._weights.T], axis=1
        )  # (N, C)
        return as_logits(sums + self._bias, self._classes)

    def _known(self, rows: NDArray[np.int64], pieces: Sequence[Ids]) -> NDArray[np.int64]:
        """A number for each n-gram that has a weight and stands in the pieces: its row's, times G, plus its place
        among the keys."""
        numbers, keys = hashed(pieces, self._longest)
        candidates = np.flatnonzero(self._may_be_known[self._first_bits(keys)])
        numbers, keys = rows[numbers[candidates]], keys[candidates]
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        known = self._keys[places] == keys if len(self._keys) else np.zeros(0, dtype=bool)
        return _distinct(numbers[known] * len(self._keys) + places[known])

    def _first_bits(self, keys: NDArray[np.uint32]) -> NDArray[np.uint32]:
        return keys >> np.uint32(32 - self.TABLE_BITS)


def _blocks(rows: Sequence[Ids], longest: int) -> Iterator[tuple[NDArray[np.int64], list[Ids]]]:
    """The rows in pieces of which each block holds about BLOCK tokens, and the row's number of each piece; neighbouring
    pieces overlap, so that no n-gram is lost."""
    numbers: list[int] = []
    pieces: list[Ids] = []
    tokens = 0
    for number, row in enumerate(rows):
        for start in range(0, len(row), BLOCK):
            numbers.append(number)
            pieces.append(row[start : start + BLOCK + longest - 1])
            tokens += len(pieces[-1])
            if tokens >= BLOCK:
                yield np.array(numbers), pieces
                numbers, pieces, tokens = [], [], 0
    if pieces:
        yield np.array(numbers), pieces


def _distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """In rising order, each once: ten times as fast as np.unique on these."""
    numbers = np.sort(numbers, kind="stable")
    return numbers[np.diff(numbers, prepend=-1) != 0]


def network_of(weights: Mapping[str, Any]) -> dict[str, Any]:
    """A checkpoint's tensors without those of the wide side and of the calibration."""
    return {name: tensor for name, tensor in weights.items() if name not in (KEYS, WEIGHTS, BIAS, DECAY)}


def as_logits(scores: NDArray[np.floating], classes: int) -> NDArray[np.float32]:
    """Scores (N, C) as logits (N, K): of two classes one score z stands for the logits -z/2 and z/2."""
    if classes == 2:
        scores = scores * np.array([-0.5, 0.5])
    return scores.astype(np.float32)
