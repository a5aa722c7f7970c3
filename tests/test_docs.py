"""Proves that docs/commands.md is what the commands say of themselves, each of them, that docs/trust.md names tests
that there are, and that README.md's table has the figures that were measured."""

import importlib
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


def test_every_row_of_what_can_be_trusted_names_tests_that_there_are() -> None:
    rows = re.findall(
        r"^\|(.*)\|(.*)\|(.*)\|$",
        (ROOT / "docs" / "trust.md").read_text(encoding="utf-8").partition("## Counted")[0],
        re.MULTILINE,
    )
    rows = [shown_by for fault, _, shown_by in rows if "---" not in fault and shown_by.strip() != "shown by"]
    assert len(rows) > 25
    for shown_by in rows:
        named = re.findall(r"`(\S+\.py)(?:::(\w+))?`", shown_by)
        assert named, f"no test is named in {shown_by}"
        assert len(named) == shown_by.count("`") / 2
        for file, test in named:
            text = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert not test or f"\ndef {test}(" in text, f"{file} has no {test}"


def test_the_table_of_the_readme_has_the_figures_that_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    headline, record = importlib.import_module("headline"), importlib.import_module("record")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = readme.partition(headline.BEGIN)[2].partition(headline.END)[0]
    assert written == headline.table(record.read())
    assert "| bundled English model |" in written
