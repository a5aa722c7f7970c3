"""Runs the suite on anything that scores texts, and counts the cases that fail.

Letters: N texts, K classes; a score has 3 columns, for negative, neutral and positive.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.sentiment_scales import NEGATIVE, POSITIVE, THREE, fold_sentiments
from rnnsent.errors import ModelError
from rnnsent.evaluation.behavior.templates import BehaviorTest
from rnnsent.evaluation.gates import Figures, add_interval
from rnnsent.evaluation.intervals import wilson_interval

TOLERANCE = 0.1  # by which a probability may move the wrong way
NO_LABEL = "no label"
ALLOWED = {
    "positive": ("positive",),
    "negative": ("negative",),
    "neutral": ("neutral",),
    "not negative": ("neutral", "positive"),
}
LABELS = np.array([*THREE, NO_LABEL])

Score = Callable[[Sequence[str]], NDArray[np.float64]]  # texts -> (N, 3), NaN for a text without a prediction


@dataclass(frozen=True)
class FailedCase:
    """A case that fails: its texts, what was expected, and what the model says about each text.

    Attributes:
        classes: the class that each probability is of: the predicted one, or the one whose probability was to be kept.
    """

    texts: tuple[str, ...]
    expected: str
    predicted: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """How many cases of a test fail.

    Attributes:
        n_unlabeled: the failed cases with a text that the model has no label for.
        examples: the first failed cases.
    """

    test: BehaviorTest
    cases: int
    failures: int
    n_unlabeled: int
    examples: tuple[FailedCase, ...]

    @property
    def rate(self) -> float:
        return self.failures / self.cases

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% Wilson interval of the failure rate."""
        return wilson_interval(self.failures, self.cases)

    def to_dict(self) -> dict[str, Any]:
        return {
            "capability": self.test.capability,
            "name": self.test.name,
            "description": self.test.description,
            "kind": self.test.kind,
            "cases": self.cases,
            "failures": self.failures,
            "rate": self.rate,
            "interval": self.interval,
            "unlabeled": self.n_unlabeled,
            "examples": [asdict(example) for example in self.examples],
        }


def fold_probabilities(
    probabilities: NDArray[np.float64], classes: Sequence[str], model: str = "the model"
) -> NDArray[np.float64]:
    """Probabilities (N, K) as scores (N, 3); those of classes of the same sentiment are added up.

    Raises:
        ModelError: the classes are not sentiments.
    """
    sentiments = require_sentiments(classes, model)
    scores = np.zeros((len(probabilities), len(THREE)))
    for column, sentiment in enumerate(sentiments):
        scores[:, THREE.index(sentiment)] += probabilities[:, column]
    return scores


def require_sentiments(classes: Sequence[str], model: str) -> tuple[str, ...]:
    """The sentiment of each class. Raises ModelError unless the classes are sentiments."""
    sentiments = fold_sentiments(classes)
    if sentiments is None:
        raise ModelError(
            f"the behavioral suite needs the sentiments negative and positive, and the classes of {model} are "
            f"{', '.join(classes)}; rename them with `rnnsent models rename`"
        )
    return sentiments


def run_suite(score: Score, tests: Iterable[BehaviorTest], *, has_neutral: bool, n_examples: int = 0) -> list[Outcome]:
    """The outcome of each test; those that expect neutral are left out without a neutral class."""
    return [run_test(score, test, n_examples) for test in tests if has_neutral or not test.needs_neutral]


def run_test(score: Score, test: BehaviorTest, n_examples: int = 0) -> Outcome:
    cases = test.cases
    texts = [text for case in cases for text in case]
    scores = score(texts).reshape(len(cases), -1, len(THREE))  # (cases, texts per case, 3)
    labels = np.where(np.isnan(scores[..., 0]), len(THREE), np.nan_to_num(scores).argmax(axis=2))  # (cases, texts)
    is_labeled = (labels < len(THREE)).all(axis=1)  # (cases,)
    failed = np.flatnonzero(~(is_labeled & _passes(test, scores, labels)))
    examples = tuple(_describe(test, cases[i], scores[i], labels[i]) for i in failed[:n_examples])
    return Outcome(test, len(cases), len(failed), int((~is_labeled).sum()), examples)


def behavior_figures(tests: Iterable[BehaviorTest]) -> dict[str, bool]:
    """The names of the failure rates that gates can require: by capability and by test."""
    names = dict.fromkeys(name for test in tests for name in (test.capability, test.name))
    return {f"{name}{bound}": True for name in names for bound in ("", ".lower", ".upper")}


def compute_figures(outcomes: Sequence[Outcome]) -> Figures:
    figures: dict[str, float | None] = {}
    for name, (failures, cases) in count_failures(outcomes).items():
        add_interval(figures, name, failures, cases)
    for outcome in outcomes:
        add_interval(figures, outcome.test.name, outcome.failures, outcome.cases)
    return figures


def count_failures(outcomes: Iterable[Outcome]) -> Mapping[str, tuple[int, int]]:
    """The failures and cases of each capability."""
    counts: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        failures, cases = counts.get(outcome.test.capability, (0, 0))
        counts[outcome.test.capability] = failures + outcome.failures, cases + outcome.cases
    return counts


def _passes(test: BehaviorTest, scores: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each case passes, (cases,), if all of its texts have a label."""
    if test.kind == "label":
        return np.isin(LABELS[labels[:, 0]], ALLOWED[test.expect])
    if test.kind == "invariance":
        return labels[:, 0] == labels[:, 1]
    column = THREE.index(_directed_class(test))
    return scores[:, 1, column] >= scores[:, 0, column] - TOLERANCE


def _directed_class(test: BehaviorTest) -> str:
    return POSITIVE if test.direction == "up" else NEGATIVE


def _describe(
    test: BehaviorTest, case: tuple[str, ...], scores: NDArray[np.float64], labels: NDArray[np.int64]
) -> FailedCase:
    directed = THREE.index(_directed_class(test))
    columns = [directed] * len(case) if test.kind == "direction" else labels.tolist()
    return FailedCase(
        texts=case,
        expected={"label": test.expect, "invariance": "the same label"}.get(
            test.kind, f"{THREE[directed]} to be at most {TOLERANCE} less probable"
        ),
        predicted=tuple(LABELS[labels].tolist()),
        classes=tuple(LABELS[columns].tolist()),
        probabilities=tuple(
            float(np.nan_to_num(row[column])) if column < len(THREE) else 0.0
            for row, column in zip(scores, columns, strict=True)
        ),
    )
