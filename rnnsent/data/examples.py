"""Labelled texts in memory: cleaning, class names, merging, the validation cut. Knows nothing of files or the Hub."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.errors import DataError

# One spelling for the classes that data sets abbreviate, so that several of them train one model.
SPELLINGS = {"neg": "negative", "pos": "positive", "neu": "neutral"}
NO_LABEL = {None, "", -1, "-1"}
MOST_CLASSES = 1_000
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Examples:
    """N texts with their classes; `left_out` rows of the source had no label or no text."""

    texts: list[str]
    labels: NDArray[np.int64]  # (N,), each an index into classes
    classes: tuple[str, ...]
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.texts)

    def counts(self) -> dict[str, int]:
        """How many texts each class has, in the order of the classes."""
        return dict(zip(self.classes, np.bincount(self.labels, minlength=len(self.classes)).tolist(), strict=True))

    def take(self, indices: NDArray[np.int64]) -> "Examples":
        return Examples([self.texts[i] for i in indices], self.labels[indices], self.classes)

    def fingerprint(self) -> str:
        """SHA-256 over texts and class names in order: equal for equal examples, whatever they were read from."""
        digest = hashlib.sha256()
        for text, label in zip(self.texts, self.labels, strict=True):
            digest.update(f"{self.classes[label]}\x00{len(text)}\x00{text}\x00".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def class_name(value: Any) -> str:
    """The name of a class as this project writes it: `neg` and `Negative` are `negative`, 1.0 is `1`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    name = " ".join(str(value).split())
    folded = name.casefold()
    return SPELLINGS.get(folded, folded if folded in SPELLINGS.values() else name)


def make_examples(texts: Iterable[Any], labels: Iterable[Any], names: Sequence[str] | None, where: str) -> Examples:
    """Pair texts with labels, leaving out rows with label -1 or none, and rows with no text.

    Args:
        names: the class that each integer label stands for; None where the labels are the classes themselves.
        where: names the source in errors.

    Raises:
        DataError: a text is not text, a label is not among the names, or the labels cannot be classes.
    """
    kept_texts: list[str] = []
    kept_labels: list[Any] = []
    left_out = 0
    for text, label in zip(texts, labels, strict=True):
        if text is not None and not isinstance(text, str):
            raise DataError(
                f"{where}: the text column holds {text!r}, which is no text; name another with --text-column"
            )
        if isinstance(label, (list, dict)):
            raise DataError(
                f"{where}: the label column holds {label!r}, which is no class; name another with --label-column"
            )
        if not text or text.isspace() or _is_missing(label):
            left_out += 1
            continue
        kept_texts.append(text)
        kept_labels.append(label)
    classes = tuple(map(class_name, names)) if names else _classes_seen(kept_labels, where)
    return Examples(kept_texts, _indices(kept_labels, classes, named=bool(names), where=where), classes, left_out)


def with_classes(examples: Examples, classes: Sequence[str], where: str) -> Examples:
    """The same examples, their labels counted in `classes`, which may be more than they have.

    Raises:
        DataError: a text has a class that is not among them.
    """
    place = {name: index for index, name in enumerate(classes)}
    strange = [name for name, count in examples.counts().items() if count and name not in place]
    if strange:
        raise DataError(f"{where} has the classes {_list(strange)}, which are not among {_list(classes)}")
    table = np.array([place.get(name, -1) for name in examples.classes], dtype=np.int64)
    return Examples(examples.texts, table[examples.labels], tuple(classes), examples.left_out)


def merge(parts: Sequence[tuple[str, Examples]]) -> Examples:
    """One set of examples out of several (name, examples), whose class names must agree in any order.

    Raises:
        DataError: they do not agree.
    """
    (first_name, first), *others = parts
    for name, examples in others:
        if set(examples.classes) != set(first.classes):
            raise DataError(
                f"{first_name} has the classes {_list(first.classes)} and {name} has {_list(examples.classes)}; "
                "several sources train one model only when their classes agree"
            )
    aligned = [with_classes(examples, first.classes, name) for name, examples in parts]
    return Examples(
        [text for each in aligned for text in each.texts],
        np.concatenate([each.labels for each in aligned]),
        first.classes,
        sum(each.left_out for each in aligned),
    )


def cut_validation(examples: Examples, share: float, seed: int, where: str = "the data") -> tuple[Examples, Examples]:
    """Split into (train, validation), each class in proportion; equal texts never stand on both sides.

    Raises:
        DataError: some class is too small to stand on both sides.
    """
    generator = np.random.default_rng([seed, len(examples)])
    groups: list[list[list[int]]] = [[] for _ in examples.classes]  # rows of each distinct text, by class
    for rows in _rows_by_text(examples.texts).values():
        groups[examples.labels[rows[0]]].append(rows)
    chosen = np.zeros(len(examples), dtype=bool)
    for name, texts in zip(examples.classes, groups, strict=True):
        if len(texts) < 2:
            raise DataError(
                f"{where}: the class {name!r} has {len(texts)} distinct text(s) to train on; at least 2 are needed"
            )
        wanted = max(1, round(share * sum(map(len, texts))))
        taken = 0
        for index in generator.permutation(len(texts))[:-1]:  # one text at least stays to be trained on
            if taken >= wanted:
                break
            chosen[texts[index]] = True
            taken += len(texts[index])
    return examples.take(np.flatnonzero(~chosen)), examples.take(np.flatnonzero(chosen))


def require_two_classes(examples: Examples, where: str) -> None:
    """Raise DataError unless at least two classes have texts."""
    if len(examples) == 0:
        raise DataError(f"{where} has no labelled text to train on")
    present = [name for name, count in examples.counts().items() if count]
    if len(present) < 2:
        raise DataError(f"{where} has one class only, {present[0]!r}; a classifier needs at least two")


def sorted_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Class names without repeats, as numbers where all of them are, else by the alphabet."""
    distinct = set(names)
    if all(re.fullmatch(r"[+-]?[0-9]{1,18}", name) for name in distinct):
        return tuple(sorted(distinct, key=lambda name: (int(name), name)))
    return tuple(sorted(distinct))


def _is_missing(label: Any) -> bool:
    if isinstance(label, float) and math.isnan(label):
        return True
    return (label.strip() if isinstance(label, str) else label) in NO_LABEL


def _classes_seen(labels: Sequence[Any], where: str) -> tuple[str, ...]:
    seen = Counter(map(class_name, labels))
    if len(seen) > MOST_CLASSES or (len(labels) > 20 and len(seen) > len(labels) / 2):
        raise DataError(
            f"{where}: the label column has {len(seen):,} different values in {len(labels):,} rows, which cannot be classes; "
            "name another with --label-column"
        )
    return sorted_classes(seen)


def _indices(labels: Sequence[Any], classes: Sequence[str], *, named: bool, where: str) -> NDArray[np.int64]:
    place = {name: index for index, name in enumerate(classes)}
    found = np.empty(len(labels), dtype=np.int64)
    for row, label in enumerate(labels):
        if named and isinstance(label, int) and not isinstance(label, bool):
            index = label if 0 <= label < len(classes) else None
        else:
            index = place.get(class_name(label))
        if index is None:
            raise DataError(f"{where}: label {label!r} is none of the classes {_list(classes)}")
        found[row] = index
    return found


def _rows_by_text(texts: Sequence[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return rows


def _list(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(map(repr, shown[:10])) + (f" and {len(shown) - 10} more" if len(shown) > 10 else "")
