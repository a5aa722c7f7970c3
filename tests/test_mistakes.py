"""The most confident mistakes of a model."""

from rnnsent.evaluation.mistakes import find_mistakes
from tests.support.evaluations import make_scored

NAN = float("nan")
SCORED = make_scored(
    [1, 0, 1, 1, 0], [[0.6, 0.4], [0.1, 0.9], [NAN, NAN], [0.2, 0.8], [0.4, 0.6]], texts=["a", "b", "c", "d", "e"]
)


def test_order() -> None:
    """The highest probability of a wrong class comes first, equal ones in the order of the data."""
    mistakes = find_mistakes(SCORED, 10)
    assert [(mistake.number, mistake.text) for mistake in mistakes] == [(2, "b"), (1, "a"), (5, "e")]
    assert mistakes[0].to_dict() == {"number": 2, "text": "b", "label": "bad", "predicted": "good", "probability": 0.9}


def test_limit() -> None:
    assert [mistake.text for mistake in find_mistakes(SCORED, 1)] == ["b"]
    assert find_mistakes(SCORED, 0) == []
    assert find_mistakes(make_scored([0], [[1, 0]]), 5) == []
