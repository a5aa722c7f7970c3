"""`rnnsent compare` in process: splits, class names, warnings and the gate."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.cli.app import run
from rnnsent.config import TrainingConfig
from rnnsent.data.corpus import read_corpus
from rnnsent.data.sources import find_source

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
    *_, result, advice = shown.splitlines()
    assert result.startswith("undecided: the difference may be due to chance (exact McNemar test: p = ")
    assert advice.startswith("It would take about ")
    assert "12 texts can show a difference of " in advice


def test_narrow(run_in_terminal) -> None:
    """A terminal of 80 columns breaks no line of the table of scores."""
    shown = run_in_terminal("compare", "english", "tiny", "sentences", "-q", columns=80)
    shown = re.sub("\x1b[^m]*m", "", shown)
    assert max(map(len, shown.splitlines())) <= 80
    (row,) = [line for line in shown.splitlines() if line.startswith(" accuracy ")]
    assert re.fullmatch(r" accuracy +[0-9.]+% +[0-9.]+% +-[0-9.]+ points +-[0-9.]+ to -[0-9.]+", row)


def test_itself(run_ok) -> None:
    """A model against itself has p 1, and passes any margin."""
    values = json.loads(run_ok("compare", "tiny", "tiny", "a.csv", "--json", "-q", "--not-worse", "0"))
    assert (values["p_value"], values["difference"], values["interval"]) == (1, 0, [0, 0])
    assert values["gates"] == [{"gate": "difference.lower>=0", "value": 0, "passed": True}]


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
    assert "using the 248 texts that train leaves out" in captured.err
    assert run(["compare", "tiny", "tiny", "sentences", "--json", "--split", "test"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["split"] == "test"
    assert "note: if you choose a model by the test split" in captured.err


def test_validation_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """That a model was chosen by the texts is said once: a warning if it is one of the two."""
    assert run(["compare", "english", "english", "sentences", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["seen_in_training_as"] == ["validation", "validation"]
    assert "these are the validation texts of english; scores on them are optimistic" in captured.err.splitlines()
    assert run(["compare", "tiny", "english", "sentences", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["seen_in_training_as"] == [None, "validation"]
    assert "warning: these are the validation texts of english, by which it was chosen; this favors it" in captured.err


def set_trained_on(checkpoint: Checkpoint, path: Path, *, fraction: float) -> None:
    """Write a model as if it had been trained on a file, of which it left out this fraction."""
    training = TrainingConfig(validation_fraction=fraction)
    corpus = read_corpus([find_source(str(path))], validation_fraction=fraction)
    recipe = replace(checkpoint.recipe, training=training)
    files = {"weights": dict(checkpoint.weights), "tokenizer_json": checkpoint.tokenizer_json}
    replace(checkpoint, recipe=recipe, data=corpus.sources).write(**files, metrics={}, history=[], card="")


def test_training_texts(
    capsys: pytest.CaptureFixture[str], write_model: Callable[..., Checkpoint], model: Checkpoint
) -> None:
    """Models that were trained on a file are compared on the part that the training of A left out, where B may have been
    trained on it."""
    path = Path("b.csv")
    rows = [f"good film {i},{'positive' if i % 3 else 'negative'}" for i in range(90)]
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    set_trained_on(model, path, fraction=0.5)
    for fraction, seen in ((0.5, ["validation", "validation"]), (0.01, ["validation", "train"])):
        set_trained_on(write_model(Path("models") / f"other{fraction}"), path, fraction=fraction)
        assert run(["compare", "tiny", f"other{fraction}", "b.csv", "--json"]) == 0
        captured = capsys.readouterr()
        values = json.loads(captured.out)
        assert (values["split"], values["seen_in_training_as"]) == ("validation", seen)
        assert 30 < values["n"] < 60
    warning = "warning: other0.01 was trained on these texts or most of them, which favors it"
    assert warning in captured.err.splitlines()


def test_different_classes(capsys: pytest.CaptureFixture[str], write_model: Callable[..., Checkpoint]) -> None:
    """Models that mean different classes by the same labels cannot be compared."""
    write_model(Path("models") / "stars", classes=("very negative", "negative", "neutral", "positive", "very positive"))
    Path("stars.csv").write_text("text,label\n" + "".join(f"good film {i},{1 + i % 5}\n" for i in range(20)))
    assert run(["compare", "stars", "tiny", "stars.csv", "--label-map", "3="]) == 1
    (error,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("rnnsent: error: ")]
    assert "the models mean different classes by its labels" in error
    label_map = "1=negative,2=negative,4=positive,5=positive"
    assert error.endswith(f"make them the same with --label-map {label_map}")
    assert run(["compare", "stars", "tiny", "stars.csv", "--label-map", f"3=,{label_map}"]) == 0


def test_same_name(run_ok, write_model: Callable[..., Checkpoint]) -> None:
    """Two models of the same name are called by their paths."""
    write_model(Path("copies") / "tiny")
    values = json.loads(run_ok("compare", "models/tiny", "copies/tiny", "a.csv", "--json", "-q"))
    assert values["model"] == ["models/tiny", "copies/tiny"]


def test_errors_option(run_ok) -> None:
    """With --errors, texts are printed on which exactly one of the models is right."""
    arguments = ["compare", "tiny", "other", "a.csv", "-q", "--label-map", "positive=1,negative=0", "--errors", "3"]
    values = json.loads(run_ok(*arguments, "--json"))
    assert len(values["errors"]) == 3
    assert all(len(set(error["predicted"])) == 2 for error in values["errors"])
    assert "the most confident mistakes first" in run_ok(*arguments)
    assert "no text on which only one of the models is right" in run_ok(
        "compare", "tiny", "tiny", "a.csv", "-q", "--errors", "3"
    )


def test_require(capsys: pytest.CaptureFixture[str]) -> None:
    """Any figure can be required, beside the margin."""
    arguments = ["compare", "tiny", "tiny", "a.csv", "-q", "--json", "--not-worse", "1%"]
    assert run([*arguments, "--require", "p_value>=0.05", "--require", "difference.upper<=0"]) == 0
    assert [gate["gate"] for gate in json.loads(capsys.readouterr().out)["gates"]] == [
        "difference.lower>=-0.01",
        "p_value>=0.05",
        "difference.upper<=0",
    ]
    assert run([*arguments, "--require", "p_value<5%"]) == 3
    assert "1 of 2 gates failed: p_value<5% (is 1)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["tiny", "absent", "a.csv"], 1, "no model named 'absent'"),
        (["tiny", "tiny", "absent.csv"], 1, "absent.csv: no such file"),
        (["tiny", "tiny", "a.csv", "--split", "test"], 1, "a.csv has no split 'test'"),
        (["tiny", "tiny", "a.csv", "--not-worse", "5"], 2, "--not-worse 5: give a difference"),
        (["tiny", "tiny", "a.csv", "--not-worse", "x"], 2, "--not-worse x: give a difference"),
        (["tiny", "tiny", "a.csv", "--not-worse", "-0.01"], 2, "--not-worse -0.01: give a difference"),
        (["tiny", "tiny", "a.csv", "--junit", "x.xml"], 2, "--junit writes the results of --not-worse"),
        (["tiny", "tiny", "a.csv", "--require", "recall>=1"], 2, "unknown figure 'recall'"),
        (["tiny", "tiny"], 2, "Missing argument 'SOURCE'"),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str) -> None:
    assert run(["compare", *arguments]) == code
    captured = capsys.readouterr()
    assert message in captured.err.splitlines()[-1]
    assert captured.out == ""
