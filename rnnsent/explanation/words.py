"""The words and sentences of a text, as sets of its tokens. Knows characters and offsets, no ids."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.sentences import sentence_spans

Span = tuple[int, int]


def group_into_words(text: str, offsets: Sequence[Span]) -> list[NDArray[np.intp]]:
    """The tokens of each word: letters and digits that follow one another, for tokens that are parts of words; else one each."""
    groups: list[list[int]] = []
    previous_end = 0
    for token, (start, end) in enumerate(offsets):
        is_continued = (
            groups and start <= previous_end and text[start - 1 : start].isalnum() and text[start:end].isalnum()
        )
        if is_continued and start < end:
            groups[-1].append(token)
        else:
            groups.append([token])
        previous_end = max(previous_end, end)
    return [np.array(group, dtype=np.intp) for group in groups]


def group_into_sentences(text: str, word_starts: Sequence[int]) -> list[NDArray[np.intp]]:
    """The words of each sentence that has one, by where the words start."""
    starts = [start for start, _ in sentence_spans(text)]
    sentence_of_word = np.array([max(bisect_right(starts, start), 1) for start in word_starts], dtype=np.intp)
    return [np.flatnonzero(sentence_of_word == sentence) for sentence in np.unique(sentence_of_word)]
