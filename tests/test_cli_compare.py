"""`rnnsent compare` in process: splits, class names, warnings and the gate."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run

pytestmark = pytest.mark.usefixtures("working_dir")


@pytest.fixture(autouse=True)
def inputs(working_dir: Path, write_model: Callable[..., Checkpoint]) -> None:
    """a.csv, and beside `tiny` the model `other`, which predicts the opposite and has other names of classes."""
    write_model(working_dir / "models" / "other", classes=("1", "0"))
    rows = [
        f"{a} film {b},{label}"
        for a, label in (("good", "positive"), ("bad", "negative"), ("dull", "positive"))
        for b in "wxyz"
    ]
    (working_dir / "a.csv").write_text("\n".join(["text,label", *rows]) + "\n")


def test_json(run_ok) -> None:
    """Class names may differ between the models and from the data."""
    values = json.loads(
        run_ok("compare", "tiny", "other", "a.csv", "--json", "-q", "--label-map", "positive=1,negative=0")
    )
    assert values["model"] == ["tiny", "other"]
    assert (values["n"], values["split"]) == (12, "train")
    assert sum(values["cells"].values()) == 12
    assert values["difference"] == pytest.approx(values["accuracy"][1] - values["accuracy"][0])
    assert values["interval"][0] <= values["difference"] <= values["interval"][1]
    assert 0 < values["p_value"] <= 1


def test_table(run_ok) -> None:
    shown = run_ok("compare", "tiny", "other", "a.csv", "-q", "--label-map", "positive=1,negative=0")
    assert shown.startswith("A tiny, B other on a.csv (train): 12 texts\n")
    assert "exact McNemar test: p = " in shown
    *tables, result = shown.splitlines()
    assert result.startswith("undecided: to show a difference of this size, it would take about ")
    assert max(map(len, tables)) <= 80


def test_itself(run_ok) -> None:
    """A model against itself has p 1, and passes any margin."""
    values = json.loads(run_ok("compare", "tiny", "tiny", "a.csv", "--json", "-q", "--not-worse", "0"))
    assert (values["p_value"], values["difference"], values["interval"]) == (1, 0, [0, 0])
    assert values["gates"] == [{"gate": "difference.lower>=-0", "value": 0, "passed": True}]


def test_gate(capsys: pytest.CaptureFixture[str]) -> None:
    """The gate is on the lower end of the interval; a failed one exits with 3, after the comparison is printed."""
    arguments = ["compare", "tiny", "other", "a.csv", "--json", "--label-map", "positive=1,negative=0", "--not-worse"]
    assert run([*arguments, "100%"]) == 0
    lower = json.loads(capsys.readouterr().out)["interval"][0]
    assert lower < 0
    assert run([*arguments, str(-lower / 2), "--junit", "gates.xml"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["gates"][0]["passed"] is False
    assert "1 of 1 gate failed: difference.lower>=" in captured.err.splitlines()[-1]
    assert 'failures="1"' in Path("gates.xml").read_text()


def test_default_split(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a data set with splits, validation is compared on, and test only on request, with a note."""
    assert run(["compare", "tiny", "tiny", "sentences", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["split"] == "validation"
    assert "using the 242 texts that train leaves out" in captured.err
    assert run(["compare", "tiny", "tiny", "sentences", "--json", "--split", "test"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["split"] == "test"
    assert "note: if you choose a model by the test split" in captured.err


def test_training_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """A model that was trained or validated on the texts is named, once."""
    assert run(["compare", "english", "english", "sentences", "--json"]) == 0
    (warning,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert warning == "warning: these are the validation texts of english; its scores are optimistic"


def test_different_classes(capsys: pytest.CaptureFixture[str], write_model: Callable[..., Checkpoint]) -> None:
    """Models that mean different classes by the same labels cannot be compared."""
    write_model(Path("models") / "stars", classes=("very negative", "negative", "neutral", "positive", "very positive"))
    Path("stars.csv").write_text("text,label\n" + "".join(f"good film {i},{1 + i % 5}\n" for i in range(20)))
    assert run(["compare", "stars", "tiny", "stars.csv", "--label-map", "3="]) == 1
    assert "the models mean different classes by its labels" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["tiny", "absent", "a.csv"], 1, "no model named 'absent'"),
        (["tiny", "tiny", "absent.csv"], 1, "absent.csv: no such file"),
        (["tiny", "tiny", "a.csv", "--split", "test"], 1, "a.csv has no split 'test'"),
        (["tiny", "tiny", "a.csv", "--not-worse", "5"], 2, "--not-worse 5: give a difference"),
        (["tiny", "tiny", "a.csv", "--not-worse", "x"], 2, "--not-worse x: give a difference"),
        (["tiny", "tiny", "a.csv", "--junit", "x.xml"], 2, "--junit writes the result of --not-worse"),
        (["tiny", "tiny"], 2, "Missing argument 'SOURCE'"),
    ],
)
def test_errors(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str) -> None:
    assert run(["compare", *arguments]) == code
    captured = capsys.readouterr()
    assert message in captured.err.splitlines()[-1]
    assert captured.out == ""
