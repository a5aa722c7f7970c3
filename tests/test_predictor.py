"""A text's prediction depends only on the text: not on its batch, its position or the engine."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnnsent
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.data.ids import UNKNOWN_ID
from rnnsent.errors import ModelError
from rnnsent.network import equations
from rnnsent.network.calibration import SCALES
from rnnsent.network.torch_engine import TorchEngine
from rnnsent.prediction import Prediction
from rnnsent.predictor import Predictor
from tests.support.networks import CELLS, POOLINGS, WORDS
from tests.support.predictions import probabilities_of, stream

TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def predictors(tmp_path_factory: pytest.TempPathFactory, write_model) -> Callable[..., Predictor]:
    """A predictor with the numpy or the PyTorch engine, for a cell and a pooling."""
    folder = tmp_path_factory.mktemp("variants")

    @lru_cache
    def of(cell: str, pooling: str, engine: str = "numpy", *, tokenizer="word", classes=2, max_ngram=0) -> Predictor:
        path = folder / f"{cell}-{pooling}-{tokenizer}-{classes}-{max_ngram}"
        names = tuple(f"class {k}" for k in range(classes))
        write_model(
            path, cell=cell, pooling=pooling, tokenizer=tokenizer, classes=names, max_ngram=max_ngram, num_layers=2
        )
        predictor = Predictor(Checkpoint.read(path))
        if engine == "torch":
            predictor._engine = TorchEngine(predictor._weights, predictor._config, "cpu")
        return predictor

    return of


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.sampled_from(list(product(CELLS, POOLINGS, ("numpy", "torch")))), st.sampled_from((0, 2)), TEXTS)
def test_batch_independence(predictors, variant, ngrams, texts) -> None:
    """A text gets the same prediction alone and in any batch, with either engine."""
    cell, pooling, engine = variant
    together = predictors(cell, pooling, engine, max_ngram=ngrams).predict(texts)
    alone = [predictors(cell, pooling, max_ngram=ngrams).predict([text])[0] for text in texts]
    turned = predictors(cell, pooling, engine, max_ngram=ngrams).predict(texts[::-1])[::-1]
    np.testing.assert_allclose(probabilities_of(together), probabilities_of(alone), atol=1e-5)
    np.testing.assert_allclose(probabilities_of(together), probabilities_of(turned), atol=1e-5)
    assert [(prediction.text, prediction.n_tokens, prediction.oov_rate) for prediction in together] == [
        (prediction.text, prediction.n_tokens, prediction.oov_rate) for prediction in alone
    ]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(TEXTS, st.integers(2, 4))
def test_probabilities(predictors, texts, classes) -> None:
    """Probabilities sum to 1, and the label has the largest."""
    for prediction in predictors("lstm", "mean", classes=classes).predict(texts):
        if prediction.probabilities is None:
            assert (prediction.label, prediction.probability) == (None, None)
            assert (prediction.n_tokens, prediction.oov_rate, prediction.reason) in (
                (0, None, "no text"),
                (prediction.n_tokens, 1.0, "no known token"),
            )
            continue
        assert prediction.reason is None
        assert list(prediction.probabilities) == [f"class {k}" for k in range(classes)]
        assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-12)
        assert (
            prediction.probability
            == prediction.probabilities[prediction.label]
            == max(prediction.probabilities.values())
        )


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.sampled_from(("word", "bpe", "char")), TEXTS)
def test_trace_offsets(predictors, tokenizer, texts) -> None:
    """A trace's offsets point at its tokens in the text."""
    predictor = predictors("lstm", "last", tokenizer=tokenizer)
    for text in texts:
        steps = predictor.trace(text)
        assert len(steps) == predictor.predict([text])[0].n_tokens
        assert all(text[step.start : step.end] == step.token for step in steps)
        assert all(0 <= step.start <= step.end <= len(text) for step in steps)
        assert [step.start for step in steps] == sorted(step.start for step in steps)
        assert all(sum(step.probabilities.values()) == pytest.approx(1) for step in steps)
        assert all(step.probability == step.probabilities[step.label] for step in steps)


def test_trace_tokens(predictor: Predictor) -> None:
    """A trace shows words as they are written in the text."""
    steps = predictor.trace("<br />It's a GOOD 電影.\n")
    assert [step.token for step in steps] == ["It's", "a", "GOOD", "電", "影", "."]
    assert steps[0].to_dict()["start"] == 6


def test_trace_last(write_model, tmp_path: Path) -> None:
    """The last output of a unidirectional network with `last` pooling is its prediction."""
    predictor = Predictor(write_model(tmp_path / "plain", pooling="last", bidirectional=False))
    text = "a good film was not very dull"
    last, whole = predictor.trace(text)[-1], predictor.predict([text])[0]
    assert list(last.probabilities.values()) == pytest.approx(list(whole.probabilities.values()), abs=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_ngrams(write_model, tmp_path: Path, classes: int) -> None:
    """N-grams add their weights to the logits."""
    names = tuple(f"class {k}" for k in range(classes))
    alone = Predictor(write_model(tmp_path / "network", classes=names))
    both = Predictor(write_model(tmp_path / "both", classes=names, max_ngram=2))
    bias = both.checkpoint.weights["ngrams.bias"]
    expected = bias if classes > 2 else np.array([-bias[0] / 2, bias[0] / 2])  # of an n-gram without a weight
    (unknown,) = both._ngrams.logits([np.array([UNKNOWN_ID], dtype=np.int32)])
    np.testing.assert_allclose(unknown - unknown.mean(), expected - expected.mean(), atol=1e-5)
    (moved,) = np.log(probabilities_of(both.predict(["good"]))) - np.log(probabilities_of(alone.predict(["good"])))
    (known,) = both._ngrams.logits(both.checkpoint.tokenizer.encode(["good"]))
    np.testing.assert_allclose(moved - moved.mean(), known - known.mean(), atol=1e-5)
    assert np.abs(known - unknown).max() > 0.01


def test_no_token(predictor: Predictor) -> None:
    """A text without a token has no label and no trace."""
    for text in ("", " \t\n", "\u3000\xa0", "<br/> <BR>"):
        assert predictor.predict([text]) == [Prediction(text, None, None, None, 0, None, "no text")]
        assert predictor.trace(text) == []


def test_no_known_token(predictor: Predictor) -> None:
    """A text without a known token has no label, and NaN among the probabilities."""
    texts = ["unseen", "good", "unseen !", "unseen good", ""]
    predictions = predictor.predict(texts)
    assert [prediction.label is None for prediction in predictions] == [True, False, True, False, True]
    assert predictions[2] == Prediction("unseen !", None, None, None, 2, 1.0, "no known token")
    assert [prediction.reason for prediction in predictions] == [
        "no known token",
        None,
        "no known token",
        None,
        "no text",
    ]
    scores = predictor.predict_proba(texts)
    assert np.isnan(scores.probabilities).all(axis=1).tolist() == [True, False, True, False, True]
    assert (scores.n_tokens.tolist(), scores.n_oov.tolist()) == ([1, 1, 2, 2, 0], [1, 0, 2, 1, 0])
    assert len(predictor.trace("unseen !")) == 2


def test_look_up_words(predictor: Predictor) -> None:
    """The words of a text are its tokens with a letter."""
    assert predictor.look_up_words("A goooood, unseen 電影 No2! 12 @you") == [
        ("A", True), ("goooood", True), ("unseen", False), ("電", True), ("影", True), ("No2", False),
    ]  # fmt: skip


def test_blank_texts(predictor: Predictor) -> None:
    """Blank texts keep their positions among others."""
    predictions = predictor.predict(["", "good", " ", "bad", ""])
    assert [prediction.label is None for prediction in predictions] == [True, False, True, False, True]
    np.testing.assert_allclose(
        probabilities_of(predictions[1:2]), probabilities_of(predictor.predict(["good"])), atol=1e-6
    )


def test_no_texts(predictor: Predictor) -> None:
    assert predictor.predict([]) == []
    assert list(predictor.predict_batches([])) == []


def test_oov_rate(predictor: Predictor) -> None:
    """The OOV rate is the fraction of unknown tokens."""
    predictions = predictor.predict(["good bad", "good unseen", "unseen!", "good GOOD unseen good"])
    assert [prediction.oov_rate for prediction in predictions] == [0, 0.5, 1, 0.25]
    assert [prediction.n_tokens for prediction in predictions] == [2, 2, 2, 4]


def test_stream(predictor: Predictor) -> None:
    """A short stream yields each batch before it requests the next."""
    requested = []

    def batches() -> Iterator[list[str]]:
        for batch in (["good"], ["bad", ""]):
            requested.append(batch)
            yield batch

    results = stream(predictor, batches())
    assert [prediction.text for prediction in next(results).predictions] == ["good"]
    assert requested == [["good"]]
    assert [prediction.text for prediction in next(results).predictions] == ["bad", ""]


def test_to_dict(predictor: Predictor) -> None:
    """A prediction is plain data."""
    (predictions,) = predictor.predict(["good"])
    assert predictions.to_dict() == {
        "text": "good",
        "label": predictions.label,
        "probability": predictions.probability,
        "probabilities": predictions.probabilities,
        "n_tokens": 1,
        "oov_rate": 0.0,
        "reason": None,
    }
    assert {type(value) for value in (predictions.probability, predictions.oov_rate)} == {float}
    assert type(predictions.n_tokens) is int


def test_load(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(model.path.parent))
    by_name, by_path, newest = rnnsent.load("tiny"), rnnsent.load(str(model.path)), rnnsent.load()
    assert by_name.predict(["good"]) == by_path.predict(["good"]) == newest.predict(["good"])
    with pytest.raises(ModelError, match="did you mean 'tiny'"):
        rnnsent.load("tinny")


def test_iterator(predictor: Predictor) -> None:
    assert predictor.predict(iter(("good", "bad"))) == predictor.predict(["good", "bad"])


@pytest.mark.parametrize("texts", ["a text", b"a text", {"good": 1}, ["good", 3], [["good"]], None])
def test_type_error(predictor: Predictor, texts: object) -> None:
    """Anything but a column of texts is a TypeError."""
    for method in (predictor.predict, predictor.predict_proba):
        with pytest.raises(TypeError, match=r"predict takes a list of texts, not |element . is an? "):
            method(texts)


def test_missing_texts(predictor: Predictor) -> None:
    """None and NaN keep their place without a label."""
    predictions = predictor.predict(["good", None, "", float("nan"), "unseen"])
    assert [prediction.reason for prediction in predictions] == [
        None,
        "missing",
        "no text",
        "missing",
        "no known token",
    ]
    assert predictions[1] == Prediction("", None, None, None, 0, None, "missing")
    assert np.isnan(predictor.predict_proba([None, "good"]).probabilities).all(axis=1).tolist() == [True, False]


def test_uncalibrated(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """Probabilities before calibration are those of the mean of the components, each divided by its scale."""
    checkpoint = write_model(tmp_path / "a", max_ngram=2)
    texts = ["a good film", "very bad", ""]
    plain = Predictor(checkpoint).predict_proba(texts)
    assert plain.uncalibrated.shape == (3, 0)
    scales = np.array([0.5, 2.0])
    checkpoint.__dict__["weights"] = {**checkpoint.weights, SCALES: scales.astype(np.float32)}
    predictor = Predictor(checkpoint)
    scores = predictor.predict_proba(texts)
    np.testing.assert_array_equal(scores.probabilities, plain.probabilities)
    tokens = predictor._tokenizer.encode(texts[:2])
    network, ngrams = (logits.astype(np.float64) for logits in predictor._component_logits(tokens))
    expected = equations.softmax((network / scales[0] + ngrams / scales[1]) / 2)
    np.testing.assert_allclose(scores.uncalibrated[:2], expected, atol=1e-6)
    assert np.isnan(scores.uncalibrated[2]).all()
