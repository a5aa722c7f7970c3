"""Predictions added to a table, as a Parquet file."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rnnsent.atomic import replaced_file
from rnnsent.data.files import Row, Unreadable, open_rows
from rnnsent.data.tables import WINDOW, Table, Window, added_names, answered
from rnnsent.errors import DataError
from rnnsent.predict import Prediction, Predictor
from rnnsent.report.cells import SURROGATE
from rnnsent.report.predictions import added_values


def write_parquet(path: Path, predictor: Predictor, table: Table) -> None:
    """Write every row with its prediction's columns added; the file is there whole or not at all.

    A Parquet file keeps its types, those of CSV are text, and those of JSON lines are what all rows of a column fit.

    Raises:
        DataError: the values of a column have no type in common.
    """
    import pyarrow
    import pyarrow.parquet

    schema = _schema(table)
    names = added_names(schema.names, predictor.classes)
    for name, kind in zip(names, [pyarrow.string(), *[pyarrow.float64()] * (len(names) - 1)], strict=True):
        schema = schema.append(pyarrow.field(name, kind))
    with replaced_file(path) as written, pyarrow.parquet.ParquetWriter(written, schema) as writer:
        for window, predictions in answered(table.windows, predictor.stream):
            rows = _rows(window, predictions, names, predictor.classes)
            columns = [_array(table.path, each.name, rows, each.type) for each in schema]
            writer.write_table(pyarrow.Table.from_arrays(columns, schema=schema))


def _schema(table: Table) -> Any:
    """The types of a table's columns before anything is added."""
    import pyarrow

    if table.header.schema is not None:
        return table.header.schema
    if table.header.columns:
        return pyarrow.schema([(name, pyarrow.string()) for name in table.header.columns])
    kinds: dict[str, Any] = {}
    for rows in _windows(row for row in open_rows(table.path)[1] if not isinstance(row, Unreadable)):
        for name in dict.fromkeys(name for row in rows for name in row):
            kind = _array(table.path, name, rows).type
            kinds[name] = _common(table.path, name, kinds.get(name, kind), kind)
    return pyarrow.schema(
        [(name, pyarrow.string() if pyarrow.types.is_null(kind) else kind) for name, kind in kinds.items()]
    )


def _windows(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while window := list(islice(rows, WINDOW)):
        yield window


def _rows(window: Window, predictions: Sequence[Prediction], names: Sequence[str], classes: Sequence[str]) -> list[Row]:
    return [
        {
            **({} if isinstance(row, Unreadable) else row),
            **dict(zip(names, added_values(prediction, classes).values(), strict=True)),
        }
        for row, prediction in zip(window.rows, predictions, strict=True)
    ]


def _array(path: Path, name: str, rows: Iterable[Row], kind: Any = None) -> Any:
    import pyarrow

    values = [row.get(name) for row in rows]
    try:
        try:
            return pyarrow.array(values, type=kind)
        except UnicodeEncodeError:  # JSON can hold half a character, UTF-8 cannot
            return pyarrow.array([_whole(value) for value in values], type=kind)
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise _mixed(path, name, error) from None


def _common(path: Path, name: str, *kinds: Any) -> Any:
    import pyarrow

    try:
        each = [pyarrow.schema([(name, kind)]) for kind in kinds]
        return pyarrow.unify_schemas(each, promote_options="permissive").field(0).type
    except pyarrow.ArrowException as error:
        raise _mixed(path, name, error) from None


def _mixed(path: Path, name: str, error: Exception) -> DataError:
    reason = str(error).splitlines()[0]
    return DataError(f"{path}: the column {name!r} cannot be written as Parquet: {reason}; write .jsonl instead")


def _whole(value: Any) -> Any:
    """The value with U+FFFD in the place of each lone surrogate."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return value
