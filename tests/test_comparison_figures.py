"""The figures of a comparison that gates can require."""

from rnnsent.evaluation.compare import compare
from rnnsent.evaluation.comparison_figures import comparison_figures, compute_comparison_figures
from tests.support.evaluations import make_evaluation, make_scored


def test_names() -> None:
    """Every name has a value."""
    a, b = (make_evaluation(make_scored([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [x, 1 - x]])) for x in (0.7, 0.4))
    comparison = compare(a, b)
    figures = compute_comparison_figures(comparison)
    assert figures.keys() == comparison_figures().keys()
    assert (figures["difference"], figures["difference.lower"]) == (comparison.difference, comparison.interval[0])
    assert figures["accuracy.b"] == 1
    assert figures["accuracy.a.upper"] == comparison.accuracy_interval[0][1]
