"""Fits the n-gram model: logistic regression on n-grams with naive Bayes weights (Wang and Manning 2012, NB-SVM).

Letters: N texts, G n-grams, C columns, which are 1 for two classes and otherwise one per class.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import Ids
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, hash_ngrams

MIN_TEXTS = 2  # that have an n-gram; rarer ones do not generalize
MAX_TOKENS = 20_000_000  # of the fitted texts, which takes some GB of memory and minutes; larger sets are sampled
INVERSE_REGULARIZATION = 4.0
SMOOTHING = 1.0


def fit_ngrams(
    rows: Sequence[Ids],
    labels: NDArray[np.int64],
    *,
    n_classes: int,
    max_ngram: int,
    max_features: int,
    seed: int,
) -> dict[str, NDArray[np.generic]]:
    """The tensors of `rnnsent.network.ngrams.NgramModel`: keys (G,), weights (G, C) and bias (C,).

    With more than two classes, one regression per class separates it from the rest. The `max_features` n-grams with
    the largest weights are kept.

    Args:
        rows: token ids of N texts.
        labels: (N,).
        max_ngram: the longest n-gram, in tokens.
    """
    from scipy.sparse import csr_matrix, diags_array
    from sklearn.linear_model import LogisticRegression

    sample = _sample_rows(rows, seed)
    rows, labels = [rows[i] for i in sample], labels[sample]
    text_indices, hashes = hash_ngrams(rows, max_ngram)
    pairs = np.unique(text_indices << 32 | hashes)  # repeats within a text do not count
    text_indices, hashes = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.uint32)
    keys, key_indices, n_texts = np.unique(hashes, return_inverse=True, return_counts=True)
    is_frequent = n_texts >= MIN_TEXTS  # by key
    selected = is_frequent[key_indices]
    columns = (np.cumsum(is_frequent) - 1)[key_indices[selected]]
    ones = np.ones(len(columns), dtype=np.float32)
    features = csr_matrix((ones, (text_indices[selected], columns)), shape=(len(rows), int(is_frequent.sum())))
    weights, bias = [], []
    for label in (1,) if n_classes == 2 else range(n_classes):
        in_class = labels == label
        ratio = _log_count_ratio(features[in_class].sum(axis=0), features[~in_class].sum(axis=0))
        if not features.shape[1] or in_class.all() or not in_class.any():
            weights.append(np.zeros(features.shape[1], dtype=np.float32))
            bias.append(0.0)
            continue
        regression = LogisticRegression(
            C=INVERSE_REGULARIZATION, solver="liblinear", dual=True, tol=0.01, random_state=seed
        )
        regression.fit(features @ diags_array(ratio), in_class)
        weights.append((regression.coef_[0] * ratio).astype(np.float32))
        bias.append(float(regression.intercept_[0]))
    table = np.stack(weights, axis=1)  # (G, C)
    largest = np.sort(np.argsort(-np.abs(table).max(axis=1), kind="stable")[:max_features])
    return {KEYS: keys[is_frequent][largest], WEIGHTS: table[largest], BIAS: np.array(bias, dtype=np.float32)}


def _sample_rows(rows: Sequence[Ids], seed: int) -> NDArray[np.intp]:
    """The sorted indices of a random sample of rows with at most MAX_TOKENS tokens; all rows if they have no more."""
    order = np.random.default_rng(seed).permutation(len(rows))
    n_tokens = np.cumsum([len(rows[i]) for i in order])
    return np.sort(order[: max(1, int(np.searchsorted(n_tokens, MAX_TOKENS, side="right")))])


def _log_count_ratio(in_class: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.float32]:
    """The log-count ratio r (G,) of Wang and Manning (2012), from the counts (G,) inside and outside a class."""
    p, q = np.asarray(in_class).ravel() + SMOOTHING, np.asarray(others).ravel() + SMOOTHING
    return np.log((p / p.sum()) / (q / q.sum())).astype(np.float32)
