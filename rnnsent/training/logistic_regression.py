"""Logistic regression with L2 regularization on sparse binary features, by a truncated Newton method.

After Lin, Weng and Keerthi (2008), as in liblinear's primal solver: conjugate gradients find each step approximately. A
diagonal preconditioner (Hsia, Chiang and Lin 2018) and float32 make it fast.

Letters: N texts, G features, P parameters, which are the G weights and then the bias.
"""

import logging
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rnnsent.network.blas import single_threaded

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

LOG = logging.getLogger(__name__)

TOLERANCE = (
    0.01  # of the norm of the gradient relative to its start; liblinear's, which is lower for unbalanced classes
)
MAX_STEPS = 100
STEP_TOLERANCE = 0.3  # of the residual of the equation that a step solves, relative to its start
MAX_STEP_ITERATIONS = 50
SUFFICIENT_DECREASE = 1e-4  # of the loss, relative to what its slope promises
MIN_STEP_SIZE = 1e-6

Vector = NDArray[np.float32]


def fit_logistic_regression(
    features: "csc_matrix", scales: Vector, is_positive: NDArray[np.bool_], *, inverse_regularization: float
) -> tuple[Vector, float]:
    """The weights (G,) of the scaled features and the bias, which is regularized too.

    The tolerance is that of statistics, not of arithmetic: further steps change weights, but not accuracy. So the last
    of MAX_STEPS steps is as good as a converged one, and only logged.

    Args:
        features: (N, G) in float32, 1 if a text has the feature.
        scales: (G,) the factor of each feature.
        is_positive: (N,) with at least one True and one False.
        inverse_regularization: the weight C of the log loss, summed over texts, beside half the squared norm.
    """
    objective = _Objective(features, scales, is_positive, inverse_regularization)
    parameters = np.zeros(len(scales) + 1, dtype=np.float32)  # (P,)
    margins = np.zeros(len(is_positive), dtype=np.float32)  # (N,)
    loss, max_norm = objective.compute_loss(parameters, margins), 0.0
    fraction = float(is_positive.mean())
    with single_threaded():
        for n_steps in range(MAX_STEPS):
            gradient, curvature = objective.compute_gradient(parameters, margins)  # (P,), (N,)
            norm = float(np.linalg.norm(gradient))
            LOG.debug("logistic regression, step %d: loss %.6g, norm of the gradient %.3g", n_steps, loss, norm)
            max_norm = max(max_norm, norm)
            if norm <= TOLERANCE * min(fraction, 1 - fraction) * max_norm:
                break
            step = _find_newton_step(objective, gradient, curvature)
            step_margins = objective.compute_margins(step)
            size, slope = 1.0, float(gradient @ step)
            while size > MIN_STEP_SIZE:
                new_loss = objective.compute_loss(parameters + size * step, margins + size * step_margins)
                if new_loss < loss + SUFFICIENT_DECREASE * size * slope:
                    break
                size /= 2
            else:
                LOG.debug("logistic regression: no step decreases the loss in float32")
                break
            parameters, margins, loss = parameters + size * step, margins + size * step_margins, new_loss
        else:
            LOG.debug("logistic regression: not converged after %d steps", MAX_STEPS)
    return parameters[:-1], float(parameters[-1])


class _Objective:
    """The loss as a function of the parameters. A text's margin is its score, with the sign of its class."""

    def __init__(self, features: "csc_matrix", scales: Vector, is_positive: NDArray[np.bool_], C: float) -> None:
        self._features, self._transposed, self._scales = features, features.T, scales
        self._signs = np.where(is_positive, np.float32(1), np.float32(-1))  # (N,)
        self._C = np.float32(C)

    def compute_margins(self, parameters: Vector) -> Vector:
        """The margins (N,) for parameters (P,); a linear function."""
        return self._signs * (self._features @ (self._scales * parameters[:-1]) + parameters[-1])

    def compute_loss(self, parameters: Vector, margins: Vector) -> float:
        log_losses = np.logaddexp(0, -margins)  # (N,)
        return float(self._C * log_losses.sum(dtype=np.float64) + parameters @ parameters / 2)

    def compute_gradient(self, parameters: Vector, margins: Vector) -> tuple[Vector, Vector]:
        """The gradient (P,), and the second derivative (N,) of the loss by each margin."""
        from scipy.special import expit

        errors = expit(-margins)  # (N,), the probability of the other class
        return parameters - self._project(self._C * errors), self._C * errors * (1 - errors)

    def multiply_hessian(self, direction: Vector, curvature: Vector) -> Vector:
        """The Hessian (P, P) times a direction (P,)."""
        return direction + self._project(curvature * self.compute_margins(direction))

    def compute_hessian_diagonal(self, curvature: Vector) -> Vector:
        """The diagonal (P,) of the Hessian."""
        return np.append(1 + self._scales**2 * (self._transposed @ curvature), 1 + curvature.sum())

    def _project(self, derivatives: Vector) -> Vector:
        """Derivatives by the margins (N,) to derivatives by the parameters (P,); the transpose of `compute_margins`."""
        signed = self._signs * derivatives
        return np.append(self._scales * (self._transposed @ signed), signed.sum())


def _find_newton_step(objective: _Objective, gradient: Vector, curvature: Vector) -> Vector:
    """The step (P,) that solves `Hessian @ step = -gradient` approximately, by preconditioned conjugate gradients."""
    diagonal = objective.compute_hessian_diagonal(curvature)
    step, residual = np.zeros_like(gradient), -gradient
    direction = preconditioned = residual / diagonal
    initial = product = residual @ preconditioned
    for _ in range(MAX_STEP_ITERATIONS):
        image = objective.multiply_hessian(direction, curvature)
        size = product / (direction @ image)
        step += size * direction
        residual -= size * image
        preconditioned = residual / diagonal
        previous, product = product, residual @ preconditioned
        if product <= STEP_TOLERANCE**2 * initial:
            break
        direction = preconditioned + product / previous * direction
    return step
