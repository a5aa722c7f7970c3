"""Two models on the same texts: the paired differences, their intervals, and whether chance explains them.

Both models predict exactly the same texts, so what counts is where they differ. Letters: N texts, K classes.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.evaluation.bootstrap import Interval, PairedScores, bootstrap_mean
from rnnsent.evaluation.evaluate import Evaluation, ScoredTexts
from rnnsent.evaluation.intervals import wilson_interval
from rnnsent.evaluation.mcnemar import LEVEL, Cells, estimate_texts_needed, find_smallest_difference, mcnemar


@dataclass(frozen=True)
class Comparison:
    """Two models, A and B, on the same N texts. Differences are B minus A; intervals of differences are paired bootstrap.

    Attributes:
        model: the names of A and B; likewise all pairs of figures.
        classes: those of the data, as A calls them.
        n_without_prediction: texts without a token that the model knows, which count as wrong.
        seen_in_training_as: `train` or `validation` if the model was trained or validated on these texts.
        accuracy_interval: 95% interval of each accuracy, by Wilson's score method.
        difference: of the accuracies; `interval` is its 95% interval.
        p_value: of the exact McNemar test: how probable so large a difference is if both models are equally good.
        texts_needed: number of texts with which a difference like the observed one would be significant with a
            probability of 80%; None if the difference is significant already, or if it is 0.
        smallest_difference: the smallest one that N texts show with a probability of 80%; None if they show none.
        scored: the texts with the predictions of A and of B, which are not part of the JSON object.
    """

    source: str
    split: str
    model: tuple[str, str]
    classes: tuple[str, ...]
    n: int
    n_without_prediction: tuple[int, int]
    seen_in_training_as: tuple[str | None, str | None]
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
    smallest_difference: float | None
    scored: tuple[ScoredTexts, ScoredTexts]

    @property
    def is_significant(self) -> bool:
        return self.p_value < LEVEL

    def to_dict(self) -> dict[str, Any]:
        """One JSON object, without the texts."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "scored"}
        return values | {"cells": asdict(self.cells)}


def compare(a: Evaluation, b: Evaluation) -> Comparison:
    """Compare the evaluations of two models on the same texts.

    A text without a known token for a model counts as wrong, with equal probabilities of all classes. `evaluate` skips
    it, but then the models would be judged on different texts.

    Raises:
        ValueError: the evaluations are of different texts or classes.
    """
    scored = a.scored, b.scored
    _check_same(*scored)
    labels, K = scored[0].labels, len(scored[0].classes)
    predicted = [predicted_classes(each) for each in scored]  # (N,) each
    correct = [classes == labels for classes in predicted]  # (N,) each
    losses = [_log_losses(each) for each in scored]  # (N,) each
    cells = _count_cells(*correct)
    pair = PairedScores(labels, predicted[0], predicted[1], K)
    macro_f1_a, macro_f1_b = (float(pair.macro_f1(pair.counts[None], model)[0]) for model in (0, 1))
    interval, macro_f1_interval = pair.intervals()
    p_value = mcnemar(cells)
    return Comparison(
        source=a.source,
        split=a.split,
        model=(a.model, b.model),
        classes=scored[0].classes,
        n=cells.n,
        n_without_prediction=(_count_missing(scored[0]), _count_missing(scored[1])),
        seen_in_training_as=(a.seen_in_training_as, b.seen_in_training_as),
        accuracy=(float(correct[0].mean()), float(correct[1].mean())),
        accuracy_interval=(_accuracy_interval(correct[0]), _accuracy_interval(correct[1])),
        macro_f1=(macro_f1_a, macro_f1_b),
        log_loss=(float(losses[0].mean()), float(losses[1].mean())),
        cells=cells,
        difference=(cells.only_b_right - cells.only_a_right) / cells.n,
        interval=interval,
        macro_f1_difference=macro_f1_b - macro_f1_a,
        macro_f1_interval=macro_f1_interval,
        log_loss_difference=float((losses[1] - losses[0]).mean()),
        log_loss_interval=bootstrap_mean(losses[1] - losses[0]),
        p_value=p_value,
        texts_needed=None if p_value < LEVEL else estimate_texts_needed(cells),
        smallest_difference=find_smallest_difference(cells),
        scored=scored,
    )


def predicted_classes(scored: ScoredTexts) -> NDArray[np.int64]:
    """The index of the predicted class of each text, (N,); K for no prediction."""
    return np.where(scored.is_predicted, _fill(scored).argmax(axis=1), len(scored.classes))


def _check_same(a: ScoredTexts, b: ScoredTexts) -> None:
    is_same = len(a.classes) == len(b.classes) and np.array_equal(a.labels, b.labels)
    if not is_same or a.texts != b.texts:
        raise ValueError("a comparison needs two evaluations of the same texts and classes")


def _log_losses(scored: ScoredTexts) -> NDArray[np.float64]:
    """The negative log likelihood of each text's true class, (N,), limited as in scikit-learn."""
    probabilities = _fill(scored)[np.arange(len(scored.labels)), scored.labels]  # (N,)
    return -np.log(np.maximum(probabilities, np.finfo(probabilities.dtype).eps))


def _fill(scored: ScoredTexts) -> NDArray[np.float64]:
    """The probabilities (N, K), equal ones for a text without a prediction."""
    return np.where(scored.is_predicted[:, None], scored.probabilities, 1 / len(scored.classes))


def _count_missing(scored: ScoredTexts) -> int:
    return int((~scored.is_predicted).sum())


def _count_cells(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Cells:
    return Cells(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))


def _accuracy_interval(correct: NDArray[np.bool_]) -> Interval:
    return wilson_interval(int(correct.sum()), len(correct))
