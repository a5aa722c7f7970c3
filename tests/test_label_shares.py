"""The shares of labels in a stream of predictions."""

import pytest

from rnnsent.evaluation.gates import parse_gates
from rnnsent.evaluation.label_shares import LabelShares, share_figures
from rnnsent.prediction import Prediction

CLASSES = ("bad", "good")


def predict(*labels: str | None) -> list[Prediction]:
    return [Prediction("a", label, None, None, 1, 0.0) for label in labels]


def test_shares() -> None:
    """A share is that among the records with a label."""
    shares = LabelShares(CLASSES)
    shares.add(predict("bad", None))
    shares.add(predict("good", "good"))
    figures = shares.figures(parse_gates(["share.bad.lower>=0"], share_figures(CLASSES)))
    assert figures["n"] == 4
    assert figures["unlabeled"] == 0.25
    assert figures["share.bad"] == pytest.approx(1 / 3)
    assert figures["share.bad.lower"] == pytest.approx(0.0615, abs=1e-4)
    assert figures.keys() == share_figures(CLASSES).keys()


def test_no_bounds() -> None:
    """Without a gate on a bound, no interval is computed."""
    shares = LabelShares(CLASSES)
    shares.add(predict("bad"))
    assert "share.bad.lower" not in shares.figures(parse_gates(["share.bad<=1"], share_figures(CLASSES)))


def test_nothing() -> None:
    """Without records every share is undefined."""
    figures = LabelShares(CLASSES).figures(parse_gates(["share.bad.upper<=1"], share_figures(CLASSES)))
    assert {name for name, value in figures.items() if value is not None} == {"n"}
