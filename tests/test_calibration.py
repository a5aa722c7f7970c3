"""Scaling makes probabilities as sure as they are right, weighs several parts, and believes no handful of texts."""

import numpy as np
from scipy.special import softmax

from rnnsent.network.calibration import length_exponents, length_factors
from rnnsent.training.fit_calibration import fit_calibration


def drawn(count: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, 3), and labels drawn with the probabilities of `factor` times them."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 3)) * 2
    labels = np.array([random.choice(3, p=row) for row in softmax(factor * logits, axis=1)])
    return logits, labels


def same(labels: np.ndarray) -> list[int]:
    """Every text as long as the reference."""
    return [100] * len(labels)


def test_the_factor_that_the_labels_were_drawn_with_is_found() -> None:
    for factor in (0.3, 1.0, 2.5):
        logits, labels = drawn(20_000, factor)
        (scale,), (power,) = fit_calibration([logits], labels, same(labels))
        assert abs(scale - factor) < 0.05 * factor
        assert power == 0.0


def test_a_part_that_tells_nothing_gets_no_weight() -> None:
    logits, labels = drawn(5_000, 1.0)
    (useful, useless), _ = fit_calibration(
        [logits, np.random.default_rng(1).normal(size=logits.shape)], labels, same(labels)
    )
    assert useful > 0.9
    assert useless < 0.05


def test_no_factor_is_below_nothing() -> None:
    logits, labels = drawn(1_000, 1.0)
    assert fit_calibration([-logits], labels, same(labels))[0] == [0.0]


def test_a_few_texts_that_are_all_right_do_not_make_a_model_certain() -> None:
    logits = np.array([[-1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
    (scale,), (power,) = fit_calibration([logits], np.array([1, 0, 1]), [5, 20, 400])
    assert 1.0 < scale < 2.0
    assert abs(power) < 0.1


def test_the_power_of_the_length_that_the_labels_were_drawn_with_is_found() -> None:
    for true in (-0.3, 0.0, 0.4):
        random = np.random.default_rng(0)
        lengths = random.integers(8, 1_000, 20_000)
        logits = random.normal(size=(len(lengths), 3)) * 2
        probabilities = softmax(1.5 * length_factors(true, lengths) * logits, axis=1)
        labels = (probabilities.cumsum(axis=1) < random.random((len(lengths), 1))).sum(axis=1)
        (scale,), (power,) = fit_calibration([logits], labels, lengths)
        assert abs(scale - 1.5) < 0.1
        assert abs(power - true) < 0.05


def test_a_power_is_believed_between_the_lengths_that_it_was_meant_for() -> None:
    short, shorter, reference, longer, long = length_factors(0.5, np.array([8, 1, 100, 10**6, 1_000]))[:, 0]
    assert short == shorter > reference == 1 > longer == long


def test_a_checkpoint_without_powers_has_none() -> None:
    assert length_exponents({}).tolist() == [0, 0]
    assert length_exponents({"calibration.decay": np.array([0.5], dtype=np.float32)}).tolist() == [0.5, 0]
