"""A model that chooses among some of its classes: their probabilities, divided by their sum, in every command and engine."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rnnsent
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import SettingsError
from rnnsent.predictor import Predictor

TEXTS = ["a good film", "the service was bad", "it is on at three", "good", ""]
POLAR = ("negative", "positive")


@pytest.fixture
def three(working_dir: Path, write_model: Callable[..., Checkpoint]) -> Checkpoint:
    return write_model(Path("models") / "three", classes=("negative", "neutral", "positive"))


def test_probabilities(three: Checkpoint) -> None:
    """The probabilities of the others are divided among the selected, in proportion; a text without tokens has none."""
    whole = Predictor(three).predict_proba(TEXTS)
    selected = Predictor(three, classes=POLAR).predict_proba(TEXTS)
    polar = whole.probabilities[:, [0, 2]]
    np.testing.assert_allclose(selected.probabilities, polar / polar.sum(axis=1, keepdims=True), atol=1e-9)
    assert np.array_equal(selected.n_tokens, whole.n_tokens)


def test_predictions(three: Checkpoint) -> None:
    """Labels, probabilities and traces know the selected classes only, in the model's order."""
    predictor = rnnsent.load("three", classes=("Positive", "neg"))
    assert predictor.classes == POLAR
    first = predictor.predict(TEXTS)[0]
    assert first.label in POLAR
    assert first.probabilities is not None
    assert tuple(first.probabilities) == POLAR
    assert all(tuple(token.probabilities) == POLAR for token in predictor.trace(TEXTS[0]))
    assert sum(predictor.trace(TEXTS[0])[0].probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (("negative", "mixed"), "the model 'three' has no class 'mixed'; its classes are 'negative', 'neutral', 'pos"),
        (("negative",), "a model chooses among at least two classes; name several of 'negative', 'neutral'"),
        ((), "a model chooses among at least two classes"),
        (("negative", "NEGATIVE"), "a model chooses among at least two classes"),
    ],
)
def test_invalid(three: Checkpoint, classes: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Predictor(three, classes=classes)


def test_predict(three: Checkpoint, run_ok, run_error) -> None:
    """The columns of `predict` are those of the selected classes."""
    out = run_ok("predict", "-q", "-m", "three", "--classes", "negative, positive", "--format", "csv", *TEXTS)
    header, *rows = out.splitlines()
    assert header == "text,label,probability,probability_negative,probability_positive"
    assert sum(map(float, rows[0].split(",")[-2:])) == pytest.approx(1)
    code, error = run_error("predict", "-m", "three", "--classes", "good,bad", "text")
    assert (code, error.startswith("rnnsent: error: --classes good,bad: the model 'three' has no class 'good'")) == (
        2,
        True,
    )


def test_evaluate(three: Checkpoint, run_ok, run_error) -> None:
    """Only the selected classes are scored, rows of others are refused or dropped, and nothing is stored."""
    rows = [
        f"{text} {number},{label}" for number in range(4) for text, label in zip(TEXTS, [*POLAR, *POLAR], strict=False)
    ]
    Path("polar.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    Path("all.csv").write_text("\n".join(["text,label", *rows, "it is on at four,neutral"]) + "\n")
    values = json.loads(
        run_ok("evaluate", "-q", "polar.csv", "-m", "three", "--classes", "negative,positive", "--json")
    )
    assert values["classes"] == list(POLAR)
    assert not (three.path / "metrics.json").exists() or not Checkpoint.read(three.path).metrics
    code, error = run_error("evaluate", "all.csv", "-m", "three", "--classes", "negative,positive")
    assert code == 1
    assert "has no class for 'neutral' 1; its classes are 'negative', 'positive'; leave out these rows with" in error
    dropped = run_ok(
        "evaluate",
        "-q",
        "all.csv",
        "-m",
        "three",
        "--classes",
        "negative,positive",
        "--label-map",
        "neutral=",
        "--json",
    )
    assert json.loads(dropped)["n"] == values["n"]
