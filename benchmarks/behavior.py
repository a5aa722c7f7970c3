"""Failure rates in the behavioral suite: a model of this project, VADER and TextBlob.

    python benchmarks/behavior.py MODEL...

VADER and TextBlob are neutral within 0.05 of 0, as VADER's documentation recommends. A model of two classes skips the tests
that expect neutral, so the rates of the capabilities leave these tests out for all tools. Needs the extra `bench`.
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np
import record
from numpy.typing import NDArray

from rnnsent.data.sentiment_scales import NEUTRAL
from rnnsent.evaluation.behavior.score_model import score_with
from rnnsent.evaluation.behavior.suite import Outcome, Score, count_failures, require_sentiments, run_suite
from rnnsent.evaluation.behavior.templates import read_suite
from rnnsent.predictor import Predictor

NEUTRAL_SCORE = 0.05


def main() -> None:
    command = f"python benchmarks/behavior.py {' '.join(sys.argv[1:])}"
    for name in sys.argv[1:]:
        predictor = Predictor.load(name, device="cpu")
        has_neutral = NEUTRAL in require_sentiments(predictor.classes, name)
        save(
            predictor.checkpoint.name, command, run_suite(score_with(predictor), read_suite(), has_neutral=has_neutral)
        )
    for tool, make_scorer in (("VADER", vader), ("TextBlob", textblob)):
        save(tool, command, run_suite(from_polarity(make_scorer()), read_suite(), has_neutral=True))


def save(name: str, command: str, outcomes: Sequence[Outcome]) -> None:
    """Record and print the failure rate of each capability, and of each test."""
    capabilities = {
        capability: f"{100 * failures / cases:.1f}"
        for capability, (failures, cases) in count_failures(
            outcome for outcome in outcomes if not outcome.test.needs_neutral
        ).items()
    }
    print(name, capabilities)
    record.record("behavior", name, {"command": command, **capabilities})
    tests = {outcome.test.name: f"{100 * outcome.rate:.1f}" for outcome in outcomes}
    record.record("behavior_tests", name, {"command": command, **tests})


def vader() -> Callable[[str], float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def textblob() -> Callable[[str], float]:
    from textblob import TextBlob

    return lambda text: float(TextBlob(text).sentiment.polarity)


def from_polarity(polarity: Callable[[str], float]) -> Score:
    """Scores (N, 3) from a polarity between -1 and 1; neutral has the highest score near 0."""

    def score(texts: Sequence[str]) -> NDArray[np.float64]:
        values = np.array([polarity(text) for text in texts])  # (N,)
        positive, negative = (1 + values) / 2, (1 - values) / 2
        neutral = np.where(np.abs(values) < NEUTRAL_SCORE, 1.0, 0.0)
        return np.stack([negative, neutral, positive], axis=1)  # (N, 3)

    return score


if __name__ == "__main__":
    main()
