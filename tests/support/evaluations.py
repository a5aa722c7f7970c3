"""Evaluations of texts with given labels and probabilities, without a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from rnnsent.evaluation.evaluate import Evaluation, ScoredTexts
from rnnsent.evaluation.metrics import compute_metrics

CLASSES = ("bad", "good")


def make_scored(
    labels: Sequence[int],
    probabilities: ArrayLike,
    *,
    classes: tuple[str, ...] = CLASSES,
    texts: Sequence[str] | None = None,
) -> ScoredTexts:
    """Scored texts of 20 tokens each; the probabilities (N, K) of a text without a known token are NaN."""
    scores = np.array(probabilities, dtype=np.float64)
    n_tokens = np.full(len(labels), 20)
    return ScoredTexts(
        texts=texts or [f"text {number}" for number in range(len(labels))],
        labels=np.array(labels),
        classes=classes,
        probabilities=scores,
        uncalibrated=None,
        n_tokens=n_tokens,
        n_oov=np.where(np.isnan(scores[:, 0]), n_tokens, 0),
    )


def make_evaluation(scored: ScoredTexts) -> Evaluation:
    predicted = scored.is_predicted
    metrics = compute_metrics(
        scored.labels[predicted], scored.probabilities[predicted], scored.classes, scored.n_tokens[predicted]
    )
    return Evaluation("in.csv", "test", "tiny", scored.classes, metrics, int((~predicted).sum()), 1.0, None, scored)
