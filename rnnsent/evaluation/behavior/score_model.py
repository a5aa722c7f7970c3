"""A model of this project as a scorer of the suite."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.behavior.suite import Score, fold_probabilities
from rnnsent.evaluation.behavior.templates import BehaviorTest
from rnnsent.prediction import Predictor

MAX_UNKNOWN = 0.25  # fraction of unknown tokens above which the suite says little about a model


def score_with(predictor: Predictor) -> Score:
    """The scores by a model whose classes are sentiments."""

    def score(texts: Sequence[str]) -> NDArray[np.float64]:
        probabilities = predictor.predict_proba(texts).probabilities  # (N, K)
        return fold_probabilities(probabilities, predictor.classes, predictor.checkpoint.name)

    return score


def describe_unknown_words(predictor: Predictor, tests: Sequence[BehaviorTest]) -> str:
    """A warning if the model does not know the words of the tests; otherwise nothing."""
    words = {word for test in tests for case in test.cases()[::10] for word in case[0].lower().split()}
    tokens = [known for word in sorted(words) for _, known in predictor.look_up_words(word)]
    unknown = 1 - sum(tokens) / max(len(tokens), 1)
    if unknown <= MAX_UNKNOWN:
        return ""
    return (
        f"{unknown:.0%} of the different words of the tests are not in the vocabulary of {predictor.checkpoint.name!r}, so "
        "its failures say little; the tests are in English"
    )
