"""Labeled texts in memory: cleaning, class indices, label maps and merging. Knows no files and no Hub."""

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.class_index import index_declared, index_labels
from rnnsent.data.label_map import drop_option, resolve_label_map
from rnnsent.data.labels import (
    NUMBER,
    LabelMap,
    format_counts,
    format_names,
    match_classes,
    merge_spellings,
    sort_classes,
)
from rnnsent.data.missing import is_missing
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)

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
        spellings: the spellings of a class in the source, if there are several.
        is_declared: whether the data set declares its classes, which then need no check.
        allowed: (N, K) whether the source of each text has each class; None if all have all of them. A text of a source
            without the class neutral may be neutral or not: nothing is known about it.
    """

    texts: list[str]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    n_without_text: int = 0
    n_without_label: int = 0
    n_dropped: int = 0
    origin: str = ""
    spellings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_declared: bool = False
    allowed: NDArray[np.bool_] | None = None

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
        allowed = None if self.allowed is None else self.allowed[indices]
        return Examples([self.texts[i] for i in indices], self.labels[indices], self.classes, allowed=allowed)

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

    Labels that differ only in case, blanks or the format of a number are one class, unless the classes are declared.

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
    if class_names:
        index = index_declared(labels_present, class_names, source_name)
    else:
        index = index_labels(labels_present, source_name)
    return Examples(
        labeled_texts,
        index.labels,
        index.classes,
        n_without_text,
        n_without_label,
        origin=origin,
        spellings=index.spellings,
        is_declared=bool(class_names),
    )


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
    resolved, unknown = resolve_label_map(label_map, examples.classes)
    if unknown:
        others = set(all_classes()) - set(examples.classes)
        if unknown := resolve_label_map({key: label_map[key] for key in unknown}, others)[1]:
            listed = (
                format_names(sort_classes([*examples.classes, *others])) if others else format_counts(examples.counts())
            )
            raise DataError(
                f"{source_name}: the label map has unknown classes {format_names(unknown)}; the classes are {listed}"
            )
    return rename_classes(examples, resolved)


def rename_classes(examples: Examples, names: LabelMap) -> Examples:
    """Rename or merge classes, or drop those whose new name is None; others stay as they are."""
    targets = [names.get(name, name) for name in examples.classes]
    classes = tuple(dict.fromkeys(target for target in targets if target is not None))
    new_indices = np.array([-1 if target is None else classes.index(target) for target in targets], dtype=np.int64)
    labels = new_indices[examples.labels]  # (N,)
    keep = labels >= 0
    return replace(
        examples,
        spellings={
            target: spelled for name, spelled in examples.spellings.items() if (target := names.get(name, name))
        },
        texts=[text for text, is_kept in zip(examples.texts, keep.tolist(), strict=True) if is_kept],
        labels=labels[keep],
        classes=classes,
        n_dropped=examples.n_dropped + int((~keep).sum()),
    )


def align_classes(examples: Examples, classes: Sequence[str], source_name: str) -> Examples:
    """The same examples with labels that index `classes`, which have all classes of their texts, maybe spelled otherwise.

    Raises:
        DataError: a text has a class that is not in `classes`.
    """
    matches = match_classes(examples.classes, classes)
    if unknown := {name: count for name, count in examples.counts().items() if count and matches[name] is None}:
        raise DataError(
            f"{source_name} has the classes {format_counts(unknown)}, which are not among {format_names(classes)}; "
            f"leave out their rows with {drop_option(unknown)}, or rename them with --label-map OLD=NEW"
        )
    index_of = {name: index for index, name in enumerate(classes)}
    new_indices = np.array([index_of.get(matches[name] or "", -1) for name in examples.classes], dtype=np.int64)
    spellings = {
        match: examples.spellings.get(name, frozenset({name})) | {match}
        for name, match in matches.items()
        if match and (match != name or name in examples.spellings)
    }
    return replace(examples, labels=new_indices[examples.labels], classes=tuple(classes), spellings=spellings)


def merge(parts: Sequence[tuple[str, Examples]], classes: Sequence[str]) -> Examples:
    """Concatenate (source name, examples) pairs.

    Args:
        classes: of the result; a source may lack some of them, and then nothing is known about these in its texts.

    Raises:
        DataError: a source has a class that is not among `classes`.
    """
    merged = _concatenate([align_classes(examples, classes, name) for name, examples in parts])
    present = [set(match_classes(examples.classes, classes).values()) for _, examples in parts]
    if all(len(names) == len(classes) for names in present):
        return merged
    rows = [
        np.tile([name in names for name in classes], (len(examples), 1))
        for names, (_, examples) in zip(present, parts, strict=True)
    ]
    return replace(merged, allowed=np.concatenate(rows))


def choose_merged_classes(parts: Sequence[tuple[str, Examples]]) -> tuple[str, ...]:
    """The classes of the source with the most of them, which must have those of all other sources.

    Raises:
        DataError: it lacks a class of another source, or the classes are numbers, of which each source may mean others.
    """
    first_name, first = max(parts, key=lambda part: len(part[1].classes))  # the first of them
    are_numbers = all(map(NUMBER.fullmatch, first.classes))
    for name, examples in parts:
        matches = match_classes(examples.classes, first.classes)
        lacking = [label for label in first.classes if label not in matches.values()]
        if None in matches.values() or (lacking and are_numbers):
            raise DataError(
                f"{first_name} has the classes {format_names(first.classes)} and {name} has "
                f"{format_names(examples.classes)}; to train on several sources, use sources whose classes agree, or "
                "rename them with --label-map"
            )
        if lacking:
            LOG.info(
                "%s has no class %s; training ignores it in these texts",
                name, format_names(lacking),
            )  # fmt: skip
    return first.classes


def merge_files(parts: Sequence[Examples]) -> Examples:
    """Concatenate the examples of one split's files, each of which may contain only some of the classes."""
    if len(parts) == 1:
        return parts[0]
    classes = merge_spellings([examples.counts() for examples in parts])
    return _concatenate([align_classes(examples, classes, "") for examples in parts])


def _concatenate(parts: Sequence[Examples]) -> Examples:
    """All examples of parts whose classes are the same, in the same order."""
    spellings: dict[str, frozenset[str]] = {}
    for examples in parts:
        for name, spelled in examples.spellings.items():
            spellings[name] = spellings.get(name, frozenset()) | spelled
    return Examples(
        [text for examples in parts for text in examples.texts],
        np.concatenate([examples.labels for examples in parts]),
        parts[0].classes,
        n_without_text=sum(examples.n_without_text for examples in parts),
        n_without_label=sum(examples.n_without_label for examples in parts),
        n_dropped=sum(examples.n_dropped for examples in parts),
        origin="; ".join(dict.fromkeys(examples.origin for examples in parts if examples.origin)),
        spellings=spellings,
        is_declared=all(examples.is_declared for examples in parts),
    )
