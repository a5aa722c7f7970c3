"""Fits the wide side: logistic regression on n-grams weighted by naive Bayes (Wang and Manning 2012, NB-SVM)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.tokenizer import Ids
from rnnsent.model.ngrams import BIAS, KEYS, WEIGHTS, hashed

FEWEST_TEXTS = 2  # an n-gram that fewer texts have tells nothing of others
MOST_TOKENS = 20_000_000  # of texts drawn at random from a larger set: some GB of memory, and minutes
INVERSE_REGULARISATION = 4.0
SMOOTHING = 1.0


def fit_ngrams(
    rows: Sequence[Ids], labels: NDArray[np.int64], *, classes: int, longest: int, most: int, seed: int
) -> dict[str, NDArray[np.generic]]:
    """The tensors of `rnnsent.model.ngrams.Ngrams` for rows of ids with labels (N,).

    Each class is told from the rest by a regression of its own; the `most` n-grams with the largest weights are kept.
    """
    from scipy.sparse import csr_matrix, diags_array
    from sklearn.linear_model import LogisticRegression

    drawn = _drawn(rows, seed)
    rows, labels = [rows[i] for i in drawn], labels[drawn]
    numbers, hashes = hashed(rows, longest)
    pairs = np.unique(numbers << 32 | hashes)  # a text has an n-gram or not
    numbers, hashes = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.uint32)
    keys, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    often = counts >= FEWEST_TEXTS
    kept = often[places]
    columns = (np.cumsum(often) - 1)[places[kept]]
    ones = np.ones(len(columns), dtype=np.float32)
    texts = csr_matrix((ones, (numbers[kept], columns)), shape=(len(rows), int(often.sum())))
    weights, bias = [], []
    for label in (1,) if classes == 2 else range(classes):
        inside = labels == label
        ratio = _log_count_ratio(texts[inside].sum(axis=0), texts[~inside].sum(axis=0))
        if not texts.shape[1] or inside.all() or not inside.any():
            weights.append(np.zeros(texts.shape[1], dtype=np.float32))
            bias.append(0.0)
            continue
        regression = LogisticRegression(
            C=INVERSE_REGULARISATION, solver="liblinear", dual=True, tol=0.01, random_state=seed
        )
        regression.fit(texts @ diags_array(ratio), inside)
        weights.append((regression.coef_[0] * ratio).astype(np.float32))
        bias.append(float(regression.intercept_[0]))
    table = np.stack(weights, axis=1)  # (G, C)
    largest = np.sort(np.argsort(-np.abs(table).max(axis=1), kind="stable")[:most])
    return {KEYS: keys[often][largest], WEIGHTS: table[largest], BIAS: np.array(bias, dtype=np.float32)}


def _drawn(rows: Sequence[Ids], seed: int) -> NDArray[np.intp]:
    """The numbers of all rows, or of as many drawn at random as the limit of tokens allows, in rising order."""
    order = np.random.default_rng(seed).permutation(len(rows))
    tokens = np.cumsum([len(rows[i]) for i in order])
    return np.sort(order[: max(1, int(np.searchsorted(tokens, MOST_TOKENS, side="right")))])


def _log_count_ratio(inside: NDArray[np.floating], outside: NDArray[np.floating]) -> NDArray[np.float32]:
    """r of Wang and Manning (2012): how much more often the texts of a class have each n-gram, as (G,)."""
    p, q = np.asarray(inside).ravel() + SMOOTHING, np.asarray(outside).ravel() + SMOOTHING
    return np.log((p / p.sum()) / (q / q.sum())).astype(np.float32)
