"""Labels: class names and their aliases, missing labels, the order of classes, and label maps. Knows no texts."""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rnnsent.errors import DataError

# The abbreviations that data sets use, so that several data sets can train one model.
CLASS_ALIASES = {"neg": "negative", "pos": "positive", "neu": "neutral"}
MISSING_LABELS = {None, "", -1, "-1"}
MAX_LISTED = 10

# Original class name -> class name, or None to drop the class's rows. Several classes may map to the same one.
LabelMap = Mapping[str, str | None]


def class_name(value: Any) -> str:
    """The normalized name of a class: `neg` and `Negative` become `negative`, 1.0 becomes `1`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    name = " ".join(str(value).split())
    folded = name.casefold()
    return CLASS_ALIASES.get(folded, folded if folded in CLASS_ALIASES.values() else name)


def is_missing(label: Any) -> bool:
    """Whether a row with this label is unlabeled: no value, a blank string, NaN, or -1 as on the Hub."""
    if isinstance(label, float) and math.isnan(label):
        return True
    return (label.strip() if isinstance(label, str) else label) in MISSING_LABELS


def sort_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Unique class names in numeric order if all of them are integers, otherwise in alphabetical order."""
    unique = set(names)
    if all(re.fullmatch(r"[+-]?[0-9]{1,18}", name) for name in unique):
        return tuple(sorted(unique, key=lambda name: (int(name), name)))
    return tuple(sorted(unique))


def normalize_label_map(label_map: LabelMap, source_name: str) -> dict[str, str | None]:
    """The label map with normalized class names.

    Raises:
        DataError: two keys are the same class after normalization but map to different classes.
    """
    normalized: dict[str, str | None] = {}
    for key, value in label_map.items():
        name, target = class_name(key), None if value is None else class_name(value)
        if normalized.setdefault(name, target) != target:
            raise DataError(f"{source_name}: the label map maps the class {name!r} twice; keep one of the two")
    return normalized


def check_label_map(label_map: LabelMap, classes: Collection[str], source_name: str) -> None:
    """Raise DataError if a key of a normalized label map is not one of the classes."""
    if unknown := [name for name in label_map if name not in classes]:
        raise DataError(
            f"{source_name}: the label map has unknown classes {format_names(unknown)}; "
            f"the classes are {format_names(classes)}"
        )


def format_names(names: Iterable[str]) -> str:
    """The names in quotes for a message, at most 10 of them."""
    listed = list(names)
    more = f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else ""
    return ", ".join(map(repr, listed[:MAX_LISTED])) + more
