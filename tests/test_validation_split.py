"""No text is on both sides of a validation split, and which side it is on depends on the text alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.data.examples import Examples, make_examples
from rnnsent.data.validation_split import count_distinct_texts, hash_text, sample_validation, split_validation
from rnnsent.errors import DataError


def examples_of(texts: list[str], labels: list[str]) -> Examples:
    return make_examples(texts, labels, None, "data")


def test_one_text() -> None:
    """A class with one distinct text, even in several copies, is in train only."""
    train, validation = split_validation(examples_of(["x", "x", "p", "q", "r"], ["a", "a", "b", "b", "b"]), 0.1)
    assert (train.counts()["a"], validation.counts()["a"]) == (2, 0)
    assert validation.counts()["b"] >= 1


def test_nothing_to_validate() -> None:
    """Classes with one text each leave nothing to validate on."""
    with pytest.raises(DataError, match=r"^data has no class with two distinct texts"):
        split_validation(examples_of(["x", "y"], ["a", "b"]), 0.1, "data")


def test_count_distinct_texts() -> None:
    """Copies of a text count once in each class, and a class counts up to the limit."""
    examples = examples_of(["x", "x", "y", "z", "x"], ["a", "a", "a", "a", "b"])
    assert count_distinct_texts(examples, 9) == {"a": 3, "b": 1}
    assert count_distinct_texts(examples, 2) == {"a": 2, "b": 1}


def test_hash_text() -> None:
    """The rule never changes: bundled models were trained by it. Case and blanks do not matter."""
    texts = ["A quiet triumph.", "", "Wörter \ud800 und 電影"]
    assert [round(hash_text(text), 6) for text in texts] == [0.672047, 0.889416, 0.825503]
    assert hash_text("a QUIET\ttriumph. ") == hash_text(texts[0])
    hashes = [hash_text(f"text {i}") for i in range(2_000)]
    assert 0 <= min(hashes) < 0.01 < 0.99 < max(hashes) < 1
    assert abs(np.mean(hashes) - 0.5) < 0.03


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from("ab"), max_size=60), st.floats(0.05, 0.5))
def test_rule(labels: list[str], fraction: float) -> None:
    """Every text is kept once, on the side that its hash says, unless one side of a class would be empty."""
    labels = ["a", "a", "b", "b", *labels]
    examples = examples_of([f"text {i}" for i in range(len(labels))], labels)
    train, validation = split_validation(examples, fraction)
    assert sorted(train.texts + validation.texts) == sorted(examples.texts)
    for name in "ab":
        kept = [text for text, label in zip(train.texts, train.labels, strict=True) if train.classes[label] == name]
        left_out = [
            text
            for text, label in zip(validation.texts, validation.labels, strict=True)
            if train.classes[label] == name
        ]
        assert kept
        assert left_out
        assert len(left_out) == 1 or all(hash_text(text) < fraction for text in left_out)
        assert len(kept) == 1 or all(hash_text(text) >= fraction for text in kept)


def test_nested() -> None:
    """What a model left out is left out by every training with the same or a larger fraction, on any subset."""
    texts = [f"text {i}" for i in range(400)]
    examples = examples_of(texts, ["a", "b"] * 200)
    _, tenth = split_validation(examples, 0.1)
    subset_train, _ = split_validation(examples.take(np.arange(0, 400, 3)), 0.1)
    larger_train, _ = split_validation(examples, 0.3)
    assert not set(tenth.texts) & {*subset_train.texts, *larger_train.texts}


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("uvwxyzUVWXYZ"), st.sampled_from("ab")), min_size=1), st.integers(0, 9))
def test_duplicates(rows: list[tuple[str, str]], seed: int) -> None:
    """Copies of a text are all on the same side, in any case."""
    rows = [("k", "a"), ("l", "a"), ("m", "b"), ("n", "b"), *rows]
    examples = examples_of([text for text, _ in rows], [label for _, label in rows])
    train, validation = split_validation(examples, 0.3)
    assert not set(map(str.lower, train.texts)) & set(map(str.lower, validation.texts))
    train, validation = sample_validation(examples, 0.3, seed)
    assert not set(train.texts) & set(validation.texts)


def test_sample_validation() -> None:
    """Checkpoints that do not record the rule left out this sample."""
    examples = examples_of([f"text {i}" for i in range(20)], ["a", "b"] * 10)
    _, validation = sample_validation(examples, 0.2, 3)
    assert (validation.texts, validation.counts()) == (["text 9", "text 10", "text 14", "text 19"], {"a": 2, "b": 2})
