"""The figures of an evaluation that gates can require."""

import pytest

from rnnsent.evaluation.figures import compute_figures, evaluation_figures
from tests.support.evaluations import make_evaluation, make_scored

NAN = float("nan")


def test_figures() -> None:
    """Every name has a value, and those of a class are counted from the confusion matrix."""
    scored = make_scored([0, 0, 0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9], [NAN, NAN]])
    figures = compute_figures(make_evaluation(scored))
    assert figures.keys() == evaluation_figures(scored.classes).keys()
    assert (figures["n"], figures["n_skipped"]) == (4, 1)
    assert figures["accuracy"] == 0.75
    assert figures["recall.bad"] == pytest.approx(2 / 3)
    assert figures["precision.good"] == pytest.approx(1 / 2)
    assert figures["f1.bad"] == pytest.approx(0.8)
    assert figures["recall.bad.lower"] == pytest.approx(0.2077, abs=1e-4)
    assert figures["ece"] == figures["expected_calibration_error"]


def test_absent_class() -> None:
    """The recall of a class without a text is undefined, and so is the precision of one that is never predicted."""
    figures = compute_figures(make_evaluation(make_scored([0, 0], [[0.9, 0.1], [0.8, 0.2]])))
    undefined = {name for name, value in figures.items() if value is None}
    bounds = {f"{metric}.good{bound}" for metric in ("recall", "precision") for bound in ("", ".lower", ".upper")}
    assert undefined == {*bounds, "f1.good", "roc_auc"}
