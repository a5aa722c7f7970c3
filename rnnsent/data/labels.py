"""Labels: class names and their aliases, the order of classes, and label maps. Knows no texts."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rnnsent.errors import DataError, SettingsError

# The abbreviations that data sets use, so that several data sets can train one model.
CLASS_ALIASES = {"neg": "negative", "pos": "positive", "neu": "neutral"}
MAX_LISTED = 10

# One OLD=NEW of --label-map, up to the comma after it. A name with a comma or = is in double quotes, doubled inside.
ASSIGNMENT = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^",=]+?))\s*=\s*(?:"((?:[^"]|"")+)"|([^",=]*?))\s*(?:,|$)')

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


def sort_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Unique class names in numeric order if all of them are integers, otherwise in alphabetical order."""
    unique = set(names)
    if all(re.fullmatch(r"[+-]?[0-9]{1,18}", name) for name in unique):
        return tuple(sorted(unique, key=lambda name: (int(name), name)))
    return tuple(sorted(unique))


def parse_label_map(assignments: Sequence[str]) -> dict[str, str | None]:
    """The label map that texts of the form OLD=NEW,OLD=NEW describe; OLD= drops a class, 1-3=NEW maps a range.

    A range stays as it is written, because only the data show whether it is the name of a class.

    Raises:
        SettingsError: a text has another form, or maps a class twice to different names.
    """
    label_map: dict[str, str | None] = {}
    for text in assignments:
        position = 0
        while position < len(text) or not text:
            match = ASSIGNMENT.match(text, position)
            if match is None:
                raise SettingsError(
                    f"--label-map {text!r}: {text[position:].strip()!r} is invalid; write OLD=NEW,OLD=NEW, for example "
                    "1-2=negative,3=,4-5=positive, with double quotes around a name that contains a comma or ="
                )
            quoted_old, plain_old, quoted_new, plain_new = match.groups()
            old = quoted_old.replace('""', '"') if quoted_old else plain_old
            new = quoted_new.replace('""', '"') if quoted_new else plain_new or None
            if label_map.setdefault(old, new) != new:
                raise SettingsError(
                    f"--label-map maps the class {old!r} twice, to {label_map[old]!r} and {new!r}; keep one"
                )
            position = match.end()
    return label_map


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
