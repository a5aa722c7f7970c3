"""A command group that imports a command's module when the command runs, so that `predict` does not wait for `train`.

Knows no command. Typer itself builds every command of a group before it runs one.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name; each is built when it is first looked up."""

    def __init__(self, commands: Mapping[str, Any], builders: Mapping[str, Callable[[], Any]]) -> None:
        self._commands, self._builders = dict(commands), builders

    def __getitem__(self, name: str) -> Any:
        if name not in self._commands:
            self._commands[name] = self._builders[name]()
        return self._commands[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        raise TypeError("a command cannot be removed")

    def __iter__(self) -> Iterator[str]:
        yield from self._builders
        yield from (name for name in self._commands if name not in self._builders)

    def __len__(self) -> int:
        return len({*self._builders, *self._commands})


class LazyGroup(TyperGroup):
    """A group of commands that are imported when they are needed. Its help imports none of them.

    Attributes:
        package: where the module of each command is. The module's `app` is a Typer application: a command, or a group.
        summaries: the help of each command in one line, by name.
    """

    package: ClassVar[str]
    summaries: ClassVar[Mapping[str, str]]

    def __init__(self, *, commands: Any = None, **attributes: Any) -> None:
        super().__init__(**attributes)
        builders = {name: partial(_build, f"{self.package}.{name}") for name in self.summaries}
        self.commands = LazyCommands(commands or {}, builders)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([*self.summaries.items()])


def _build(module: str) -> Any:
    return typer.main.get_command(import_module(module).app)
