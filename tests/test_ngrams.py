"""The n-gram model: hashing finds every n-gram, fitting learns classes, and batches and chunks change nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, NgramModel, hash_ngrams, to_logits
from rnnsent.training.fit_ngrams import fit_ngrams

ROWS = st.lists(
    st.lists(st.integers(0, 50_000), min_size=1, max_size=9).map(lambda ids: np.array(ids, dtype=np.int32)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, derandomize=True)
@given(ROWS, st.integers(1, 4))
def test_hashes(rows: list[np.ndarray], max_ngram: int) -> None:
    """Equal n-grams have equal hashes, different ones different hashes."""
    indices, keys = hash_ngrams(rows, max_ngram)
    expected = [
        (index, tuple(row[start : start + n].tolist()))
        for n in range(1, max_ngram + 1)
        for index, row in enumerate(rows)
        for start in range(len(row) - n + 1)
    ]
    assert indices.tolist() == [index for index, _ in expected]
    names: dict[int, tuple[int, ...]] = {}
    for key, (_, ngram) in zip(keys.tolist(), expected, strict=True):
        assert names.setdefault(key, ngram) == ngram
    assert len(names) == len({ngram for _, ngram in expected})


@settings(deadline=None, derandomize=True)
@given(ROWS)
def test_batch_independence(rows: list[np.ndarray]) -> None:
    """A row has the same logits alone and among others."""
    keys = np.unique(hash_ngrams(rows, 2)[1])[::2]
    random = np.random.default_rng(0)
    weights = {KEYS: keys, WEIGHTS: random.normal(size=(len(keys), 3)), BIAS: np.array([0.1, 0.2, 0.3])}
    ngrams = NgramModel(weights, 2, 3)
    together = ngrams.logits(rows)
    np.testing.assert_array_equal(together, np.concatenate([ngrams.logits([row]) for row in rows]))
    for row, logits in zip(rows, together, strict=True):
        has_weight = np.isin(keys, hash_ngrams([row], 2)[1])
        np.testing.assert_allclose(logits, weights[WEIGHTS][has_weight].sum(axis=0) + weights[BIAS], rtol=1e-5)


def test_repeats() -> None:
    """A repeated n-gram counts once."""
    once, often = np.array([5], dtype=np.int32), np.array([5, 9, 5, 9, 5], dtype=np.int32)
    keys = hash_ngrams([once], 1)[1]
    ngrams = NgramModel({KEYS: keys, WEIGHTS: np.array([[2.0]]), BIAS: np.array([0.5])}, 1, 2)
    np.testing.assert_allclose(ngrams.logits([once, often]), [[-1.25, 1.25], [-1.25, 1.25]])


def test_no_ngrams() -> None:
    """A model without n-grams returns its bias."""
    empty = {KEYS: np.empty(0, np.uint32), WEIGHTS: np.empty((0, 3)), BIAS: np.array([1.0, 2.0, 3.0])}
    assert NgramModel(empty, 3, 3).logits([np.array([4, 5], dtype=np.int32)]).tolist() == [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("classes", [2, 3])
def test_word_order(classes: int) -> None:
    """Fitting learns classes that differ in word order only."""
    noise = np.random.default_rng(0)
    pairs = [(7, 8), (8, 7), (7, 7)][:classes]
    rows = [np.array([*noise.integers(20, 40, 3), *pairs[i % classes]], dtype=np.int32) for i in range(120)]
    labels = np.arange(120) % classes
    fitted = fit_ngrams(rows, labels, n_classes=classes, max_ngram=2, max_features=50, seed=0)
    assert len(fitted[KEYS]) == 50
    assert (np.diff(fitted[KEYS].astype(np.int64)) > 0).all()
    assert (NgramModel(fitted, 2, classes).logits(rows).argmax(axis=1) == labels).all()
    alone = fit_ngrams(rows, labels, n_classes=classes, max_ngram=1, max_features=50, seed=0)
    if classes == 2:
        assert (NgramModel(alone, 1, classes).logits(rows).argmax(axis=1) == labels).mean() < 0.9


def test_min_texts() -> None:
    """An n-gram of a single text is dropped."""
    rows = [np.array([1, 2], dtype=np.int32), np.array([1, 3], dtype=np.int32)]
    fitted = fit_ngrams(rows, np.array([0, 1]), n_classes=2, max_ngram=1, max_features=10, seed=0)
    assert fitted[KEYS].tolist() == hash_ngrams([np.array([1], dtype=np.int32)], 1)[1].tolist()


def test_to_logits() -> None:
    """One score of two classes becomes two logits."""
    assert to_logits(np.array([[3.0]]), 2).tolist() == [[-1.5, 1.5]]


def test_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large data set is sampled."""
    rows = [np.array([index % 2, 5], dtype=np.int32) for index in range(1_000)]
    labels = np.arange(1_000) % 2
    whole = fit_ngrams(rows, labels, n_classes=2, max_ngram=1, max_features=10, seed=0)
    monkeypatch.setattr("rnnsent.training.fit_ngrams.MAX_TOKENS", 100)
    part = fit_ngrams(rows, labels, n_classes=2, max_ngram=1, max_features=10, seed=0)
    assert part[KEYS].tolist() == whole[KEYS].tolist()
    assert not np.array_equal(part[WEIGHTS], whole[WEIGHTS])
    assert (NgramModel(part, 1, 2).logits(rows).argmax(axis=1) == labels).all()


@settings(deadline=None, derandomize=True)
@given(ROWS, st.integers(1, 4), st.integers(1, 5))
def test_chunks(rows: list[np.ndarray], max_ngram: int, chunk: int) -> None:
    """The chunk size does not change the logits."""
    keys = np.unique(hash_ngrams(rows, max_ngram)[1])[::2]
    weights = np.random.default_rng(0).normal(size=(len(keys), 1))
    ngrams = NgramModel({KEYS: keys, WEIGHTS: weights, BIAS: np.array([0.1])}, max_ngram, 2)
    whole = ngrams.logits(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnsent.network.ngrams.CHUNK_TOKENS", chunk)
        np.testing.assert_array_equal(ngrams.logits(rows), whole)
