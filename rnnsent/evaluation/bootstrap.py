"""Bootstrap intervals of the differences between two models (Efron 1979). Knows no texts.

Texts are drawn with replacement, always with the answers of both models. Letters: N texts, K classes, R resamples, C
distinct triples of a true class and two predictions.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.mcnemar import LEVEL

N_RESAMPLES = 10_000
SEED = 0
BATCH_NUMBERS = 2_000_000  # that are drawn at a time

Interval = tuple[float, float]


class PairedScores:
    """Accuracy and macro F1 of two models from counts (R, C) of triples.

    Args:
        labels: (N,) true classes.
        a: (N,) classes that model A predicts; K for no prediction. Likewise `b`.
    """

    def __init__(self, labels: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], K: int) -> None:
        triples, self.counts = np.unique(np.stack([labels, a, b], axis=1), axis=0, return_counts=True)  # (C, 3), (C,)
        one_hot = np.eye(K + 1)[triples][:, :, :K]  # (C, 3, K)
        self._truth, self._predicted = one_hot[:, 0], one_hot[:, 1:]  # (C, K), (C, 2, K)
        self._gain = (triples[:, 2] == triples[:, 0]).astype(float) - (triples[:, 1] == triples[:, 0])  # (C,)

    def accuracy_difference(self, counts: NDArray[Any]) -> NDArray[np.float64]:
        """The accuracy of B minus that of A, (R,)."""
        difference: NDArray[np.float64] = counts @ self._gain / counts.sum(axis=1)
        return difference

    def macro_f1(self, counts: NDArray[Any], model: int) -> NDArray[np.float64]:
        """The macro F1 (R,) of model 0 or 1; as in scikit-learn, over the classes that are a label or a prediction."""
        counts, predicted = counts.astype(float), self._predicted[:, model]
        true_positives = counts @ (self._truth * predicted)  # (R, K)
        total = counts @ (self._truth + predicted)  # (R, K): texts of the class, and predictions of it
        f1 = np.divide(2 * true_positives, total, out=np.zeros_like(total), where=total > 0)
        mean: NDArray[np.float64] = f1.sum(axis=1) / (total > 0).sum(axis=1)
        return mean

    def macro_f1_difference(self, counts: NDArray[Any]) -> NDArray[np.float64]:
        """The macro F1 of B minus that of A, (R,)."""
        return self.macro_f1(counts, 1) - self.macro_f1(counts, 0)

    def intervals(self) -> tuple[Interval, Interval]:
        """The 95% percentile intervals of the differences in accuracy and in macro F1."""
        accuracies, scores = [], []
        for counts in self._resample():
            accuracies.append(self.accuracy_difference(counts))
            scores.append(self.macro_f1_difference(counts))
        return _percentiles(np.concatenate(accuracies)), _percentiles(np.concatenate(scores))

    def _resample(self) -> Iterator[NDArray[np.int64]]:
        """Batches of counts. To draw N texts with replacement is to draw the counts from a multinomial distribution."""
        random = np.random.default_rng(SEED)
        n, batch = int(self.counts.sum()), max(1, BATCH_NUMBERS // len(self.counts))
        for start in range(0, N_RESAMPLES, batch):
            yield random.multinomial(n, self.counts / n, size=min(batch, N_RESAMPLES - start))


def bootstrap_mean(values: NDArray[np.float64]) -> Interval:
    """The 95% percentile interval of the mean of N values."""
    from scipy.stats import bootstrap

    if np.ptp(values) == 0:  # of which SciPy has no interval
        return float(values[0]), float(values[0])
    mean: Callable[..., Any] = np.mean
    result = bootstrap(
        (values,),
        mean,
        vectorized=True,
        n_resamples=N_RESAMPLES,
        batch=max(1, BATCH_NUMBERS // len(values)),
        method="percentile",
        random_state=SEED,
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def _percentiles(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [100 * LEVEL / 2, 100 * (1 - LEVEL / 2)])
    return float(low), float(high)
