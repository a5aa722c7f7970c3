"""Two models on the same texts: the paired difference, its interval, and whether chance explains it.

Both models predict exactly the same texts, so what counts is where they differ. Letters: N texts, K classes, R resamples.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.evaluate import Evaluation
from rnnsent.evaluation.gates import wilson_interval

N_RESAMPLES = 10_000
SEED = 0
LEVEL = 0.05  # of significance; intervals are of 95%
POWER = 0.8  # of the test for which the number of texts is estimated
BATCH_RESAMPLES = 100

Interval = tuple[float, float]


@dataclass(frozen=True)
class Cells:
    """The number of texts by which of two models is right."""

    both_right: int
    only_a_right: int
    only_b_right: int
    both_wrong: int

    @property
    def n(self) -> int:
        return self.both_right + self.only_a_right + self.only_b_right + self.both_wrong


@dataclass(frozen=True)
class Comparison:
    """Two models, A and B, on the same N texts. Differences are B minus A.

    Attributes:
        accuracy_interval: 95% Wilson interval of each accuracy.
        interval: 95% bootstrap interval of the difference in accuracy; likewise those of macro F1 and log loss.
        p_value: of the exact McNemar test: how probable so large a difference is if both models are equally good.
        texts_needed: number of texts with which a difference like the observed one is significant with a probability of
            80%; None if the difference is significant already, or if it is 0.
    """

    source: str
    split: str
    model: tuple[str, str]
    n: int
    n_without_prediction: tuple[int, int]
    accuracy: tuple[float, float]
    accuracy_interval: tuple[Interval, Interval]
    macro_f1: tuple[float, float]
    log_loss: tuple[float, float]
    cells: Cells
    difference: float
    interval: Interval
    macro_f1_difference: float
    macro_f1_interval: Interval
    log_loss_difference: float
    log_loss_interval: Interval
    p_value: float
    texts_needed: int | None

    @property
    def is_significant(self) -> bool:
        return self.p_value < LEVEL

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(a: Evaluation, b: Evaluation) -> Comparison:
    """Compare the evaluations of two models on the same split.

    A text without a known token for a model counts as wrong, with equal probabilities for all classes, so that both
    models are judged by the same texts.

    Raises:
        ValueError: the evaluations are of different texts or classes.
    """
    scored = a.scored
    is_same = len(scored.classes) == len(b.scored.classes) and np.array_equal(scored.labels, b.scored.labels)
    if not is_same or scored.texts != b.scored.texts:
        raise ValueError("a comparison needs two evaluations of the same texts and classes")
    labels = scored.labels  # (N,)
    K = len(scored.classes)
    probabilities = [_fill(each.scored.probabilities) for each in (a, b)]  # (N, K) each
    predicted = [
        np.where(each.scored.is_predicted, values.argmax(axis=1), K)
        for each, values in zip((a, b), probabilities, strict=True)
    ]  # (N,) each; K for no prediction
    correct = [values == labels for values in predicted]  # (N,) each
    losses = [-np.log(np.maximum(values[np.arange(len(labels)), labels], 1e-15)) for values in probabilities]
    cells = _count_cells(*correct)
    triples = np.ravel_multi_index((labels, predicted[0], predicted[1]), (K, K + 1, K + 1))  # (N,)
    counts = np.bincount(triples, minlength=K * (K + 1) ** 2)
    resampled = _resample(counts)  # (R, K(K+1)²)
    difference, p_value = (cells.only_b_right - cells.only_a_right) / cells.n, mcnemar(cells)
    f1_a, f1_b = macro_f1(counts[None], K)
    return Comparison(
        source=a.source,
        split=a.split,
        model=(a.model, b.model),
        n=cells.n,
        n_without_prediction=(_count_missing(a), _count_missing(b)),
        accuracy=(float(correct[0].mean()), float(correct[1].mean())),
        accuracy_interval=(
            wilson_interval(int(correct[0].sum()), cells.n),
            wilson_interval(int(correct[1].sum()), cells.n),
        ),
        macro_f1=(float(f1_a[0]), float(f1_b[0])),
        log_loss=(float(losses[0].mean()), float(losses[1].mean())),
        cells=cells,
        difference=difference,
        interval=_percentiles(_accuracy_differences(resampled, K)),
        macro_f1_difference=float(f1_b[0] - f1_a[0]),
        macro_f1_interval=_percentiles(np.subtract(*reversed(macro_f1(resampled, K)))),
        log_loss_difference=float((losses[1] - losses[0]).mean()),
        log_loss_interval=_bootstrap_mean(losses[1] - losses[0]),
        p_value=p_value,
        texts_needed=None if p_value < LEVEL else estimate_texts_needed(cells),
    )


def mcnemar(cells: Cells) -> float:
    """The p-value of the exact McNemar test (McNemar 1947): a two-sided binomial test of the texts on which one is right."""
    from scipy.stats import binomtest

    n = cells.only_a_right + cells.only_b_right
    return float(binomtest(cells.only_a_right, n).pvalue) if n else 1.0


def estimate_texts_needed(cells: Cells) -> int | None:
    """How many texts the McNemar test needs for a power of 80%, at the observed rates (Connor 1987).

    None if the observed difference is 0.
    """
    from scipy.stats import norm

    discordant = (cells.only_a_right + cells.only_b_right) / cells.n
    difference = abs(cells.only_a_right - cells.only_b_right) / cells.n
    if not difference:
        return None
    spread = norm.ppf(1 - LEVEL / 2) * sqrt(discordant) + norm.ppf(POWER) * sqrt(discordant - difference**2)
    return ceil(spread**2 / difference**2)


def macro_f1(counts: NDArray[np.int64], K: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The macro F1 of A and of B, (R,) each, from counts (R, K(K+1)²) of the triples (true class, A's, B's).

    A class without a text and without a prediction counts as 0, as in scikit-learn; it is left out if no model and no
    label has it.
    """
    table = counts.reshape(-1, K, K + 1, K + 1)
    return _macro_f1(table.sum(axis=3)), _macro_f1(table.sum(axis=2))


def _macro_f1(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """The macro F1 (R,) of confusion matrices (R, K, K+1), whose last column is for no prediction."""
    K = confusion.shape[1]
    true_positives = np.einsum("rkk->rk", confusion[:, :, :K])  # (R, K)
    total = confusion.sum(axis=2) + confusion[:, :, :K].sum(axis=1)  # (R, K): texts of the class, and predictions of it
    f1 = np.where(total > 0, 2 * true_positives / np.maximum(total, 1), np.nan)  # (R, K)
    return np.nanmean(f1, axis=1)


def _fill(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities (N, K), equal ones for a text without a prediction."""
    return np.where(np.isnan(probabilities), 1 / probabilities.shape[1], probabilities)


def _count_missing(evaluation: Evaluation) -> int:
    return int((~evaluation.scored.is_predicted).sum())


def _count_cells(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Cells:
    return Cells(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))


def _resample(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts (R, C) of bootstrap resamples. To draw N texts with replacement is to draw counts from a multinomial distribution."""
    n = int(counts.sum())
    return np.random.default_rng(SEED).multinomial(n, counts / n, size=N_RESAMPLES)


def _accuracy_differences(counts: NDArray[np.int64], K: int) -> NDArray[np.float64]:
    """The difference in accuracy (R,) from counts of triples."""
    table = counts.reshape(-1, K, K + 1, K + 1)
    classes = np.arange(K)
    right_a = table.sum(axis=3)[:, classes, classes].sum(axis=1)  # (R,)
    right_b = table.sum(axis=2)[:, classes, classes].sum(axis=1)  # (R,)
    return (right_b - right_a) / counts.sum(axis=1)


def _bootstrap_mean(values: NDArray[np.float64]) -> Interval:
    """The 95% percentile bootstrap interval of the mean of N values."""
    from scipy.stats import bootstrap

    if np.ptp(values) == 0:  # of which SciPy has no interval
        return float(values[0]), float(values[0])
    mean: Callable[..., Any] = np.mean
    result = bootstrap(
        (values,),
        mean,
        vectorized=True,
        n_resamples=N_RESAMPLES,
        batch=BATCH_RESAMPLES,
        method="percentile",
        random_state=SEED,
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def _percentiles(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [100 * LEVEL / 2, 100 * (1 - LEVEL / 2)])
    return float(low), float(high)
