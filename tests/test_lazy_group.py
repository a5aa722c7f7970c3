"""Commands that are built when they are needed."""

import pytest

from rnnsent.cli.lazy_group import LazyCommands


def test_lazy_commands() -> None:
    """A command is built when it is looked up, once, and may be added by hand."""
    built: list[str] = []
    commands = LazyCommands({"own": "own command"}, {"late": lambda: built.append("late") or "late command"})
    assert ([*commands], len(commands), built) == (["late", "own"], 2, [])
    assert (commands["late"], commands.get("late"), built) == ("late command", "late command", ["late"])
    assert commands.get("other") is None
    commands["more"] = "another"
    assert [*commands] == ["late", "own", "more"]
    with pytest.raises(TypeError, match="cannot be removed"):
        del commands["own"]
