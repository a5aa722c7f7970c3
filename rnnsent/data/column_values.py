"""What the values of a column look like: texts, classes, numbers or nothing. Knows no names of columns but those of ids."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rnnsent.data.column_names import ID_NAME
from rnnsent.data.fields import describe_nested
from rnnsent.data.header import DATE, is_value
from rnnsent.data.missing import is_missing

MIN_ROWS = 50  # with which it is clear that a column has one value only
MAX_CLASSES = 20  # distinct values of a column that can be one of labels without a name that says so
MIN_TEXT_WORDS, MIN_TEXT_CHARS = 2.5, 6  # on average, in a column that can be one of texts without such a name
MIN_LONG_TEXTS = 0.1  # fraction of such values in a column that may be one of texts
FRACTION = re.compile(r"[+-]?\d*[.,]0*[1-9]\d*")


def describe_problem(name: str, sample: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a column is unlikely to have texts: its values are numbers or ids. None if it may have texts."""
    values = _values(name, sample)
    if not values:
        return None
    if sum(_is_number(value) for value in values) > 0.9 * len(values):
        return f"{name!r} has numbers, for example {values[0]!r}"
    if nested := next((value for value in values if isinstance(value, (dict, list))), None):
        return describe_nested(nested, name)
    return None


def has_texts(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values are mostly different and long, as those of free text are."""
    values = [value for value in _values(name, sample) if isinstance(value, str)]
    if not may_have_texts(name, sample):
        return False
    n_words = sum(len(value.split()) for value in values) / len(values)
    n_wide = sum(map(_count_wide, values)) / len(values)
    return n_words >= MIN_TEXT_WORDS or n_wide >= MIN_TEXT_CHARS


def may_have_texts(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values are mostly different, and some of them are long."""
    values = [value for value in _values(name, sample) if isinstance(value, str)]
    if not values or ID_NAME.search(name) or sum(map(is_value, values)) > len(values) / 2:
        return False
    n_long = sum(len(value.split()) >= MIN_TEXT_WORDS or _count_wide(value) >= MIN_TEXT_CHARS for value in values)
    is_long = n_long >= MIN_LONG_TEXTS * len(values)
    return is_long and len(set(values)) > len(values) / 2 and not _has_one_shape(values)


def _count_wide(value: str) -> int:
    """The number of East Asian characters, which no blanks divide into words."""
    return sum(ord(character) > 0x2E7F for character in value)


def _has_one_shape(values: Sequence[str]) -> bool:
    """Whether the values are alike but for their digits, as dates and codes are."""
    shapes = Counter("".join("0" if character.isdigit() else character for character in value) for value in values)
    return len(values) > 2 and len(shapes) <= len(values) / 4


def has_classes(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values are few and repeated."""
    values = _values(name, sample)
    return may_have_classes(name, sample) and 1 < len(set(map(str, values))) <= len(values) / 2


def may_have_classes(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values may be classes: they are few, and neither texts, dates, links nor measurements."""
    values = _values(name, sample)
    if not all(isinstance(value, (str, int, float)) for value in values) or ID_NAME.search(name):
        return False
    distinct = set(map(str, values))
    if any("://" in value or DATE.fullmatch(value) or FRACTION.fullmatch(value) for value in distinct):
        return False
    # In a small sample, all rows may be of one class.
    is_possible = len(distinct) > 1 or (len(distinct) == 1 and len(sample) < MIN_ROWS)
    return is_possible and len(distinct) <= MAX_CLASSES and not has_texts(name, sample)


def _values(name: str, sample: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row.get(name) for row in sample]
    return [value for value in values if not is_missing(value, is_cell=True)]


def is_blank(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    return bool(sample) and not _values(name, sample)


def _is_number(value: Any) -> bool:
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
        isinstance(value, str) and is_value(value.strip())
    )
