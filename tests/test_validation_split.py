"""No text is on both sides of a validation split, which keeps the proportions of the classes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.examples import Examples, make_examples
from rnnsent.data.validation_split import count_distinct_texts, split_validation
from rnnsent.errors import DataError


def examples_of(texts: list[str], labels: list[str]) -> Examples:
    return make_examples(texts, labels, None, "data")


@pytest.mark.parametrize("seed", range(5))
def test_one_text(seed: int) -> None:
    """A class with one distinct text, even in several copies, is in train only."""
    train, validation = split_validation(examples_of(["x", "x", "p", "q", "r"], ["a", "a", "b", "b", "b"]), 0.1, seed)
    assert (train.counts(), validation.counts()) == ({"a": 2, "b": 2}, {"a": 0, "b": 1})


def test_nothing_to_validate() -> None:
    """Classes with one text each leave nothing to validate on."""
    with pytest.raises(DataError, match=r"^data has no class with two distinct texts"):
        split_validation(examples_of(["x", "y"], ["a", "b"]), 0.1, 0, "data")


def test_count_distinct_texts() -> None:
    """Copies of a text count once in each class, and a class counts up to the limit."""
    examples = examples_of(["x", "x", "y", "z", "x"], ["a", "a", "a", "a", "b"])
    assert count_distinct_texts(examples, 9) == {"a": 3, "b": 1}
    assert count_distinct_texts(examples, 2) == {"a": 2, "b": 1}


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from("ab"), max_size=60), st.integers(0, 9), st.floats(0.05, 0.5))
def test_stratified(labels: list[str], seed: int, fraction: float) -> None:
    """A split keeps every text once and the proportions of the classes, and is reproducible."""
    labels = ["a", "a", "b", "b", *labels]
    examples = examples_of([f"text {i}" for i in range(len(labels))], labels)
    train, validation = split_validation(examples, fraction, seed)
    assert sorted(train.texts + validation.texts) == sorted(examples.texts)
    for name, count in examples.counts().items():
        assert abs(validation.counts()[name] - fraction * count) <= 1
        assert train.counts()[name] > 0
    _, repeated = split_validation(examples, fraction, seed)
    assert np.array_equal(repeated.labels, validation.labels)
    assert repeated.texts == validation.texts


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("uvwxyz"), st.sampled_from("ab")), min_size=1), st.integers(0, 9))
def test_duplicates(rows: list[tuple[str, str]], seed: int) -> None:
    """Copies of a text are all on the same side."""
    rows = [("k", "a"), ("l", "a"), ("m", "b"), ("n", "b"), *rows]
    examples = examples_of([text for text, _ in rows], [label for _, label in rows])
    train, validation = split_validation(examples, 0.3, seed)
    assert not set(train.texts) & set(validation.texts)
