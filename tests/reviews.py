"""Texts as long as reviews are, the same ones on every machine and without the Hub: sentences of the embedded set
(Kotzias et al. 2015, CC BY 4.0) joined and cut to 1 to 1,000 words.

Shared by test_same_answer, which takes a few, and tests/torture/same_answer.py, which takes all.
"""

import csv
import math
from random import Random

from rnnsent.data.catalog import EMBEDDED


def reviews(count: int = 1_000, *, longest: int = 1_000, seed: int = 0) -> list[str]:
    """`count` texts of 1 to `longest` words, most of them short: the logarithms of their lengths are even."""
    with (EMBEDDED / "train.csv").open(encoding="utf-8", newline="") as file:
        sentences = [row["text"].split() for row in csv.DictReader(file)]
    random = Random(seed).random  # the one method of Random that every release of Python keeps as it is
    lengths = [1, longest, *(round(math.exp(random() * math.log(longest))) for _ in range(count - 2))]
    texts = []
    for length in lengths:
        words: list[str] = []
        while len(words) < length:
            words += sentences[int(random() * len(sentences))]
        texts.append(" ".join(words[:length]))
    return texts
