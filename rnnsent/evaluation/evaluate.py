"""A model and a labeled split -> an evaluation. The split is read once, and nothing is chosen by it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.rename import original_names
from rnnsent.data.examples import Examples, align_classes
from rnnsent.data.label_checks import check_classes, log_examples
from rnnsent.data.sources import Source
from rnnsent.data.splits import TRAIN, VALIDATION
from rnnsent.errors import DataError
from rnnsent.evaluation.choose_split import read_split, was_trained_on
from rnnsent.evaluation.metrics import Metrics, compute_metrics
from rnnsent.evaluation.model_classes import choose_scored_classes, match_model
from rnnsent.prediction import Prediction, Scores, to_predictions
from rnnsent.predictor import Predictor


@dataclass(frozen=True)
class ScoredTexts:
    """N labeled texts with the probabilities that a model predicts for them, in the order of the data.

    Attributes:
        texts: the texts.
        labels: (N,) indices of the true classes.
        classes: the names of the K scored classes.
        probabilities: (N, K); NaN for a text without a known token.
        uncalibrated: the same before calibration; None if the model does not record its calibration.
        n_tokens: (N,) tokens in each text.
        n_oov: (N,) tokens that are not in the vocabulary.
    """

    texts: Sequence[str]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    uncalibrated: NDArray[np.float64] | None
    n_tokens: NDArray[np.int64]
    n_oov: NDArray[np.int64]

    @cached_property
    def is_predicted(self) -> NDArray[np.bool_]:
        """(N,) whether a text has a known token, and so a prediction."""
        return self.n_oov < self.n_tokens

    def predictions(self) -> list[Prediction]:
        """The prediction for each text."""
        scores = Scores(self.probabilities, self.probabilities[:, :0], self.n_tokens, self.n_oov)
        return to_predictions(self.texts, self.classes, scores)


@dataclass(frozen=True)
class Evaluation:
    """Metrics of one model on one split.

    `classes` are those that were scored, which are fewer than those of the model if the data set lacks some. `n_skipped`
    counts rows without a text or a label, and texts without a known token. `seen_in_training_as` is `train` or
    `validation` if the model was trained or validated on exactly these examples. `scored` has the texts themselves,
    which are not stored with the model. `is_whole_source`: whether the source has no other split.
    """

    source: str
    split: str
    model: str
    classes: tuple[str, ...]
    metrics: Metrics
    n_skipped: int
    texts_per_second: float
    seen_in_training_as: str | None
    scored: ScoredTexts
    is_whole_source: bool = False

    @property
    def data_name(self) -> str:
        """The data set and its split; the split of a source without others is not named."""
        return self.source if self.is_whole_source else f"{self.source} ({self.split})"

    def to_dict(self) -> dict[str, Any]:
        """One flat JSON object: the metrics and what they were measured on."""
        return {
            "source": self.source,
            "split": self.split,
            "model": self.model,
            "classes": self.classes,
            "n_skipped": self.n_skipped,
            "texts_per_second": self.texts_per_second,
            "seen_in_training_as": self.seen_in_training_as,
            **self.metrics.to_dict(),
        }


def evaluate(predictor: Predictor, source: Source, split: str) -> Evaluation:
    """Evaluate a model on all labeled texts of a split.

    Raises:
        DataError: the split has no labeled text, or a class that the model does not have.
    """
    name = source.name if source.splits == [split] else f"{source.name} ({split})"
    examples = read_split(source, split, predictor.checkpoint)
    if not len(examples):
        raise DataError(f"{name} has no labeled text; choose another with --split: {', '.join(source.splits)}")
    check_classes(name, examples)
    log_examples(name, examples)
    examples = match_model(predictor, examples, name)
    # A split of the only source of a model may lack a rare class; the model learned when to choose it in these texts.
    is_its_source = len(predictor.checkpoint.data) == 1 and was_trained_on(predictor.checkpoint, source)
    evaluation = compute_evaluation(
        predictor,
        examples,
        source=source.name,
        split=split,
        classes=None if is_its_source else choose_scored_classes(examples, name),
        seen_in_training_as=find_in_training(predictor.checkpoint, examples),
    )
    return replace(evaluation, is_whole_source=source.splits == [split])


def compute_evaluation(
    predictor: Predictor,
    examples: Examples,
    *,
    source: str,
    split: str,
    classes: Sequence[str] | None = None,
    seen_in_training_as: str | None = None,
) -> Evaluation:
    """Predict the examples and compare the predictions with their labels. Texts without a known token are skipped.

    Args:
        examples: their labels index the classes of the model (see `align_classes`). For each text, the model chooses
            among the classes that it may have.
        source: name of the data set, for the record.
        split: name of the split, for the record.
        classes: the model chooses among these alone: the probabilities of the others are left out and the rest adds up
            to 1. None is all of the model's.

    Raises:
        DataError: no text has a known token.
    """
    start = time.perf_counter()
    scores = predictor.predict_proba(examples.texts)
    seconds = time.perf_counter() - start
    probabilities, uncalibrated = scores.probabilities, scores.uncalibrated  # (N, K), (N, K) or (N, 0)
    if classes is not None:
        indices = [examples.classes.index(name) for name in classes]
        probabilities = _select_classes(probabilities, indices)
        uncalibrated = _select_classes(uncalibrated, indices) if uncalibrated.size else uncalibrated
        examples = align_classes(examples, classes, source)
    elif examples.allowed is not None:
        probabilities = restrict_classes(probabilities, examples.allowed)
        uncalibrated = restrict_classes(uncalibrated, examples.allowed) if uncalibrated.size else uncalibrated
    scored = ScoredTexts(
        examples.texts,
        examples.labels,
        examples.classes,
        probabilities,
        uncalibrated if uncalibrated.size else None,
        scores.n_tokens,
        scores.n_oov,
    )
    predicted = scored.is_predicted
    if not predicted.any():
        raise DataError(f"{source} ({split}): no text has a known token, so there is nothing to evaluate")
    return Evaluation(
        source=source,
        split=split,
        model=predictor.checkpoint.name,
        classes=examples.classes,
        metrics=compute_metrics(
            examples.labels[predicted], probabilities[predicted], examples.classes, scores.n_tokens[predicted]
        ),
        n_skipped=examples.n_skipped + int((~predicted).sum()),
        texts_per_second=len(examples) / seconds,
        seen_in_training_as=seen_in_training_as,
        scored=scored,
    )


def _select_classes(probabilities: NDArray[np.float64], indices: Sequence[int]) -> NDArray[np.float64]:
    """The probabilities (N, K) of some of the classes, divided by their sum; equal ones if all of them are 0."""
    selected = probabilities[:, indices]  # (N, C)
    return restrict_classes(selected, np.ones(selected.shape, dtype=bool))


def restrict_classes(probabilities: NDArray[np.float64], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The probabilities (N, K) divided by the sum over the allowed classes (N, K) of each text; 0 for the others.

    Equal ones if those of all allowed classes are 0.
    """
    selected = np.where(allowed, probabilities, 0.0)  # (N, K)
    total = selected.sum(axis=1, keepdims=True)  # (N, 1)
    uniform = allowed / allowed.sum(axis=1, keepdims=True)  # (N, K)
    return np.where(total == 0, uniform, selected / np.where(total == 0, 1, total))


def find_in_training(checkpoint: Checkpoint, examples: Examples) -> str | None:
    """`train` or `validation` if the model was trained or validated on exactly these examples."""
    for record in checkpoint.data:
        names = original_names(record)
        fingerprint = replace(examples, classes=tuple(names.get(name, name) for name in examples.classes)).fingerprint()
        for split in (TRAIN, VALIDATION):
            if record.get(f"{split}_fingerprint") == fingerprint:
                return split
    return None
