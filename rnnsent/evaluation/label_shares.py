"""What part of a stream of predictions has each label: the figures that gates of `predict` can require."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rnnsent.evaluation.gates import BOUNDS, Figures, Gate, add_interval
from rnnsent.prediction import Prediction


def share_figures(classes: Sequence[str]) -> dict[str, bool]:
    """The names of the figures, each with whether it is a fraction between 0 and 1."""
    shares = [f"share.{name}{bound}" for name in classes for bound in ("", *BOUNDS)]
    return dict.fromkeys([*shares, "unlabeled"], True) | {"n": False}


class LabelShares:
    """Counts the labels of predictions.

    The share of a label is that of the records with a label; `unlabeled` is that of the records without one among all `n`.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._classes = classes
        self._counts: Counter[str | None] = Counter()

    def add(self, predictions: Iterable[Prediction]) -> None:
        self._counts.update(prediction.label for prediction in predictions)

    def figures(self, gates: Sequence[Gate]) -> Figures:
        """The figures, with the bounds of intervals only if a gate has one."""
        n = self._counts.total()
        n_labeled = n - self._counts[None]
        figures: dict[str, float | None] = {"n": n, "unlabeled": self._counts[None] / n if n else None}
        has_bounds = any(gate.has_bound for gate in gates)
        for name in self._classes:
            count = self._counts[name]
            figures[f"share.{name}"] = count / n_labeled if n_labeled else None
            if has_bounds:
                add_interval(figures, f"share.{name}", count, n_labeled)
        return figures
