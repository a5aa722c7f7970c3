"""Metrics of a model on a labeled split. The split is read once, and nothing is chosen by it."""

import errno
import logging
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnsent.checkpoint.card import model_card
from rnnsent.checkpoint.checkpoint import WEIGHTS, Checkpoint
from rnnsent.checkpoint.rename import original_names
from rnnsent.checkpoint.store import MODEL_VARIABLE, available_models, is_bundled
from rnnsent.data.examples import Examples, align_classes, rename_classes
from rnnsent.data.file_source import FileSource
from rnnsent.data.label_checks import check_classes, log_examples
from rnnsent.data.label_map import drop_option, format_label_map
from rnnsent.data.labels import MAX_LISTED, format_names, match_classes
from rnnsent.data.sentiment_scales import describe_mapping, recognize_classes
from rnnsent.data.sources import Source, find_split
from rnnsent.data.splits import TEST, TRAIN, VALIDATION
from rnnsent.errors import DataError, ModelError
from rnnsent.lock import run_lock
from rnnsent.metrics import Metrics, compute_metrics
from rnnsent.prediction import Predictor

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Evaluation:
    """Metrics of one model on one split.

    `classes` are those that were scored, which are fewer than those of the model if the data set lacks some. `n_skipped`
    counts rows without a text or a label, and texts without a known token. `seen_in_training_as` is `train` or
    `validation` if the model was trained or validated on exactly these examples.
    """

    source: str
    split: str
    model: str
    classes: tuple[str, ...]
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
    name = source.name if source.splits == [split] else f"{source.name} ({split})"
    examples = source.read(split)
    if not len(examples):
        raise DataError(f"{name} has no labeled text; choose another with --split: {', '.join(source.splits)}")
    check_classes(name, examples)
    log_examples(name, examples)
    examples = _match_model(predictor.checkpoint, examples, name)
    is_own = any(record.get("location") == source.location for record in predictor.checkpoint.data)
    return compute_evaluation(
        predictor,
        examples,
        source=source.name,
        split=split,
        classes=None if is_own else _choose_scored_classes(examples, name),
        seen_in_training_as=_find_in_training(predictor.checkpoint, examples),
    )


def _match_model(checkpoint: Checkpoint, examples: Examples, name: str) -> Examples:
    """The examples with the classes of the model, which may have other names in the data.

    Raises:
        DataError: the model lacks a class of the data.
    """
    present = {label: count for label, count in examples.counts().items() if count}
    if names := recognize_classes(list(present), checkpoint.classes):
        LOG.info("%s", describe_mapping(names))
    unknown = [label for label, match in match_classes(present, checkpoint.classes).items() if match is None]
    if lacking := [label for label in unknown if names.get(label) not in checkpoint.classes]:
        used = next((record["label_map"] for record in checkpoint.data if record.get("label_map")), "")
        example = shlex.quote(format_label_map({lacking[0]: checkpoint.classes[0]}))
        remedy = f"say which of them a label means, for example --label-map {example}"
        if len(lacking) < len(present):
            remedy = f"leave out these rows with {drop_option(lacking)}, or {remedy}"
        raise DataError(
            f"{name}: the model {checkpoint.name!r} has no class for {_describe_lacking(present, lacking, names)}; "
            f"its classes are {format_names(checkpoint.classes)}; {remedy}"
            + (f"; the model was trained with --label-map {shlex.quote(str(used))}" if used else "")
        )
    return align_classes(rename_classes(examples, names), checkpoint.classes, name)


def _describe_lacking(counts: Mapping[str, int], lacking: Sequence[str], names: Mapping[str, str]) -> str:
    """The labels with their counts, and what they were recognized as: "'3' (neutral) 20"."""
    listed = {f"{label!r} ({names[label]})" if label in names else repr(label): counts[label] for label in lacking}
    shown = ", ".join(f"{label} {count:,}" for label, count in list(listed.items())[:MAX_LISTED])
    return shown + (f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else "")


def _choose_scored_classes(examples: Examples, name: str) -> tuple[str, ...] | None:
    """The classes that occur, if there are several but not all of the model's; None for all."""
    present = tuple(label for label, count in examples.counts().items() if count)
    if len(present) in (1, len(examples.classes)):
        return None
    LOG.info(
        "%s has %d of the model's %d classes, and the model chooses among these: %s",
        name, len(present), len(examples.classes), format_names(present),
    )  # fmt: skip
    return present


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
        examples: their labels index the classes of the model (see `align_classes`).
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
    probabilities, lengths = scores.probabilities, scores.n_tokens  # (N, K), (N,)
    is_predicted = scores.n_oov < lengths  # (N,)
    if not is_predicted.any():
        raise DataError(f"{source} ({split}): no text has a known token, so there is nothing to evaluate")
    if classes is not None:
        probabilities = _select_classes(probabilities, [examples.classes.index(name) for name in classes])
        examples = align_classes(examples, classes, source)
    return Evaluation(
        source=source,
        split=split,
        model=predictor.checkpoint.name,
        classes=examples.classes,
        metrics=compute_metrics(
            examples.labels[is_predicted],
            probabilities[is_predicted],
            examples.classes,
            lengths[is_predicted],
        ),
        n_skipped=examples.n_skipped + int((~is_predicted).sum()),
        texts_per_second=len(examples) / seconds,
        seen_in_training_as=seen_in_training_as,
    )


def _select_classes(probabilities: NDArray[np.float64], indices: Sequence[int]) -> NDArray[np.float64]:
    """The probabilities (N, K) of some of the classes, divided by their sum; equal ones if all of them are 0."""
    selected = probabilities[:, indices]  # (N, C)
    total = selected.sum(axis=1, keepdims=True)  # (N, 1)
    return np.where(total > 0, selected / np.where(total > 0, total, 1), 1 / len(indices))


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
    for record in checkpoint.data:
        names = original_names(record)
        fingerprint = replace(examples, classes=tuple(names.get(name, name) for name in examples.classes)).fingerprint()
        for split in (TRAIN, VALIDATION):
            if record.get(f"{split}_fingerprint") == fingerprint:
                return split
    return None
