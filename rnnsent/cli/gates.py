"""The options of gates, and what every command does with them: print all, write them to a file, and exit with 3."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnsent.cli.options import check_output
from rnnsent.errors import GateError, SettingsError
from rnnsent.output.terminal import notify, open_file, pluralize

if TYPE_CHECKING:
    from rnnsent.evaluation.gates import GateResult


def require_option(example: str) -> Any:
    """The option of gates, with an example of one."""
    help_text = f"Exit with 3 unless a figure is as required, for example {example!r}; repeatable."
    return typer.Option("--require", metavar="NAME>=NUMBER", help=help_text)


JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the results of --require as JUnit XML.")
]


def check_junit(junit: Path | None, gates: Sequence[str] | None) -> None:
    """Raise SettingsError for --junit without a gate, or without a folder."""
    if junit is not None and not gates:
        raise SettingsError("--junit writes the results of --require, and there is none; add --require, or drop it")
    if junit is not None:
        check_output("--junit", junit)


def report_gates(suite: str, results: "Mapping[str, Sequence[GateResult]]", junit: Path | None) -> None:
    """Print every gate on stderr, and write them to the JUnit file.

    Args:
        suite: the command, for the JUnit file.
        results: the results by what they were checked on.

    Raises:
        GateError: a gate failed.
    """
    described = [
        (result.passed, f"{f'{name}: ' if len(results) > 1 else ''}{result.describe()}")
        for name, group in results.items()
        for result in group
    ]
    for passed, line in described:
        notify(f"{'passed' if passed else 'failed'}: {line}")
    if junit is not None:
        from rnnsent.output.junit import write_junit

        with open_file(junit, escape=False) as output:
            write_junit(output, suite, results)
    if failed := [line for passed, line in described if not passed]:
        raise GateError(f"{len(failed)} of {pluralize(len(described), 'gate')} failed: {'; '.join(failed)}")
