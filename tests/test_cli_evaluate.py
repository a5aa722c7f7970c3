"""`rnnsent evaluate` in process: several sources, mistakes, files and gates."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rnnsent.cli.app import run

pytestmark = pytest.mark.usefixtures("working_dir")


@pytest.fixture(autouse=True)
def tables(working_dir: Path) -> None:
    """a.csv and b.csv, of which the model `tiny` labels some wrong."""
    for name in ("a", "b"):
        rows = [f"good film {name},positive", f"bad film {name},negative", f"dull film {name},positive"]
        (working_dir / f"{name}.csv").write_text("\n".join(["text,label", *rows * 4]) + "\n")


def test_several_sources(run_ok, working_dir: Path) -> None:
    """Several sources are rows of one table and objects of one list; each is stored with the model."""
    shown = run_ok("evaluate", "a.csv", "b.csv", "-m", "tiny", "-q")
    assert shown.startswith("tiny on 2 splits\n")
    assert all(f"{name}.csv" in shown for name in ("a", "b"))
    first, second = json.loads(run_ok("evaluate", "a.csv", "b.csv", "-m", "tiny", "--json", "-q"))
    assert (first["source"], second["source"]) == ("a.csv", "b.csv")
    stored = json.loads((working_dir / "models" / "tiny" / "metrics.json").read_text())
    assert list(stored) == ["a.csv:train", "b.csv:train"]


def test_unreadable_source(capsys: pytest.CaptureFixture[str], working_dir: Path) -> None:
    """An error of a later source loses no evaluation before it; a source that is missing stops before any."""
    (working_dir / "c.csv").write_text("text,label\ngood,one\nbad,two\n")
    assert run(["evaluate", "a.csv", "c.csv", "-m", "tiny", "--json", "--require", "accuracy>=0"]) == 1
    captured = capsys.readouterr()
    assert [entry["source"] for entry in json.loads(captured.out)] == ["a.csv"]
    assert "the model 'tiny' has no class for 'one' 1, 'two' 1" in captured.err.splitlines()[-1]
    assert list(json.loads((working_dir / "models" / "tiny" / "metrics.json").read_text())) == ["a.csv:train"]
    assert run(["evaluate", "a.csv", "absent.csv", "-m", "tiny"]) == 1
    assert capsys.readouterr().out == ""


def test_errors(run_ok) -> None:
    """The most confident mistakes are printed, in JSON with whole texts, and not stored with the model."""
    shown = run_ok("evaluate", "a.csv", "-m", "tiny", "-q", "--errors", "2")
    table = shown.partition("most confident mistakes on a.csv\n")[2]
    metrics = json.loads(run_ok("evaluate", "a.csv", "-m", "tiny", "-q", "--errors", "2", "--json"))
    n_wrong = round((1 - metrics["accuracy"]) * metrics["n"])
    assert 0 < n_wrong < metrics["n"]
    assert len(metrics["errors"]) == min(2, n_wrong)
    for mistake in metrics["errors"]:
        assert mistake["text"] in table
        assert mistake["label"] != mistake["predicted"]
    assert "errors" not in Path("models/tiny/metrics.json").read_text()


def test_predictions(run_ok) -> None:
    run_ok("evaluate", "a.csv", "-m", "tiny", "-q", "--predictions", "out.csv")
    lines = Path("out.csv").read_text().splitlines()
    assert lines[0].startswith("text,label,predicted_label,")
    assert len(lines) == 13


def test_report(run_ok) -> None:
    """The report is one page; without quotes it has no text."""
    run_ok("evaluate", "a.csv", "-m", "tiny", "-q", "--report", "report.html")
    assert "dull film a" in Path("report.html").read_text()
    run_ok("evaluate", "a.csv", "-m", "tiny", "-q", "--report", "report.html", "--no-quotes")
    page = Path("report.html").read_text()
    assert "tiny on a.csv" in page
    assert "film a" not in page


def test_gates(capsys: pytest.CaptureFixture[str]) -> None:
    """All gates are printed; a failed one exits with 3, after the metrics are printed, stored and written."""
    arguments = ["evaluate", "a.csv", "b.csv", "-m", "tiny", "--json", "--junit", "gates.xml"]
    gates = ["--require", "accuracy>=0", "--require", "recall.positive.lower>=99%"]
    assert run([*arguments, *gates]) == 3
    captured = capsys.readouterr()
    for entry in json.loads(captured.out):
        assert [(gate["gate"], gate["passed"]) for gate in entry["gates"]] == [
            ("accuracy>=0", True),
            ("recall.positive.lower>=99%", False),
        ]
    assert captured.err.count("passed: ") == captured.err.count("\nfailed: ") == 2
    assert captured.err.splitlines()[-1].startswith("rnnsent: error: 2 of 4 gates failed: a.csv: recall.positive")
    assert len(list(ElementTree.parse("gates.xml").iter("failure"))) == 2
    assert len(json.loads(Path("models/tiny/metrics.json").read_text())) == 2
    assert run([*arguments, *gates[:2]]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--require", "accuracy"], "write NAME>=NUMBER"),
        (["--require", "recall.neutral>=0.5"], "unknown figure 'recall.neutral'"),
        (["--junit", "x.xml"], "--junit writes the results of --require"),
        (["b.csv", "--predictions", "out.csv"], "--predictions is for one source, and 2 are given"),
        (["--predictions", "out.doc"], "unknown suffix .doc"),
        (["b.csv", "--report", "out.html"], "--report is for one source, and 2 are given"),
        (["--report", "out.pdf"], "--report out.pdf: the report is an HTML page"),
        (["--predictions", "a.csv"], "--predictions a.csv is a source, which would be overwritten"),
        (["--report", "no/out.html"], "create it first"),
        (["--require", "n>=1", "--junit", "no/out.xml"], "--junit no/out.xml: no folder"),
        (["--no-quotes"], "--no-quotes is for --report"),
        (["--errors", "-1"], "greater than or equal to 0"),
    ],
)
def test_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    """A usage error comes before anything is computed, and leaves no file."""
    assert run(["evaluate", "a.csv", "-m", "tiny", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err.splitlines()[-1]
    assert captured.out == ""
    assert not Path("out.csv").exists()
    assert Path("a.csv").read_text().startswith("text,label\n")


def test_cut_validation(capsys: pytest.CaptureFixture[str]) -> None:
    """A source without a validation split has the one that `train` leaves out of train."""
    assert run(["evaluate", "a.csv", "-m", "tiny", "--split", "validation", "--json"]) == 0
    captured = capsys.readouterr()
    metrics = json.loads(captured.out)
    assert (metrics["split"], metrics["n"]) == ("validation", 4)
    assert "a.csv has no validation split: using the 4 texts that train leaves out" in captured.err


def test_evaluate(run_ok, working_dir: Path) -> None:
    """The metrics of an evaluation are printed and stored with the model."""
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    metrics = json.loads(run_ok("evaluate", "in.csv", "--model", "tiny", "--json", "-q"))
    assert metrics["n"] == 2
    stored = json.loads((working_dir / "models" / "tiny" / "metrics.json").read_text())
    assert [evaluation["accuracy"] for evaluation in stored.values()] == [metrics["accuracy"]]
    assert f"{metrics['accuracy']:.2%}" in run_ok("evaluate", "in.csv", "-m", "tiny", "-q")
    assert run_ok("models", "verify", "tiny") == "tiny: OK (6 files)\n"


def test_evaluate_bundled(
    capsys: pytest.CaptureFixture[str], working_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundled model is never written to, even by its relative path in a checkout."""
    monkeypatch.setattr("rnnsent.checkpoint.store.BUNDLED", working_dir / "models")
    monkeypatch.setattr("rnnsent.checkpoint.store.DEFAULT_BUNDLED", "tiny")
    (working_dir / "in.csv").write_text("text,label\ngood,pos\nbad,neg\n")
    files = {path: path.read_bytes() for path in (working_dir / "models" / "tiny").iterdir()}
    for model in ("tiny", "./models/tiny", str(working_dir / "models" / "tiny")):
        assert run(["evaluate", "in.csv", "--model", model]) == 0
        assert "the metrics are not stored with the model" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (working_dir / "models" / "tiny").iterdir()} == files
