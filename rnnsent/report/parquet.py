"""Predictions added to a table, as a Parquet file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rnnsent.atomic import replaced_file
from rnnsent.data.tables import Window, added_names
from rnnsent.errors import DataError
from rnnsent.predict import Predictor
from rnnsent.report.predictions import added_values


def write_parquet(path: Path, predictor: Predictor, windows: Iterable[Window]) -> None:
    """Write every row with its prediction's columns added; the file is there whole or not at all.

    Raises:
        DataError: there are no rows, or a column changes its type between them.
    """
    import pyarrow
    import pyarrow.parquet

    writer: Any = None
    with replaced_file(path) as written:
        try:
            for window in windows:
                table = pyarrow.Table.from_pylist(_rows(predictor, window))
                if writer is None:
                    writer = pyarrow.parquet.ParquetWriter(written, table.schema)
                writer.write_table(table.cast(writer.schema))
        except (pyarrow.ArrowException, ValueError) as error:
            raise DataError(
                f"{path}: a column cannot be written as Parquet: {str(error).splitlines()[0]}; use .jsonl"
            ) from None
        finally:
            if writer is not None:
                writer.close()
        if writer is None:
            raise DataError("the table has no rows")


def _rows(predictor: Predictor, window: Window) -> list[dict[str, Any]]:
    names = added_names(list(window.rows[0]), predictor.classes)
    return [
        {**row, **dict(zip(names, added_values(prediction, predictor.classes).values(), strict=True))}
        for row, prediction in zip(window.rows, predictor.predict(window.texts), strict=True)
    ]
