"""Fits the n-gram model: logistic regression on n-grams with naive Bayes weights (Wang and Manning 2012, NB-SVM).

Letters: N texts, G n-grams, C columns, which are 1 for two classes and otherwise one per class.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import Ids
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, hash_ngrams, split_chunks
from rnnsent.training.logistic_regression import fit_logistic_regression

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

MIN_TEXTS = 2  # that have an n-gram; rarer ones do not generalize
MAX_TOKENS = 20_000_000  # of the fitted texts, which takes a GB or two of memory; larger sets are sampled
INVERSE_REGULARIZATION, REFERENCE_TEXTS = 4.0, 25_000  # of more texts, the regularization counts as much as of so many
SMOOTHING = 1.0

_NO_PAIRS = np.empty(0, dtype=np.uint64)


def fit_ngrams(
    rows: Sequence[Ids],
    labels: NDArray[np.int64],
    allowed: NDArray[np.bool_] | None = None,
    *,
    n_classes: int,
    max_ngram: int,
    max_features: int,
    seed: int,
) -> dict[str, NDArray[np.generic]]:
    """The tensors of `rnnsent.network.ngrams.NgramModel`: keys (G,), weights (G, C) and bias (C,).

    With more than two classes, one regression per class separates it from the rest, on the texts that may have it. The `max_features` n-grams with
    the largest weights are kept.

    Args:
        rows: token ids of N texts.
        labels: (N,).
        allowed: (N, K) the classes that each text may have; None are all.
        max_ngram: the longest n-gram, in tokens.
    """
    sample = _sample_rows(rows, seed)
    rows, labels = [rows[i] for i in sample], labels[sample]
    if allowed is not None:
        allowed = allowed[sample]
    keys, features = _build_features(rows, max_ngram)  # (G,), (N, G)
    weights, bias = [], []
    for label in (1,) if n_classes == 2 else range(n_classes):
        in_class = labels == label
        class_features = features
        if allowed is not None and n_classes > 2 and not allowed[:, label].all():
            in_class, class_features = in_class[allowed[:, label]], features[allowed[:, label]]
        if not len(keys) or in_class.all() or not in_class.any():
            weights.append(np.zeros(len(keys), dtype=np.float32))
            bias.append(0.0)
            continue
        ratio = _log_count_ratio(class_features, in_class)  # (G,)
        class_weights, class_bias = fit_logistic_regression(
            class_features,
            ratio,
            in_class,
            inverse_regularization=INVERSE_REGULARIZATION * min(1.0, REFERENCE_TEXTS / class_features.shape[0]),
        )
        weights.append(class_weights * ratio)
        bias.append(class_bias)
    table = np.stack(weights, axis=1)  # (G, C)
    largest = np.sort(np.argsort(-np.abs(table).max(axis=1), kind="stable")[:max_features])
    return {KEYS: keys[largest], WEIGHTS: table[largest], BIAS: np.array(bias, dtype=np.float32)}


def _sample_rows(rows: Sequence[Ids], seed: int) -> NDArray[np.intp]:
    """The sorted indices of a random sample of rows with at most MAX_TOKENS tokens; all rows if they have no more."""
    order = np.random.default_rng(seed).permutation(len(rows))
    n_tokens = np.cumsum([len(rows[i]) for i in order])
    return np.sort(order[: max(1, int(np.searchsorted(n_tokens, MAX_TOKENS, side="right")))])


def _build_features(rows: Sequence[Ids], max_ngram: int) -> tuple[NDArray[np.uint32], "csc_matrix"]:
    """The hashes (G,) of the n-grams of at least MIN_TEXTS texts, ascending, and the texts that have each, (N, G).

    One sort of all pairs of an n-gram and a text gives the columns of the matrix in order.
    """
    from scipy.sparse import csc_matrix

    pairs = np.concatenate(
        [_NO_PAIRS, *(_pair_with_texts(*chunk, max_ngram) for chunk in split_chunks(rows, max_ngram))]
    )
    pairs.sort()
    pairs = pairs[_starts_run(pairs)]  # repeats within a text do not count
    hashes = (pairs >> np.uint64(32)).astype(np.uint32)
    starts = np.flatnonzero(_starts_run(hashes))
    n_texts = np.diff(starts, append=len(hashes))  # of each n-gram
    is_frequent = n_texts >= MIN_TEXTS
    text_indices = pairs[np.repeat(is_frequent, n_texts)].astype(np.uint32).astype(np.int32)  # the lower 32 bits
    boundaries = np.concatenate([[0], np.cumsum(n_texts[is_frequent])])
    ones = np.ones(len(text_indices), dtype=np.float32)
    shape = (len(rows), len(boundaries) - 1)
    return hashes[starts[is_frequent]], csc_matrix((ones, text_indices, boundaries), shape=shape)


def _pair_with_texts(text_indices: NDArray[np.int64], chunks: Sequence[Ids], max_ngram: int) -> NDArray[np.uint64]:
    """A number for each n-gram of the chunks, repeats included: its hash times 2^32 plus the index of its text."""
    chunk_indices, hashes = hash_ngrams(chunks, max_ngram)
    return hashes.astype(np.uint64) << np.uint64(32) | text_indices[chunk_indices].astype(np.uint64)


def _starts_run(numbers: NDArray[np.unsignedinteger]) -> NDArray[np.bool_]:
    """Whether each of the sorted numbers differs from the one before it."""
    return np.concatenate([np.ones(len(numbers[:1]), dtype=bool), numbers[1:] != numbers[:-1]])


def _log_count_ratio(features: "csc_matrix", in_class: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The log-count ratio r (G,) of Wang and Manning (2012)."""
    p, q = (features.T @ is_counted.astype(np.float32) + SMOOTHING for is_counted in (in_class, ~in_class))
    return np.log((p / p.sum()) / (q / q.sum())).astype(np.float32)
