"""Proves that docs/commands.md is what the commands say of themselves, each of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

import rnnsent
from rnnsent.cli.app import app

ROOT = Path(rnnsent.__file__).parents[1]
WRITTEN = ROOT / "docs" / "commands.md"
COMMANDS = {
    name: command
    for outer, group in typer.main.get_group(app).commands.items()
    for name, command in ((outer, group), *((f"{outer} {n}", c) for n, c in getattr(group, "commands", {}).items()))
}


def section(command: str) -> str:
    """What stands in the file under the heading of a command."""
    _, _, rest = WRITTEN.read_text(encoding="utf-8").partition(f"## rnnsent {command}\n")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_stands_in_the_file_with_its_first_line_and_an_example(command: str) -> None:
    help_ = COMMANDS[command].help
    assert help_ is not None
    assert help_.partition("\n")[0] in section(command)
    assert re.search(rf"Examples?:\s+rnnsent {command}", section(command))


def test_the_file_has_no_section_of_a_command_that_is_not_there() -> None:
    headings = re.findall(r"^## rnnsent ?(.*)$", WRITTEN.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(["", *COMMANDS])


def test_the_check_of_the_makefile_finds_the_file_current() -> None:
    """The arguments are those of the Makefile, so that it and this test cannot part."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (arguments,) = [line.split("/cog", 1)[1].split() for line in lines if "/cog --check" in line]
    check = [sys.executable, "-m", "cogapp", *arguments]
    answer = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
