"""Predictions of a stream of batches, and their probabilities as an array."""

from collections.abc import Iterable, Iterator

import numpy as np

from rnnsent.data.records import RecordBatch
from rnnsent.parallel import Pause
from rnnsent.prediction import PredictedBatch, Prediction
from rnnsent.predictor import Predictor


def probabilities_of(predictions: list[Prediction]) -> np.ndarray:
    """Probabilities (N, K), NaN for a text without a known token."""
    rows = [list(prediction.probabilities.values()) if prediction.probabilities else [] for prediction in predictions]
    width = max(map(len, rows), default=1)
    return np.array([row or [np.nan] * width for row in rows])


def stream(predictor: Predictor, batches: Iterable[list[str] | Pause]) -> Iterator[PredictedBatch]:
    """The predictor's batches for batches of texts."""
    yield from predictor.predict_batches(batch if isinstance(batch, Pause) else RecordBatch(batch) for batch in batches)
