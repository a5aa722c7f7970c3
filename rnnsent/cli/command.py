"""How a command is made of a function: its options from a dataclass, its help in groups. Knows no command."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand

Options = TypeVar("Options")


def single_command(command: Callable[..., None], *, kind: type[TyperCommand] = TyperCommand) -> typer.Typer:
    """An application of one command, as `LazyGroup` expects it."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(cls=kind)(command)
    return app


def command_options(options: type[Options]) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Make a command of a function of one options object: each field of the dataclass is an argument or option."""
    hints = get_type_hints(options, include_extras=True)

    def decorate(command: Callable[[Options], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            command(options(**values))

        parameters = [
            inspect.Parameter(
                entry.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if entry.default is MISSING else entry.default,
                annotation=hints[entry.name],
            )
            for entry in fields(options)  # type: ignore[arg-type]
        ]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


class GroupedCommand(TyperCommand):
    """A command whose help lists its options in titled groups, by their `rich_help_panel`; others join the last group."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        others: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            title = "Arguments" if parameter.param_type_name == "argument" else parameter.rich_help_panel  # type: ignore[attr-defined]
            if (record := parameter.get_help_record(ctx)) is not None:
                (groups.setdefault(title, []) if title else others).append(record)
        groups[next(reversed(groups))] += others
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)
