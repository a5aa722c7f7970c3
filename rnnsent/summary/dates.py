"""Dates as people write them, and the periods that they are in. Knows text only."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias, get_args

from rnnsent.errors import SettingsError

Every: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
EVERY: tuple[Every, ...] = get_args(Every)
MAX_SAMPLE = 200  # values that decide the format

# Formats in which the order of day and month is known, then those of which it is not.
FORMATS = (
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %Y", "%b %Y",
    "%d-%b-%Y", "%d-%b-%y", "%a %b %d %H:%M:%S %z %Y", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
ORDERED = {
    DAY_FIRST: ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    MONTH_FIRST: ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%m/%d/%y", "%m.%d.%y", "%m/%d/%Y %H:%M", "%m.%d.%Y %H:%M", "%m/%d/%Y %H:%M:%S"),
}  # fmt: skip
Parser: TypeAlias = Callable[[str], date | None]


def find_parser(values: Sequence[str], column: str, given: str | None = None) -> Parser:
    """The parser of a column's dates, by a sample of them.

    Args:
        given: a format of `strptime`, or None to infer it.

    Raises:
        SettingsError: no format fits most of the values, or day and month may be either way round.
    """
    if given is not None:
        return _strptime(given)
    sample = [value.strip() for value in values if value.strip()][:MAX_SAMPLE]
    if not sample:
        raise SettingsError(f"the column {column!r} has no dates; name another with --over")
    for parser in (_iso, *map(_strptime, FORMATS), _email):
        if _fits(parser, sample):
            return parser
    fitting = {
        order: next((f for f in formats if _fits(_strptime(f), sample)), None) for order, formats in ORDERED.items()
    }
    found = [pattern for pattern in fitting.values() if pattern]
    if len(found) == 2:
        raise SettingsError(
            f"the dates in {column!r}, such as {sample[0]!r}, may begin with the day or the month; say which: --date-format "
            f"'{found[0]}' or '{found[1]}'"
        )
    if not found:
        raise SettingsError(
            f"{sample[0]!r} in the column {column!r} is not a known date; describe it, for example --date-format '%d/%m/%Y'"
        )
    return _strptime(found[0])


def begin_of_period(day: date, every: Every) -> date:
    """The first day of the period that a day is in; weeks begin on Monday."""
    match every:
        case "day":
            return day
        case "week":
            return date.fromordinal(day.toordinal() - day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)


def name_period(begin: date, every: Every) -> str:
    """2026, 2026-Q1, 2026-03, or the first day."""
    match every:
        case "year":
            return f"{begin.year}"
        case "quarter":
            return f"{begin.year}-Q{(begin.month + 2) // 3}"
        case "month":
            return f"{begin:%Y-%m}"
        case _:
            return begin.isoformat()


def _fits(parser: Parser, sample: Sequence[str]) -> bool:
    return sum(parser(value) is not None for value in sample) > 0.9 * len(sample)


def _iso(value: str) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if len(value) >= len("2026-01-31") else None
    except ValueError:
        return None


def _email(value: str) -> date | None:
    try:
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError):
        return None


def _strptime(pattern: str) -> Parser:
    def parse(value: str) -> date | None:
        try:
            return datetime.strptime(value.strip(), pattern).date()  # the day as it is written
        except ValueError:
            return None

    return parse
