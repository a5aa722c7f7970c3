"""The summary of a stream of predictions: shares of classes with intervals, by group and over time, phrases and examples."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rnnsent.evaluation.intervals import wilson_interval
from rnnsent.summary.accumulate import Accumulator, Part, SampledText
from rnnsent.summary.phrases import Phrase, PhraseCounter, find_phrases
from rnnsent.summary.quantify import correct_shares

MIN_GROUP = 30  # labeled records; a smaller group says little
MAX_GROUPS = 50  # of which the largest are shown
N_PHRASES = 8  # of each class and group


@dataclass(frozen=True)
class Share:
    """The share of a class among the labeled records, its 95% interval, and the share corrected for the model's errors."""

    share: float
    interval: tuple[float, float]
    corrected: float | None
    count: int


@dataclass(frozen=True)
class PartSummary:
    """A group or a period: its records, those without a label, and the share of each class. Small ones say little."""

    name: str
    n: int
    n_unlabeled: int
    classes: dict[str, Share]
    is_small: bool


@dataclass(frozen=True)
class TypicalPhrase:
    """A phrase, in how many of the sampled texts of the part it is, in how many of all, and the shortest of them."""

    phrase: str
    n_texts: int
    n_all: int
    z: float
    quote: str | None


@dataclass(frozen=True)
class Summary:
    """What a whole input comes to."""

    source: str
    model: str
    whole: PartSummary
    by: str | None = None
    groups: list[PartSummary] = field(default_factory=list)
    n_other_groups: int = 0
    over: str | None = None
    periods: list[PartSummary] = field(default_factory=list)
    n_undated: int = 0
    phrases: dict[str, list[TypicalPhrase]] = field(default_factory=dict)
    group_phrases: dict[str, list[TypicalPhrase]] = field(default_factory=dict)
    n_sampled: int = 0
    clearest: dict[str, list[str]] = field(default_factory=dict)
    least_certain: list[tuple[str, str, float]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        values = asdict(self)
        whole = values.pop("whole")
        return {
            "source": self.source,
            "model": self.model,
            "n": whole["n"],
            "n_unlabeled": whole["n_unlabeled"],
            "classes": whole["classes"],
            **{key: values[key] for key in values if key not in ("source", "model")},
        }


def summarize(
    accumulated: Accumulator,
    classes: Sequence[str],
    confusion: Sequence[Sequence[float]] | None,
    *,
    source: str,
    model: str,
    by: str | None = None,
    over: str | None = None,
    has_quotes: bool = True,
) -> Summary:
    """The summary of what was accumulated.

    Args:
        confusion: (K, K) counts on labeled texts, rows are true classes; None leaves out the corrected shares.
        by, over: names of the columns of groups and dates.
    """

    def summarize_part(name: str, part: Part) -> PartSummary:
        return _summarize_part(name, part, classes, confusion)

    largest = sorted(accumulated.groups, key=lambda name: (-accumulated.groups[name].counts.total(), name))
    shown = largest[:MAX_GROUPS]
    counter = PhraseCounter()
    for item in accumulated.sample:
        parts: list[tuple[str, str]] = [("class", item.label)]
        if item.group in accumulated.groups:
            parts.append(("group", str(item.group)))
        counter.add(item.text, parts)
    quotes = _Quotes(accumulated.sample) if has_quotes else None
    return Summary(
        source=source,
        model=model,
        whole=summarize_part("all", accumulated.whole),
        by=by,
        groups=[summarize_part(name, accumulated.groups[name]) for name in shown],
        n_other_groups=len(largest) - len(shown),
        over=over,
        periods=[summarize_part(name, part) for name, part in sorted(accumulated.periods.items())],
        n_undated=accumulated.n_undated,
        phrases={name: _describe(counter.typical(("class", name), N_PHRASES), quotes, label=name) for name in classes},
        group_phrases={
            name: _describe(counter.typical(("group", name), N_PHRASES), quotes, group=name) for name in shown
        },
        n_sampled=len(accumulated.sample),
        clearest={name: accumulated.clearest(name) for name in classes} if has_quotes else {},
        least_certain=accumulated.least_certain() if has_quotes else [],
    )


def _summarize_part(
    name: str, part: Part, classes: Sequence[str], confusion: Sequence[Sequence[float]] | None
) -> PartSummary:
    counts = [part.counts[class_name] for class_name in classes]
    n = sum(counts)
    corrected = correct_shares(counts, confusion) if confusion is not None and n else None
    shares = {
        class_name: Share(
            count / n, wilson_interval(count, n), None if corrected is None else float(corrected[index]), count
        )
        for index, (class_name, count) in enumerate(zip(classes, counts, strict=True))
        if n
    }
    total = part.counts.total()
    return PartSummary(name, total, total - n, shares, n < MIN_GROUP)


class _Quotes:
    """Finds the shortest sampled text with a phrase."""

    def __init__(self, sample: Iterable[SampledText]) -> None:
        self._sample = sorted(sample, key=lambda item: len(item.text))

    def find(self, phrase: str, label: str | None, group: str | None) -> str | None:
        first_word = phrase.split()[0]
        for item in self._sample:
            is_of_part = (label is None or item.label == label) and (group is None or item.group == group)
            if is_of_part and first_word in item.text.lower() and phrase in find_phrases(item.text):
                return item.text
        return None


def _describe(
    phrases: Iterable[Phrase], quotes: _Quotes | None, *, label: str | None = None, group: str | None = None
) -> list[TypicalPhrase]:
    return [
        TypicalPhrase(
            phrase.text,
            phrase.n_texts,
            phrase.n_all,
            phrase.z,
            quotes.find(phrase.text, label, group) if quotes else None,
        )
        for phrase in phrases
    ]
