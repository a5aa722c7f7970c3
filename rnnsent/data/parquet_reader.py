"""Parquet as rows, in batches."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from rnnsent.data.rows import Row, Table
from rnnsent.errors import DataError

LOG = logging.getLogger(__name__)
BATCH_ROWS = 4_096


def read_parquet(file: Path | IO[bytes], name: str) -> Table:
    """Raises DataError if the file is not Parquet, or has two columns of one name."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise DataError(
            f"{name} is Parquet, which needs pyarrow: pip install pyarrow; or convert it to JSON Lines"
        ) from None
    try:
        opened = pyarrow.parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{name}: not a readable Parquet file: {str(error).splitlines()[0]}") from None
    columns = tuple(opened.schema_arrow.names)
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise DataError(f"{name}: has two columns {twice!r}; rename one")
    return Table(name, "parquet", columns, _read_batches(opened, name), schema=opened.schema_arrow)


def _read_batches(file: Any, name: str) -> Iterator[Row]:
    import pyarrow

    try:
        with file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                yield from _to_python(batch)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{name}: not a readable Parquet file: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError) as error:  # for example a date in the year 30000, which Python cannot represent
        raise DataError(f"{name}: a value cannot be read: {error}; drop its column, or convert it to text") from None


def _to_python(batch: Any) -> list[Row]:
    import pyarrow

    try:
        return batch.to_pylist()
    except UnicodeDecodeError:  # Parquet does not check that strings are UTF-8
        LOG.warning("the file has strings that are not UTF-8; bytes that are not become U+FFFD")
        columns = [
            [None if value is None else value.decode("utf-8", "replace") for value in column.cast("binary").to_pylist()]
            if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type)
            else column.to_pylist()
            for column in batch.columns
        ]
        return [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns, strict=True)]
