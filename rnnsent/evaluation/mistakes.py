"""The most confident mistakes of a model: often wrong labels, or a kind of text that it does not know."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnnsent.evaluation.evaluate import ScoredTexts


@dataclass(frozen=True)
class Mistake:
    """A text whose predicted class is not its label.

    Attributes:
        number: of the text among those of the split that have a text and a label, from 1.
        probability: of the predicted class.
    """

    number: int
    text: str
    label: str
    predicted: str
    probability: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def find_mistakes(scored: ScoredTexts, limit: int) -> list[Mistake]:
    """The mistakes with the highest probability of the wrong class, at most `limit` of them."""
    rows = np.flatnonzero(scored.is_predicted)  # (P,)
    predicted = scored.probabilities[rows].argmax(axis=1)  # (P,)
    confidences = scored.probabilities[rows, predicted]  # (P,)
    wrong = np.flatnonzero(predicted != scored.labels[rows])
    wrong = wrong[np.argsort(-confidences[wrong], kind="stable")][:limit]
    return [
        Mistake(
            number=int(rows[i]) + 1,
            text=scored.texts[rows[i]],
            label=scored.classes[scored.labels[rows[i]]],
            predicted=scored.classes[predicted[i]],
            probability=float(confidences[i]),
        )
        for i in wrong
    ]
