"""`rnnsent datasets`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from rnnsent.cli.command import command_options, single_command
from rnnsent.cli.options import (
    JsonOption,
    LabeledInputOptions,
    complete_sources,
    print_json,
)
from rnnsent.cli.quiet_option import QuietOption
from rnnsent.data.catalog import CATALOG
from rnnsent.output.terminal import enable_logging, open_stdout


@dataclass(frozen=True, kw_only=True)
class DatasetsOptions(LabeledInputOptions):
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            autocompletion=complete_sources,
            help="Short name, Hub id, file or folder.  [default: list the short names]",
        ),
    ] = None
    json: JsonOption = False
    quiet: QuietOption = False


@command_options(DatasetsOptions)
def datasets(options: DatasetsOptions) -> None:
    """List data sets, or describe one.

    Shows splits, classes, text lengths, duplicates, conflicting labels and examples.

    Example: rnnsent datasets sentences
    """
    if options.source is None:
        if options.json:
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
    summary = summarize(find_source(options.source, options.read_options(), label_map=options.parsed_label_map()))
    if options.json:
        print_json(summary.to_dict())
        return
    with open_stdout(escape=False) as output:
        print_summary(output, summary)


app = single_command(datasets)
