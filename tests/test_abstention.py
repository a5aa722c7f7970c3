"""Abstaining: the table of errors by confidence, the threshold that it gives, and the label `unsure`."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

import rnnsent
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.known_errors import find_threshold
from rnnsent.cli.app import run
from rnnsent.errors import ModelError, SettingsError
from rnnsent.evaluation.abstention import N_LEVELS, compute_abstention

TEXTS = ["a good film", "bad", "not very dull", "it's great .", ""]
METRICS = {"n": 9, "accuracy": 0.5, "macro_f1": 0.5, "log_loss": 0.5, "accuracy_interval": [0.1, 0.9]}


def make_outputs(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet([0.5, 0.5, 0.5], n).round(2)
    return random.integers(0, 3, n), probabilities


@pytest.mark.parametrize("n", [1, 7, 100, 5_000])
def test_table(n: int) -> None:
    """Each row is about the texts at or above its threshold, and the last one about all."""
    labels, probabilities = make_outputs(n)
    table = compute_abstention(labels, probabilities)
    assert 1 <= len(table) <= N_LEVELS
    assert table[-1]["coverage"] == 1.0
    thresholds = [row["threshold"] for row in table]
    assert thresholds == sorted(set(thresholds), reverse=True)
    confidence, wrong = probabilities.max(axis=1), probabilities.argmax(axis=1) != labels
    for row in table:
        above = confidence >= row["threshold"]
        assert row["coverage"] == pytest.approx(above.mean())
        assert row["error"] == pytest.approx(wrong[above].mean())
        bound = binomtest(int(wrong[above].sum()), int(above.sum())).proportion_ci(0.9, method="exact").high
        assert row["error_bound"] == pytest.approx(bound)


@pytest.fixture
def model(tmp_path: Path, write_model: Callable[..., Checkpoint], monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """A model that is right above 0.6 in 96% and above 0.55 in 90% of its validation texts."""
    monkeypatch.chdir(tmp_path)
    checkpoint = write_model(Path("models") / "m")
    table = [
        {"threshold": 0.6, "coverage": 0.3, "error": 0.02, "error_bound": 0.04},
        {"threshold": 0.55, "coverage": 0.7, "error": 0.08, "error_bound": 0.1},
        {"threshold": 0.5, "coverage": 1.0, "error": 0.2, "error_bound": 0.25},
    ]
    checkpoint.update_metrics({"a+b:validation": {**METRICS, "abstention": table}, "a:test": METRICS}, "")
    return Checkpoint.read(checkpoint.path)


@pytest.mark.parametrize(("max_error", "threshold"), [(0.04, 0.6), (0.05, 0.6), (0.1, 0.55), (0.9, 0.5)])
def test_threshold(model: Checkpoint, max_error: float, threshold: float) -> None:
    assert find_threshold(model, max_error) == threshold


def test_out_of_reach(model: Checkpoint) -> None:
    """The message says what is reachable."""
    with pytest.raises(
        SettingsError, match=r"an error of at most 0.01 cannot .* the 30% that it is surest of have up to 0.04;"
    ):
        find_threshold(model, 0.01)


@pytest.mark.parametrize(
    "table", [[], {}, "x", [{"threshold": 1}], [{"threshold": 2, "coverage": 1, "error_bound": 0}], [3]]
)
def test_invalid_table(model: Checkpoint, table: object) -> None:
    model.update_metrics({"a:validation": {**METRICS, "abstention": table}}, "")
    with pytest.raises(ModelError, match="its table of errors by confidence is invalid"):
        find_threshold(Checkpoint.read(model.path), 0.5)


def test_no_table(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    with pytest.raises(ModelError, match="'m' does not record its errors by confidence; train it again"):
        find_threshold(write_model(tmp_path / "m"), 0.5)


def test_labels(model: Checkpoint) -> None:
    """Texts below the threshold are unsure, with their probabilities; a text without tokens stays without a label."""
    plain, careful = rnnsent.load("m"), rnnsent.load("m", abstain_at=0.05)
    before, after = plain.predict(TEXTS), careful.predict(TEXTS)
    for first, second in zip(before, after, strict=True):
        unsure = first.probability is not None and first.probability < 0.6
        assert second == (replace(first, label="unsure", reason="unsure") if unsure else first)
    assert {prediction.label for prediction in after} > {"unsure", None}


def test_command(model: Checkpoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "-m", "m", "--abstain-at", "5%", "--json", "--explain", *TEXTS]) == 0
    output = capsys.readouterr()
    assert "note: below a probability of 0.600, the label is unsure" in output.err
    records = [json.loads(line) for line in output.out.splitlines()]
    labels = [record["label"] for record in records]
    assert "unsure" in labels
    assert all(record["explanation"]["class"] in ("negative", "positive") for record in records[:-1])
    assert run(["predict", "-m", "m", "--abstain-at", "0.05", "--require", "share.unsure<=1", *TEXTS]) == 0


@pytest.mark.parametrize("value", ["0", "1", "105%", "x", "-0.1", "nan"])
def test_invalid_error(model: Checkpoint, capsys: pytest.CaptureFixture[str], value: str) -> None:
    assert run(["predict", "-m", "m", f"--abstain-at={value}", "x"]) == 2
    assert "give an error between 0 and 1, for example 5%" in capsys.readouterr().err


def test_conflicts(model: Checkpoint, tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    with pytest.raises(SettingsError, match="has a class 'unsure' of its own"):
        rnnsent.load(str(write_model(tmp_path / "u", classes=("sure", "unsure")).path), abstain_at=0.5)
    three = write_model(tmp_path / "t", classes=("a", "b", "c"))
    with pytest.raises(SettingsError, match="choose one of both"):
        rnnsent.load(str(three.path), classes=("a", "b"), abstain_at=0.5)


def test_trained_model(data_dir: Path) -> None:
    """Training stores the table."""
    settings = {"training.epochs": 1, "training.min_steps": 0, "model.hidden_size": 4, "model.max_ngram": 0}
    trained = rnnsent.train(str(data_dir), name="t", settings=settings, device="cpu")
    assert 0 < find_threshold(trained.checkpoint, 0.99) <= 1
