"""The values of a row, by the name of a column or by a dotted path into objects. Knows no table."""

from collections.abc import Mapping, Sequence
from typing import Any

from rnnsent.data.missing import is_missing
from rnnsent.errors import DataError

MAX_LISTED = 20
_ABSENT = object()


def has_field(row: Mapping[str, Any], column: str) -> bool:
    """Whether a row has the column, or the dotted path."""
    return _follow(row, column) is not _ABSENT


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
        remedy = f"choose one with --text-column: {list_names(inner)}" if inner else "choose another with --text-column"
        return f"column {column!r} has objects, not texts; {remedy}"
    return f"column {column!r} has lists, not texts; choose another with --text-column, or join them to one text first"


def list_names(names: Sequence[str]) -> str:
    """The names for a message, at most MAX_LISTED of them."""
    more = f", and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more


def _follow(row: Mapping[str, Any], path: str) -> Any:
    if path in row:
        return row[path]
    for index, character in enumerate(path):
        if character == "." and isinstance(inner := row.get(path[:index]), Mapping):
            return _follow(inner, path[index + 1 :])
    return _ABSENT
