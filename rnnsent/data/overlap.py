"""Duplicates and near duplicates between two collections of texts, by the Jaccard similarity of their shingles.

A shingle is a run of consecutive words (Broder 1997, "On the resemblance and containment of documents").
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE_SIZE = 4  # words
SIMILARITY_THRESHOLD = 0.5  # Jaccard similarity at which two texts are near duplicates
# A shingle that occurs in more texts is ignored: it says little, and would cost a pair of texts for each occurrence.
MAX_SHINGLE_TEXTS = 200
WORD = re.compile(r"\w+")


def find_near_duplicates(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.intp]:
    """Indices, ascending, of the `texts` that are equal or similar to one of `others`.

    Two texts are similar if they share at least half of their 4-word shingles. Case, punctuation, and line-break tags
    are ignored. Texts with the same words are duplicates, however short or common they are.
    """
    if not texts or not others:
        return np.empty(0, dtype=np.intp)
    rows, shingles, text_hashes = _hash_shingles(texts)
    other_rows, other_shingles, other_text_hashes = _hash_shingles(others)
    order = np.argsort(other_shingles, kind="stable")
    other_shingles, other_rows = other_shingles[order], other_rows[order]
    first, last = np.searchsorted(other_shingles, shingles, "left"), np.searchsorted(other_shingles, shingles, "right")
    counts = np.where(last - first <= MAX_SHINGLE_TEXTS, last - first, 0)
    # One number per shared shingle, which encodes the pair of texts that share it.
    pairs = np.repeat(rows, counts) * len(others)
    matches = np.repeat(first, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    pairs += other_rows[matches]
    unique_pairs, n_shared = np.unique(pairs, return_counts=True)
    row, other_row = np.divmod(unique_pairs, len(others))
    n_shingles = np.bincount(rows, minlength=len(texts))
    n_other_shingles = np.bincount(other_rows, minlength=len(others))
    is_similar = n_shared >= SIMILARITY_THRESHOLD * (n_shingles[row] + n_other_shingles[other_row] - n_shared)
    return np.union1d(row[is_similar], np.flatnonzero(np.isin(text_hashes, other_text_hashes)))


def without_near_duplicates_of(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.intp]:
    """Indices, ascending, of the `texts` that are not near duplicates of one of `others`."""
    return np.setdiff1d(np.arange(len(texts)), find_near_duplicates(texts, others))


def _hash_shingles(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For the unique shingles of each text, the text's index (S,) and the hash (S,); and a hash of each text (N,)."""
    rows, hashes, text_hashes = [], [], []
    for row, text in enumerate(texts):
        words = tuple(WORD.findall(text.lower().replace("<br />", " ")))
        text_hashes.append(hash(words))
        shingles = {hash(words[i : i + SHINGLE_SIZE]) for i in range(max(1, len(words) - SHINGLE_SIZE + 1))}
        rows.append(np.full(len(shingles), row))
        hashes.append(np.fromiter(shingles, dtype=np.int64, count=len(shingles)))
    return np.concatenate(rows), np.concatenate(hashes), np.array(text_hashes, dtype=np.int64)
