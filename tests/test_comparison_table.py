"""What a comparison says in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from rnnsent.evaluation.compare import Comparison, compare
from rnnsent.output.comparison_table import describe_result
from tests.support.evaluations import make_evaluation, make_scored


def make_comparison(both_right: int, only_a: int, only_b: int) -> Comparison:
    n = both_right + only_a + only_b
    right_a, right_b = (np.ones(n), np.ones(n))
    right_a[both_right + only_a :] = 0
    right_b[both_right : both_right + only_a] = 0
    a, b = (make_evaluation(make_scored([0] * n, np.stack([x, 1 - x], axis=1))) for x in (right_a, right_b))
    return compare(a, b)


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        ((90, 0, 10), ["B is better: tiny (exact McNemar test: p = 0.002)"]),
        ((60, 30, 1), ["A is better: tiny (exact McNemar test: p = 3.0e-08)"]),
        (
            (950, 20, 30),
            [
                "undecided: the difference may be due to chance (exact McNemar test: p = 0.203)",
                "It would take about 4,200 texts like these to show such a difference; 1,000 texts can show a difference of "
                "2.08 points or more.",
            ],
        ),
        (
            (2, 1, 1),
            [
                "undecided: both models are right equally often (exact McNemar test: p = 1.000)",
                "No number of texts would show a difference of 0; 4 texts cannot show any.",
            ],
        ),
    ],
)
def test_result(cells: tuple[int, int, int], lines: list[str]) -> None:
    assert describe_result(make_comparison(*cells)) == lines


def test_unfair() -> None:
    """Whoever reads only the result learns that a model was trained on the texts."""
    comparison = replace(make_comparison(90, 0, 10), seen_in_training_as=("validation", "train"))
    assert describe_result(comparison)[1:] == [
        "This is not a fair comparison: B was trained on these texts or most of them."
    ]
