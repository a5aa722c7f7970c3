"""Calibration: scales, exponents of the length, and the prior."""

import numpy as np
from scipy.special import softmax

from rnnsent.network.calibration import component_scales, length_exponents, length_factors
from rnnsent.training.fit_calibration import Prior, fit_calibration


def sample_labels(count: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, 3), and labels sampled with the probabilities of `factor` times the logits."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 3)) * 2
    labels = np.array([random.choice(3, p=row) for row in softmax(factor * logits, axis=1)])
    return logits, labels


def reference_lengths(labels: np.ndarray) -> list[int]:
    """Every text has the reference length."""
    return [100] * len(labels)


def test_scale() -> None:
    """Fitting recovers the scale that the labels were sampled with."""
    for factor in (0.3, 1.0, 2.5):
        logits, labels = sample_labels(20_000, factor)
        (scale,), (exponent,) = fit_calibration([logits], labels, reference_lengths(labels))
        assert abs(scale - factor) < 0.05 * factor
        assert exponent == 0.0


def test_useless_component() -> None:
    """A component of noise gets no weight."""
    logits, labels = sample_labels(5_000, 1.0)
    (useful, useless), _ = fit_calibration(
        [logits, np.random.default_rng(1).normal(size=logits.shape)], labels, reference_lengths(labels)
    )
    assert useful > 0.9
    assert useless < 0.05


def test_nonnegative() -> None:
    """Scales are never negative."""
    logits, labels = sample_labels(1_000, 1.0)
    assert fit_calibration([-logits], labels, reference_lengths(labels))[0] == [0.0]


def test_prior() -> None:
    """A few correct texts do not make a model certain."""
    logits = np.array([[-1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
    (scale,), (exponent,) = fit_calibration([logits], np.array([1, 0, 1]), [5, 20, 400])
    assert 1.0 < scale < 2.0
    assert abs(exponent) < 0.1


def test_expected() -> None:
    """Few texts leave the expected scales and exponents nearly as they are; many decide alone."""
    prior = Prior([1.0, 0.0], [0.3, 0.0], strength=10.0)
    for count, is_few in ((5, True), (20_000, False)):
        logits, labels = sample_labels(count, 0.5)
        noise = np.random.default_rng(1).normal(size=logits.shape)
        (scale, noise_scale), (exponent, _) = fit_calibration(
            [logits, noise], labels, reference_lengths(labels), prior=prior
        )
        assert abs(scale - (1.0 if is_few else 0.5)) < 0.1
        assert noise_scale < 0.1
        assert abs(exponent - 0.3) < 0.01


def test_exponent() -> None:
    """Fitting recovers the exponent of the length."""
    for true in (-0.3, 0.0, 0.4):
        random = np.random.default_rng(0)
        lengths = random.integers(8, 1_000, 20_000)
        logits = random.normal(size=(len(lengths), 3)) * 2
        probabilities = softmax(1.5 * length_factors(true, lengths) * logits, axis=1)
        labels = (probabilities.cumsum(axis=1) < random.random((len(lengths), 1))).sum(axis=1)
        (scale,), (exponent,) = fit_calibration([logits], labels, lengths)
        assert abs(scale - 1.5) < 0.1
        assert abs(exponent - true) < 0.05


def test_length_range() -> None:
    """Lengths outside the fitted range are clipped."""
    short, shorter, reference, longer, long = length_factors(0.5, np.array([8, 1, 100, 10**6, 1_000]))[:, 0]
    assert short == shorter > reference == 1 > longer == long


def test_default_exponents() -> None:
    """Exponents are 0 if they were not fitted."""
    assert length_exponents({}).tolist() == [0, 0]
    assert length_exponents({"calibration.exponents": np.array([0.5], dtype=np.float32)}).tolist() == [0.5, 0]


def test_scales() -> None:
    """Scales are unknown if they were not recorded, or if a component has no part in the result."""
    assert component_scales({}) is None
    assert component_scales({"calibration.scales": np.array([0.5, 0], dtype=np.float32)}) is None
    scales = component_scales({"calibration.scales": np.array([0.5, 2], dtype=np.float32)})
    assert scales is not None and scales.tolist() == [0.5, 2]
