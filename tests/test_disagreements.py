"""The texts on which exactly one of two models is right."""

from rnnsent.evaluation.compare import compare
from rnnsent.evaluation.disagreements import find_disagreements
from tests.support.evaluations import make_evaluation, make_scored

NAN = float("nan")
TEXTS = ["both", "only a", "only b", "neither", "unknown to b"]
A = make_scored([0] * 5, [[0.9, 0.1], [0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.7, 0.3]], texts=TEXTS)
B = make_scored([0] * 5, [[0.8, 0.2], [0.2, 0.8], [0.9, 0.1], [0.1, 0.9], [NAN, NAN]], texts=TEXTS)
COMPARISON = compare(make_evaluation(A), make_evaluation(B))


def test_order() -> None:
    """The most confident mistake comes first, a text without a prediction last."""
    assert [each.text for each in find_disagreements(COMPARISON, 9)] == ["only b", "only a", "unknown to b"]


def test_limit() -> None:
    (first,) = find_disagreements(COMPARISON, 1)
    assert first.to_dict() == {
        "number": 3,
        "text": "only b",
        "label": "bad",
        "predicted": ("good", "bad"),
        "probability": (0.9, 0.9),
    }
    assert find_disagreements(COMPARISON, 0) == []


def test_no_prediction() -> None:
    last = find_disagreements(COMPARISON, 3)[-1]
    assert (last.predicted, last.probability) == (("bad", None), (0.7, None))
