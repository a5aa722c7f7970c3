"""The documentation is true: generated pages are current, examples run, links and named tests exist."""

import doctest
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

import rnnsent
from rnnsent.cli.app import app

ROOT = Path(rnnsent.__file__).parents[1]
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
COMMANDS = {
    name: command
    for outer, group in typer.main.get_group(app).commands.items()
    for name, command in ((outer, group), *((f"{outer} {n}", c) for n, c in getattr(group, "commands", {}).items()))
}
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
# Marks of the private dialect that the project was written in at first, and British spellings.
BANNED = (
    "anew", "by itself", "in the place of", "so many of", "goes on with", "what stands in", "is no plain",
    "passed over", "as it comes", "labelled", "unlabelled", "colour", "behaviour", "optimiser", "tokenise",
    "the wide side", "the model that ships",
)  # fmt: skip


def section(command: str) -> str:
    """The part of docs/commands.md about a command."""
    _, _, rest = COMMANDS_PAGE.read_text(encoding="utf-8").partition(f"## rnnsent {command}\n")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str) -> None:
    """Every command has a section with its summary and an example."""
    help_text = COMMANDS[command].help
    assert help_text is not None
    assert help_text.partition("\n")[0] in section(command)
    assert re.search(rf"Examples?:\s+rnnsent {command}", section(command))


def test_no_other_commands() -> None:
    headings = re.findall(r"^## rnnsent ?(.*)$", COMMANDS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(["", *COMMANDS])


def test_generated_pages() -> None:
    """The generated pages are current, by the check of the Makefile."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (arguments,) = [line.split("/cog", 1)[1].split() for line in lines if "/cog --check" in line]
    check = [sys.executable, "-m", "cogapp", *arguments]
    result = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_trust() -> None:
    """Every row of docs/trust.md names tests that exist."""
    text = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8").partition("## Campaigns")[0]
    rows = re.findall(r"^\|(.*)\|(.*)\|(.*)\|$", text, re.MULTILINE)
    cells = [covered for failure, _, covered in rows if "---" not in failure and covered.strip() != "covered by"]
    assert len(cells) > 25
    for cell in cells:
        tests = re.findall(r"`(\S+\.py)(?:::(\w+))?`", cell)
        assert tests, f"no test is named in {cell}"
        assert len(tests) == cell.count("`") / 2
        for file, test in tests:
            source = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert not test or f"\ndef {test}(" in source, f"{file} has no {test}"


def test_results_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of README.md has the recorded results."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    headline, record = importlib.import_module("headline"), importlib.import_module("record")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition(headline.BEGIN)[2].partition(headline.END)[0]
    assert table == headline.table(record.read())
    assert "| bundled English model |" in table


def test_readme_commands(tmp_path: Path) -> None:
    """The commands in README.md that show an output print that output."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", readme, re.DOTALL)
    shown = [block for block in blocks if re.search(r"^(?!\$ ).", block, re.MULTILINE)]
    assert len(shown) == 6
    for block in shown:
        commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
        expected = "".join(line + "\n" for line in block.splitlines() if not line.startswith("$ "))
        script = "\n".join(commands).replace("rnnsent ", f"{shlex.quote(sys.executable)} -m rnnsent ")
        result = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
        assert (result.returncode, result.stderr) == (0, "")
        check_output(result.stdout, expected)


def check_output(actual: str, expected: str) -> None:
    """Compare outputs; processors differ in the last digits of a probability, and in speed."""
    number = re.compile(r"\b0\.\d+")
    assert number.sub("0.", actual) == number.sub("0.", expected)
    values = [[float(match) for match in number.findall(text)] for text in (actual, expected)]
    assert values[0] == pytest.approx(values[1], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_examples(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python examples print what they show."""
    monkeypatch.chdir(tmp_path)
    text = re.sub(r"```(python)?", "", (ROOT / page).read_text(encoding="utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    report: list[str] = []
    failures, attempts = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=report.append)
    assert attempts > 2
    assert not failures, "".join(report)


def test_tree() -> None:
    """The tree in README.md names every module and folder of the package, and no other."""
    tree = (ROOT / "README.md").read_text(encoding="utf-8").partition("    rnnsent/\n")[2].partition("    models/")[0]
    package = ROOT / "rnnsent"
    modules = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    folders = {
        f"{path.parent.relative_to(package).parts[0]}/" for path in package.glob("*/**/*.*") if path.suffix != ".pyc"
    }
    named = set(re.findall(r"(?<![\w/])[a-z]+(?:\.py|/)(?=\W)", tree))
    assert named - {"models/"} == (modules | folders) - {"models/"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Every relative link leads to a file."""
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_language() -> None:
    """Phrases of the old dialect and British spellings do not return."""
    sources = list((ROOT / "rnnsent").rglob("*.py"))
    for path in [*PAGES, *sources]:
        text = path.read_text(encoding="utf-8").lower()
        for name in ("sentiment labelled sentences", '"unlabelled"'):  # a data set, and a split as the Hub spells it
            text = text.replace(name, "")
        banned = [phrase for phrase in BANNED if re.search(rf"\b{phrase}\b", text)]
        assert not banned, f"{path.relative_to(ROOT)}: {banned}"


def test_changelog() -> None:
    """The changelog says what a release does in at most 15 lines."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for release in text.split("\n## ")[1:]:
        assert release.count("\n- ") <= 15
