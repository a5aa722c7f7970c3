"""Scaling makes probabilities as sure as they are right, weighs several parts, and believes no handful of texts."""

import numpy as np
from scipy.special import softmax

from rnnsent.fit.calibration import fit_scales


def drawn(count: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, 3), and labels drawn with the probabilities of `factor` times them."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 3)) * 2
    labels = np.array([random.choice(3, p=row) for row in softmax(factor * logits, axis=1)])
    return logits, labels


def test_the_factor_that_the_labels_were_drawn_with_is_found() -> None:
    for factor in (0.3, 1.0, 2.5):
        logits, labels = drawn(20_000, factor)
        (scale,) = fit_scales([logits], labels)
        assert abs(scale - factor) < 0.05 * factor


def test_a_part_that_tells_nothing_gets_no_weight() -> None:
    logits, labels = drawn(5_000, 1.0)
    useful, useless = fit_scales([logits, np.random.default_rng(1).normal(size=logits.shape)], labels)
    assert useful > 0.9
    assert useless < 0.05


def test_no_factor_is_below_nothing() -> None:
    logits, labels = drawn(1_000, 1.0)
    assert fit_scales([-logits], labels) == [0.0]


def test_a_few_texts_that_are_all_right_do_not_make_a_model_certain() -> None:
    logits = np.array([[-1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
    (scale,) = fit_scales([logits], np.array([1, 0, 1]))
    assert 1.0 < scale < 2.0
