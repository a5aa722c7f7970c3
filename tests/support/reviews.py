"""Texts as long as reviews, the same on every machine and without the Hub.

They are the bundled sentences (Kotzias et al. 2015, CC BY 4.0), joined and cut to 1 to 1,000 words.
"""

import csv
import math
from random import Random

from rnnsent.data.catalog import BUNDLED_SENTENCES


def reviews(count: int = 1_000, *, max_words: int = 1_000, seed: int = 0) -> list[str]:
    """`count` texts of 1 to `max_words` words, most of them short: the logarithms of their lengths are uniform."""
    with (BUNDLED_SENTENCES / "train.csv").open(encoding="utf-8", newline="") as file:
        sentences = [row["text"].split() for row in csv.DictReader(file)]
    random = Random(seed).random  # the only method of Random whose results are the same in every release of Python
    lengths = [1, max_words, *(round(math.exp(random() * math.log(max_words))) for _ in range(count - 2))]
    texts = []
    for length in lengths:
        words: list[str] = []
        while len(words) < length:
            words += sentences[int(random() * len(sentences))]
        texts.append(" ".join(words[:length]))
    return texts
