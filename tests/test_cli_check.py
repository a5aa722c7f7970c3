"""`rnnsent check` in process: tables, JSON, a selection of tests and gates."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run

pytestmark = pytest.mark.usefixtures("working_dir")


def test_json(run_ok) -> None:
    """One object per test, those that need a neutral class included, because the model has it."""
    outcomes = json.loads(run_ok("check", "-m", "english", "--json", "-q"))
    assert len(outcomes) >= 30
    assert {"capability", "name", "cases", "failures", "rate", "interval"} <= outcomes[0].keys()
    assert all(outcome["rate"] == outcome["failures"] / outcome["cases"] for outcome in outcomes)
    assert {"statements", "negated-statements"} <= {outcome["name"] for outcome in outcomes}


def test_selection(run_ok) -> None:
    """A capability or a test by name, with failed cases."""
    outcomes = json.loads(
        run_ok("check", "-m", "tiny", "-q", "--json", "--only", "contrast", "--only", "typo", "--examples", "1")
    )
    assert {outcome["capability"] for outcome in outcomes} == {"contrast", "robustness"}
    assert [outcome["name"] for outcome in outcomes if outcome["capability"] == "robustness"] == ["typo"]
    assert all(len(outcome["examples"]) == min(1, outcome["failures"]) for outcome in outcomes)


def test_table(run_ok) -> None:
    shown = run_ok("check", "-m", "english", "-q", "--only", "negation", "--examples", "1")
    assert shown.startswith("english: ")
    assert "all of negation" in shown
    assert re.search(r"relief-at-end +label +200 ", shown)
    assert "expected " in shown


def test_table_width(run_ok) -> None:
    """The tables fit 80 columns without a wrapped cell."""
    lines = run_ok("check", "-m", "tiny", "-q").splitlines()
    assert max(map(len, lines)) <= 80
    assert len([line for line in lines if line.endswith("%")]) == 48 + 7


def test_three_classes(run_ok, write_model: Callable[..., Checkpoint]) -> None:
    write_model(Path("models") / "three", classes=("negative", "neutral", "positive"))
    outcomes = json.loads(run_ok("check", "-m", "three", "-q", "--json", "--only", "vocabulary"))
    assert "statements" in [outcome["name"] for outcome in outcomes]


def test_gates(capsys: pytest.CaptureFixture[str]) -> None:
    """Failure rates of capabilities and tests can be required."""
    arguments = ["check", "-m", "tiny", "--only", "negation", "--json", "--require"]
    assert run([*arguments, "negation<=1", "--junit", "gates.xml"]) == 0
    assert 'classname="tiny"' in Path("gates.xml").read_text()
    capsys.readouterr()
    assert run([*arguments, "negated-positive.upper<=0"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)
    assert captured.err.splitlines()[-1].startswith(
        "rnnsent: error: 1 of 1 gate failed: negated-positive.upper<=0 (is "
    )


def test_unknown_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A model that does not know the words of the suite is warned about, in one line."""
    assert run(["check", "-m", "tiny", "--only", "negation", "--json"]) == 0
    assert run(["check", "-m", "english", "--only", "names", "--json"]) == 0
    (warning,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert "are not in the vocabulary of 'tiny'" in warning


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-m", "absent"], 1, "no model named 'absent'"),
        (["-m", "animals"], 1, "the classes of animals are cat, dog; rename them"),
        (
            ["-m", "tiny", "--only", "speed"],
            2,
            "--only speed: no such capability or test; the capabilities are vocabulary",
        ),
        (["-m", "tiny", "--only", "negatoin"], 2, "did you mean negation"),
        (["-m", "tiny", "--only", "statements"], 2, "--only statements: these tests need a neutral class"),
        (["-m", "tiny", "--require", "speed<=1"], 2, "unknown figure 'speed'"),
        (["-m", "tiny", "--only", "typo", "--require", "negation<=1"], 2, "unknown figure 'negation'"),
        (["-m", "tiny", "--junit", "x.xml"], 2, "--junit writes the results of --require"),
    ],
)
def test_errors(
    capsys: pytest.CaptureFixture[str],
    write_model: Callable[..., Checkpoint],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    write_model(Path("models") / "animals", classes=("cat", "dog"))
    assert run(["check", *arguments]) == code
    captured = capsys.readouterr()
    assert message in captured.err.splitlines()[-1]
    assert captured.out == ""
