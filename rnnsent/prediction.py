"""What a model says about a text: the label and probabilities, those at each token, and the scores of many texts as arrays."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.data.records import RecordBatch

MISSING, NO_TEXT, NO_KNOWN_TOKEN = "missing", "no text", "no known token"  # reasons why a text has no label
UNSURE = "unsure"  # the label of a text below the threshold of confidence, and its reason


@dataclass(frozen=True)
class Prediction:
    """A model's prediction for one text. A text without a known token has no label and no probabilities.

    Attributes:
        probability: of the label; of the likeliest class if the label is `unsure`.
        probabilities: of every class, by name; they sum to 1.
        n_tokens: tokens in the text.
        oov_rate: fraction of the tokens that are not in the vocabulary; None without tokens.
        reason: why there is no label: "missing" (None or NaN), "no text" (no tokens) or "no known token"; "unsure" if the
            model abstains; None with another label.
    """

    text: str
    label: str | None
    probability: float | None
    probabilities: dict[str, float] | None
    n_tokens: int
    oov_rate: float | None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TokenPrediction:
    """The output y_t at one token, or the prediction for one sentence: character offsets in the text, and probabilities.

    A sentence without a known token has no label and no probabilities.
    """

    token: str
    start: int
    end: int
    label: str | None
    probability: float | None
    probabilities: dict[str, float] | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class WordContribution:
    """What a word adds to the logit of a class: through the network, and through the n-grams that it is part of.

    Attributes:
        start, end: character offsets in the text.
        error: the standard error of `network`; None if it could not be estimated, because the text is long.
    """

    text: str
    start: int
    end: int
    network: float
    ngrams: float
    error: float | None

    @property
    def total(self) -> float:
        return self.network + self.ngrams

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Explanation:
    """Why a text got its label: `base` plus the contributions of all words is `logit`.

    Attributes:
        label: the class that is explained.
        base: the number without any word.
        logit: the calibrated logit of the class minus the mean over all classes.
        error: the largest standard error of a contribution; None if it could not be estimated.
        words: in the order of the text.
    """

    label: str
    base: float
    logit: float
    error: float | None
    words: list[WordContribution]

    def strongest(self, count: int) -> list[WordContribution]:
        """The words with the largest contributions, for or against the class, the largest first."""
        return sorted(self.words, key=lambda word: -abs(word.total))[:count]

    def to_dict(self) -> dict[str, Any]:
        return {
            "class": self.label,
            "base": self.base,
            "logit": self.logit,
            "error": self.error,
            "words": [word.to_dict() for word in self.words],
        }


@dataclass(frozen=True)
class PredictedBatch:
    """A batch of records with the prediction for each and, if requested, the trace or the explanation of each."""

    records: RecordBatch
    predictions: list[Prediction]
    traces: list[list[TokenPrediction]] | None = None
    explanations: list[Explanation | None] | None = None


@dataclass(frozen=True)
class Scores:
    """Probabilities (N, K) of N texts, the same before calibration, token counts (N,) and OOV counts (N,).

    The row of a text without a known token is NaN: the network would return the same for all of them. `uncalibrated` is
    (N, 0) if the model does not record its calibration.
    """

    probabilities: NDArray[np.float64]
    uncalibrated: NDArray[np.float64]
    n_tokens: NDArray[np.int64]
    n_oov: NDArray[np.int64]


def to_predictions(
    texts: Sequence[str], classes: Sequence[str], scores: Scores, threshold: float = 0.0
) -> list[Prediction]:
    """The predictions for N texts with these scores; the model abstains below the threshold of the highest probability."""
    predictions = [
        Prediction(text, *name_classes(classes, output), n_tokens, n_oov / n_tokens)
        if n_oov < n_tokens
        else _without_label(text, n_tokens)
        for text, output, n_tokens, n_oov in zip(
            texts, scores.probabilities.tolist(), scores.n_tokens.tolist(), scores.n_oov.tolist(), strict=True
        )
    ]
    return [_abstain(prediction, threshold) for prediction in predictions] if threshold else predictions


def _abstain(prediction: Prediction, threshold: float) -> Prediction:
    is_sure = prediction.probability is None or prediction.probability >= threshold
    return prediction if is_sure else replace(prediction, label=UNSURE, reason=UNSURE)


def name_classes(classes: Sequence[str], output: Sequence[float]) -> tuple[str, float, dict[str, float]]:
    """Label, its probability, and the probability of each class."""
    maximum = max(output)
    return classes[output.index(maximum)], maximum, dict(zip(classes, output, strict=True))


def _without_label(text: str, n_tokens: int) -> Prediction:
    """The prediction for a text without tokens, or with unknown ones only."""
    if not n_tokens:
        return Prediction(text, None, None, None, 0, None, NO_TEXT)
    return Prediction(text, None, None, None, n_tokens, 1.0, NO_KNOWN_TOKEN)
