"""`rnnsent summarize`."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.options import (
    DeviceOption,
    InputOptions,
    JsonOption,
    ModelOption,
    PrecisionOption,
    complete_files,
    format_json,
    load_predictor,
    print_json,
)
from rnnsent.cli.packages import require
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.errors import SettingsError
from rnnsent.output.terminal import enable_logging, notify, open_file, open_stdout

HTML_SUFFIXES = (".html", ".htm")

if TYPE_CHECKING:
    from rnnsent.data.records import Reader, RecordBatch
    from rnnsent.summary.dates import Every
    from rnnsent.summary.summarize import Summary


@dataclass(frozen=True, kw_only=True)
class SummarizeOptions(InputOptions):
    input: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", autocompletion=complete_files, help="A file with a text in each row or line; - for stdin."
        ),
    ]
    model: ModelOption = None
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="Also summarize each value of this column.")
    ] = None
    over: Annotated[
        str | None,
        typer.Option("--over", metavar="COLUMN", help="Also summarize the periods of the dates in this column."),
    ] = None
    every: Annotated[
        str | None,
        typer.Option(
            "--every", metavar="PERIOD", help="Length of a period: day, week, month, quarter or year.  [default: month]"
        ),
    ] = None
    date_format: Annotated[
        str | None,
        typer.Option(
            "--date-format", metavar="FORMAT", help="Format of the dates, if it cannot be inferred, such as %d/%m/%Y."
        ),
    ] = None
    quotes: Annotated[bool, typer.Option("--quotes/--no-quotes", help="Quote texts.")] = True
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write a page (.html) or the numbers (.json) to FILE."),
    ] = None
    json: JsonOption = False
    device: DeviceOption = "auto"
    precision: PrecisionOption = "float32"
    quiet: QuietOption = False


@command_options(SummarizeOptions)
def summarize(options: SummarizeOptions) -> None:
    """Summarize a whole table: shares of classes, by group and over time, and phrases.

    Shares have 95% intervals, and are also corrected for the errors that the model makes on its validation texts.

    Examples:

    rnnsent summarize reviews.csv --by product

    rnnsent summarize tickets.jsonl --text-column body --over created --every week --json
    """
    from rnnsent.data.inputs import open_reader
    from rnnsent.parallel import Pause
    from rnnsent.summary.accumulate import Accumulator
    from rnnsent.summary.summarize import summarize as make_summary

    every = check_periods(options)
    check_suffix(options)
    enable_logging()
    reader = open_reader([options.input], options.read_options())
    check_columns(reader, options)
    predictor = load_predictor(options.model, options.device, options.precision)
    accumulated = Accumulator()
    find_period = PeriodFinder(options.over, every, options.date_format) if options.over else None
    batches = (batch for batch in reader.batches() if not isinstance(batch, Pause))
    for batch in predictor.predict_batches(batches):
        groups = read_column(batch.records, options.by)
        periods = find_period(batch.records) if find_period else None
        for index, prediction in enumerate(batch.predictions):
            accumulated.add(prediction, next(groups) if options.by else None, periods[index] if periods else None)
            accumulated.n_undated += periods is not None and periods[index] is None
    summary = make_summary(
        accumulated, predictor.classes, predictor.confusion_matrix, source="stdin" if options.input == "-" else options.input, model=predictor.checkpoint.name,
        by=options.by, over=options.over, has_quotes=options.quotes,
    )  # fmt: skip
    if predictor.confusion_matrix is None:
        notify(
            f"note: {predictor.checkpoint.name!r} does not record its errors on validation texts, so no share is corrected"
        )
    write_outputs(options, summary)


def write_outputs(options: SummarizeOptions, summary: "Summary") -> None:
    """Write the file of --output, and print the numbers (--json), or the table if no file is asked for."""
    if options.output is not None:
        with open_file(options.output) as output:
            if options.output.suffix.lower() == ".json":
                output.write(format_json(summary.to_dict()))
            else:
                from rnnsent.output.report.summary import write_summary

                write_summary(output, summary, ["rnnsent", *sys.argv[1:]])
        notify(f"wrote {options.output}")
    if options.json:
        print_json(summary.to_dict())
    elif options.output is None:
        from rnnsent.output.summary_table import print_summary

        with open_stdout() as output:
            print_summary(output, summary)


def check_periods(options: SummarizeOptions) -> "Every":
    """The length of a period. Raises SettingsError for an unknown one, or without a column of dates."""
    from rnnsent.summary.dates import EVERY

    if options.over is None and (options.every or options.date_format):
        raise SettingsError("--every and --date-format are about the dates in a column; name it with --over")
    requested = options.every or "month"
    for every in EVERY:
        if every == requested:
            return every
    raise SettingsError(f"--every {requested}: choose {', '.join(EVERY)}")


def check_suffix(options: SummarizeOptions) -> None:
    """Raises SettingsError for an output of an unknown suffix, RnnsentError if the package for pages is missing."""
    if options.output is None:
        return
    suffix = options.output.suffix.lower()
    if suffix not in (".json", *HTML_SUFFIXES):
        raise SettingsError(f"--output {options.output}: name a file that ends in .html or .json")
    if suffix != ".json":
        require("--output with a page", "jinja2")


def check_columns(reader: "Reader", options: SummarizeOptions) -> None:
    """Raises SettingsError unless the input is a table with the columns that are named."""
    from rnnsent.data.table_reader import TableReader

    named = {"--by": options.by, "--over": options.over}
    for option, column in named.items():
        if column is None:
            continue
        if not isinstance(reader, TableReader):
            raise SettingsError(f"{option} {column} names a column, and {reader.name} is not a table")
        if reader.columns and column not in reader.columns:
            raise SettingsError(
                f"{option} {column}: {reader.name} has no such column; its columns are {', '.join(reader.columns)}"
            )


def read_column(records: "RecordBatch", column: str | None) -> Iterator[str | None]:
    """The values of a column as text; a missing value is "(none)", an unreadable row None."""
    from rnnsent.data.rows import UnreadableRow

    for row in records.rows or ():
        if isinstance(row, UnreadableRow):
            yield None
            continue
        value = row.get(column) if column else None
        yield "(none)" if value is None or value == "" else str(value)


class PeriodFinder:
    """The period of each record of a batch, by the dates in a column, whose format the first batch decides."""

    def __init__(self, column: str, every: "Every", date_format: str | None) -> None:
        self._column, self._every, self._format = column, every, date_format
        self._parse: Any = None

    def __call__(self, records: "RecordBatch") -> list[str | None]:
        from rnnsent.summary.dates import begin_of_period, find_parser, name_period

        values = list(read_column(records, self._column))
        if self._parse is None:
            self._parse = find_parser(
                [value for value in values if value and value != "(none)"], self._column, self._format
            )
        days: list[date | None] = [self._parse(value) if value else None for value in values]
        return [name_period(begin_of_period(day, self._every), self._every) if day else None for day in days]


app = single_command(summarize)
