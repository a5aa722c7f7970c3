"""A model and a labelled split -> metrics. Reads the split once; decides nothing by it."""

import errno
import os
import time
from dataclasses import asdict, dataclass
from typing import Any

from rnnsent.data.examples import Examples, with_classes
from rnnsent.data.sources import TEST, TRAIN, VALIDATION, FileSource, Source, matching_split
from rnnsent.errors import DataError
from rnnsent.metrics import Metrics, compute_metrics
from rnnsent.model.card import model_card
from rnnsent.model.checkpoint import Checkpoint
from rnnsent.model.store import MODEL_VARIABLE, SHIPPED, available
from rnnsent.predict import Predictor


@dataclass(frozen=True)
class Evaluation:
    """Metrics of one split, with what was left out of it and how fast it went."""

    source: str
    split: str
    model: str
    metrics: Metrics
    left_out: int
    texts_per_second: float
    seen_as: str | None  # the part this very split had in training the model, if any: train or validation

    def to_dict(self) -> dict[str, Any]:
        """One flat object: the metrics beside what they were measured on."""
        values = asdict(self)
        return {**{key: value for key, value in values.items() if key != "metrics"}, **values["metrics"]}


def choose_split(source: Source, asked: str | None) -> str:
    """The split asked for, else test; a lone file is evaluated whole.

    Raises:
        DataError: the source has no such split.
    """
    if asked is None and isinstance(source, FileSource) and source.splits == [TRAIN]:
        return TRAIN
    split = matching_split(source, asked or TEST)
    if split is None:
        raise DataError(
            f"{source.name} has no split {asked or TEST!r}; choose one with --split: {', '.join(source.splits)}"
        )
    return split


def evaluate(predictor: Predictor, source: Source, split: str) -> Evaluation:
    """Score every labelled text of a split.

    Raises:
        DataError: it has no labelled text, or a class that the model does not have.
    """
    where = f"{source.name} ({split})"
    examples = source.read(split)
    if not len(examples):
        raise DataError(f"{where} has no labelled text; choose another with --split: {', '.join(source.splits)}")
    try:
        examples = with_classes(examples, predictor.classes, where)
    except DataError as error:
        raise DataError(f"the model {predictor.checkpoint.name!r} cannot be evaluated on it: {error}") from None
    return score(predictor, examples, source=source.name, split=split, seen_as=_seen_as(predictor, examples))


def score(
    predictor: Predictor, examples: Examples, *, source: str, split: str, seen_as: str | None = None
) -> Evaluation:
    """Metrics of a model on examples whose labels are counted in its classes; texts without a token are left out."""
    start = time.perf_counter()
    scores = predictor.score(examples.texts)
    seconds = time.perf_counter() - start
    probabilities, lengths = scores.probabilities, scores.n_tokens
    real = lengths > 0
    if not real.any():
        raise DataError(f"{source} ({split}): no text has a token that can be scored")
    metrics = compute_metrics(examples.labels[real], probabilities[real], examples.classes, lengths[real])
    left_out = examples.left_out + int((~real).sum())
    return Evaluation(source, split, predictor.checkpoint.name, metrics, left_out, len(examples) / seconds, seen_as)


def record_scores(checkpoint: Checkpoint, evaluation: Evaluation) -> bool:
    """Keep an evaluation in the model's metrics and card, under "source:split".

    False where they cannot be written, and for the model that ships, whose card speaks of the figures it came with.
    """
    if checkpoint.path.resolve().parent == SHIPPED.resolve():
        return False
    metrics = {**checkpoint.metrics, f"{evaluation.source}:{evaluation.split}": evaluation.to_dict()}
    try:
        checkpoint.record(metrics, model_card(checkpoint, metrics))
    except PermissionError:
        return False
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EBUSY):  # a folder that is mounted cannot be replaced
            raise
        return False
    return True


def model_for(source: str, asked: str | None) -> str | None:
    """The model to evaluate on a source: the one asked for, else the one that bears the source's name, if there is one."""
    return asked or (source if source in available() and not os.environ.get(MODEL_VARIABLE) else None)


def _seen_as(predictor: Predictor, examples: Examples) -> str | None:
    fingerprint = examples.fingerprint()
    for record in predictor.checkpoint.data:
        for part in (TRAIN, VALIDATION):
            if record.get(f"{part}_fingerprint") == fingerprint:
                return part
    return None
