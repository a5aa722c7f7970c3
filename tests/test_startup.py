"""Startup stays fast: --help and a short predict import nothing slow."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from rnnsent.cli.app import RootGroup, app

SLOW = {"torch", "datasets", "pyarrow", "pandas", "sklearn", "scipy", "matplotlib"}
COMMANDS = ("", "train", "tune", "evaluate", "compare", "check", "predict", "models", "datasets")


def imported_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command line has imported when it ends."""
    code = (
        f"import sys; from rnnsent.cli.app import run; run({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help(tmp_path: Path, command: str) -> None:
    """--help imports not even numpy."""
    imported = imported_by(tmp_path, *command.split(), "--help")
    assert "rnnsent.cli.app" in imported
    assert not imported & {*SLOW, "numpy", "tokenizers", "safetensors", "rich"}


def test_commands_are_lazy(tmp_path: Path) -> None:
    """A command imports no other command, and the list of commands imports none."""
    modules = {f"rnnsent.cli.{name}" for name in COMMANDS if name}
    assert not imported_by(tmp_path, "--help") & modules
    assert imported_by(tmp_path, "models", "--help") & modules == {"rnnsent.cli.models"}


def test_summaries() -> None:
    """The list of commands has the first line of each command's help."""
    commands = typer.main.get_group(app).commands
    assert {name: (command.help or "").partition("\n")[0] for name, command in commands.items()} == RootGroup.summaries


def test_predict(tmp_path: Path) -> None:
    imported = imported_by(tmp_path, "predict", "A quiet triumph.")
    assert "rnnsent.prediction" in imported
    assert not imported & SLOW


def test_predict_long(tmp_path: Path) -> None:
    """A long input uses threads, and still imports nothing slow."""
    (tmp_path / "lines.txt").write_text(
        "The waiter forgot us twice, and the soup was cold.\n" * 3_000, encoding="utf-8"
    )
    imported = imported_by(tmp_path, "predict", "lines.txt", "--device", "cpu")
    assert "concurrent.futures.thread" in imported
    assert not imported & SLOW
