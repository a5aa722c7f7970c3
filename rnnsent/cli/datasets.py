"""`rnnsent datasets`."""

from typing import Annotated

import typer

from rnnsent.cli.options import (
    JsonOption,
    LabelColumnOption,
    QuietOption,
    TextColumnOption,
    complete_sources,
    print_json,
)
from rnnsent.data.catalog import CATALOG
from rnnsent.output.terminal import enable_logging, open_stdout


def datasets(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            autocompletion=complete_sources,
            help="Short name, Hub id, file or folder.  [default: list the short names]",
        ),
    ] = None,
    json_: JsonOption = False,
    text_column: TextColumnOption = None,
    label_column: LabelColumnOption = None,
    quiet: QuietOption = False,
) -> None:
    """List data sets, or describe one.

    Shows splits, classes, text lengths, duplicates, conflicting labels and examples.

    Example: rnnsent datasets sentences
    """
    if source is None:
        if json_:
            print_json([{"name": name, **entry.to_dict()} for name, entry in CATALOG.items()])
            return
        from rnnsent.output.tables import print_catalog

        with open_stdout(escape=False) as output:
            print_catalog(output, CATALOG)
        return
    from rnnsent.data.sources import find_source
    from rnnsent.data.summary import summarize
    from rnnsent.output.tables import print_summary

    enable_logging()
    summary = summarize(find_source(source, text_column=text_column, label_column=label_column))
    if json_:
        print_json(summary.to_dict())
        return
    with open_stdout(escape=False) as output:
        print_summary(output, summary)
