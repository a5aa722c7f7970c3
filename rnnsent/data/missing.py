"""Which values of a table mean that there is no value. Knows neither texts nor labels."""

import math
from typing import Any

# Whole cells of CSV, TSV and spreadsheets that mean "no value": pandas' defaults (the parameter `na_values` of read_csv),
# and \N, which MySQL and PostgreSQL write.
MISSING_CELLS = frozenset(
    {
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
        "NaN", "Nan", "NAN", "None", "n/a", "nan", "null", "Null", "\\N",
    }
)  # fmt: skip


def is_missing(value: Any, *, is_cell: bool) -> bool:
    """Whether a value is null, NaN or a blank string, or a cell whose whole text means so.

    Args:
        is_cell: whether the value comes from CSV, TSV or a spreadsheet, which have no null of their own.
    """
    if isinstance(value, str):
        stripped = value.strip()
        return not stripped or (is_cell and stripped in MISSING_CELLS)
    return value is None or (isinstance(value, float) and math.isnan(value))
