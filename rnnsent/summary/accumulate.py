"""Accumulates the predictions of a stream into what a summary needs, in bounded memory. Knows no format and no model.

Counts are of all records. Phrases and quotes come from a sample of at most SAMPLE_SIZE texts, each of which is equally likely to be
in it, with a fixed seed.
"""

import heapq
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np

from rnnsent.prediction import Prediction

SAMPLE_SIZE, SEED = 50_000, 0
N_EXAMPLES = 3  # of each kind
MAX_GROUPS = 100_000


@dataclass
class Part:
    """A part of the records: the counts of its labels, None for records without one, and the sums of their probabilities."""

    counts: Counter[str | None] = field(default_factory=Counter)

    @property
    def n_labeled(self) -> int:
        return self.counts.total() - self.counts[None]


@dataclass(frozen=True)
class SampledText:
    text: str
    label: str
    probability: float
    group: Hashable


class Accumulator:
    """What a stream of predictions comes to.

    Attributes:
        whole: of all records.
        groups: by the value of a column.
        periods: by the beginning of the period.
        n_undated: records without a valid date.
    """

    def __init__(self) -> None:
        self.whole = Part()
        self.groups: dict[str, Part] = {}
        self.periods: dict[str, Part] = {}
        self.n_undated = 0
        self.sample: list[SampledText] = []
        self._generator = np.random.default_rng(SEED)
        self._n_seen = 0  # texts with a label
        self._clearest: dict[str, list[tuple[float, int, str]]] = {}
        self._least_certain: list[tuple[float, int, str, str]] = []

    def add(self, prediction: Prediction, group: str | None = None, period: str | None = None) -> None:
        label = prediction.label
        self.whole.counts[label] += 1
        if group is not None:
            self.groups.setdefault(group, Part()).counts[label] += 1
        if period is not None:
            self.periods.setdefault(period, Part()).counts[label] += 1
        if label is None or prediction.probability is None:
            return
        self._n_seen += 1
        self._add_example(prediction.text, label, prediction.probability)
        self._add_to_sample(SampledText(prediction.text, label, prediction.probability, group))

    def clearest(self, label: str) -> list[str]:
        """The texts with the highest probabilities of a label, the highest first."""
        return [text for *_, text in sorted(self._clearest.get(label, ()), reverse=True)]

    def least_certain(self) -> list[tuple[str, str, float]]:
        """The texts whose label has the lowest probability, with it, the lowest first."""
        return [(text, label, -negated) for negated, _, text, label in sorted(self._least_certain, reverse=True)]

    def _add_example(self, text: str, label: str, probability: float) -> None:
        _keep_largest(self._clearest.setdefault(label, []), (probability, -self._n_seen, text))
        _keep_largest(self._least_certain, (-probability, -self._n_seen, text, label))

    def _add_to_sample(self, item: SampledText) -> None:
        """Reservoir sampling (Vitter 1985)."""
        if len(self.sample) < SAMPLE_SIZE:
            self.sample.append(item)
            return
        index = int(self._generator.integers(self._n_seen))
        if index < SAMPLE_SIZE:
            self.sample[index] = item


def _keep_largest(heap: list, item: tuple) -> None:  # type: ignore[type-arg]
    """Add an item to a heap of the N_EXAMPLES largest, whose third fields are different texts."""
    if any(item[2] == other[2] for other in heap):
        return
    if len(heap) < N_EXAMPLES:
        heapq.heappush(heap, item)
    elif item > heap[0]:
        heapq.heapreplace(heap, item)
