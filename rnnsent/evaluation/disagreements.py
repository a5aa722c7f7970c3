"""The texts on which exactly one of two models is right."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnnsent.evaluation.compare import Comparison, predicted_classes


@dataclass(frozen=True)
class Disagreement:
    """A text on which exactly one of two models is right.

    Attributes:
        number: of the text among those of the split that have a text and a label, from 1.
        label: its class, as model A calls it; so are the predictions.
        predicted: by A and by B; None for a text without a known token.
        probability: of each prediction.
    """

    number: int
    text: str
    label: str
    predicted: tuple[str | None, str | None]
    probability: tuple[float | None, float | None]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def find_disagreements(comparison: Comparison, limit: int) -> list[Disagreement]:
    """The disagreements with the highest probability of the wrong prediction, at most `limit` of them."""
    scored = comparison.scored
    labels = scored[0].labels  # (N,)
    predicted = np.stack([predicted_classes(each) for each in scored])  # (2, N)
    probabilities = np.stack([np.nan_to_num(each.probabilities).max(axis=1) for each in scored])  # (2, N)
    is_right = predicted == labels  # (2, N)
    rows = np.flatnonzero(is_right[0] != is_right[1])
    confidences = np.where(is_right[0], probabilities[1], probabilities[0])[rows]  # of the model that is wrong
    rows = rows[np.argsort(-confidences, kind="stable")][:limit]
    names = [*comparison.classes, None]
    return [
        Disagreement(
            number=row + 1,
            text=scored[0].texts[row],
            label=comparison.classes[labels[row]],
            predicted=(names[predicted[0, row]], names[predicted[1, row]]),
            probability=(_known(probabilities[0, row]), _known(probabilities[1, row])),
        )
        for row in rows.tolist()
    ]


def _known(probability: float) -> float | None:
    """The probability; None for 0, which is that of no prediction."""
    return float(probability) or None
