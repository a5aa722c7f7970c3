"""Contributions of words to the logit of a class, from a network, an n-gram model and their calibration.

The explained number is the calibrated logit of a class minus the mean over the K classes. The network's part is divided by Owen
values (owen.py), with the unknown token in place of the tokens of a word that is left out. The part of the n-grams is exact: the
weight of an n-gram is divided equally among the tokens that form it. Knows token ids, no text.

Letters: T tokens, P words, K classes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.ids import UNKNOWN_ID, Ids
from rnnsent.explanation.owen import estimate_owen_values
from rnnsent.network.ngrams import NgramModel

# Tokens that the network reads for one explanation, if that allows one pair of orders, and the most pairs.
TOKEN_BUDGET, MAX_PAIRS = 200_000, 8
MAX_PLAYERS = (
    300  # in longer texts neighboring words of a sentence are left out together, and share what they contribute
)
BATCH_ROWS = 4_096


@dataclass(frozen=True)
class Attribution:
    """`base` plus all contributions is `logit`.

    Attributes:
        base: the number without any word: that of a text of unknown tokens, and the bias of the n-gram model.
        logit: the calibrated logit of the class minus the mean over the classes.
        network: (P,) contributions to the network's part.
        ngrams: (P,) contributions to the n-gram model's part.
        errors: (P,) standard errors of `network`; NaN if there was time for a single pair of orders.
    """

    base: float
    logit: float
    network: NDArray[np.float64]
    ngrams: NDArray[np.float64]
    errors: NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """The parts of a prediction.

    Attributes:
        network: logits (N, K) of N rows.
        ngrams: None for a model without n-grams.
        factors: by which calibration multiplies the logits of the network and of the n-grams at the text's length.
        columns: the classes among which the model chooses, of all that the logits have.
    """

    network: Callable[[Sequence[Ids]], NDArray[np.floating]]
    ngrams: NgramModel | None
    factors: tuple[float, float]
    columns: Sequence[int]


def attribute(
    ids: Ids, words: Sequence[NDArray[np.intp]], sentences: Sequence[NDArray[np.intp]], column: int, parts: Components
) -> Attribution:
    """The contributions of the words to one class. Equal ids have equal contributions, in whatever batch.

    Args:
        ids: (T,).
        words: the tokens of each word, P in all, each token in one.
        sentences: the words of each sentence.
        column: of the class, among `parts.columns`.
    """
    players, unions = _merge_words(sentences)
    player_of_token = np.empty(len(ids), dtype=np.intp)
    for player, members in enumerate(players):
        for word in members:
            player_of_token[words[word]] = player

    def value(coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        unique, inverse = np.unique(coalitions, axis=0, return_inverse=True)
        rows = np.where(unique[:, player_of_token], ids, UNKNOWN_ID).astype(ids.dtype)  # (M, T)
        logits = [parts.network(list(rows[first : first + BATCH_ROWS])) for first in range(0, len(rows), BATCH_ROWS)]
        return parts.factors[0] * center(np.concatenate(logits), parts.columns, column)[inverse.reshape(-1)]

    n_pairs = max(1, min(MAX_PAIRS, TOKEN_BUDGET // (2 * (len(players) + 1) * len(ids))))
    owen = estimate_owen_values(value, unions, n_pairs, np.random.default_rng([len(ids), *ids.tolist()]))
    network, errors = np.empty(len(words)), np.empty(len(words))
    for player, members in enumerate(players):
        network[members] = owen.contributions[player] / len(members)
        errors[members] = owen.errors[player] / len(members)
    base, ngrams = owen.base, np.zeros(len(words))
    if parts.ngrams is not None:
        shares = parts.factors[1] * center(parts.ngrams.token_logits(ids), parts.columns, column)  # (T,)
        ngrams = np.array([shares[word].sum() for word in words])
        base += parts.factors[1] * float(center(parts.ngrams.bias_logits(), parts.columns, column)[0])
    return Attribution(base, base + float(network.sum() + ngrams.sum()), network, ngrams, errors)


def center(logits: NDArray[np.floating], columns: Sequence[int], column: int) -> NDArray[np.float64]:
    """The logits (N, K) of one of the columns minus the mean over these columns, (N,)."""
    selected = logits[:, columns].astype(np.float64)
    difference: NDArray[np.float64] = selected[:, column] - selected.mean(axis=1)
    return difference


def _merge_words(sentences: Sequence[NDArray[np.intp]]) -> tuple[list[NDArray[np.intp]], list[NDArray[np.intp]]]:
    """Players as arrays of words, and the players of each sentence: each word one, or runs of words in a long text."""
    n_words = sum(map(len, sentences))
    run = -(-n_words // MAX_PLAYERS)
    players: list[NDArray[np.intp]] = []
    unions = []
    for sentence in sentences:
        parts = np.array_split(sentence, max(1, len(sentence) // run))
        unions.append(np.arange(len(players), len(players) + len(parts)))
        players += parts
    return players, unions
