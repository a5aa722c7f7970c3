"""The labels of a column -> classes and their indices. Knows no texts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.labels import NUMBER, class_name, format_names, match_classes, name_spellings, sort_classes, spell
from rnnsent.errors import DataError

MAX_CLASSES = 1_000


@dataclass(frozen=True)
class ClassIndex:
    """N labels as indices (N,) into the classes, and the spellings of each class that has several."""

    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    spellings: Mapping[str, frozenset[str]] = field(default_factory=dict)


def index_labels(labels: Sequence[Any], source_name: str) -> ClassIndex:
    """The classes that the labels name; those that differ only in case, blanks or the format of a number are one.

    Raises:
        DataError: there are too many different labels.
    """
    spelled = [spell(label) for label in labels]
    names = name_spellings(Counter(spelled))
    _check_classes(names.values(), len(spelled), source_name)
    classes = sort_classes(names.values())
    positions = {name: position for position, name in enumerate(classes)}
    index_of = {spelling: positions[name] for spelling, name in names.items()}
    indices = np.array([index_of[spelling] for spelling in spelled], dtype=np.int64)
    return ClassIndex(indices, classes, _group_spellings(names))


def index_declared(labels: Sequence[Any], class_names: Sequence[str], source_name: str) -> ClassIndex:
    """The classes that a data set declares, never merged: a number is the index of a class, a string its name.

    Raises:
        DataError: a label is not one of the classes.
    """
    classes = tuple(map(class_name, class_names))
    numbers = {index: index for index in range(len(classes))}
    names = match_classes((class_name(label) for label in set(labels) if isinstance(label, (str, bool))), classes)
    indices = np.empty(len(labels), dtype=np.int64)
    for row, label in enumerate(labels):
        if isinstance(label, (str, bool)):
            name = names[class_name(label)]
            index = None if name is None else classes.index(name)
        else:
            index = numbers.get(label)
        if index is None:
            raise DataError(f"{source_name}: label {label!r} is not one of the classes {format_names(classes)}")
        indices[row] = index
    return ClassIndex(indices, classes)


def _check_classes(names: Collection[str], n_rows: int, source_name: str) -> None:
    """Raise DataError if a label column has too many values; ranges of numbers can still be mapped to classes."""
    n_names = len(set(names))
    is_too_many = n_names > MAX_CLASSES or (n_rows > 20 and n_names > n_rows / 2)
    if is_too_many and not all(map(NUMBER.fullmatch, names)):
        raise DataError(
            f"{source_name}: the label column has {n_names:,} different values in {n_rows:,} rows, "
            "too many to be classes; choose another with --label-column"
        )


def _group_spellings(names: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The spellings of each class that has several."""
    groups: dict[str, set[str]] = {}
    for spelling, name in names.items():
        groups.setdefault(name, set()).add(spelling)
    return {name: frozenset(spellings) for name, spellings in groups.items() if len(spellings) > 1}
