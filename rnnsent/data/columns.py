"""Finds the columns of texts and labels of a table: the requested ones, else by their names, else by their values.

An ambiguous table is an error that names the candidates and the option.
"""

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rnnsent.data.column_names import ID_NAME, LABEL_TIERS, TEXT_TIERS, normalize_name, tier_of
from rnnsent.data.header import DATE, is_value
from rnnsent.data.missing import is_missing
from rnnsent.errors import DataError, SettingsError

LOG = logging.getLogger(__name__)
SAMPLE_ROWS = 1_000  # looked at to distinguish columns
MIN_ROWS = 50  # with which it is clear that a column has one value only
MAX_CLASSES = 20  # distinct values of a column that can be one of labels without a name that says so
MIN_TEXT_WORDS, MIN_TEXT_CHARS = 2.5, 6  # on average, in a column that can be one of texts without such a name
MIN_LONG_TEXTS = 0.1  # fraction of such values in a column that may be one of texts
MAX_LISTED = 20
FRACTION = re.compile(r"[+-]?\d*[.,]0*[1-9]\d*")


def find_label_column(
    columns: Sequence[str],
    requested: str | None,
    source_name: str,
    *,
    class_labels: Sequence[str] = (),
    sample: Sequence[Mapping[str, Any]] = (),
    exclude: Sequence[str] = (),
) -> str:
    """The column of labels.

    Args:
        source_name: names the source in errors.
        class_labels: the columns that are a ClassLabel feature of the `datasets` library.
        sample: some rows, to distinguish columns by their values.
        exclude: columns that are known to be texts.

    Raises:
        DataError: the requested column does not exist.
        SettingsError: the column cannot be inferred.
    """
    if requested is not None:
        return resolve_column(requested, columns, source_name, "--label-column", sample)
    if len(class_labels) == 1:
        return class_labels[0]
    candidates = [name for name in (class_labels or columns) if name not in exclude]
    for tier in range(len(LABEL_TIERS)):
        named = [name for name in candidates if tier_of(name, LABEL_TIERS) == tier and not _is_blank(name, sample)]
        if named and tier == len(LABEL_TIERS) - 1:  # a category may be one of products
            named += [name for name in candidates if name not in named and _may_have_classes(name, sample)]
        if len(named) == 1:
            return named[0]
        if named:
            raise _ask("label", named, columns, source_name, sample=sample)
    by_ending = [name for name in candidates if normalize_name(name).endswith(("sentiment", "label", "class"))]
    if len(by_ending) == 1:
        return by_ending[0]
    by_values = [name for name in candidates if _may_have_classes(name, sample)]
    if len(by_values) == 1 and not by_ending and _has_classes(by_values[0], sample):
        return by_values[0]
    raise _ask("label", by_ending or by_values or class_labels, columns, source_name, sample=sample)


def find_text_columns(
    columns: Sequence[str],
    requested: Sequence[str],
    source_name: str,
    *,
    sample: Sequence[Mapping[str, Any]] = (),
    strings: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
) -> tuple[str, ...]:
    """The columns of texts: the requested ones in their order, or the only one that can be inferred.

    Args:
        source_name: names the source in errors.
        sample: some rows, to distinguish columns by their values.
        strings: the columns of strings; None takes those of the sample.
        exclude: columns to leave out, for example the label column.

    Raises:
        DataError: a requested column does not exist.
        SettingsError: the column cannot be inferred, or has no text.
    """
    if requested:
        return tuple(resolve_column(name, columns, source_name, "--text-column", sample) for name in requested)
    candidates = [name for name in columns if name not in exclude]
    if strings is None and sample:
        strings = [name for name in candidates if any(isinstance(row.get(name), str) for row in sample)]
    for tier in range(len(TEXT_TIERS)):
        named = [name for name in candidates if tier_of(name, TEXT_TIERS) == tier]
        filled = [name for name in named if not _is_blank(name, sample)]
        texts = [name for name in filled if _find_problem(name, sample) is None]
        if named and not filled and tier == 0:  # all texts are missing, or they are elsewhere
            filled = texts = named + [name for name in strings or () if _may_have_texts(name, sample)]
        if texts and tier == len(TEXT_TIERS) - 1:  # a title may be one of a text under an unknown name
            texts += [name for name in strings or () if name not in texts and _may_have_texts(name, sample)]
        if len(texts) == 1:
            return (texts[0],)
        if named := filled:
            problem = "" if texts else _find_problem(named[0], sample) or ""
            raise _ask("text", texts or named, columns, source_name, problem, sample)
    strings = [name for name in strings or () if name in candidates and not _is_blank(name, sample)]
    by_values = [name for name in strings if _may_have_texts(name, sample)]
    if len(by_values) == 1 and _has_texts(by_values[0], sample):
        return (by_values[0],)
    has_blank = any(_is_blank(name, sample) for name in candidates)
    if len(strings) == 1 and not has_blank and _find_problem(strings[0], sample) is None:
        return (strings[0],)
    raise _ask("text", by_values, columns, source_name, sample=sample)


def resolve_column(
    requested: str,
    columns: Sequence[str],
    source_name: str,
    option: str = "--text-column",
    sample: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The column that a name, a number from 1, or a dotted path into objects means.

    Raises:
        DataError: there is none.
        SettingsError: the name means several.
    """
    if requested in columns:
        return requested
    alike = [name for name in columns if normalize_name(name) == normalize_name(requested)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise SettingsError(
            f"{source_name}: {option} {requested} means {' or '.join(map(repr, alike))}; write it exactly"
        )
    if requested.isdecimal() and 1 <= int(requested) <= len(columns):
        return columns[int(requested) - 1]
    if "." in requested and (any(_follow(row, requested) is not _ABSENT for row in sample) or not columns):
        return requested
    raise DataError(f"{source_name} has no column {requested!r}; choose one with {option}: {_list(columns)}")


def read_value(row: Mapping[str, Any], column: str) -> Any:
    """The value of a column, or of a dotted path; None if the row lacks it."""
    value = _follow(row, column)
    return None if value is _ABSENT else value


def read_text(row: Mapping[str, Any], columns: Sequence[str], *, is_cell: bool) -> str | None:
    """The text of a row, that of several columns on lines of their own; None if all are missing.

    Raises:
        DataError: a value is a list or an object; the message names neither source nor row.
    """
    if len(columns) == 1 and type(value := row.get(columns[0])) is str:
        return None if is_missing(value, is_cell=is_cell) else value
    parts = []
    for column in columns:
        value = read_value(row, column)
        if isinstance(value, (dict, list, tuple)):
            raise DataError(describe_nested(value, column))
        if not is_missing(value, is_cell=is_cell):
            parts.append(value if isinstance(value, str) else str(value))
    return "\n".join(parts) if parts else None


def describe_nested(value: Any, column: str) -> str:
    """Why a list or an object is not text, and which path into it may be one."""
    if isinstance(value, dict):
        inner = [f"{column}.{key}" for key, item in value.items() if isinstance(item, str)]
        remedy = f"choose one with --text-column: {_list(inner)}" if inner else "choose another with --text-column"
        return f"column {column!r} has objects, not texts; {remedy}"
    return f"column {column!r} has lists, not texts; choose another with --text-column, or join them to one text first"


def describe_values(name: str, sample: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a column is unlikely to have texts: its values are numbers or ids. None if it may have texts."""
    return _find_problem(name, sample)


_ABSENT = object()


def _follow(row: Mapping[str, Any], path: str) -> Any:
    if path in row:
        return row[path]
    for index, character in enumerate(path):
        if character == "." and isinstance(inner := row.get(path[:index]), Mapping):
            return _follow(inner, path[index + 1 :])
    return _ABSENT


def _find_problem(name: str, sample: Sequence[Mapping[str, Any]]) -> str | None:
    values = _values(name, sample)
    if not values:
        return None
    if sum(_is_number(value) for value in values) > 0.9 * len(values):
        return f"{name!r} has numbers, for example {values[0]!r}"
    if nested := next((value for value in values if isinstance(value, (dict, list))), None):
        return describe_nested(nested, name)
    return None


def _has_texts(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values are mostly different and long, as those of free text are."""
    values = [value for value in _values(name, sample) if isinstance(value, str)]
    if not _may_have_texts(name, sample):
        return False
    n_words = sum(len(value.split()) for value in values) / len(values)
    n_wide = sum(map(_count_wide, values)) / len(values)
    return n_words >= MIN_TEXT_WORDS or n_wide >= MIN_TEXT_CHARS


def _may_have_texts(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
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


def _has_classes(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values are few and repeated."""
    values = _values(name, sample)
    return _may_have_classes(name, sample) and 1 < len(set(map(str, values))) <= len(values) / 2


def _may_have_classes(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the values may be classes: they are few, and neither texts, dates, links nor measurements."""
    values = _values(name, sample)
    if not all(isinstance(value, (str, int, float)) for value in values) or ID_NAME.search(name):
        return False
    distinct = set(map(str, values))
    if any("://" in value or DATE.fullmatch(value) or FRACTION.fullmatch(value) for value in distinct):
        return False
    # In a small sample, all rows may be of one class.
    is_possible = len(distinct) > 1 or (len(distinct) == 1 and len(sample) < MIN_ROWS)
    return is_possible and len(distinct) <= MAX_CLASSES and not _has_texts(name, sample)


def _values(name: str, sample: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row.get(name) for row in sample]
    return [value for value in values if not is_missing(value, is_cell=True)]


def _is_blank(name: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    return bool(sample) and not _values(name, sample)


def _is_number(value: Any) -> bool:
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
        isinstance(value, str) and is_value(value.strip())
    )


def _ask(
    role: str,
    candidates: Sequence[str],
    columns: Sequence[str],
    source_name: str,
    reason: str = "",
    sample: Sequence[Mapping[str, Any]] = (),
) -> SettingsError:
    if "; choose" in reason:
        return SettingsError(f"{source_name}: {reason}")
    if reason:
        problem = f"the {role} column is unclear: {reason}"
    elif len(candidates) > 1:
        problem = f"the {role} column is ambiguous ({' or '.join(candidates[:MAX_LISTED])})"
    else:
        problem = f"the {role} column cannot be inferred"
    return SettingsError(
        f"{source_name}: {problem}; choose one with --{role}-column: {_list(_expand(columns, sample))}"
    )


def _expand(columns: Sequence[str], sample: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns, and the dotted paths of the fields of one that has objects."""
    paths: list[str] = []
    for name in columns:
        objects = [row[name] for row in sample if isinstance(row.get(name), Mapping)]
        fields = dict.fromkeys(field for value in objects for field in value)
        inner = _expand(list(fields), objects) if fields else []
        paths += [f"{name}.{path}" for path in inner] or [name]
    return paths


def _list(names: Sequence[str]) -> str:
    more = f", and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
