"""The wide side: hashing finds each n-gram where it is, fitting learns which class has it, and batches change nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.network.ngrams import BIAS, KEYS, WEIGHTS, Ngrams, as_logits, hash_ngrams
from rnnsent.training.fit_ngrams import fit_ngrams

ROWS = st.lists(
    st.lists(st.integers(0, 50_000), min_size=1, max_size=9).map(lambda ids: np.array(ids, dtype=np.int32)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, derandomize=True)
@given(ROWS, st.integers(1, 4))
def test_equal_ngrams_have_equal_hashes_and_others_do_not(rows: list[np.ndarray], longest: int) -> None:
    numbers, keys = hash_ngrams(rows, longest)
    expected = [
        (number, tuple(row[start : start + size].tolist()))
        for size in range(1, longest + 1)
        for number, row in enumerate(rows)
        for start in range(len(row) - size + 1)
    ]
    assert numbers.tolist() == [number for number, _ in expected]
    names: dict[int, tuple[int, ...]] = {}
    for key, (_, ngram) in zip(keys.tolist(), expected, strict=True):
        assert names.setdefault(key, ngram) == ngram
    assert len(names) == len({ngram for _, ngram in expected})


@settings(deadline=None, derandomize=True)
@given(ROWS)
def test_a_row_has_the_same_logits_alone_and_among_others(rows: list[np.ndarray]) -> None:
    keys = np.unique(hash_ngrams(rows, 2)[1])[::2]
    random = np.random.default_rng(0)
    weights = {KEYS: keys, WEIGHTS: random.normal(size=(len(keys), 3)), BIAS: np.array([0.1, 0.2, 0.3])}
    ngrams = Ngrams(weights, 2, 3)
    together = ngrams.logits(rows)
    np.testing.assert_array_equal(together, np.concatenate([ngrams.logits([row]) for row in rows]))
    for row, logits in zip(rows, together, strict=True):
        known = np.isin(keys, hash_ngrams([row], 2)[1])
        np.testing.assert_allclose(logits, weights[WEIGHTS][known].sum(axis=0) + weights[BIAS], rtol=1e-5)


def test_a_repeated_ngram_counts_once() -> None:
    once, often = np.array([5], dtype=np.int32), np.array([5, 9, 5, 9, 5], dtype=np.int32)
    keys = hash_ngrams([once], 1)[1]
    ngrams = Ngrams({KEYS: keys, WEIGHTS: np.array([[2.0]]), BIAS: np.array([0.5])}, 1, 2)
    np.testing.assert_allclose(ngrams.logits([once, often]), [[-1.25, 1.25], [-1.25, 1.25]])


def test_a_wide_side_without_ngrams_gives_its_bias() -> None:
    empty = {KEYS: np.empty(0, np.uint32), WEIGHTS: np.empty((0, 3)), BIAS: np.array([1.0, 2.0, 3.0])}
    assert Ngrams(empty, 3, 3).logits([np.array([4, 5], dtype=np.int32)]).tolist() == [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("classes", [2, 3])
def test_fitting_learns_a_class_that_only_word_order_tells(classes: int) -> None:
    noise = np.random.default_rng(0)
    pairs = [(7, 8), (8, 7), (7, 7)][:classes]
    rows = [np.array([*noise.integers(20, 40, 3), *pairs[i % classes]], dtype=np.int32) for i in range(120)]
    labels = np.arange(120) % classes
    fitted = fit_ngrams(rows, labels, classes=classes, longest=2, most=50, seed=0)
    assert len(fitted[KEYS]) == 50
    assert (np.diff(fitted[KEYS].astype(np.int64)) > 0).all()
    assert (Ngrams(fitted, 2, classes).logits(rows).argmax(axis=1) == labels).all()
    alone = fit_ngrams(rows, labels, classes=classes, longest=1, most=50, seed=0)
    if classes == 2:
        assert (Ngrams(alone, 1, classes).logits(rows).argmax(axis=1) == labels).mean() < 0.9


def test_an_ngram_of_a_single_text_is_left_out() -> None:
    rows = [np.array([1, 2], dtype=np.int32), np.array([1, 3], dtype=np.int32)]
    fitted = fit_ngrams(rows, np.array([0, 1]), classes=2, longest=1, most=10, seed=0)
    assert fitted[KEYS].tolist() == hash_ngrams([np.array([1], dtype=np.int32)], 1)[1].tolist()


def test_one_score_of_two_classes_stands_for_two_logits() -> None:
    assert as_logits(np.array([[3.0]]), 2).tolist() == [[-1.5, 1.5]]


def test_a_large_set_is_fitted_on_texts_drawn_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [np.array([number % 2, 5], dtype=np.int32) for number in range(1_000)]
    labels = np.arange(1_000) % 2
    whole = fit_ngrams(rows, labels, classes=2, longest=1, most=10, seed=0)
    monkeypatch.setattr("rnnsent.training.fit_ngrams.MOST_TOKENS", 100)
    part = fit_ngrams(rows, labels, classes=2, longest=1, most=10, seed=0)
    assert part[KEYS].tolist() == whole[KEYS].tolist()
    assert not np.array_equal(part[WEIGHTS], whole[WEIGHTS])
    assert (Ngrams(part, 1, 2).logits(rows).argmax(axis=1) == labels).all()


@settings(deadline=None, derandomize=True)
@given(ROWS, st.integers(1, 4), st.integers(1, 5))
def test_rows_have_the_same_logits_in_blocks_of_any_size(rows: list[np.ndarray], longest: int, block: int) -> None:
    keys = np.unique(hash_ngrams(rows, longest)[1])[::2]
    weights = np.random.default_rng(0).normal(size=(len(keys), 1))
    ngrams = Ngrams({KEYS: keys, WEIGHTS: weights, BIAS: np.array([0.1])}, longest, 2)
    whole = ngrams.logits(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnsent.network.ngrams.BLOCK", block)
        np.testing.assert_array_equal(ngrams.logits(rows), whole)
