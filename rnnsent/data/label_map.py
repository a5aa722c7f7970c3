"""Label maps: classes that are renamed, merged or dropped. Knows no texts."""

import re
import shlex
from collections.abc import Iterable, Sequence
from decimal import Decimal

from rnnsent.data.labels import NUMBER, LabelMap, class_name, match_classes
from rnnsent.errors import SettingsError

# One OLD=NEW of --label-map, up to the comma after it. A name with a comma or = is in double quotes, doubled inside.
ASSIGNMENT = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^",=]+?))\s*=\s*(?:"((?:[^"]|"")+)"|([^",=]*?))\s*(?:,|$)')
RANGE = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*-\s*([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)")


def parse_label_map(assignments: Sequence[str], option: str = "--label-map") -> dict[str, str | None]:
    """The label map that texts of the form OLD=NEW,OLD=NEW describe; OLD= drops a class, 1-3=NEW maps a range.

    A range stays as it is written, because only the data show whether it is the name of a class.

    Args:
        option: names the option in errors.

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
                    f"{option} {text!r}: {text[position:].strip()!r} is invalid; write OLD=NEW,OLD=NEW, for example "
                    "1-2=negative,3=,4-5=positive, with double quotes around a name that contains a comma or ="
                )
            quoted_old, plain_old, quoted_new, plain_new = match.groups()
            old = quoted_old.replace('""', '"') if quoted_old else plain_old
            new = quoted_new.replace('""', '"') if quoted_new else plain_new or None
            if label_map.setdefault(old, new) != new:
                raise _mapped_twice(old, label_map[old], new, option)
            position = match.end()
    return label_map


def format_label_map(label_map: LabelMap) -> str:
    """The label map as --label-map takes it."""
    return ",".join(f"{_quote(old)}={_quote(new or '')}" for old, new in label_map.items())


def drop_option(names: Iterable[str]) -> str:
    """The option that drops classes, as a shell takes it."""
    return f"--label-map {shlex.quote(format_label_map(dict.fromkeys(names)))}"


def resolve_label_map(label_map: LabelMap, classes: Iterable[str]) -> tuple[dict[str, str | None], list[str]]:
    """The new name of each class that the map names, or None for a class to drop; and the keys that name no class.

    A key that is the name of a class, in any spelling, means this class; only another may be a range of numbers.

    Raises:
        SettingsError: two keys map a class to different names.
    """
    names = list(classes)
    named = match_classes(label_map, names)
    resolved: dict[str, str | None] = {}
    unknown = []
    for key, value in label_map.items():
        target = None if value is None else class_name(value)
        matches = [name] if (name := named[key]) else _classes_in_range(key, names)
        if not matches:
            unknown.append(key)
        for match in matches:
            if resolved.setdefault(match, target) != target:
                raise _mapped_twice(match, resolved[match], target)
    return resolved, unknown


def _classes_in_range(key: str, names: Sequence[str]) -> list[str]:
    match = RANGE.fullmatch(key.strip())
    if match is None:
        return []
    lowest, highest = map(Decimal, match.groups())
    return [name for name in names if NUMBER.fullmatch(name) and lowest <= Decimal(name) <= highest]


def _mapped_twice(name: str, first: str | None, second: str | None, option: str = "--label-map") -> SettingsError:
    targets = [repr(target) if target is not None else "nothing" for target in (first, second)]
    return SettingsError(f"{option} maps the class {name!r} twice, to {' and '.join(targets)}; keep one")


def _quote(name: str) -> str:
    if not re.search('[",=]', name) and name == name.strip():
        return name
    return '"' + name.replace('"', '""') + '"'
