"""Texts that two collections share, wholly or nearly: by the runs of words that they have in common (Broder 1997)."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RUN = 4  # words
NEAR = 0.5  # resemblance from which two texts are near duplicates
MOST_TEXTS = 200  # a run of words that more texts have says little, and would cost a pair for each
WORD = re.compile(r"\w+")


def near_duplicates(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.intp]:
    """The numbers of `texts` that are one of `others`, or nearly so, in rising order.

    The resemblance of two texts is the share of their runs of 4 words that both have, from 0 to 1. Case, punctuation
    and markup do not matter. Texts with the same words are duplicates, however short or common they are.
    """
    if not texts or not others:
        return np.empty(0, dtype=np.intp)
    own_number, own, own_whole = _runs(texts)
    other_number, other, other_whole = _runs(others)
    order = np.argsort(other, kind="stable")
    other, other_number = other[order], other_number[order]
    first, last = np.searchsorted(other, own, "left"), np.searchsorted(other, own, "right")
    counts = np.where(last - first <= MOST_TEXTS, last - first, 0)
    pairs = np.repeat(own_number, counts) * len(others)
    starts = np.repeat(first, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    pairs += other_number[starts]
    distinct, shared = np.unique(pairs, return_counts=True)
    number, match = np.divmod(distinct, max(len(others), 1))
    of_own = np.bincount(own_number, minlength=len(texts))
    of_other = np.bincount(other_number, minlength=len(others))
    near = shared >= NEAR * (of_own[number] + of_other[match] - shared)
    return np.union1d(number[near], np.flatnonzero(np.isin(own_whole, other_whole)))


def distinct_from(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.intp]:
    """The numbers of the other `texts`: those that are no near duplicates of one of `others`."""
    return np.setdiff1d(np.arange(len(texts)), near_duplicates(texts, others))


def _runs(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct runs of words of each text: the text's number and the run's hash; and the hash of each whole text."""
    numbers, hashes, whole = [], [], []
    for number, text in enumerate(texts):
        words = tuple(WORD.findall(text.lower().replace("<br />", " ")))
        whole.append(hash(words))
        runs = {hash(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}
        numbers.append(np.full(len(runs), number))
        hashes.append(np.fromiter(runs, dtype=np.int64, count=len(runs)))
    return np.concatenate(numbers), np.concatenate(hashes), np.array(whole, dtype=np.int64)
