"""One text, one answer: its probabilities depend on nothing but the text, in every way of scoring that there is, for
every kind of network with random weights and for the model that ships."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_equations import CELLS, POOLINGS
from test_predict import WORDS
from torture.same_answer import ENGINES, ENGLISH, TOLERANCE, differences, on

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.prediction import Predictor
from tests.support.reviews import reviews

TEXT = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
TEXTS = st.lists(TEXT, min_size=1, max_size=9)


@pytest.fixture(scope="module")
def predictors_of(tmp_path_factory: pytest.TempPathFactory, write_model) -> Callable[..., Callable[[str], Predictor]]:
    """For settings of a network, its predictor on either engine."""
    folder = tmp_path_factory.mktemp("networks")

    @lru_cache(maxsize=16)
    def of(**network: object) -> Callable[[str], Predictor]:
        checkpoint = write_model(folder / "-".join(map(str, network.values())), **network)
        return {engine: on(engine, checkpoint) for engine in ENGINES}.__getitem__

    return of


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    texts=TEXTS,
    cell=st.sampled_from(CELLS),
    pooling=st.sampled_from(POOLINGS),
    bidirectional=st.booleans(),
    num_layers=st.integers(1, 2),
    hidden_size=st.sampled_from((2, 6)),
    max_ngram=st.sampled_from((0, 2)),
)
def test_every_kind_of_network_gives_a_text_one_answer(predictors_of, texts, **network) -> None:
    for way, differs in differences(predictors_of(**network), texts):
        assert differs.max() < TOLERANCE, way


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [True, False])
def test_no_kind_of_network_is_left_out(predictors_of, cell: str, pooling: str, bidirectional: bool) -> None:
    texts = [" ".join(WORDS[:length]) for length in range(len(WORDS))] + ["good film " * 20, "", "bad"]
    network = {
        "cell": cell,
        "pooling": pooling,
        "bidirectional": bidirectional,
        "num_layers": 1,
        "hidden_size": 4,
        "max_ngram": 0,
    }
    for way, differs in differences(predictors_of(**network), texts):
        assert differs.max() < TOLERANCE, way


def test_the_model_that_ships_gives_a_review_one_answer() -> None:
    """A fortieth of what tests/torture/same_answer.py scores."""
    checkpoint = Checkpoint.read(ENGLISH)
    predictors = {engine: on(engine, checkpoint) for engine in ENGINES}
    for way, differs in differences(predictors.__getitem__, reviews()[1::40]):
        assert differs.max() < TOLERANCE, way


def test_the_reviews_are_the_same_ones_every_time_and_of_every_length() -> None:
    texts = reviews()
    lengths = np.array([len(text.split()) for text in texts])
    assert len(set(texts)) > 950
    assert (len(texts), lengths.min(), lengths.max()) == (1_000, 1, 1_000)
    assert [(lengths < most).mean() > share for most, share in ((32, 0.4), (178, 0.7))] == [True, True]
    assert texts == reviews()
