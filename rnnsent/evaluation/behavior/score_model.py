"""A model of this project as a scorer of the suite."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.behavior.suite import Score, fold_probabilities
from rnnsent.evaluation.behavior.templates import BehaviorTest
from rnnsent.predictor import Predictor

MAX_UNKNOWN = 0.3  # fraction; measured: 0.03 to 0.16 for models of English, 0.46 for one of Chinese


def score_with(predictor: Predictor) -> Score:
    """The scores by a model whose classes are sentiments."""

    def score(texts: Sequence[str]) -> NDArray[np.float64]:
        probabilities = predictor.predict_proba(texts).probabilities  # (N, K)
        return fold_probabilities(probabilities, predictor.classes, predictor.checkpoint.name)

    return score


def describe_unknown_words(predictor: Predictor, tests: Sequence[BehaviorTest]) -> str:
    """A warning if the model does not know the words of the tests; otherwise nothing."""
    words = Counter(word for test in tests for case in test.cases[::10] for word in case[0].lower().split())
    n_tokens = n_unknown = 0
    for word, count in words.items():
        known = [is_known for _, is_known in predictor.look_up_words(word)]
        n_tokens += count * len(known)
        n_unknown += count * known.count(False)
    if n_unknown <= MAX_UNKNOWN * n_tokens:
        return ""
    return (
        f"{n_unknown / n_tokens:.0%} of the words of the tests are not in the vocabulary of {predictor.checkpoint.name!r}, so "
        "its failures say little; the tests are in English"
    )
