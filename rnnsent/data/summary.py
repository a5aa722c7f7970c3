"""The contents of a data set in numbers, as a user wants to see them before training."""

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnnsent.data.duplicates import find_duplicates, normalize_text
from rnnsent.data.examples import Examples, rename_classes
from rnnsent.data.label_checks import check_classes, describe_spellings, find_doubts
from rnnsent.data.labels import match_classes, merge_spellings
from rnnsent.data.sources import Source
from rnnsent.data.tokenizer import count_words
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
PERCENTILES = (5, 25, 50, 75, 95, 99)
EXAMPLES_PER_CLASS = 3


@dataclass(frozen=True)
class SplitSummary:
    """One split: class balance, text lengths in words, and duplicate texts.

    `duplicates` is the number of texts that also appear earlier in the split; `conflicting` is the number of distinct
    texts with more than one label in it. Texts that differ only in case and whitespace count as equal. `classes` maps
    a class to its number of texts, `length_percentiles` a percentile to a length, and `examples` are (class, text).
    """

    name: str
    texts: int
    n_skipped: int
    classes: dict[str, int]
    length_percentiles: dict[int, float]
    duplicates: int
    conflicting: int
    examples: list[tuple[str, str]]

    @property
    def class_fractions(self) -> dict[str, float]:
        """The fraction of the split's texts in each class."""
        return {name: count / self.texts for name, count in self.classes.items()}


@dataclass(frozen=True)
class DatasetSummary:
    """A data set by split.

    `shared` is the number of distinct texts that two splits have in common, by "split/split"; `unlabeled` names the
    splits without a labeled text.
    """

    name: str
    location: str
    splits: list[SplitSummary]
    shared: dict[str, int]
    unlabeled: list[str]

    @property
    def classes(self) -> list[str]:
        """The classes of all splits, in the order of their first split."""
        return list(dict.fromkeys(name for split in self.splits for name in split.classes))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarize(source: Source) -> DatasetSummary:
    """Read every split of a source.

    Raises:
        DataError: no split has a labeled text.
        SettingsError: the labels are measurements.
    """
    by_split = {name: source.read(name) for name in source.splits}
    unlabeled = [name for name, examples in by_split.items() if not len(examples)]
    labeled = _unify_spellings({name: examples for name, examples in by_split.items() if len(examples)})
    splits = []
    unique_texts: dict[str, set[str]] = {}  # by split
    for name, examples in labeled.items():
        check_classes(f"{source.name} ({name})", examples)
        keys = list(map(normalize_text, examples.texts))
        unique_texts[name] = set(keys)
        splits.append(_summarize_split(name, examples))
    if not splits:
        raise DataError(
            f"{source.name} has no labeled text in any split ({', '.join(unlabeled)}); "
            "choose its label column with --label-column"
        )
    _log_labels(source.name, labeled)
    names = list(unique_texts)
    pairs = [(first, second) for i, first in enumerate(names) for second in names[i + 1 :]]
    shared = {f"{first}/{second}": len(unique_texts[first] & unique_texts[second]) for first, second in pairs}
    return DatasetSummary(source.name, source.location, splits, shared, unlabeled)


def _unify_spellings(by_split: dict[str, Examples]) -> dict[str, Examples]:
    """The splits with one spelling of each class."""
    classes = merge_spellings(examples.counts() for examples in by_split.values())
    return {
        name: rename_classes(
            examples, {old: new for old, new in match_classes(examples.classes, classes).items() if new is not None}
        )
        for name, examples in by_split.items()
    }


def _log_labels(source_name: str, by_split: dict[str, Examples]) -> None:
    """Tell the user which columns are used, which spellings were merged, and what is doubtful about the classes."""
    counts = Counter[str]()
    for examples in by_split.values():
        counts.update(examples.counts())
    if origins := dict.fromkeys(examples.origin for examples in by_split.values() if examples.origin):
        LOG.info("%s: %s", source_name, "; ".join(origins))
    for line in dict.fromkeys(line for part in by_split.values() for line in describe_spellings(source_name, part)):
        LOG.info("%s", line)
    is_declared = all(examples.is_declared for examples in by_split.values())
    for warning in () if is_declared else find_doubts(source_name, counts):
        LOG.warning("%s", warning)


def _summarize_split(name: str, examples: Examples) -> SplitSummary:
    lengths = count_words(examples.texts)
    duplicates = find_duplicates(examples.texts, examples.labels)
    n_selected = Counter[int]()  # by label
    selected = []
    for text, label in zip(examples.texts, examples.labels.tolist(), strict=True):
        if n_selected[label] < EXAMPLES_PER_CLASS:
            n_selected[label] += 1
            selected.append((examples.classes[label], text))
    return SplitSummary(
        name=name,
        texts=len(examples),
        n_skipped=examples.n_skipped,
        classes=examples.counts(),
        length_percentiles=dict(zip(PERCENTILES, np.percentile(lengths, PERCENTILES).tolist(), strict=True)),
        duplicates=duplicates.n_repeated,
        conflicting=len(duplicates.conflicts),
        examples=sorted(selected, key=lambda pair: examples.classes.index(pair[0])),
    )
