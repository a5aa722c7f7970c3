"""Metrics of a model on a labeled split. The split is read once, and nothing is chosen by it."""

import errno
import os
import time
from dataclasses import asdict, dataclass
from typing import Any

from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.store import MODEL_VARIABLE, available_models, is_bundled
from rnnsent.data.examples import Examples, align_classes
from rnnsent.data.file_source import FileSource
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TEST, TRAIN, VALIDATION
from rnnsent.errors import DataError, ModelError
from rnnsent.lock import run_lock
from rnnsent.metrics import Metrics, compute_metrics
from rnnsent.prediction import Predictor


@dataclass(frozen=True)
class Evaluation:
    """Metrics of one model on one split.

    `n_skipped` counts rows without a text or a label, and texts without tokens. `seen_in_training_as` is `train` or
    `validation` if the model was trained or validated on exactly these examples.
    """

    source: str
    split: str
    model: str
    metrics: Metrics
    n_skipped: int
    texts_per_second: float
    seen_in_training_as: str | None

    def to_dict(self) -> dict[str, Any]:
        """One flat JSON object: the metrics and what they were measured on."""
        values = asdict(self)
        return {**{key: value for key, value in values.items() if key != "metrics"}, **values["metrics"]}


def choose_split(source: Source, requested: str | None) -> str:
    """The name of the split to evaluate: the requested one, by default `test`, or all of a single file.

    Raises:
        DataError: the source has no such split.
    """
    if requested is None and isinstance(source, FileSource) and source.splits == [TRAIN]:
        return TRAIN
    name = requested or TEST
    split = find_split(source, name)
    if split is None:
        raise DataError(f"{source.name} has no split {name!r}; choose one with --split: {', '.join(source.splits)}")
    return split


def choose_model_for(source: str, requested: str | None) -> str | None:
    """The name of the model to evaluate on a source: the requested one, else one named like the source.

    None means the default model: no model has the name of the source, or $RNNSENT_MODEL is set.
    """
    if requested:
        return requested
    return source if source in available_models() and not os.environ.get(MODEL_VARIABLE) else None


def evaluate(predictor: Predictor, source: Source, split: str) -> Evaluation:
    """Evaluate a model on all labeled texts of a split.

    Raises:
        DataError: the split has no labeled text, or a class that the model does not have.
    """
    source_name = f"{source.name} ({split})"
    examples = source.read(split)
    if not len(examples):
        raise DataError(f"{source_name} has no labeled text; choose another with --split: {', '.join(source.splits)}")
    try:
        examples = align_classes(examples, predictor.classes, source_name)
    except DataError as error:
        raise DataError(f"model {predictor.checkpoint.name!r} cannot be evaluated on it: {error}") from None
    return compute_evaluation(
        predictor,
        examples,
        source=source.name,
        split=split,
        seen_in_training_as=_find_in_training(predictor.checkpoint, examples),
    )


def compute_evaluation(
    predictor: Predictor, examples: Examples, *, source: str, split: str, seen_in_training_as: str | None = None
) -> Evaluation:
    """Predict the examples and compare the predictions with their labels. Texts without tokens are skipped.

    Args:
        examples: their labels index the classes of the model (see `align_classes`).
        source: name of the data set, for the record.
        split: name of the split, for the record.

    Raises:
        DataError: no text has a token.
    """
    start = time.perf_counter()
    scores = predictor.predict_proba(examples.texts)
    seconds = time.perf_counter() - start
    probabilities, lengths = scores.probabilities, scores.n_tokens  # (N, K), (N,)
    has_tokens = lengths > 0  # (N,)
    if not has_tokens.any():
        raise DataError(f"{source} ({split}): no text has a token, so there is nothing to evaluate")
    return Evaluation(
        source=source,
        split=split,
        model=predictor.checkpoint.name,
        metrics=compute_metrics(
            examples.labels[has_tokens], probabilities[has_tokens], examples.classes, lengths[has_tokens]
        ),
        n_skipped=examples.n_skipped + int((~has_tokens).sum()),
        texts_per_second=len(examples) / seconds,
        seen_in_training_as=seen_in_training_as,
    )


def save_evaluation(checkpoint: Checkpoint, evaluation: Evaluation) -> bool:
    """Store an evaluation in the model's metrics, under "source:split", and in its card.

    Returns False if the folder of the model is not writable, or if the model is bundled: the text of its card refers to
    the metrics that it was published with.

    Raises:
        ModelError: the model was replaced since it was evaluated.
        RnnsentError: another process writes the model.
    """
    if is_bundled(checkpoint.path):
        return False
    name = checkpoint.name
    with run_lock(
        checkpoint.path, f"{name!r} is being written", remedy="the metrics are not stored; evaluate it again"
    ):
        current = Checkpoint.read(checkpoint.path)
        if _weights_entry(current) != _weights_entry(checkpoint):
            raise ModelError(
                f"{name!r} was replaced during its evaluation; the metrics are not stored; evaluate it again"
            )
        return store_evaluation(current, evaluation)


def store_evaluation(checkpoint: Checkpoint, evaluation: Evaluation) -> bool:
    """`save_evaluation` for a caller that holds the lock on the model, as training does."""
    metrics = {**checkpoint.metrics, f"{evaluation.source}:{evaluation.split}": evaluation.to_dict()}
    try:
        checkpoint.update_metrics(metrics, model_card(checkpoint, metrics))
    except PermissionError:
        return False
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EBUSY):  # EBUSY: a mount point cannot be replaced
            raise
        return False
    return True


def _weights_entry(checkpoint: Checkpoint) -> object:
    """What the manifest says of the weights; the time of training for a model without a manifest."""
    return checkpoint.manifest.entries.get(WEIGHTS) if checkpoint.manifest else checkpoint.created


def _find_in_training(checkpoint: Checkpoint, examples: Examples) -> str | None:
    """`train` or `validation` if the model was trained or validated on exactly these examples."""
    fingerprint = examples.fingerprint()
    for record in checkpoint.data:
        for split in (TRAIN, VALIDATION):
            if record.get(f"{split}_fingerprint") == fingerprint:
                return split
    return None
