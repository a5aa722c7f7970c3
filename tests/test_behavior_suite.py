"""The outcome of behavioral tests of each kind, gates on it, and the folding of classes, with a model of known answers."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from rnnsent.errors import ModelError
from rnnsent.evaluation.behavior.suite import (
    behavior_figures,
    compute_figures,
    fold_probabilities,
    run_suite,
    run_test,
)
from rnnsent.evaluation.behavior.templates import BehaviorTest


def score_by_words(texts: Sequence[str]) -> np.ndarray:
    """Scores of a model that knows four words; NaN for a text without letters."""
    scores = []
    for text in texts:
        words = set(re.findall(r"[a-z]+", text))
        index = 2 if "good" in words else 0 if "bad" in words else 1
        strong = 0.9 if "very" in words else 0.6
        row = [(1 - strong) / 2] * 3
        row[index] = strong
        scores.append(row if words else [np.nan] * 3)
    return np.array(scores)


def make_test(templates: Sequence[str], **fields: object) -> BehaviorTest:
    slots = {"word": ["good", "bad"], "name": ["ann", "bob"]}
    return BehaviorTest("negation", "a-test", "", tuple(templates), slots=slots, **fields)  # type: ignore[arg-type]


def test_swap() -> None:
    """Of several slots, the one in the template changes, and nothing else."""
    test = make_test(["{name} is here", "it is {word}"], kind="invariance", swap=("name", "word"))
    assert {frozenset(case) for case in test.cases} == {
        frozenset({"ann is here", "bob is here"}),
        frozenset({"it is good", "it is bad"}),
    }


def test_labels() -> None:
    """The label has to be one of those expected; a text without a label fails."""
    outcome = run_test(score_by_words, make_test(["it is {word}"], expect="positive"), n_examples=5)
    assert (outcome.cases, outcome.failures) == (2, 1)
    (example,) = outcome.examples
    assert (example.texts, example.expected, example.predicted) == (("it is bad",), "positive", ("negative",))
    assert run_test(score_by_words, make_test(["it is {name}"], expect="not negative")).failures == 0
    outcome = run_test(score_by_words, make_test(["123", "good"], expect="positive"))
    assert (outcome.failures, outcome.n_unlabeled) == (1, 1)


def test_invariance() -> None:
    """Both texts must have the same label."""
    assert run_test(score_by_words, make_test(["{name} is {word}"], kind="invariance", swap=("name",))).failures == 0
    outcome = run_test(score_by_words, make_test(["{name} is {word}"], kind="invariance", swap=("word",)))
    assert outcome.failures == outcome.cases == 4
    outcome = run_test(score_by_words, make_test(["it is {word}"], kind="invariance", perturbation="uppercase"))
    assert outcome.n_unlabeled == outcome.cases


@pytest.mark.parametrize(("direction", "failures"), [("up", 0), ("down", 0)])
def test_direction(direction: str, failures: int) -> None:
    """The probability of the class must not move the wrong way by more than the tolerance."""
    word = "good" if direction == "up" else "bad"
    forward = make_test(
        [f"{{name}} is {word}"], kind="direction", direction=direction, changed=(f"{{name}} is very {word}",)
    )
    backward = make_test(
        [f"{{name}} is very {word}"], kind="direction", direction=direction, changed=(f"{{name}} is {word}",)
    )
    assert run_test(score_by_words, forward).failures == failures
    outcome = run_test(score_by_words, backward, n_examples=1)
    assert outcome.failures == 2
    (example,) = outcome.examples
    name = "positive" if direction == "up" else "negative"
    assert (example.expected, example.classes) == (f"{name} to be at most 0.1 less probable", (name, name))
    assert example.probabilities == pytest.approx((0.9, 0.6))


def test_unlabeled_direction() -> None:
    """A text without a label has the probability 0 in an example, and no NaN."""
    test = make_test(["{name}"], kind="direction", direction="up", changed=("12",))
    (example, _) = run_test(score_by_words, test, n_examples=2).examples
    assert example.predicted == ("neutral", "no label")
    assert example.probabilities[1] == 0


def test_neutral() -> None:
    """Tests that expect neutral are left out for a model without it."""
    tests = [make_test(["it is {name}"], expect="neutral"), make_test(["{word}"], expect="positive")]
    assert len(run_suite(score_by_words, tests, has_neutral=False)) == 1
    assert len(run_suite(score_by_words, tests, has_neutral=True)) == 2


def test_figures() -> None:
    outcomes = run_suite(score_by_words, [make_test(["{word}"], expect="positive")], has_neutral=True)
    figures = compute_figures(outcomes)
    assert figures.keys() == behavior_figures([outcome.test for outcome in outcomes]).keys()
    assert figures["negation"] == figures["a-test"] == 0.5
    assert figures["negation.upper"] == outcomes[0].interval[1] == outcomes[0].to_dict()["interval"][1]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("negative", "positive"), [0.1, 0, 0.9]),
        (("positive", "negative"), [0.9, 0, 0.1]),
        (("neg", "pos"), [0.1, 0, 0.9]),
        (("0", "1"), [0.1, 0, 0.9]),
        (("cat", "dog"), None),
    ],
)
def test_fold_two(classes: tuple[str, ...], expected: list[float] | None) -> None:
    probabilities = np.array([[0.1, 0.9]])
    if expected is None:
        with pytest.raises(ModelError, match="the classes of the model are"):
            fold_probabilities(probabilities, classes)
    else:
        assert fold_probabilities(probabilities, classes)[0].tolist() == expected


@pytest.mark.parametrize(
    "classes", [("1", "2", "3", "4", "5"), ("very negative", "negative", "neutral", "positive", "very positive")]
)
def test_fold_five(classes: tuple[str, ...]) -> None:
    """Strong and weak classes of one sentiment are added up."""
    folded = fold_probabilities(np.array([[0.1, 0.2, 0.3, 0.25, 0.15]]), classes)
    assert folded[0] == pytest.approx([0.3, 0.3, 0.4])
