"""The columns of CSV, TSV and workbooks, once their layout is known, and what is reported about it."""

import logging
from collections.abc import Sequence

from rnnsent.data.header import name_columns
from rnnsent.errors import SettingsError

LOG = logging.getLogger(__name__)
MAX_PREVIEW_CELLS, MAX_PREVIEW_CHARS = 5, 30


def check_header(has_header: bool | None, first_row: Sequence[str], source_name: str) -> bool:
    """Whether there is a header. Raises SettingsError if that is unclear."""
    if has_header is None:
        cells = [cell if len(cell) <= MAX_PREVIEW_CHARS else cell[: MAX_PREVIEW_CHARS - 1] + "…" for cell in first_row]
        raise SettingsError(
            f"{source_name}: it is unclear whether the first row names the columns "
            f"({', '.join(map(repr, cells[:MAX_PREVIEW_CELLS]))}); say so with --header or --no-header"
        )
    return has_header


def read_columns(header: Sequence[str] | None, width: int, source_name: str) -> tuple[str, ...]:
    """A unique key for each column: by its header, or by its number, from 1, if there is none."""
    if header is None:
        LOG.info(
            "%s: the first row is data; columns are called by number, from 1; --header overrides this", source_name
        )
        return tuple(map(str, range(1, width + 1)))
    columns = name_columns(header)
    if repeated := sorted({name for name in header if name.strip() and header.count(name) > 1}):
        later = [key for key, name in zip(columns, header, strict=True) if name in repeated and key != name]
        LOG.warning(
            "%s: several columns are called %s; the later ones are %s",
            source_name,
            ", ".join(map(repr, repeated)),
            ", ".join(map(repr, later)),
        )
    return columns


def log_skipped(count: int, unit: str, place: str, source_name: str) -> None:
    """Report lines or rows that are not part of the table, if any."""
    if count:
        LOG.info("%s: skipped %d %s%s %s", source_name, count, unit, "s" * (count > 1), place)
