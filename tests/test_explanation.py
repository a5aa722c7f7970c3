"""Explanations add up exactly, are fair to words that do the same, and point into the text."""

import math
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnnsent
from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.errors import SettingsError
from rnnsent.explanation import explain
from rnnsent.explanation.explain import Components, attribute, center
from rnnsent.explanation.owen import estimate_owen_values
from rnnsent.explanation.words import group_into_sentences, group_into_words
from rnnsent.network import equations
from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, NgramModel, hash_ngrams
from rnnsent.predictor import Predictor
from tests.support.networks import N_CLASSES, VARIANTS, make_weights

TEXTS = (
    "a good film",
    "It's not very bad, is it? A great film. 電影!",
    "dull dull dull <br /> 👍🏽 unseen words #goodfilm",
)


def draw_sentences(n_words: int, n_sentences: int, seed: int) -> list[np.ndarray]:
    """The words 0 to n_words - 1 in sentences, some of which may have the same start."""
    cuts = np.sort(np.random.default_rng(seed).integers(0, n_words + 1, n_sentences - 1))
    return [part for part in np.split(np.arange(n_words), cuts) if len(part)]


@settings(deadline=None, derandomize=True, max_examples=120)
@given(
    st.sampled_from(VARIANTS),
    st.lists(st.integers(1, 29), min_size=1, max_size=9),
    st.integers(1, 3),
    st.integers(0, 3),
    st.sampled_from([[0, 1, 2], [0, 2], [2, 1]]),
)
def test_sum(variant, ids, n_sentences, max_ngram, columns) -> None:
    """In float64, base and contributions add up to the calibrated logit, for every cell, pooling and size of n-grams."""
    weights, config = make_weights(*variant)
    weights = {name: tensor.astype(np.float64) for name, tensor in weights.items()}
    row = np.array(ids, dtype=np.int32)
    ngrams = None
    if max_ngram:
        keys = np.unique(hash_ngrams([row], max_ngram)[1])[::2]
        random = np.random.default_rng(len(ids))
        ngram_weights = {
            KEYS: keys,
            WEIGHTS: random.normal(size=(len(keys), N_CLASSES)),
            BIAS: random.normal(size=N_CLASSES),
        }
        ngrams = NgramModel(ngram_weights, max_ngram, N_CLASSES)

    def network(rows) -> np.ndarray:
        return np.stack([equations.logits(row, weights, config) for row in rows])

    parts = Components(network, ngrams, (0.7, 1.3), columns)
    words = [np.array([k]) for k in range(len(ids))]
    result = attribute(row, words, draw_sentences(len(ids), n_sentences, seed=1), 1, parts)
    logits = 0.7 * network([row])
    if ngrams:
        logits = logits + 1.3 * (ngrams.bias_logits() + ngrams.token_logits(row).sum(axis=0))
        np.testing.assert_allclose(
            ngrams.bias_logits() + ngrams.token_logits(row).sum(axis=0), ngrams.logits([row]), atol=1e-5
        )
    expected = center(logits, columns, 1)[0]
    assert result.logit == pytest.approx(expected, abs=1e-5)
    assert result.base + result.network.sum() + result.ngrams.sum() == pytest.approx(expected, abs=1e-5)


def test_token_logits() -> None:
    """A weight is divided among the occurrences of its n-gram, and then among their tokens."""
    row = np.array([5, 6, 5, 6, 7], dtype=np.int32)
    keys = hash_ngrams([row], 2)[1]
    chosen = {int(keys[0]): 8.0, int(keys[5]): 4.0}  # the token 5, and the pair 5 6, each of which occurs twice
    weights = {
        KEYS: np.array(sorted(chosen), np.uint32),
        WEIGHTS: np.array([[chosen[k]] for k in sorted(chosen)]),
        BIAS: np.array([1.0]),
    }
    ngrams = NgramModel(weights, 2, 2)
    shares = ngrams.token_logits(row)
    np.testing.assert_allclose(shares[:, 1] * 2, [4 + 1, 1, 4 + 1, 1, 0])
    np.testing.assert_allclose(ngrams.bias_logits(), [[-0.5, 0.5]])
    assert (
        NgramModel({**weights, KEYS: weights[KEYS][:0], WEIGHTS: weights[WEIGHTS][:0]}, 2, 2).token_logits(row).sum()
        == 0
    )


def owen_by_enumeration(value: Callable[[np.ndarray], float], unions: list[np.ndarray]) -> np.ndarray:
    """Owen values over all orders."""
    n_players = sum(map(len, unions))
    total, count = np.zeros(n_players), 0
    for order in permutations(unions):
        inner = [[]]
        for union in order:
            inner = [[*head, *tail] for head in inner for tail in permutations(union.tolist())]
        for players in inner:
            coalition = np.zeros(n_players, dtype=bool)
            for player in players:
                before = value(coalition)
                coalition[player] = True
                total[player] += value(coalition) - before
            count += 1
    return total / count


@pytest.mark.parametrize("seed", range(3))
def test_owen_values(seed: int) -> None:
    """With many orders the estimate is the Owen value, within its standard error."""
    table = np.random.default_rng(seed).normal(size=2**5)

    def value(coalitions: np.ndarray) -> np.ndarray:
        return table[(coalitions * 2 ** np.arange(5)).sum(axis=1)]

    unions = [np.array([0, 3]), np.array([1, 2]), np.array([4])]
    expected = owen_by_enumeration(lambda coalition: float(value(coalition[None])[0]), unions)
    estimate = estimate_owen_values(value, unions, 2_000, np.random.default_rng(0))
    assert (np.abs(estimate.contributions - expected) < 5 * estimate.errors + 1e-9).all()
    assert estimate.errors.max() < 0.1
    few = estimate_owen_values(value, unions, 1, np.random.default_rng(0))
    assert np.isnan(few.errors).all()
    assert few.base + few.contributions.sum() == pytest.approx(table[-1])


def test_unions() -> None:
    """A player without which its union is worth nothing shares with its union alone."""
    unions = [np.array([0, 1]), np.array([2])]
    result = estimate_owen_values(lambda s: (s[:, 0] & s[:, 1]) + 2.0 * s[:, 2], unions, 500, np.random.default_rng(0))
    np.testing.assert_allclose(result.contributions, [0.5, 0.5, 2.0], atol=0.05)


@pytest.mark.parametrize("tokenizer", ["word", "bpe", "char"])
@pytest.mark.parametrize("max_ngram", [0, 3])
def test_predictor(tmp_path: Path, write_model: Callable[..., Checkpoint], tokenizer: str, max_ngram: int) -> None:
    """Words cover the tokens in order, are cut from the text, and add up to the prediction's logit, for each class."""
    classes = ("negative", "neutral", "positive")
    write_model(tmp_path / "m", tokenizer=tokenizer, max_ngram=max_ngram, classes=classes)
    model = rnnsent.load(str(tmp_path / "m"))
    for text in TEXTS:
        prediction = model.predict([text])[0]
        assert prediction.probabilities is not None
        logs = {name: math.log(value) for name, value in prediction.probabilities.items()}
        for label in (None, *classes):
            explanation = model.explain(text, label)
            assert explanation is not None
            assert explanation.label == (label or prediction.label)
            expected = logs[explanation.label] - sum(logs.values()) / len(logs)
            assert explanation.logit == pytest.approx(expected, abs=1e-4)
            assert explanation.base + sum(word.total for word in explanation.words) == pytest.approx(explanation.logit)
        assert all(text[word.start : word.end] == word.text for word in explanation.words)
        starts = [word.start for word in explanation.words]
        assert starts == sorted(starts)
        assert "".join(word.text for word in explanation.words if word.text.isalpha()) != ""
    with pytest.raises(SettingsError, match="no class 'joy' to explain; the classes are negative, neutral, positive"):
        model.explain("good", "joy")


def test_same_text(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """The orders depend on the text alone."""
    write_model(tmp_path / "m")
    first, second = (rnnsent.load(str(tmp_path / "m")) for _ in range(2))
    second.explain("a great film")
    assert first.explain(TEXTS[1]) == second.explain(TEXTS[1]) == second.explain(TEXTS[1])


def test_unknown(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    write_model(tmp_path / "m", tokenizer="word")
    model = rnnsent.load(str(tmp_path / "m"))
    assert [model.explain(text) for text in ("", "  ", "zzz qqq")] == [None, None, None]


def test_classes(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """With some of the classes selected, the mean is over these."""
    checkpoint = write_model(tmp_path / "m", classes=("negative", "neutral", "positive"))
    explanation = Predictor(checkpoint, classes=("negative", "positive")).explain("a good film")
    prediction = Predictor(checkpoint, classes=("negative", "positive")).predict(["a good film"])[0]
    assert explanation is not None
    assert prediction.probability is not None
    assert 2 * explanation.logit == pytest.approx(
        math.log(prediction.probability / (1 - prediction.probability)), abs=1e-4
    )


def test_long_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    """In a long text, neighboring words are left out together; the sum stays exact, and there is no standard error."""
    model = Predictor(write_model(tmp_path / "m", max_ngram=2))
    monkeypatch.setattr(explain, "MAX_PLAYERS", 10)
    monkeypatch.setattr(explain, "TOKEN_BUDGET", 1)
    explanation = model.explain("a good film was not very bad . " * 5)
    assert explanation is not None
    assert explanation.error is None
    assert len(explanation.words) == 40
    assert explanation.base + sum(word.total for word in explanation.words) == pytest.approx(explanation.logit)
    assert len({round(word.network, 9) for word in explanation.words}) <= 12


def test_strongest(tmp_path: Path, write_model: Callable[..., Checkpoint]) -> None:
    explanation = Predictor(write_model(tmp_path / "m")).explain(TEXTS[1])
    assert explanation is not None
    sizes = [abs(word.total) for word in explanation.strongest(4)]
    assert sizes == sorted((abs(word.total) for word in explanation.words), reverse=True)[:4]
    assert explanation.to_dict()["class"] == explanation.label


def test_groups() -> None:
    """Parts of a word are one word; symbols stay alone; words belong to the sentence in which they start."""
    text = "Undoing it: no! Why"
    offsets = [(0, 2), (2, 5), (5, 7), (8, 10), (10, 11), (12, 14), (14, 15), (16, 17), (17, 19)]
    words = group_into_words(text, offsets)
    assert [group.tolist() for group in words] == [[0, 1, 2], [3], [4], [5], [6], [7, 8]]
    assert [group.tolist() for group in group_into_sentences(text, [0, 8, 10, 12, 14, 16])] == [[0, 1, 2, 3, 4], [5]]
