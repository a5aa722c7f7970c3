"""A text's probabilities depend only on the text, for every way of scoring and every kind of network."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import BUNDLED
from rnnsent.predictor import Predictor
from tests.support.networks import CELLS, POOLINGS, WORDS
from tests.support.reviews import reviews
from tests.support.scoring import TOLERANCE, compare, load_predictors

TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), min_size=1, max_size=9)


@pytest.fixture(scope="module")
def make_predictors(tmp_path_factory: pytest.TempPathFactory, write_model) -> Callable[..., dict[str, Predictor]]:
    """Predictors with every engine, for settings of a network."""
    folder = tmp_path_factory.mktemp("networks")

    @lru_cache(maxsize=16)
    def make(**network: object) -> dict[str, Predictor]:
        return load_predictors(write_model(folder / "-".join(map(str, network.values())), **network))

    return make


@settings(deadline=None, derandomize=True, max_examples=20)
@given(
    texts=TEXTS,
    cell=st.sampled_from(CELLS),
    pooling=st.sampled_from(POOLINGS),
    bidirectional=st.booleans(),
    num_layers=st.integers(1, 2),
    hidden_size=st.sampled_from((2, 6)),
    max_ngram=st.sampled_from((0, 2)),
)
def test_random_networks(make_predictors, texts, **network) -> None:
    """Random texts and random kinds of networks."""
    for name, differences in compare(make_predictors(**network), texts):
        assert differences.max() < TOLERANCE, name


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [True, False])
def test_every_network(make_predictors, cell: str, pooling: str, bidirectional: bool) -> None:
    """Every kind of network, and texts of every length."""
    texts = [" ".join(WORDS[:length]) for length in range(len(WORDS))] + ["good film " * 20, "", "bad"]
    network = {"cell": cell, "pooling": pooling, "bidirectional": bidirectional}
    for name, differences in compare(make_predictors(**network, num_layers=1, hidden_size=4, max_ngram=0), texts):
        assert differences.max() < TOLERANCE, name


def test_bundled_model() -> None:
    """The bundled model, on a fortieth of the texts of tests/torture/same_answer.py."""
    predictors = load_predictors(Checkpoint.read(BUNDLED / "english"))
    for name, differences in compare(predictors, reviews()[1::40]):
        assert differences.max() < TOLERANCE, name


def test_reviews() -> None:
    """The reviews are always the same, and of every length."""
    texts = reviews()
    lengths = np.array([len(text.split()) for text in texts])
    assert len(set(texts)) > 950
    assert (len(texts), lengths.min(), lengths.max()) == (1_000, 1, 1_000)
    assert (lengths < 32).mean() > 0.4
    assert (lengths < 178).mean() > 0.7
    assert texts == reviews()
