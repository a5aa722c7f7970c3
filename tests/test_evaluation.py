"""A model is evaluated on data whose classes may have other names, and the evaluation is stored with the model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnsent.checkpoint import store
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.examples import Examples
from rnnsent.data.sources import find_source
from rnnsent.errors import DataError, ModelError, RnnsentError
from rnnsent.evaluation.evaluate import Evaluation, compute_evaluation
from rnnsent.evaluation.evaluate import evaluate as evaluate_source
from rnnsent.evaluation.store_metrics import save_evaluation
from rnnsent.lock import run_lock
from rnnsent.predictor import Predictor
from tests.support.tables import write_table


@pytest.fixture
def model(write_model: Callable[..., Checkpoint], tmp_path: Path) -> Checkpoint:
    return Checkpoint.read(write_model(tmp_path / "models" / "a").path)


def evaluate(model: Checkpoint) -> Evaluation:
    examples = Examples(["good film", "bad film"], np.array([1, 0]), tuple(model.classes))
    return compute_evaluation(Predictor(model), examples, source="reviews", split="test")


def test_no_known_token(model: Checkpoint) -> None:
    """Texts without a known token are skipped, and a split without another is an error."""
    texts, labels = ["good film", "", "unseen", "bad unseen"], np.array([1, 0, 1, 0])
    predictor, classes = Predictor(model), tuple(model.classes)
    evaluation = compute_evaluation(predictor, Examples(texts, labels, classes), source="reviews", split="test")
    assert (evaluation.metrics.n, evaluation.n_skipped) == (2, 2)
    with pytest.raises(DataError, match=r"reviews \(test\): no text has a known token"):
        compute_evaluation(predictor, Examples(["unseen"], labels[:1], classes), source="reviews", split="test")


def test_two_evaluations(model: Checkpoint) -> None:
    """Two evaluations of a model are both stored, although each began before the other was stored."""
    evaluation = evaluate(model)
    assert save_evaluation(model, evaluation)
    assert save_evaluation(model, replace(evaluation, split="validation"))
    stored = Checkpoint.read(model.path)
    assert {"reviews:test", "reviews:validation"} <= stored.metrics.keys()
    stored.verify()


def test_replaced_model(model: Checkpoint, write_model: Callable[..., Checkpoint]) -> None:
    """A model that was replaced during its evaluation is left as it is."""
    evaluation = evaluate(model)
    write_model(model.path, hidden_size=5)
    before = {path.name: path.read_bytes() for path in model.path.iterdir()}
    with pytest.raises(ModelError, match="'a' was replaced during its evaluation"):
        save_evaluation(model, evaluation)
    assert {path.name: path.read_bytes() for path in model.path.iterdir()} == before


def test_locked_model(model: Checkpoint) -> None:
    """While another process writes the model, the evaluation is not stored."""
    evaluation = evaluate(model)
    with run_lock(model.path, "'a' is being trained"), pytest.raises(RnnsentError, match="the metrics are not stored"):
        save_evaluation(model, evaluation)


def test_bundled_model(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled model keeps its metrics; another model in the same folder, as in a checkout, gets them."""
    monkeypatch.setattr(store, "BUNDLED", model.path.parent)
    assert save_evaluation(model, evaluate(model))
    monkeypatch.setattr(store, "DEFAULT_BUNDLED", model.name)
    assert not save_evaluation(model, evaluate(model))


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


def evaluate_labels(predictor: Predictor, folder: Path, labels: str, label_map: dict[str, str | None] | None = None):
    """Evaluate a model on a file whose texts have these labels in turn."""
    path = write_table(
        folder / "data.csv", [(f"good film {i}", labels.split()[i % len(labels.split())]) for i in range(60)]
    )
    source = find_source(str(path), label_map=label_map)
    return evaluate_source(predictor, source, "train")


@pytest.mark.parametrize(
    "labels", ["0 1", "0 4", "-1 1", "1 2 4 5", "N P", "False TRUE", "NEGATIVE Positive", "LABEL_0 LABEL_1"]
)
def test_other_names(predictor: Predictor, tmp_path: Path, log: list[str], labels: str) -> None:
    """Labels that obviously mean the model's classes are mapped to them, which is said in one line."""
    metrics = evaluate_labels(predictor, tmp_path, labels).metrics
    assert {name: values["support"] for name, values in metrics.per_class.items()} == {"negative": 30, "positive": 30}
    mapped = [line for line in log if line.startswith("mapped the labels ")]
    assert len(mapped) == (labels != "NEGATIVE Positive")
    assert all(line.endswith("; --label-map overrides") for line in mapped)


def test_lacking_class(predictor: Predictor, tmp_path: Path) -> None:
    """A class that the model lacks stops the evaluation, with its count and the remedy, which works."""
    with pytest.raises(DataError) as error:
        evaluate_labels(predictor, tmp_path, "1 2 3 4 5")
    assert str(error.value) == (
        f"{tmp_path / 'data.csv'}: the model 'a' has no class for '3' (neutral) 12; its classes are 'negative', "
        "'positive'; leave out these rows with --label-map 3=, or say which of them a label means, for example "
        "--label-map 3=negative"
    )
    evaluation = evaluate_labels(predictor, tmp_path, "1 2 3 4 5", {"3": None})
    assert (evaluation.metrics.n, evaluation.n_skipped) == (48, 12)


def test_label_map_overrides(predictor: Predictor, tmp_path: Path) -> None:
    """A label map decides what the labels mean."""
    guessed = evaluate_labels(predictor, tmp_path, "0 1 1")
    reversed_ = evaluate_labels(predictor, tmp_path, "0 1 1", {"0": "positive", "1": "negative"})
    assert guessed.metrics.per_class["positive"]["support"] == 40
    assert reversed_.metrics.per_class["positive"]["support"] == 20


def test_unknown_names(predictor: Predictor, tmp_path: Path) -> None:
    """Labels that may mean anything are not mapped."""
    with pytest.raises(
        DataError, match="no class for '1' 30, '2' 30; its classes are 'negative', 'positive'; say which"
    ):
        evaluate_labels(predictor, tmp_path, "1 2")


def test_fewer_classes(write_model: Callable[..., Checkpoint], tmp_path: Path, log: list[str]) -> None:
    """On a data set with fewer classes, a model chooses among these."""
    classes = ("negative", "neutral", "positive")
    predictor = Predictor(Checkpoint.read(write_model(tmp_path / "models" / "three", classes=classes).path))
    evaluation = evaluate_labels(predictor, tmp_path, "negative positive")
    assert evaluation.classes == evaluation.to_dict()["classes"] == ("negative", "positive")
    assert list(evaluation.metrics.per_class) == ["negative", "positive"]
    assert evaluation.metrics.roc_auc is not None
    line = "has 2 of the model's 3 classes, and the model chooses among these: 'negative', 'positive'"
    assert [entry for entry in log if "chooses" in entry] == [f"{tmp_path / 'data.csv'} {line}"]
    probabilities = predictor.predict_proba(["good film 0"]).probabilities[0]
    expected = -np.log(probabilities[0] / (probabilities[0] + probabilities[2]))
    single = Examples(["good film 0"], np.array([0]), classes)
    scored = compute_evaluation(predictor, single, source="a", split="b", classes=("negative", "positive"))
    assert scored.metrics.log_loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("n_sources", "n_scored"), [(1, 3), (2, 2)])
def test_fewer_classes_of_its_own_source(
    write_model: Callable[..., Checkpoint], tmp_path: Path, n_sources: int, n_scored: int
) -> None:
    """A model of several sources chooses among those of the one; that of a single source among all of its classes."""
    classes = ("negative", "neutral", "positive")
    model = write_model(tmp_path / "models" / "three", classes=classes)
    path = tmp_path / "data.csv"
    data = tuple({"name": str(k), "location": str(path.resolve() if k == 0 else k)} for k in range(n_sources))
    predictor = Predictor(replace(model, data=data))
    assert len(evaluate_labels(predictor, tmp_path, "negative positive").classes) == n_scored


def test_one_class(write_model: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """A data set of one class leaves nothing to choose among, so all classes of the model are scored."""
    classes = ("negative", "neutral", "positive")
    predictor = Predictor(Checkpoint.read(write_model(tmp_path / "models" / "three", classes=classes).path))
    assert evaluate_labels(predictor, tmp_path, "positive").classes == classes
