"""Rows of Python values <-> columns with Arrow types. Imported only where Parquet is read or written."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow

from rnnsent.data.lines import SURROGATES
from rnnsent.data.rows import Row
from rnnsent.errors import DataError


def infer_schema(rows: Iterator[Row], batch_rows: int, source: str) -> pyarrow.Schema:
    """The types that fit every row; a column of nulls is a column of strings.

    Raises:
        DataError: the values of a column have no common type.
    """
    types: dict[str, Any] = {}
    while batch := list(islice(rows, batch_rows)):
        for name in dict.fromkeys(name for row in batch for name in row):
            kind = to_array([row.get(name) for row in batch], name, source).type
            types[name] = _common_type(name, source, types.get(name, kind), kind)
    return pyarrow.schema(
        [(name, pyarrow.string() if pyarrow.types.is_null(kind) else kind) for name, kind in types.items()]
    )


def to_array(values: Sequence[Any], name: str, source: str, kind: Any = None) -> pyarrow.Array:
    """A column of values, of a given or an inferred type.

    Raises:
        DataError: the values do not have the type; the message names the column and the source.
    """
    try:
        try:
            return pyarrow.array(values, type=kind)
        except UnicodeEncodeError:  # JSON can hold a lone surrogate, UTF-8 cannot
            return pyarrow.array([_replace_surrogates(value) for value in values], type=kind)
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise _mixed_types(name, source, error) from None


def _common_type(name: str, source: str, *kinds: Any) -> Any:
    try:
        schemas: Iterable[pyarrow.Schema] = [pyarrow.schema([(name, kind)]) for kind in kinds]
        return pyarrow.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pyarrow.ArrowException as error:
        raise _mixed_types(name, source, error) from None


def _mixed_types(name: str, source: str, error: Exception) -> DataError:
    reason = str(error).splitlines()[0]
    return DataError(f"{source}: column {name!r} cannot be written as Parquet: {reason}; write .jsonl instead")


def _replace_surrogates(value: Any) -> Any:
    """The value with U+FFFD in place of each lone surrogate."""
    if isinstance(value, str):
        return SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_replace_surrogates(name): _replace_surrogates(item) for name, item in value.items()}
    return value
