"""Logistic regression finds the minimum that scikit-learn finds, and stops where float32 or a limit stops it."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_matrix

from rnnsent.training import logistic_regression
from rnnsent.training.logistic_regression import fit_logistic_regression


def make_problem(seed: int, *, n_texts: int = 60, n_features: int = 25) -> tuple[csc_matrix, np.ndarray, np.ndarray]:
    """Features, scales, and classes that depend on the features."""
    random = np.random.default_rng(seed)
    features = (random.random((n_texts, n_features)) < 0.2).astype(np.float32)
    scales = random.normal(size=n_features).astype(np.float32)
    scores = features @ random.normal(size=n_features) + random.normal(size=n_texts)
    return csc_matrix(features), scales, scores > np.quantile(scores, random.uniform(0.1, 0.9))


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.integers(0, 1_000), st.sampled_from([0.1, 4.0]))
def test_scikit_learn(seed: int, inverse_regularization: float) -> None:
    """The weights are those of scikit-learn, within the tolerance."""
    from sklearn.linear_model import LogisticRegression

    features, scales, is_positive = make_problem(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logistic_regression, "TOLERANCE", 1e-4)
        weights, bias = fit_logistic_regression(
            features, scales, is_positive, inverse_regularization=inverse_regularization
        )
    peer = LogisticRegression(C=inverse_regularization, solver="liblinear", tol=1e-8, max_iter=1_000)
    peer.fit(features.toarray() * scales, is_positive)
    np.testing.assert_allclose(weights, peer.coef_[0], atol=2e-3)
    np.testing.assert_allclose(bias, peer.intercept_[0], atol=2e-3)


def test_default_tolerance() -> None:
    """The default tolerance changes the scores little."""
    features, scales, is_positive = make_problem(0, n_texts=400)
    weights, bias = fit_logistic_regression(features, scales, is_positive, inverse_regularization=4.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logistic_regression, "TOLERANCE", 1e-5)
        exact_weights, exact_bias = fit_logistic_regression(features, scales, is_positive, inverse_regularization=4.0)
    scores, exact = ((features @ (w * scales) + b) for w, b in ((weights, bias), (exact_weights, exact_bias)))
    assert np.corrcoef(scores, exact)[0, 1] > 0.999
    assert ((scores > 0) == (exact > 0)).mean() > 0.99


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MAX_STEPS", 2, "not converged after 2 steps"),
        ("TOLERANCE", 0.0, "no step decreases the loss in float32"),
    ],
)
def test_not_converged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, limit: str, value: float, message: str
) -> None:
    """A solver that stops early logs it at the debug level, and its weights are usable."""
    monkeypatch.setattr(logistic_regression, limit, value)
    caplog.set_level(logging.DEBUG, logger="rnnsent")
    features, scales, is_positive = make_problem(0)
    weights, bias = fit_logistic_regression(features, scales, is_positive, inverse_regularization=4.0)
    assert message in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.DEBUG}
    assert ((features @ (weights * scales) + bias > 0) == is_positive).mean() > 0.8


def test_extreme_margins() -> None:
    """Scores too large for exp in float32 cause no overflow warning."""
    features = csc_matrix(np.eye(2, dtype=np.float32))
    scales = np.array([1e4, 1e4], dtype=np.float32)
    weights, _ = fit_logistic_regression(features, scales, np.array([True, False]), inverse_regularization=4.0)
    assert weights[0] > 0 > weights[1]
