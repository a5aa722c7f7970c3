"""Labeled texts in memory: cleaning, class indices, merging, and the validation split. Knows no files and no Hub."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.labels import (
    LabelMap,
    check_label_map,
    class_name,
    format_names,
    normalize_label_map,
    sort_classes,
)
from rnnsent.data.missing import is_missing
from rnnsent.errors import DataError

MAX_CLASSES = 1_000
DEFAULT_VALIDATION_FRACTION = 0.1
UNLABELED = (-1, "-1")  # where the data set declares its classes, as on the Hub


@dataclass(frozen=True)
class Examples:
    """N labeled texts, and what was left out of the source.

    Attributes:
        texts: the texts.
        labels: (N,) indices into `classes`.
        classes: the names of the classes; some may have no text.
        n_without_text: rows without a text.
        n_without_label: rows with a text but without a label.
        n_dropped: rows of classes that a label map drops.
        origin: the columns that the examples are from, for example "text 'review', label 'sentiment'".
    """

    texts: list[str]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    n_without_text: int = 0
    n_without_label: int = 0
    n_dropped: int = 0
    origin: str = ""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def n_skipped(self) -> int:
        """All rows of the source that are not among the examples."""
        return self.n_without_text + self.n_without_label + self.n_dropped

    def counts(self) -> dict[str, int]:
        """The number of texts of each class, in the order of `classes`."""
        return dict(zip(self.classes, np.bincount(self.labels, minlength=len(self.classes)).tolist(), strict=True))

    def take(self, indices: NDArray[np.int64]) -> "Examples":
        return Examples([self.texts[i] for i in indices], self.labels[indices], self.classes)

    def fingerprint(self) -> str:
        """SHA-256 of the texts and class names in order: equal for equal examples, regardless of their source."""
        digest = hashlib.sha256()
        for text, label in zip(self.texts, self.labels, strict=True):
            digest.update(f"{self.classes[label]}\x00{len(text)}\x00{text}\x00".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def make_examples(
    texts: Iterable[Any],
    labels: Iterable[Any],
    class_names: Sequence[str] | None,
    source_name: str,
    *,
    is_cell: bool = False,
    origin: str = "",
) -> Examples:
    """Pair texts with labels, skipping rows without a text or without a label.

    Args:
        class_names: the name of the class for each integer label, -1 means unlabeled; None if the labels are class
            names themselves.
        source_name: names the source in errors.
        is_cell: whether the values come from CSV, TSV or a spreadsheet, where for example NaN means that there is none.
        origin: the columns that the values are from, for the user.

    Raises:
        DataError: a text is not a string, a label is not a class, or the label column cannot hold classes.
    """
    labeled_texts: list[str] = []
    labels_present: list[Any] = []
    n_without_text = n_without_label = 0
    for text, label in zip(texts, labels, strict=True):
        if is_missing(text, is_cell=is_cell):
            n_without_text += 1
            continue
        if not isinstance(text, str):
            raise DataError(
                f"{source_name}: the text column contains {text!r}, which is not a string; "
                "choose another with --text-column"
            )
        if isinstance(label, (list, dict)):
            raise DataError(
                f"{source_name}: the label column contains {label!r}, which is not a class; "
                "choose another with --label-column"
            )
        if is_missing(label, is_cell=is_cell) or (class_names and label in UNLABELED):
            n_without_label += 1
            continue
        labeled_texts.append(text)
        labels_present.append(label)
    classes = tuple(map(class_name, class_names)) if class_names else _infer_classes(labels_present, source_name)
    indices = _class_indices(labels_present, classes, from_integers=bool(class_names), source_name=source_name)
    return Examples(labeled_texts, indices, classes, n_without_text, n_without_label, origin=origin)


def map_classes(
    examples: Examples,
    label_map: LabelMap,
    source_name: str,
    all_classes: Callable[[], Collection[str]] = tuple,
) -> Examples:
    """Rename, fold, or drop classes; a class that the label map does not name stays as it is.

    Args:
        all_classes: returns the classes of every split of the source. A split may lack a class that the label map
            names; this is called only then, because it may have to read the other splits.

    Raises:
        DataError: the label map names a class that the source does not have.
    """
    if not label_map:
        return examples
    normalized = normalize_label_map(label_map, source_name)
    if normalized.keys() - set(examples.classes):
        check_label_map(normalized, sort_classes([*examples.classes, *all_classes()]), source_name)
    targets = [normalized.get(name, name) for name in examples.classes]
    classes = tuple(dict.fromkeys(target for target in targets if target is not None))
    new_indices = np.array([-1 if target is None else classes.index(target) for target in targets], dtype=np.int64)
    labels = new_indices[examples.labels]  # (N,)
    keep = labels >= 0
    return replace(
        examples,
        texts=[text for text, is_kept in zip(examples.texts, keep.tolist(), strict=True) if is_kept],
        labels=labels[keep],
        classes=classes,
        n_dropped=examples.n_dropped + int((~keep).sum()),
    )


def align_classes(examples: Examples, classes: Sequence[str], source_name: str) -> Examples:
    """The same examples with labels that index `classes`, a superset of the classes of their texts.

    Raises:
        DataError: a text has a class that is not in `classes`.
    """
    index_of = {name: index for index, name in enumerate(classes)}
    unknown_classes = [name for name, count in examples.counts().items() if count and name not in index_of]
    if unknown_classes:
        raise DataError(
            f"{source_name} has the classes {format_names(unknown_classes)}, "
            f"which are not among {format_names(classes)}"
        )
    new_indices = np.array([index_of.get(name, -1) for name in examples.classes], dtype=np.int64)
    return replace(examples, labels=new_indices[examples.labels], classes=tuple(classes))


def merge(parts: Sequence[tuple[str, Examples]]) -> Examples:
    """Concatenate (source name, examples) pairs that have the same classes, in any order.

    Raises:
        DataError: the classes differ.
    """
    (first_name, first), *others = parts
    for name, examples in others:
        if set(examples.classes) != set(first.classes):
            raise DataError(
                f"{first_name} has the classes {format_names(first.classes)} and {name} has "
                f"{format_names(examples.classes)}; to train on several sources, use sources whose classes agree"
            )
    aligned = [align_classes(examples, first.classes, name) for name, examples in parts]
    return Examples(
        [text for examples in aligned for text in examples.texts],
        np.concatenate([examples.labels for examples in aligned]),
        first.classes,
        n_without_text=sum(examples.n_without_text for examples in aligned),
        n_without_label=sum(examples.n_without_label for examples in aligned),
        n_dropped=sum(examples.n_dropped for examples in aligned),
        origin="; ".join(dict.fromkeys(examples.origin for examples in aligned if examples.origin)),
    )


def merge_files(parts: Sequence[Examples]) -> Examples:
    """Concatenate the examples of one split's files, each of which may contain only some of the classes."""
    if len(parts) == 1:
        return parts[0]
    classes = sort_classes(name for examples in parts for name in examples.classes)
    return merge([("", align_classes(examples, classes, "")) for examples in parts])


def split_validation(
    examples: Examples, fraction: float, seed: int, source_name: str = "the data"
) -> tuple[Examples, Examples]:
    """Split into (train, validation), stratified by class; copies of a text always go to the same side.

    Raises:
        DataError: a class has fewer than two distinct texts, so that it cannot be on both sides.
    """
    generator = np.random.default_rng([seed, len(examples)])
    groups: list[list[list[int]]] = [[] for _ in examples.classes]  # rows of each distinct text, by class
    for rows in _group_rows_by_text(examples.texts).values():
        groups[examples.labels[rows[0]]].append(rows)
    in_validation = np.zeros(len(examples), dtype=bool)  # (N,)
    for name, texts in zip(examples.classes, groups, strict=True):
        if len(texts) < 2:
            raise DataError(
                f"{source_name}: the class {name!r} has {len(texts)} distinct text(s) to train on; "
                "at least 2 are needed"
            )
        target = max(1, round(fraction * sum(map(len, texts))))
        n_selected = 0
        for index in generator.permutation(len(texts))[:-1]:  # at least one text remains in train
            if n_selected >= target:
                break
            in_validation[texts[index]] = True
            n_selected += len(texts[index])
    return examples.take(np.flatnonzero(~in_validation)), examples.take(np.flatnonzero(in_validation))


def require_two_classes(examples: Examples, source_name: str) -> None:
    """Raise DataError unless at least two classes have texts."""
    if len(examples) == 0:
        raise DataError(f"{source_name} has no labeled text to train on; choose its label column with --label-column")
    present = [name for name, count in examples.counts().items() if count]
    if len(present) < 2:
        raise DataError(f"{source_name} has only one class, {present[0]!r}; a classifier needs at least two")


def _infer_classes(labels: Sequence[Any], source_name: str) -> tuple[str, ...]:
    counts = Counter(map(class_name, labels))
    if len(counts) > MAX_CLASSES or (len(labels) > 20 and len(counts) > len(labels) / 2):
        raise DataError(
            f"{source_name}: the label column has {len(counts):,} different values in {len(labels):,} rows, "
            "too many to be classes; choose another with --label-column"
        )
    return sort_classes(counts)


def _class_indices(
    labels: Sequence[Any], classes: Sequence[str], *, from_integers: bool, source_name: str
) -> NDArray[np.int64]:
    index_of = {name: index for index, name in enumerate(classes)}
    indices = np.empty(len(labels), dtype=np.int64)
    for row, label in enumerate(labels):
        if from_integers and isinstance(label, int) and not isinstance(label, bool):
            index = label if 0 <= label < len(classes) else None
        else:
            index = index_of.get(class_name(label))
        if index is None:
            raise DataError(f"{source_name}: label {label!r} is not one of the classes {format_names(classes)}")
        indices[row] = index
    return indices


def _group_rows_by_text(texts: Sequence[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return rows
