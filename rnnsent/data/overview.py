"""What is in a data set: the figures that a person wants before training on it."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnnsent.data.examples import Examples
from rnnsent.data.sources import Source
from rnnsent.data.tokenizer import count_words
from rnnsent.errors import DataError

PERCENTILES = (5, 25, 50, 75, 95, 99)
EXAMPLES_SHOWN = 3


@dataclass(frozen=True)
class SplitOverview:
    """One split: class balance, lengths in words, and how far its texts repeat.

    `duplicates` counts texts that stand earlier in the same split, `conflicting` distinct texts that bear more than
    one label in it. Texts that differ in case and blanks alone count as equal.
    """

    name: str
    texts: int
    left_out: int
    classes: dict[str, int]
    length_percentiles: dict[int, float]
    duplicates: int
    conflicting: int
    examples: list[tuple[str, str]]


@dataclass(frozen=True)
class Overview:
    """A data set by split; `shared` counts the distinct texts that each pair of splits has in common."""

    name: str
    location: str
    splits: list[SplitOverview]
    shared: dict[str, int]
    unlabelled: list[str]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def overview(source: Source) -> Overview:
    """Read every split of a source. Raises DataError where none has a labelled text."""
    splits, unlabelled = [], []
    texts: dict[str, set[str]] = {}
    for name in source.splits:
        examples = source.read(name)
        if not len(examples):
            unlabelled.append(name)
            continue
        keys = [_key(text) for text in examples.texts]
        texts[name] = set(keys)
        splits.append(_split(name, examples, keys))
    if not splits:
        raise DataError(f"{source.name} has no labelled text in any split ({', '.join(unlabelled)})")
    names = list(texts)
    pairs = [(first, second) for i, first in enumerate(names) for second in names[i + 1 :]]
    shared = {f"{first}/{second}": len(texts[first] & texts[second]) for first, second in pairs}
    return Overview(source.name, source.location, splits, shared, unlabelled)


def _split(name: str, examples: Examples, keys: list[str]) -> SplitOverview:
    lengths = count_words(examples.texts)
    labels = defaultdict(set)
    for key, label in zip(keys, examples.labels.tolist(), strict=True):
        labels[key].add(label)
    by_class = Counter[int]()
    shown = []
    for text, label in zip(examples.texts, examples.labels.tolist(), strict=True):
        if by_class[label] < EXAMPLES_SHOWN:
            by_class[label] += 1
            shown.append((examples.classes[label], text))
    return SplitOverview(
        name=name,
        texts=len(examples),
        left_out=examples.left_out,
        classes=examples.counts(),
        length_percentiles=dict(zip(PERCENTILES, np.percentile(lengths, PERCENTILES).tolist(), strict=True)),
        duplicates=len(keys) - len(labels),
        conflicting=sum(len(seen) > 1 for seen in labels.values()),
        examples=sorted(shown, key=lambda pair: examples.classes.index(pair[0])),
    )


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
