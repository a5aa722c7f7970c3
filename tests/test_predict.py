"""Proves that a text's probabilities depend on nothing but the text: not on its batch, its place or the engine; and
that what is said of them (label, trace, unknown words) is true of the text."""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_equations import CELLS, POOLINGS

import rnnsent
from rnnsent import predict
from rnnsent.errors import DeviceError, ModelError
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.engines import NumpyEngine, TorchEngine
from rnnsent.predict import Prediction, Predictor

WORDS = ("good", "bad", "film", "it's", "電影", "Unseen", "...", "<br />", "\ud800", " ", "\n", "é", "👍🏽", "ﬁne", "İ")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def predictors(tmp_path_factory: pytest.TempPathFactory, write_model) -> Callable[..., Predictor]:
    """A predictor on numpy or on torch, for a cell and a pooling."""
    folder = tmp_path_factory.mktemp("variants")

    @lru_cache
    def of(cell: str, pooling: str, engine: str = "numpy", *, tokenizer="word", classes=2, ngrams=0) -> Predictor:
        path = folder / f"{cell}-{pooling}-{tokenizer}-{classes}-{ngrams}"
        names = tuple(f"class {k}" for k in range(classes))
        write_model(path, cell=cell, pooling=pooling, tokenizer=tokenizer, classes=names, ngrams=ngrams, layers=2)
        predictor = Predictor(Checkpoint.read(path))
        if engine == "torch":
            predictor._engine = TorchEngine(predictor._weights, predictor._config, "cpu")
        return predictor

    return of


@pytest.fixture
def predictor(model: Checkpoint) -> Predictor:
    return Predictor(model)


def answers(predictions: list[Prediction]) -> np.ndarray:
    """Probabilities (N, K), NaN for a text without a token."""
    width = max((len(each.probabilities) for each in predictions if each.probabilities), default=1)
    return np.array(
        [list(each.probabilities.values()) if each.probabilities else [np.nan] * width for each in predictions]
    )


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.sampled_from(list(product(CELLS, POOLINGS, ("numpy", "torch")))), st.sampled_from((0, 2)), TEXTS)
def test_a_text_gets_the_same_answer_alone_and_in_any_batch_by_either_engine(
    predictors, variant, ngrams, texts
) -> None:
    cell, pooling, engine = variant
    together = predictors(cell, pooling, engine, ngrams=ngrams).predict(texts)
    alone = [predictors(cell, pooling, ngrams=ngrams).predict([text])[0] for text in texts]
    turned = predictors(cell, pooling, engine, ngrams=ngrams).predict(texts[::-1])[::-1]
    np.testing.assert_allclose(answers(together), answers(alone), atol=1e-5)
    np.testing.assert_allclose(answers(together), answers(turned), atol=1e-5)
    assert [(each.text, each.n_tokens, each.oov_rate) for each in together] == [
        (each.text, each.n_tokens, each.oov_rate) for each in alone
    ]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(TEXTS, st.integers(2, 4))
def test_probabilities_sum_to_one_and_the_label_has_the_largest(predictors, texts, classes) -> None:
    for each in predictors("lstm", "mean", classes=classes).predict(texts):
        if each.probabilities is None:
            assert (each.label, each.probability, each.n_tokens, each.oov_rate) == (None, None, 0, None)
            continue
        assert list(each.probabilities) == [f"class {k}" for k in range(classes)]
        assert sum(each.probabilities.values()) == pytest.approx(1, abs=1e-12)
        assert each.probability == each.probabilities[each.label] == max(each.probabilities.values())


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.sampled_from(("word", "bpe", "char")), TEXTS)
def test_a_trace_points_at_its_tokens_in_the_text(predictors, tokenizer, texts) -> None:
    predictor = predictors("lstm", "last", tokenizer=tokenizer)
    for text in texts:
        steps = predictor.trace(text)
        assert len(steps) == predictor.predict([text])[0].n_tokens
        assert all(text[step.start : step.end] == step.token for step in steps)
        assert all(0 <= step.start <= step.end <= len(text) for step in steps)
        assert [step.start for step in steps] == sorted(step.start for step in steps)
        assert all(sum(step.probabilities.values()) == pytest.approx(1) for step in steps)
        assert all(step.probability == step.probabilities[step.label] for step in steps)


def test_a_trace_names_the_words_as_they_stand_in_the_text(predictor: Predictor) -> None:
    steps = predictor.trace("<br />It's a GOOD 電影.\n")
    assert [step.token for step in steps] == ["It's", "a", "GOOD", "電", "影", "."]
    assert steps[0].to_dict()["start"] == 6


def test_the_last_step_of_a_plain_recurrent_network_is_its_prediction(write_model, tmp_path: Path) -> None:
    predictor = Predictor(write_model(tmp_path / "plain", pooling="last", bidirectional=False))
    text = "a good film was not very dull"
    last, whole = predictor.trace(text)[-1], predictor.predict([text])[0]
    assert list(last.probabilities.values()) == pytest.approx(list(whole.probabilities.values()), abs=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_ngrams_move_the_answer_by_what_they_weigh(write_model, tmp_path: Path, classes: int) -> None:
    names = tuple(f"class {k}" for k in range(classes))
    alone = Predictor(write_model(tmp_path / "network", classes=names))
    both = Predictor(write_model(tmp_path / "both", classes=names, ngrams=2))
    moved = np.log(answers(both.predict(["good", "unseen"]))) - np.log(answers(alone.predict(["good", "unseen"])))
    bias = both.checkpoint.weights["ngrams.bias"]
    expected = bias if classes > 2 else np.array([-bias[0] / 2, bias[0] / 2])  # of an n-gram without a weight
    np.testing.assert_allclose(moved[1] - moved[1].mean(), expected - expected.mean(), atol=1e-5)
    assert np.abs((moved[0] - moved[0].mean()) - (expected - expected.mean())).max() > 0.01


def test_a_text_without_a_token_has_no_label_and_no_steps(predictor: Predictor) -> None:
    for text in ("", " \t\n", "\u3000\xa0", "<br/> <BR>"):
        assert predictor.predict([text]) == [Prediction(text, None, None, None, 0, None)]
        assert predictor.trace(text) == []


def test_blank_texts_keep_their_places_among_others(predictor: Predictor) -> None:
    found = predictor.predict(["", "good", " ", "bad", ""])
    assert [each.label is None for each in found] == [True, False, True, False, True]
    np.testing.assert_allclose(answers(found[1:2]), answers(predictor.predict(["good"])), atol=1e-6)


def test_no_texts_have_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []
    assert list(predictor.stream([])) == []


def test_unknown_words_are_counted_as_a_share(predictor: Predictor) -> None:
    found = predictor.predict(["good bad", "good unseen", "unseen!", "good GOOD unseen good"])
    assert [each.oov_rate for each in found] == [0, 0.5, 1, 0.25]
    assert [each.n_tokens for each in found] == [2, 2, 2, 4]


def test_a_stream_answers_each_window_before_it_asks_for_the_next(predictor: Predictor) -> None:
    asked = []

    def windows():
        for window in (["good"], ["bad", ""]):
            asked.append(window)
            yield window

    stream = predictor.stream(windows())
    assert [each.text for each in next(stream)] == ["good"]
    assert asked == [["good"]]
    assert [each.text for each in next(stream)] == ["bad", ""]


def test_a_prediction_is_plain_data(predictor: Predictor) -> None:
    (found,) = predictor.predict(["good"])
    assert found.to_dict() == {
        "text": "good",
        "label": found.label,
        "probability": found.probability,
        "probabilities": found.probabilities,
        "n_tokens": 1,
        "oov_rate": 0.0,
    }
    assert {type(value) for value in (found.probability, found.oov_rate)} == {float}
    assert type(found.n_tokens) is int


@pytest.fixture
def bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that has it, whatever this one is."""
    monkeypatch.setattr("rnnsent.model.device.has_bfloat16", lambda _: True)


def allow(texts: int, predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch pays after so many texts of "a good film"."""
    monkeypatch.setattr(predict, "TORCH_PAYS_FROM", texts * predictor._multiplications(["a good film"]))


def test_pytorch_takes_over_once_so_much_has_come_that_bfloat16_pays(
    model: Checkpoint, monkeypatch: pytest.MonkeyPatch, bfloat16: None
) -> None:
    predictor = Predictor(model, fast=True)
    allow(2, predictor, monkeypatch)
    before = predictor.predict(["a good film"])
    predictor.predict(["a good film"])
    assert isinstance(predictor._engine, NumpyEngine)
    after = predictor.predict(["a good film"])  # the third time is past the two that were allowed
    assert isinstance(predictor._engine, TorchEngine)
    np.testing.assert_allclose(answers(after), answers(before), atol=0.05)
    predictor.predict(["a"])
    assert isinstance(predictor._engine, TorchEngine)


def test_pytorch_takes_over_within_a_stream_that_is_long_enough(
    model: Checkpoint, monkeypatch: pytest.MonkeyPatch, bfloat16: None
) -> None:
    monkeypatch.setattr(predict, "THREADS_PAY_FROM", -1)
    predictor = Predictor(model, fast=True)
    allow(6, predictor, monkeypatch)
    windows = [["a good film"] * 4, ["a bad film"], ["a good film", "", "bad"], [], ["good"]]
    engines, found = [], []
    for window in predictor.stream(windows):
        engines.append(type(predictor._engine))
        found += window
    assert [each.text for each in found] == [text for window in windows for text in window]
    np.testing.assert_allclose(answers(found), answers(Predictor(model).predict([e.text for e in found])), atol=0.05)
    assert (engines[0], engines[-1]) == (NumpyEngine, TorchEngine)


def test_numpy_stays_where_pytorch_has_nothing_to_add(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnsent.model.device.has_bfloat16", lambda _: False)
    predictor = Predictor(model, device="cpu", fast=True)
    allow(0, predictor, monkeypatch)
    predictor.predict(["a good film"] * 2)
    assert isinstance(predictor._engine, NumpyEngine)


@pytest.mark.parametrize("threads_from", [0, 1e9], ids=["on threads", "at once"])
def test_windows_come_back_in_order_with_or_without_threads(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, threads_from: float
) -> None:
    monkeypatch.setattr(predict, "THREADS_PAY_FROM", threads_from)
    texts = ["good", "", "a bad film", "film " * 40, "..."] * 7
    windows = [texts[:3], [], texts[3:20], texts[20:]]
    found = [each for window in predictor.stream(windows) for each in window]
    assert [each.text for each in found] == texts
    np.testing.assert_allclose(answers(found[:5] * 7), answers(found), atol=1e-6)


def test_a_device_that_is_not_there_is_refused_at_once(model: Checkpoint) -> None:
    import torch

    missing = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(DeviceError, match=f"--device {missing}"):
        Predictor(model, device=missing)


def test_the_python_interface_loads_by_name_and_by_path(model: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNSENT_MODELS_DIR", str(model.path.parent))
    by_name, by_path, newest = rnnsent.load("tiny"), rnnsent.load(str(model.path)), rnnsent.load()
    assert by_name.predict(["good"]) == by_path.predict(["good"]) == newest.predict(["good"])
    with pytest.raises(ModelError, match="did you mean 'tiny'"):
        rnnsent.load("tinny")


def test_an_iterator_of_texts_will_do(predictor: Predictor) -> None:
    assert predictor.predict(iter(("good", "bad"))) == predictor.predict(["good", "bad"])


@pytest.mark.parametrize("texts", ["a text", b"a text", "", [None], ["good", 3], [b"good"]])
def test_anything_but_a_collection_of_texts_is_a_type_error(predictor: Predictor, texts: object) -> None:
    with pytest.raises(TypeError, match="predict takes a list of texts, not "):
        predictor.predict(texts)
