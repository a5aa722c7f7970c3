"""`rnnsent datasets`."""

import json
from typing import Annotated

import typer

from rnnsent.cli.options import JsonOption, LabelColumnOption, QuietOption, TextColumnOption, complete_sources
from rnnsent.data.catalog import CATALOG
from rnnsent.report.terminal import say_logs, standard_output


def datasets(
    source: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete_sources,
            help="Short name, Hub id, file or folder.",
            show_default="list the short names",
        ),
    ] = None,
    json_: JsonOption = False,
    text_column: TextColumnOption = None,
    label_column: LabelColumnOption = None,
    quiet: QuietOption = False,
) -> None:
    """List the data sets, or show what is in one.

    Shown are its splits, classes, lengths, duplicates, conflicting labels and some examples.

    Example: rnnsent datasets sentences
    """
    if source is None:
        from rnnsent.report.tables import catalog_as_dicts, print_catalog

        with standard_output(guarded=json_) as output:
            if json_:
                output.write(json.dumps(catalog_as_dicts(CATALOG), indent=2, ensure_ascii=False) + "\n")
            else:
                print_catalog(output, CATALOG)
        return
    from rnnsent.data.overview import overview
    from rnnsent.data.sources import find_source
    from rnnsent.report.tables import print_overview

    say_logs()
    found = overview(find_source(source, text=text_column, label=label_column))
    with standard_output(guarded=json_) as output:
        if json_:
            output.write(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
        else:
            print_overview(output, found)
