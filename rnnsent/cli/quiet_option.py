"""--quiet, which every command has, and the program itself. Loads nothing that only some commands need."""

from typing import Annotated

import typer

from rnnsent.environment import silence_downloads
from rnnsent.output.terminal import set_quiet


def _quiet(value: bool) -> None:
    if value:
        set_quiet()
        silence_downloads()


QuietOption = Annotated[bool, typer.Option("--quiet", "-q", callback=_quiet, help="Only print errors.")]
